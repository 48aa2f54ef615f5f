"""The GPU page in the browser, on a machine without a GPU: the reason, live charts, windows, pause."""

import pytest
from dash.testing.browser import Browser

from tests.browser.accessibility import assert_accessible
from tests.browser.steps import assert_fits, click, eventually, find, open_page, prefer_scheme, see, use_phone

pytestmark = pytest.mark.usefixtures("quiet_afterwards")
POINTS = "return document.querySelector('[data-graph=\"host-cpu_percent\"] .js-plotly-plot').data[0].x.length"


def points(ui: Browser) -> int:
    return int(ui.driver.execute_script(POINTS))


def test_charts_go_on_by_themselves_and_stop_when_paused(ui: Browser) -> None:
    open_page(ui, "/gpu")
    see(ui, "No GPU")
    see(ui, "is not installed")
    find(ui, '[data-graph="host-cpu_percent"] .main-svg')
    see(ui, "Live")
    before = points(ui)
    eventually(lambda: points(ui) > before, "the chart goes on")
    assert_accessible(ui)
    click(ui, "Pause")
    see(ui, "Paused")
    click(ui, "Go on")
    click(ui, "24 h")
    eventually(
        lambda: ui.driver.execute_script("return document.querySelector('.la-live').dataset.window") == "86400", "a day"
    )
    find(ui, '[data-graph="host-cpu_percent"] .main-svg')


def test_the_page_fits_a_phone_and_the_dark(ui: Browser) -> None:
    use_phone(ui)
    prefer_scheme(ui, "dark")
    open_page(ui, "/gpu?window=60")
    find(ui, '[data-graph="host-cpu_percent"] .main-svg')
    assert_fits(ui)
    assert_accessible(ui)
