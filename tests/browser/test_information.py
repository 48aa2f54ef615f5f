"""From two series to which drives which, and from there to a forecast, in the browser."""

import pytest
from dash.testing.browser import Browser
from selenium.webdriver.common.keys import Keys

from tests.browser.accessibility import assert_accessible
from tests.browser.steps import (
    assert_fits,
    body_text,
    click,
    eventually,
    find,
    open_page,
    prefer_scheme,
    see,
    use_phone,
)

pytestmark = pytest.mark.usefixtures("quiet_afterwards")


def arrows(ui: Browser) -> int:
    return len(ui.driver.find_elements("css selector", '[data-graph="network"] .annotation-arrow-g'))


def test_a_sample_leads_to_the_lag_and_on_to_a_forecast(ui: Browser) -> None:
    open_page(ui, "/information")
    click(ui, "Does the gas drive the carbon monoxide?")
    for name in ("lags", "scatter"):
        find(ui, f'[data-graph="{name}"] .main-svg')
    see(ui, "gas_m3h drives co_ppm most at lag 3")
    assert_accessible(ui)
    click(ui, "Use as regressor")
    see(ui, "Ask for a forecast")
    see(ui, "Regressor 1")


def test_the_network_thins_out_at_once_and_fits_a_phone_in_the_dark(ui: Browser) -> None:
    use_phone(ui)
    prefer_scheme(ui, "dark")
    open_page(ui, "/information")
    click(ui, "Who drives whom in the furnace?")
    find(ui, '[data-graph="network"] .main-svg')
    find(ui, '[data-graph="matrix"] .main-svg')
    see(ui, "gas_m3h drives co_ppm most, at lag 3")
    assert_fits(ui)
    assert_accessible(ui)
    all_shown = eventually(lambda: arrows(ui), "arrows are drawn")
    thumb = find(ui, '[role="slider"]')
    thumb.send_keys(Keys.END)
    eventually(lambda: arrows(ui) == 1, f"of {all_shown} arrows the strongest is left")
    assert "1 of" in body_text(ui)
