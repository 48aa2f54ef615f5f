"""The trajectory page: from nothing to a smoothed and predicted track."""

import pytest
from dash.testing.browser import Browser
from selenium.webdriver.common.by import By

from tests.browser.looks import assert_looks_well
from tests.browser.steps import body_text, click, find, open_page, see

pytestmark = pytest.mark.usefixtures("quiet_afterwards")


def test_a_sample_leads_to_a_track_with_ellipses_and_its_accuracy(ui: Browser) -> None:
    open_page(ui, "/trajectory")
    see(ui, "Follow something that moves")
    click(ui, "Drone in space")
    see(ui, "Drone over a field, the next 20 steps")
    find(ui, '[data-graph="track"] .main-svg')
    find(ui, '[data-graph="side"] .main-svg')
    for words in ("95 % ellipses", "Refused by the gate", "Last velocity (baseline)", "1 position lies beyond"):
        assert words in body_text(ui)
    chosen = [each.text for each in ui.driver.find_elements(By.CSS_SELECTOR, ".la-form .mantine-Pill-label")]
    assert {"east_m", "north_m", "up_m"} <= set(chosen)
    assert_looks_well(ui)
