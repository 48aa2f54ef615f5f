"""A series taken apart in the browser, and the way from there to a forecast."""

import pytest
from dash.testing.browser import Browser

from tests.browser.accessibility import assert_accessible
from tests.browser.steps import (
    assert_fits,
    click,
    find,
    open_page,
    prefer_scheme,
    see,
    use_phone,
)

pytestmark = pytest.mark.usefixtures("quiet_afterwards")


def test_a_sample_is_taken_apart_and_leads_to_a_forecast(ui: Browser) -> None:
    open_page(ui, "/explore")
    click(ui, "Airline passengers")
    for name in ("overview", "parts", "spectrum", "acf", "pacf", "quantiles"):
        find(ui, f'[data-graph="{name}"] .main-svg')
    see(ui, "season of 12 steps")
    assert_accessible(ui)
    click(ui, "Forecast this series")
    see(ui, "Run forecast")


def test_the_page_fits_a_phone_and_the_dark(ui: Browser) -> None:
    use_phone(ui)
    prefer_scheme(ui, "dark")
    open_page(ui, "/explore")
    click(ui, "Airline passengers")
    find(ui, '[data-graph="overview"] .main-svg')
    assert_fits(ui)
    assert_accessible(ui)
