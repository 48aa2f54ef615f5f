"""A series taken apart in the browser, and the way from there to a forecast."""

import pytest
from dash.testing.browser import Browser

from tests.browser.looks import assert_looks_well
from tests.browser.steps import (
    click,
    find,
    forget_emulation,
    open_page,
    see,
)

pytestmark = pytest.mark.usefixtures("quiet_afterwards")


def test_a_sample_is_taken_apart_and_leads_to_a_forecast(ui: Browser) -> None:
    open_page(ui, "/explore")
    click(ui, "Airline passengers")
    for name in ("overview", "parts", "spectrum", "acf", "pacf", "quantiles"):
        find(ui, f'[data-graph="{name}"] .main-svg')
    see(ui, "season of 12 steps")
    assert_looks_well(ui)
    forget_emulation(ui)
    click(ui, "Forecast this series")
    see(ui, "Run forecast")
