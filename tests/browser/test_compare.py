"""From a series to a leaderboard in the browser, and to the forecast of each of its rows."""

import json
from urllib.parse import quote

import pytest
from dash.testing.browser import Browser
from selenium.webdriver.common.by import By

from tests.browser.forecasting import PASSENGERS, chart_title
from tests.browser.looks import assert_looks_well
from tests.browser.steps import (
    click,
    eventually,
    find,
    open_page,
    see,
)

RESULT = '[data-graph="fan"] .main-svg'

pytestmark = pytest.mark.usefixtures("quiet_afterwards")


def column(ui: Browser, name: str) -> list[float]:
    """Return the numbers below a header of the leaderboard, as they stand."""
    headers = [each.text for each in ui.driver.find_elements(By.CSS_SELECTOR, ".la-table thead th")]
    rows = ui.driver.find_elements(By.CSS_SELECTOR, ".la-table tbody tr")
    cells = [row.find_elements(By.CSS_SELECTOR, "th, td")[headers.index(name)].text for row in rows]
    return [float(cell.replace("\u202f", "")) for cell in cells]


def test_a_sample_leads_to_a_leaderboard_whose_rows_show_their_forecasts(ui: Browser) -> None:
    open_page(ui, "/compare")
    click(ui, "Airline passengers, five models")
    find(ui, RESULT)
    see(ui, "errs least")
    rows = [row.text for row in ui.driver.find_elements(By.CSS_SELECTOR, ".la-table tbody th")]
    assert len(rows) == 5
    for order in ("ascending", "descending"):
        click(ui, "RMSE")
        shown = column(ui, "RMSE")
        assert shown == sorted(shown, reverse=order == "descending"), order
    first = chart_title(ui)
    find(ui, '[data-row="2"]').click()
    eventually(lambda: chart_title(ui) != first, "another forecast is shown")
    eventually(lambda: chart_title(ui).removeprefix("passengers: ") in rows[2], "it is that of the row")
    eventually(lambda: find(ui, '[data-row="2"]').get_attribute("aria-pressed") == "true", "its button is pressed")
    assert_looks_well(ui)


def test_a_single_model_is_refused_at_the_field_of_models(ui: Browser) -> None:
    request = {"series": PASSENGERS, "models": [{"kind": "naive"}]}
    open_page(ui, f"/compare?run={quote(json.dumps(request))}")
    eventually(lambda: ui.driver.find_elements(By.CSS_SELECTOR, ".la-form [aria-invalid=true]"), "the field is blamed")
    see(ui, "at least 2")
