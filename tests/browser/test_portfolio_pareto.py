"""Trading less in the browser: fewer portfolios are left, and the best of them is held at once; bands beside it."""

import json
from urllib.parse import quote

import pytest
from dash.testing.browser import Browser
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from tests.browser.accessibility import assert_accessible
from tests.browser.steps import assert_fits, eventually, find, open_page, see

POINTS = '[data-graph="frontier"] .scatterlayer .trace path.point'

pytestmark = pytest.mark.usefixtures("quiet_afterwards")


def test_less_trading_leaves_fewer_portfolios(ui: Browser) -> None:
    request = {
        "assets": {"dataset": "imaginary-funds"},
        "constraints": {"previous_weights": {"Iris Bonds": 1.0}},
        "n_turnovers": 4,
        "n_bootstrap": 50,
    }
    open_page(ui, f"/portfolio?run={quote(json.dumps(request))}")
    see(ui, "none beats another")
    see(ui, "90% of resamples")
    find(ui, POINTS)
    before = len(ui.driver.find_elements(By.CSS_SELECTOR, POINTS))
    assert_accessible(ui)
    thumb = find(ui, '[aria-label="Largest turnover"]')
    thumb.send_keys(Keys.HOME)
    see(ui, "within a turnover of 0.0 %")
    see(ui, "1 assets held, turnover 0.0 %")
    eventually(lambda: len(ui.driver.find_elements(By.CSS_SELECTOR, POINTS)) < before, "points are gone")
    assert_fits(ui)
