"""An open page and a server that dies under it: the page finds its job again, and its result."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from dash.testing.browser import Browser

from tests.browser.forecasting import RUN, enter_model, see_result, shown_job, started_job, wait_for_state
from tests.browser.steps import click, open_page
from tests.live import kill_processes_of, live_server, start_server

PAGE = "/forecast?dataset=electric-load&column=load_mw"
SECONDS_LONG = {"kind": "arima", "p": 3, "d": 0, "q": 2, "P": 1, "D": 1, "Q": 1}


@pytest.fixture
def data_dir(tmp_path: Path) -> Iterator[Path]:
    """An installation of this test's own, whose server may be killed."""
    directory = tmp_path / "data"
    yield directory
    kill_processes_of(directory)


def test_an_open_page_gets_its_result_from_the_server_that_follows_a_killed_one(
    session_browser: Browser, data_dir: Path
) -> None:
    server = start_server(data_dir)
    session_browser._url = server.url
    open_page(session_browser, PAGE)
    enter_model(session_browser, SECONDS_LONG)
    click(session_browser, RUN)
    job = started_job(session_browser)
    wait_for_state(session_browser, job, "running")
    server.kill()
    with live_server(data_dir, LOOKAHEAD_PORT=server.url.rsplit(":", 1)[1]):
        see_result(session_browser)
        assert shown_job(session_browser) == job
        session_browser.driver.refresh()
        see_result(session_browser)
        assert shown_job(session_browser) == job
