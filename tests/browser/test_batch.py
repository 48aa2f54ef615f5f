"""From a dataset to the forecasts of all its series in the browser, and to any one of them."""

import json
from typing import Any
from urllib.parse import quote

import numpy as np
import pytest
from dash.testing.browser import Browser
from selenium.webdriver.common.by import By

from tests.browser.accessibility import assert_accessible
from tests.browser.forecasting import ask, chart_title, wait_for_state
from tests.browser.looks import assert_looks_well
from tests.browser.steps import (
    body_text,
    click,
    eventually,
    find,
    open_page,
    see,
)

RESULT = '[data-graph="fan"] .main-svg'
SHORT = {"values": [1.0], "name": "a lonely one"}

pytestmark = pytest.mark.usefixtures("quiet_afterwards")


def shown_names(ui: Browser) -> list[str]:
    return [each.text for each in ui.driver.find_elements(By.CSS_SELECTOR, ".la-batch-name")]


def press(ui: Browser, selector: str) -> None:
    """Click a part of the grid, which clips what it holds until it is in sight."""
    part = eventually(lambda: ui.driver.find_element(By.CSS_SELECTOR, selector), f"{selector} is there")
    ui.driver.execute_script("arguments[0].scrollIntoView({block: 'center'}); arguments[0].click()", part)


def grid_row(ui: Browser, at: int) -> str:
    row = ui.driver.find_element(By.CSS_SELECTOR, f".ag-row[row-index='{at}']")
    return str(row.get_attribute("textContent"))


def run_link(series: Any) -> str:
    return f"/batch?run={quote(json.dumps({'series': series, 'horizon': 3, 'model': {'kind': 'drift'}}))}"


def finished_job(ui: Browser, count: int) -> str:
    """Return a batch of many short series, the last of them too short, when it is done."""
    series = [{"values": [n, n + 1.0, n + 3.0], "name": f"shop {n}"} for n in range(count - 1)]
    request = {"series": [*series, SHORT], "horizon": 3, "model": {"kind": "drift"}}
    ask(ui, "POST", "/timeseries/batch", request)
    return str(ask(ui, "GET", "/jobs?kind=batch_forecast&limit=1")["jobs"][0]["id"])


def test_a_sample_leads_to_every_series_of_a_dataset(ui: Browser) -> None:
    open_page(ui, "/batch")
    click(ui, "The same, straight ahead")
    find(ui, RESULT)
    see(ui, "5 of 5 series forecast")
    assert shown_names(ui) == ["gdp", "consumption", "investment", "unemployment_pct", "inflation_pct"]
    assert chart_title(ui).startswith("gdp")
    click(ui, "investment")
    eventually(lambda: chart_title(ui).startswith("investment"), "the clicked series is large")
    click(ui, "Show the forecast of inflation_pct")
    eventually(lambda: chart_title(ui).startswith("inflation_pct"), "the series of the row is large")
    assert_looks_well(ui)


def test_many_series_are_paged_found_and_sorted_without_sending_them_all(ui: Browser) -> None:
    job = finished_job(ui, 130)
    open_page(ui, f"/batch?job={job}")
    see(ui, "129 of 130 series forecast, 1 failed")
    see(ui, "1 to 12 of 129")
    click(ui, "Next")
    eventually(lambda: shown_names(ui)[:1] == ["shop 12"], "the next dozen is drawn")
    find(ui, '[aria-label="Find a series by name"]').send_keys("shop 12")
    eventually(lambda: len(shown_names(ui)) == 11, "those of that name are drawn")
    for _ in range(2):  # up, then down
        press(ui, ".ag-header-cell[col-id='status'] .ag-header-cell-label")
    eventually(lambda: "a lonely one" in grid_row(ui, 0), "the failed series comes first")
    press(ui, ".ag-row[row-index='1'] .ag-cell")
    eventually(lambda: chart_title(ui).startswith("shop"), "the series of the clicked row is large")
    assert_accessible(ui)


def test_a_running_batch_is_cancelled_and_says_so(ui: Browser) -> None:
    rng = np.random.default_rng(0)
    series = [{"values": rng.normal(size=150).cumsum().tolist(), "name": f"shop {n}"} for n in range(400)]
    request = {"series": series, "horizon": 12, "model": {"kind": "ensemble"}, "season_length": 12, "accuracy": True}
    job = str(ask(ui, "POST", "/timeseries/batch", request, wait_s=0)["job_id"])
    open_page(ui, f"/batch?job={job}")
    find(ui, ".la-state-working [role=progressbar]")
    wait_for_state(ui, job, "running")
    click(ui, "Cancel")
    see(ui, "The job was stopped before it was done.")
    assert ask(ui, "GET", f"/jobs/{job}")["state"] == "cancelled"
    assert_accessible(ui)


def test_an_id_column_is_chosen_with_its_dataset(ui: Browser) -> None:
    open_page(ui, "/batch")
    click(ui, "One series per id")
    eventually(lambda: find(ui, "[id*='groups/value_column']"), "the pickers of ids and values unfold")
    assert "Id column" in body_text(ui)


def test_a_wrong_dataset_is_refused_at_its_field(ui: Browser) -> None:
    open_page(ui, run_link({"dataset": "nowhere"}))
    eventually(lambda: ui.driver.find_elements(By.CSS_SELECTOR, ".la-form [aria-invalid=true]"), "the field is blamed")
