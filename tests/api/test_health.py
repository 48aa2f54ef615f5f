"""Liveness, readiness, version."""

import signal
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from flask.testing import FlaskClient

from services.liveness import count_live_workers
from services.locks import read_holder
from services.settings import Settings
from services.supervisor import SUPERVISOR_LOCK, ensure_supervisor, stop_supervisor
from services.version import VERSION, code_version
from services.workspace import Workspace, open_workspace
from tests.api.conftest import make_server
from tests.live import kill_processes_of, wait_until

LONG_S = 60.0


def reasons_of(client: FlaskClient) -> str:
    """Return why the application is not ready; empty when it is."""
    answer = client.get("/health/ready")
    if answer.status_code == 200:
        return ""
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0
    assert answer.json is not None
    return str(answer.json["detail"])


def test_a_server_that_answers_is_alive_whatever_else_is_broken(client: FlaskClient, workspace: Workspace) -> None:
    with workspace.jobs.engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE kept_values")
    assert client.get("/health").status_code == 200


def test_without_workers_it_is_not_ready_and_says_so(client: FlaskClient) -> None:
    assert reasons_of(client) == "no supervisor is at work, so that no worker is started"


def test_without_a_database_it_is_not_ready_and_says_so(client: FlaskClient, workspace: Workspace) -> None:
    with workspace.jobs.engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE kept_values")
    assert "the database cannot be written (no such table" in reasons_of(client)


def test_without_its_directory_it_is_not_ready_and_says_so(client: FlaskClient, workspace: Workspace) -> None:
    folder = workspace.settings.data_dir
    folder.rename(folder.with_name("moved"))
    assert "the data directory cannot be reached" in reasons_of(client)


def test_the_version_is_that_of_the_code(client: FlaskClient) -> None:
    answer = client.get("/api/v1/version")
    assert answer.json is not None
    assert answer.json["data"] == {"version": VERSION, "code_version": code_version(), "api_version": "1"}


@pytest.fixture
def supervised(tmp_path: Path) -> Iterator[Workspace]:
    """A workspace with a real supervisor and its workers."""
    settings = Settings(
        _env_file=None, data_dir=tmp_path / "supervised", port=0, workers=1, warm_modules=(), sample_hz=0
    )
    workspace = open_workspace(settings)
    try:
        ensure_supervisor(settings)
        yield workspace
    finally:
        stop_supervisor(settings)
        kill_processes_of(settings.data_dir)
        workspace.jobs.engine.dispose()


@pytest.mark.processes
def test_it_is_ready_as_long_as_a_worker_lives(supervised: Workspace) -> None:
    client = make_server(supervised).test_client()
    wait_until(lambda: not reasons_of(client), LONG_S, "ready")
    assert count_live_workers(supervised.settings) == 1
    holder = read_holder(supervised.settings.data_dir.absolute() / SUPERVISOR_LOCK)
    assert holder is not None
    supervisor = psutil.Process(holder.pid)
    supervisor.send_signal(signal.SIGSTOP)  # so that it replaces nobody
    for worker in supervisor.children():
        worker.kill()
    assert "no worker lives" in wait_until(lambda: reasons_of(client), LONG_S, "not ready")
    supervisor.send_signal(signal.SIGCONT)
    wait_until(lambda: not reasons_of(client), LONG_S, "ready again")
    stop_supervisor(supervised.settings)
    assert "no supervisor" in reasons_of(client)
