"""The whole application under signals: servers killed and restarted, refused starts, jobs that outlive their server."""

import json
import socket
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

import app
from services.jobs import JobState
from services.settings import Settings
from services.workspace import open_workspace
from tests.live import LiveServer, kill_processes_of, live_server, start_server, wait_until

pytestmark = pytest.mark.processes
REGISTRY = {"LOOKAHEAD_TASK_REGISTRY": "tests.services.jobs.registry:TASKS"}
TIMEOUT_S = 40.0
PROCESSES_S = 0.1  # between looks at all processes there are


@pytest.fixture
def data_dir(tmp_path: Path) -> Iterator[Path]:
    directory = tmp_path / "data"
    yield directory
    kill_processes_of(directory)


@pytest.fixture(scope="module")
def modest(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    """A server whose workers have little memory, for the tests that leave it alive."""
    folder = tmp_path_factory.mktemp("modest") / "data"
    with live_server(folder, LOOKAHEAD_WORKER_MEMORY_MIB="512", **REGISTRY) as server:
        yield server


@pytest.fixture
def refused(data_dir: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    """Starts the application in this process, which has it imported; returns what it says of why it cannot start."""
    monkeypatch.setattr(app, "configure_logging", lambda level: None)  # the log stays that of the tests

    def start(**variables: str) -> str:
        for name, value in {"LOOKAHEAD_DATA_DIR": str(data_dir), **REGISTRY, **variables}.items():
            monkeypatch.setenv(name, value)
        assert app.main() == app.EXIT_CANNOT_START
        return capsys.readouterr().err

    return start


def test_a_job_outlives_its_killed_server_and_is_found_by_the_next_on_the_same_port(data_dir: Path) -> None:
    server = start_server(data_dir, **REGISTRY)
    job = _submit(server, "count", {"steps": 60, "step_s": 0.05})
    wait_until(lambda: _job(server, job)["state"] == "running", TIMEOUT_S, "the job runs")
    server.kill()
    port = server.url.rsplit(":", 1)[1]
    with live_server(data_dir, LOOKAHEAD_PORT=port, **REGISTRY) as again:
        assert again.url == server.url
        wait_until(lambda: _job(again, job)["state"] == "done", TIMEOUT_S, "the job ends")
        assert _job(again, job)["attempts"] == 1
        assert _get(again, f"/api/v1/jobs/{job}/result")["data"]["value"] == 60


def test_jobs_go_on_without_a_server_and_the_workers_leave_when_all_is_done(data_dir: Path) -> None:
    server = start_server(data_dir, **REGISTRY)
    jobs = [_submit(server, "count", {"steps": 10, "step_s": 0.02}) for _ in range(6)]
    server.kill()
    wait_until(lambda: not _processes_of(data_dir), TIMEOUT_S, "supervisor and workers have left", PROCESSES_S)
    workspace = open_workspace(Settings(_env_file=None, data_dir=data_dir))
    assert [workspace.jobs.states([job])[job][0] for job in jobs] == [JobState.DONE] * len(jobs)
    workspace.jobs.engine.dispose()


def test_stopping_the_server_keeps_running_and_queued_jobs_for_the_next_start(data_dir: Path) -> None:
    server = start_server(data_dir, **REGISTRY)
    jobs = [_submit(server, "count", {"steps": 20, "step_s": 0.05}) for _ in range(2)]
    wait_until(lambda: _job(server, jobs[0])["state"] == "running", TIMEOUT_S, "the first job runs")
    server.stop()
    assert not _processes_of(data_dir)
    with live_server(data_dir, **REGISTRY) as again:
        for job in jobs:
            wait_until(lambda job=job: _job(again, job)["state"] == "done", TIMEOUT_S, "the job ends")  # type: ignore[misc]


def test_a_second_server_on_the_same_data_refuses_and_names_the_first(
    modest: LiveServer, refused: Callable[..., str]
) -> None:
    why = refused(LOOKAHEAD_DATA_DIR=str(modest.data_dir), LOOKAHEAD_PORT="0")
    assert modest.url in why
    assert str(modest.process.pid) in why
    assert _get(modest, "/health/ready")


def test_a_port_in_use_is_named_with_the_way_out(refused: Callable[..., str]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        why = refused(LOOKAHEAD_PORT=str(port))
    assert str(port) in why
    assert "LOOKAHEAD_PORT" in why


def test_an_open_address_is_refused_without_authentication(data_dir: Path, refused: Callable[..., str]) -> None:
    assert "authentication" in refused(LOOKAHEAD_HOST="0.0.0.0")
    assert not data_dir.exists()


def test_a_job_that_exhausts_memory_is_marked_so_and_the_server_is_untouched(modest: LiveServer) -> None:
    job = _submit(modest, "hog", {"value": 700})
    wait_until(lambda: _job(modest, job)["state"] == "failed", TIMEOUT_S, "the job fails")
    assert _job(modest, job)["error"]["type"] == "memory"
    echo = _submit(modest, "echo", {"value": 7})
    wait_until(lambda: _job(modest, echo)["state"] == "done", TIMEOUT_S, "the next job runs")


def _submit(server: LiveServer, kind: str, request: dict[str, Any]) -> str:
    call = urllib.request.Request(
        f"{server.url}/api/v1/test/{kind}",
        data=json.dumps(request).encode(),
        headers={"Content-Type": "application/json", "Prefer": "respond-async"},
    )
    with urllib.request.urlopen(call, timeout=10) as answer:
        return str(json.load(answer)["data"]["job_id"])


def _get(server: LiveServer, path: str) -> Any:
    with urllib.request.urlopen(server.url + path, timeout=10) as answer:
        return json.load(answer)


def _job(server: LiveServer, job_id: str) -> Any:
    return _get(server, f"/api/v1/jobs/{job_id}")["data"]


def _processes_of(data_dir: Path) -> list[psutil.Process]:
    found = []
    for process in psutil.process_iter():
        try:
            is_ours = process.environ().get("LOOKAHEAD_DATA_DIR") == str(data_dir)
            if is_ours and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
        except psutil.Error:
            continue
    return found
