"""A series explained by another one in the browser: chosen in the form, refused, run, and run again with a what-if."""

import csv
import io
import json
from typing import Any
from urllib.parse import quote

import numpy as np
import pytest
import urllib3
from dash.testing.browser import Browser
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from tests.browser.accessibility import assert_accessible
from tests.browser.forecasting import RUN, choose, control, enter, see_result, shown_job, started_job
from tests.browser.steps import assert_fits, click, eventually, find, open_page, see
from tests.browser.steps import use_phone as use_a_phone

KNOWN, PLANNED = 60, 6

pytestmark = pytest.mark.usefixtures("quiet_afterwards")


def sent_dataset(ui: Browser) -> str:
    """Return the id of a dataset whose prices are planned for six days beyond the last sales."""
    rng = np.random.default_rng(0)
    price = rng.uniform(1, 3, KNOWN + PLANNED).round(2)
    sales = (40 - 8 * price + rng.normal(size=price.size)).round(2)
    table = io.StringIO()
    writer = csv.writer(table)
    writer.writerow(["day", "sales", "price"])
    days = np.arange("2024-01-01", KNOWN + PLANNED, dtype="datetime64[D]")
    for at, day in enumerate(days):
        writer.writerow([day, sales[at] if at < KNOWN else "", price[at]])
    answer = urllib3.request(
        "POST",
        f"{ui.server_url}/api/v1/datasets",
        fields={"file": ("shop.csv", table.getvalue().encode()), "name": "Shop"},
        headers={"Prefer": "wait=60"},
        timeout=90.0,
    )
    return str(json.loads(answer.data)["data"]["id"])


def regressor(name: str) -> str:
    """The key of a control of the first regressor."""
    return f"regressors/0/record/{name}"


def shown_as_invalid(ui: Browser) -> list[Any]:
    return ui.driver.find_elements(By.CSS_SELECTOR, ".la-form [aria-invalid=true]")


def test_a_regressor_is_chosen_refused_corrected_and_asked_about_again(ui: Browser) -> None:
    dataset = sent_dataset(ui)
    open_page(ui, f"/forecast?dataset={dataset}&column=sales")
    choose(ui, "model/kind", "arima")
    enter(ui, "horizon", PLANNED + 2)
    choose(ui, "regressors/0/form", "record")
    eventually(lambda: control(ui, regressor("future")).is_displayed(), "the regressor unfolds")
    assert control(ui, regressor("series/dataset/column")).get_attribute("value") == "price"
    assert_accessible(ui)

    click(ui, RUN)
    see(ui, "goes on for 6 steps after the end of the series to forecast")
    wrong = eventually(lambda: shown_as_invalid(ui), "the field is blamed")
    assert [each.get_attribute("id") for each in wrong] == [control(ui, regressor("future")).get_attribute("id")]

    before = shown_job(ui)
    enter(ui, "horizon", PLANNED).send_keys(Keys.ENTER)
    first = started_job(ui, other_than=before)
    see(ui, "sales, the next 6 days")
    see_result(ui)
    see(ui, "on price")
    find(ui, '[data-graph="regressor-0"] .main-svg')

    shift = find(ui, "input[id*='shift']")
    shift.send_keys(Keys.CONTROL, "a")
    shift.send_keys("1")
    click(ui, "Run the what-if")
    second = started_job(ui, other_than=first)
    see(ui, "below it")
    assert second != first
    assert f"compare={first}" in ui.driver.current_url
    planned = [float(value) for value in str(control(ui, regressor("future")).get_attribute("value")).split()]
    assert len(planned) == PLANNED, "the form shows what was asked"
    assert_accessible(ui)
    use_a_phone(ui)
    assert_fits(ui)


def test_a_what_if_with_too_few_values_says_so_and_keeps_the_result(ui: Browser) -> None:
    dataset = sent_dataset(ui)
    request = {
        "series": {"dataset": dataset, "column": "sales"},
        "horizon": 3,
        "model": {"kind": "arima", "p": 0, "d": 0, "q": 0},
        "regressors": [{"series": {"dataset": dataset, "column": "price"}}],
    }
    open_page(ui, f"/forecast?run={quote(json.dumps(request))}")
    see_result(ui)
    future = find(ui, ".la-what-if textarea")
    ui.driver.execute_script("arguments[0].scrollIntoView({block: 'center'})", future)
    future.send_keys(Keys.CONTROL, "a")
    future.send_keys("1 2")
    click(ui, "Run the what-if")
    see(ui, "2 future values for a horizon of 3; give one for each step")
    find(ui, '[data-graph="fan"] .main-svg')
