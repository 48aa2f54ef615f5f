"""Steps on the forecast page."""

import json
import urllib.error
import urllib.request
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs, urlparse

from dash.testing.browser import Browser
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement

from tests.browser.steps import eventually, find

PASSENGERS = {"dataset": "air-passengers", "column": "passengers"}
LOAD = {"dataset": "electric-load", "column": "load_mw"}
QUICK = {"series": PASSENGERS, "horizon": 12, "model": {"kind": "seasonal_naive"}}
# learns for an hour, too slowly to stop early, and tells of it four times a second
SLOW_MODEL = {"kind": "gru", "hidden_size": 64, "n_seeds": 8, "learning_rate": 0.0001, "epochs": 1000}
RUN = "Run forecast"


def ask(ui: Browser, method: str, path: str, body: Mapping[str, Any] | None = None, wait_s: int = 60) -> Any:
    """Return `data` of what the REST interface answers, a job's result within `wait_s`."""
    call = urllib.request.Request(
        f"{ui.server_url}/api/v1{path}",
        method=method,
        data=None if body is None else json.dumps(body).encode(),
        headers={"Content-Type": "application/json", "Prefer": f"wait={wait_s}"},
    )
    with urllib.request.urlopen(call, timeout=90) as answer:
        return json.load(answer)["data"]


def done_job(ui: Browser, request: Mapping[str, Any]) -> str:
    """Return the id of a new job with this request, when it is done."""
    call = urllib.request.Request(
        f"{ui.server_url}/api/v1/timeseries/forecast",
        data=json.dumps(request).encode(),
        headers={"Content-Type": "application/json", "Prefer": "wait=60"},
    )
    with urllib.request.urlopen(call, timeout=90) as answer:
        return str(json.load(answer)["metadata"]["job_id"])


def cancel_live_jobs(ui: Browser) -> None:
    """Leave nothing running for the next test."""
    for state in ("queued", "running"):
        for job in ask(ui, "GET", f"/jobs?state={state}&limit=200")["jobs"]:
            ask(ui, "DELETE", f"/jobs/{job['id']}")


def control(ui: Browser, key: str) -> WebElement:
    """Return the control of a field, by its key such as `model/arima/p`."""
    name = json.dumps({"field": key, "form": "forecast"}, separators=(",", ":"))
    return eventually(
        lambda: ui.driver.execute_script("return document.getElementById(arguments[0])", name), f"the control {key}"
    )


def reach(ui: Browser, key: str) -> WebElement:
    """Return the control of a field, scrolled to where nothing covers it."""
    field = control(ui, key)
    ui.driver.execute_script("arguments[0].scrollIntoView({block: 'center'})", field)
    return field


def enter(ui: Browser, key: str, value: object) -> WebElement:
    """Replace what a control holds."""
    field = reach(ui, key)
    field.send_keys(Keys.CONTROL, "a")
    field.send_keys(Keys.BACKSPACE)
    field.send_keys(str(value))
    return field


def choose(ui: Browser, key: str, option: str) -> None:
    """Choose an option of a Select by its value."""
    reach(ui, key).click()
    find(ui, f'[role=option][value="{option}"]').click()


def unfold_advanced(ui: Browser) -> None:
    """Open the part of the form that most readers leave folded."""
    summary = find(ui, ".la-form details[id*=advanced] > summary")
    ui.driver.execute_script("arguments[0].scrollIntoView({block: 'center'})", summary)
    summary.click()


def enter_model(ui: Browser, model: Mapping[str, Any]) -> None:
    """Choose a model and enter its parameters."""
    choose(ui, "model/kind", str(model["kind"]))
    for name, value in model.items():
        if name != "kind":
            enter(ui, f"model/{model['kind']}/{name}", value)


def shown_job(ui: Browser) -> str | None:
    """Return the job that the address names."""
    return parse_qs(urlparse(ui.driver.current_url).query).get("job", [None])[0]


def started_job(ui: Browser, other_than: str | None = None) -> str:
    """Return the job that the address names, once it names another than `other_than`."""
    return eventually(
        lambda: job if (job := shown_job(ui)) not in (None, other_than) else None, "the address names the job"
    )


def see_result(ui: Browser) -> WebElement:
    """Wait for the drawn fan chart of a result and return it."""
    find(ui, ".la-head h2")
    return find(ui, '[data-graph="fan"] .main-svg')


def chart_title(ui: Browser) -> str:
    """Return the title of the fan chart on the page."""
    return str(find(ui, '[data-graph="fan"] .gtitle').text)


def state_of(ui: Browser, job_id: str) -> str | None:
    """Return the state of a job in the table, or None while it is not there yet."""
    try:
        return str(ask(ui, "GET", f"/jobs/{job_id}")["state"])
    except urllib.error.HTTPError as error:
        if error.code != 404:
            raise
        return None


def wait_for_state(ui: Browser, job_id: str, state: str) -> None:
    """Wait until the job is in that state."""
    eventually(lambda: state_of(ui, job_id) == state, f"job {job_id} is {state}")
