"""The jobs drawer and the offline banner in a real browser, on a server of their own with slow jobs."""

import json
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest
from dash.testing.browser import Browser
from selenium.webdriver.common.by import By

from tests.browser.accessibility import assert_accessible
from tests.browser.steps import assert_fits, body_text, eventually, find, open_page, see, use_phone
from tests.live import LiveServer, live_server, start_server

REGISTRY = {"LOOKAHEAD_TASK_REGISTRY": "tests.services.jobs.registry:TASKS", "LOOKAHEAD_WORKERS": "1"}
LONG = {"steps": 2000, "step_s": 0.02}


@pytest.fixture(scope="module")
def slow_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    """A server with one worker and jobs that take as long as a test wants."""
    with live_server(tmp_path_factory.mktemp("slow") / "data", **REGISTRY) as server:
        yield server


@pytest.fixture
def slow_ui(ui: Browser, slow_server: LiveServer) -> Iterator[Browser]:
    """The browser on the slow server; what a test left running is cancelled."""
    ui._url = slow_server.url
    yield ui
    for job in call(slow_server, "GET", "/api/v1/jobs")["data"]["jobs"]:
        if job["state"] in ("queued", "running"):
            call(slow_server, "DELETE", f"/api/v1/jobs/{job['id']}")


def call(server: LiveServer, method: str, path: str, body: Any = None) -> Any:
    """Return the JSON answer of a request."""
    headers = {"Content-Type": "application/json", "Prefer": "respond-async"}
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(server.url + path, data=data, headers=headers, method=method)
    with urllib.request.urlopen(request, timeout=20) as answer:
        text = answer.read()
    return json.loads(text) if text else None


def submit(server: LiveServer, kind: str, body: Any) -> str:
    """Submit a job as a program would and return its id."""
    return str(call(server, "POST", f"/api/v1/test/{kind}", body)["data"]["job_id"])


def rows(ui: Browser) -> list[str]:
    """Return the texts of the jobs in the drawer, newest first."""
    return [each.text for each in ui.driver.find_elements(By.CSS_SELECTOR, "#shell-jobs-list .la-job")]


def press(ui: Browser, selector: str) -> None:
    """Click what is drawn anew whenever a job says something."""

    def pressed() -> bool:
        find(ui, selector).click()
        return True

    eventually(pressed, f"{selector} is clicked")


def first(ui: Browser) -> str:
    """Return the newest job in the drawer."""
    return (rows(ui) or [""])[0]


def test_drawer_tells_of_jobs_that_were_started_elsewhere_and_cancels_them(
    slow_ui: Browser, slow_server: LiveServer
) -> None:
    open_page(slow_ui, "/")
    jobs = [submit(slow_server, "count", LONG) for _ in range(2)]
    eventually(lambda: "2 waiting or running" in label(slow_ui), "the button counts two")
    find(slow_ui, "#shell-jobs-button").click()
    eventually(lambda: len(rows(slow_ui)) >= 2, "both are listed")
    eventually(lambda: "queued" in first(slow_ui) and "running" in rows(slow_ui)[1], "one runs, one waits")
    eventually(lambda: "step " in rows(slow_ui)[1], "its message is shown")
    assert find(slow_ui, "#shell-jobs-list .mantine-Progress-section").get_attribute("aria-label")
    assert_accessible(slow_ui)
    newest, oldest = (f"#shell-jobs-list .la-job:nth-child({place}) button" for place in (1, 2))
    press(slow_ui, newest)
    eventually(lambda: "cancelled" in first(slow_ui), "the one that waited is cancelled")
    press(slow_ui, oldest)
    eventually(lambda: all("cancelled" in row for row in rows(slow_ui)[:2]), "both are cancelled")
    states = [call(slow_server, "GET", f"/api/v1/jobs/{job}")["data"]["state"] for job in jobs]
    assert states == ["cancelled", "cancelled"]
    eventually(lambda: label(slow_ui) == "Jobs", "nothing is counted any more")


def test_reload_and_navigation_lose_no_job(slow_ui: Browser, slow_server: LiveServer) -> None:
    submit(slow_server, "count", LONG)
    open_page(slow_ui, "/")
    eventually(lambda: "1 waiting or running" in label(slow_ui), "the button counts one")
    slow_ui.driver.refresh()
    eventually(lambda: "1 waiting or running" in label(slow_ui), "it still does")
    find(slow_ui, ".la-nav-link[href='/datasets']").click()
    see(slow_ui, "Drop a file here")
    find(slow_ui, "#shell-jobs-button").click()
    eventually(lambda: "running" in first(slow_ui), "it is listed on every page")


def test_drawer_fits_a_phone_and_says_why_a_job_failed(slow_ui: Browser, slow_server: LiveServer) -> None:
    use_phone(slow_ui)
    submit(slow_server, "refuse", {"text": "gibberish"})
    open_page(slow_ui, "/")
    find(slow_ui, "#shell-jobs-button").click()
    eventually(lambda: "'gibberish' is not a text I like" in first(slow_ui), "its own message is shown")
    assert_fits(slow_ui)


def test_banner_tells_when_the_server_is_gone_and_goes_when_it_is_back(
    slow_ui: Browser, slow_server: LiveServer
) -> None:
    job = submit(slow_server, "count", {"steps": 400, "step_s": 0.02})
    open_page(slow_ui, "/")
    eventually(lambda: "1 waiting or running" in label(slow_ui), "the job is counted")
    slow_server.kill()
    banner = find(slow_ui, ".la-offline")
    assert banner.get_attribute("role") == "alert"
    assert "cannot be reached" in banner.text
    port = slow_server.url.rsplit(":", 1)[1]
    slow_server.process = start_server(slow_server.data_dir, LOOKAHEAD_PORT=port, **REGISTRY).process
    eventually(lambda: not slow_ui.driver.find_elements(By.CSS_SELECTOR, ".la-offline"), "the banner is gone")
    eventually(lambda: label(slow_ui) == "Jobs", "the page has caught up with the job's end", 60)
    assert call(slow_server, "GET", f"/api/v1/jobs/{job}")["data"]["state"] == "done"
    assert "cannot be reached" not in body_text(slow_ui)


def label(ui: Browser) -> str:
    """Return what a screen reader says of the jobs button."""
    return str(ui.driver.find_element(By.ID, "shell-jobs-spoken").get_attribute("textContent"))
