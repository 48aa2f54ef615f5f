"""Whatever befalls GPUs, sampler, files and clock: every route and page about them answers, and says what is wrong."""

import os
import signal
import time
from collections.abc import Iterator

import dash
import pytest
from flask import Flask

from app import create_app
from services.settings import Settings
from services.telemetry.history import TRY_AGAIN_S
from services.telemetry.post import SamplerPost
from services.telemetry.records import Status
from services.telemetry.sampler import Sampler
from services.telemetry.schema import FILE
from services.telemetry.status import StatusReader
from services.workspace import open_workspace
from tests.live import wait_until
from tests.native.machines import Machine
from tests.services.telemetry.test_sampler import QUICK_S, sampling, wait_for_gpus

HERE = "http://127.0.0.1:8050"
ROUTES = (
    "/api/v1/gpu/status", "/api/v1/gpu/utilization", "/api/v1/gpu/history?subject=host", "/api/v1/gpu/live?cursor=0",
    "/api/v1/gpu/events", "/api/v1/gpu/metrics", "/api/v1/performance/endpoints?window=60", "/api/v1/alerts",
    "/api/v1/performance/bottlenecks", "/api/v1/performance/summary", "/metrics", "/health",
)  # fmt: skip
PAGES = ("/", "/gpu", "/latency", "/alerts")
HOUR_S = 3600.0


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The whole application; what befalls it is different in each test."""
    settings = Settings(_env_file=None, data_dir=tmp_path_factory.mktemp("faults"), port=0, sample_hz=10)
    workspace = open_workspace(settings)
    yield create_app(settings, workspace).server
    workspace.jobs.engine.dispose()


@pytest.fixture
def settings(server: Flask) -> Settings:
    """Its settings."""
    found: Settings = server.extensions["lookahead"].settings
    return found


def assert_all_answer(server: Flask) -> Status:
    """Ask all routes and open all pages; return the status that they tell."""
    client = server.test_client()
    for route in ROUTES:
        answer = client.get(route, base_url=HERE)
        assert answer.status_code == 200, f"{route}: {answer.get_data(as_text=True)[:500]}"
    pages = {page["path"]: page for page in dash.page_registry.values()}
    with server.test_request_context(HERE):
        for path in PAGES:
            assert pages[path]["layout"]() is not None
    return Status.model_validate(client.get(ROUTES[0], base_url=HERE).get_json()["data"])


def test_nvml_is_missing(server: Flask, settings: Settings, machine: Machine) -> None:
    machine.says({"nvmlInit.-": "12"})
    with sampling(settings) as sampler:
        wait_for_gpus(sampler)
        status = assert_all_answer(server)
    assert (status.available, status.devices) == (False, ())
    assert "not installed" in (status.reason or "")


def test_nvml_hangs(server: Flask, settings: Settings, machine: Machine) -> None:
    machine.has(1)
    with sampling(settings) as sampler:
        wait_for_gpus(sampler)
        machine.says({"nvmlDeviceGetMemoryInfo.0": "hang"})
        wait_until(lambda: sampler.sample() == b"h", QUICK_S, "the GPUs hang")
        status = assert_all_answer(server)
        machine.has(1)  # lets it go
    assert status.sampled_at > (status.gpu_sampled_at or status.sampled_at)


def test_a_gpu_is_lost(server: Flask, settings: Settings, machine: Machine) -> None:
    machine.has(2)
    with sampling(settings) as sampler:
        wait_for_gpus(sampler)
        machine.loses(0)

        def is_told() -> bool:
            sampler.sample()
            return StatusReader(settings).read().devices[0].state == "lost"

        wait_until(is_told, QUICK_S, "the loss is told")
        status = assert_all_answer(server)
    assert [device.state for device in status.devices] == ["lost", "ok"]
    assert status.devices[1].utilization == 45


@pytest.mark.processes
def test_the_sampler_is_killed(server: Flask, settings: Settings, machine: Machine) -> None:
    machine.has(1)
    (settings.data_dir.absolute() / "telemetry" / "latest").unlink(missing_ok=True)
    post, reader = SamplerPost(settings), StatusReader(settings)
    post.tick(0.0)
    post.tick(1.0)
    first = post.popen
    assert first is not None
    wait_until(lambda: reader.latest(), 60, "the sampler tells something")
    first.send_signal(signal.SIGKILL)
    first.wait(10)
    assert_all_answer(server)
    before = reader.latest()
    post.tick(2.0)  # sees that it has ended
    post.tick(100.0)  # and starts another
    assert post.popen is not None
    assert post.popen is not first
    wait_until(lambda: (now := reader.latest()) and before and now.tick > before.tick, 60, "another goes on")
    assert_all_answer(server)
    post.dismiss(10.0)


def test_the_history_is_damaged(server: Flask, settings: Settings) -> None:
    keep(settings)
    file = settings.data_dir.absolute() / FILE
    for each in (file, file.with_name(f"{file.name}-wal")):  # the log alone would mend the file
        each.write_bytes(os.urandom(8192))
    assert_all_answer(server)
    with sampling(settings) as sampler:
        sampler.sample()  # finds it damaged
        sampler.sample()  # and begins anew
        status = assert_all_answer(server)
    assert status.history.is_kept
    assert "damaged" in (status.history.notice or "")


def test_the_disk_is_full(server: Flask, settings: Settings) -> None:
    keep(settings)
    with sampling(settings) as sampler:
        sampler.sample()
        connection, clock = sampler._history._connection, [time.monotonic()]
        assert connection is not None
        sampler._history.steady = lambda: clock[0]
        connection.execute(f"PRAGMA max_page_count={connection.execute('PRAGMA page_count').fetchone()[0]}")

        def is_full() -> bool:
            sampler.sample()
            return sampler._history.state.reason is not None

        wait_until(is_full, QUICK_S, "the disk is full", look_again_s=0.0)
        status = assert_all_answer(server)
        assert "full" in (status.history.reason or "")
        connection.execute("PRAGMA max_page_count=1000000")
        clock[0] += TRY_AGAIN_S
        sampler.sample()
        assert StatusReader(settings).read().history.is_kept


@pytest.mark.parametrize("hours", [1, -1])
def test_the_clock_is_set(server: Flask, settings: Settings, monkeypatch: pytest.MonkeyPatch, hours: int) -> None:
    keep(settings)
    plain = time.time
    with sampling(settings) as sampler:
        sampler.sample()
        monkeypatch.setattr("time.time", lambda: plain() + hours * HOUR_S)
        sampler.sample()
        status = assert_all_answer(server)
        events = server.test_client().get("/api/v1/gpu/events", base_url=HERE).get_json()["data"]["events"]
    assert (status.history.is_kept, status.stale_since) == (True, None)
    assert "the clock was set by" in events[0]["text"]


def keep(settings: Settings) -> None:
    """Keep some samples of the machine."""
    sampler = Sampler(settings, os.getpid(), has_gpus=False)
    for _ in range(5):
        sampler.sample()
    sampler.stop()
