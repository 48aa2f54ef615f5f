"""A Flask server with the whole API on a real workspace, and a thread that runs its jobs as a worker would."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

import api
from compute.job import Cancelled
from services.jobs import Claim
from services.jobs.execution import execute
from services.routes import ROUTES
from services.settings import Settings
from services.workspace import Workspace, open_workspace
from tests.api.serving import Served, serving

LANES = ("cpu", "gpu")  # without a GPU, one worker serves both
LEASE_S = 30.0
LOOK_AGAIN_S = 0.01  # a look is a query


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings with the test's kinds of jobs beside the real ones."""
    return settings_in(tmp_path)


def settings_in(folder: Path) -> Settings:
    """Return settings with the test's kinds of jobs beside the real ones."""
    return Settings(_env_file=None, data_dir=folder / "data", port=0, task_registry="tests.api.kinds:TASKS", threads=8)


@pytest.fixture
def workspace(settings: Settings) -> Iterator[Workspace]:
    """An opened workspace on an empty data directory; nothing runs its jobs."""
    opened = open_workspace(settings)
    yield opened
    opened.jobs.engine.dispose()


@pytest.fixture
def server(workspace: Workspace) -> Iterator[Flask]:
    """A server with the API, guarded as in the application."""
    made = make_server(workspace)
    yield made
    made.extensions[ROUTES].close()


@pytest.fixture
def client(server: Flask) -> FlaskClient:
    """A client of the server."""
    return server.test_client()


@pytest.fixture
def served(server: Flask, settings: Settings) -> Iterator[Served]:
    """The server on waitress and a free port."""
    with serving(server, settings) as listening:
        yield listening


@pytest.fixture
def worker(workspace: Workspace) -> Iterator[None]:
    """Runs the jobs of the workspace until the test ends."""
    stop = threading.Event()
    thread = threading.Thread(target=run_jobs, args=(workspace, stop), daemon=True)
    thread.start()
    yield
    stop.set()
    thread.join(timeout=10)
    assert not thread.is_alive()


def make_server(workspace: Workspace) -> Flask:
    """Return a server with the API on `workspace`."""
    server = Flask("lookahead_under_test", static_folder=None)
    api.register_api(server, workspace)
    api.protect(server, workspace.settings)
    return server


def run_jobs(workspace: Workspace, stop: threading.Event) -> None:
    """Run jobs until `stop` is set."""
    while not stop.wait(LOOK_AGAIN_S):
        claim = workspace.jobs.claim("thread", LANES, LEASE_S) if workspace.jobs.has_turn(LANES) else None
        if claim is not None:
            _run(workspace, claim, stop)


def _run(workspace: Workspace, claim: Claim, stop: threading.Event) -> None:
    jobs = workspace.jobs

    def report(fraction: float, message: str) -> None:
        if jobs.renew(claim, LEASE_S, fraction, message) or stop.is_set():
            raise Cancelled

    outcome = execute(claim, workspace, report, "cpu")
    if outcome.result_json is not None:
        jobs.finish(claim, outcome.result_json, outcome.measures)
    elif outcome.error is not None:
        jobs.fail(claim, outcome.error, outcome.measures)
    else:
        jobs.finish_cancelled(claim)
