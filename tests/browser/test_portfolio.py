"""From assets to weights in the browser, and along the frontier without asking the server."""

import pytest
from dash.testing.browser import Browser
from selenium.webdriver.common.keys import Keys

from tests.browser.looks import assert_looks_well
from tests.browser.steps import (
    click,
    console_errors,
    eventually,
    find,
    forget_emulation,
    open_page,
    see,
)

FRONTIER = '[data-graph="frontier"] .main-svg'
FIRST_BAR = '[data-graph="bars"] .bartext'

pytestmark = pytest.mark.usefixtures("quiet_afterwards")


def go_offline(ui: Browser, is_offline: bool) -> None:
    conditions = {"offline": is_offline, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1}
    ui.driver.execute_cdp_cmd("Network.enable", {})
    ui.driver.execute_cdp_cmd("Network.emulateNetworkConditions", conditions)


def test_a_sample_leads_to_weights_and_the_slider_moves_them_without_the_server(ui: Browser) -> None:
    open_page(ui, "/portfolio")
    click(ui, "Highest Sharpe ratio")
    for name in ("frontier", "bars", "correlations"):
        find(ui, f'[data-graph="{name}"] .main-svg')
    see(ui, "Proved optimal")
    assert_looks_well(ui)
    forget_emulation(ui)
    before = find(ui, FIRST_BAR).text
    go_offline(ui, True)
    find(ui, ".mantine-Slider-thumb").send_keys(Keys.END)
    see(ui, "On the frontier: Return")
    eventually(lambda: find(ui, FIRST_BAR).text != before, "the weights follow")
    click(ui, "Back to this portfolio")
    see(ui, "This portfolio: Return")
    eventually(lambda: find(ui, FIRST_BAR).text == before, "the weights are back")
    go_offline(ui, False)
    console_errors(ui)  # of what the page asks the server all the time
