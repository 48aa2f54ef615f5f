"""The sampler as a whole: what it shows and keeps, with GPUs, without, and with a driver that hangs."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from services.jobs import Submission
from services.settings import Settings
from services.telemetry.joining import join_devices, with_gpu_memory
from services.telemetry.latest import FILE as LATEST_FILE
from services.telemetry.latest import SIZE, LatestWriter, read_latest
from services.telemetry.nvml import NO_DEVICE, Driver
from services.telemetry.post import SamplerPost
from services.telemetry.reading import HistoryReader
from services.telemetry.records import Status, WorkerLoad
from services.telemetry.sampler import Sampler
from services.telemetry.schema import FILE as HISTORY_FILE
from services.telemetry.status import NO_SAMPLER, STALE_S, StatusReader
from services.telemetry.workers import post_of
from services.workspace import Workspace
from tests.live import wait_until
from tests.native.machines import MIB, Machine

QUICK_S = 10.0


@contextmanager
def sampling(settings: Settings) -> Iterator[Sampler]:
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    sampler = Sampler(settings.model_copy(update={"sample_hz": 10.0}), os.getpid())
    sampler.start()
    try:
        yield sampler
    finally:
        sampler.stop()


def wait_for_gpus(sampler: Sampler) -> None:
    wait_until(lambda: b"g" in sampler.sample(), QUICK_S, "the GPUs answer")


def test_gpus_and_machine_are_shown_and_kept(machine: Machine, settings: Settings, workspace: Workspace) -> None:
    machine.has(2).says({"event.0": "0 1 48"})
    workspace.jobs.submit(Submission(id="job-00001", kind="forecast", request={}, owner="tester"))
    with sampling(settings) as sampler:
        wait_for_gpus(sampler)
        reader = HistoryReader(settings.data_dir.absolute() / HISTORY_FILE)

        def has_event() -> bool:
            sampler.sample()
            return bool(reader.events())

        wait_until(has_event, QUICK_S, "the error is kept")
        status = StatusReader(settings).read()
        news = reader.news(0, 100)
        assert reader.events()[0][1:] == ("xid", "GPU 1", 48, "XID 48: memory error that could not be corrected")
        reader.close()
    assert (status.available, len(status.devices), status.stale_since) == (True, 2, None)
    assert status.history.is_kept
    assert status.jobs is not None
    assert (status.jobs.queued, status.jobs.running) == (1, 0)
    assert status.host.memory.total
    assert news is not None
    assert news.values["device", "GPU-00000001"]["power_w"][-1] == 312.5
    assert news.values["device", "GPU-00000000"]["throttle_power"][-1] == 100
    assert news.values["host", "host"]["jobs_queued"][-1] == 1


def test_without_a_gpu_the_reason_stands_beside_the_machine(machine: Machine, settings: Settings) -> None:
    with sampling(settings) as sampler:
        wait_for_gpus(sampler)
        status = StatusReader(settings).read()
    assert (status.available, status.reason, status.devices) == (False, NO_DEVICE, ())
    assert status.host.cores >= 1
    assert status.stale_since is None


def test_a_driver_that_hangs_leaves_the_machine_sampled_and_marks_the_gpus(
    machine: Machine, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine.has(1)
    monkeypatch.setattr("services.telemetry.status.STALE_S", 0.2)
    with sampling(settings) as sampler:
        wait_for_gpus(sampler)
        machine.says({"nvmlDeviceGetTemperature:0.0": "hang"})
        wait_until(lambda: sampler.sample() == b"h", QUICK_S, "the GPUs hang")
        reader = StatusReader(settings.model_copy(update={"sample_hz": 10.0}))

        def stale() -> Status | None:
            assert sampler.sample()
            status = reader.read()
            return status if status.stale_since else None

        status = wait_until(stale, QUICK_S, "the GPUs are stale")
        machine.says({"nvmlDeviceGetTemperature:0.0": "0 50"})
    assert status.stale_since == status.gpu_sampled_at
    assert status.devices[0].utilization == 45
    assert "does not answer" in (status.reason or "")
    assert status.sampled_at > status.gpu_sampled_at


def test_without_a_sampler_the_machine_is_told_all_the_same(settings: Settings, workspace: Workspace) -> None:
    status = StatusReader(settings).read()
    assert (status.available, status.reason) == (False, NO_SAMPLER)
    assert status.host.memory.used


def test_a_sampler_that_ended_leaves_its_last_word_marked(
    machine: Machine, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine.has(1)
    with sampling(settings) as sampler:
        wait_for_gpus(sampler)
        last = StatusReader(settings).read()
    monkeypatch.setattr("services.telemetry.status.time.monotonic", lambda: 10.0**9)
    status = StatusReader(settings).read()
    assert status.stale_since == last.sampled_at
    assert [device.uuid for device in status.devices] == ["GPU-00000000"]
    assert STALE_S < 10**9


@pytest.mark.processes
def test_a_stuck_sampler_is_replaced(
    machine: Machine, settings: Settings, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.telemetry.status.STALE_S", 0.5)
    machine.has(1)
    settings = settings.model_copy(update={"sample_hz": 10.0})
    post = SamplerPost(settings)
    post.tick(0.0)
    post.tick(1.0)
    first = post.popen
    assert first is not None
    reader = StatusReader(settings)
    wait_until(lambda: (s := reader.read()).available and not s.stale_since, 30, "the first sampler shows the GPU")
    post.tick(2.0)
    machine.says({"nvmlDeviceGetTemperature:0.0": "hang"})
    wait_until(lambda: reader.read().stale_since, 30, "the GPU is stale")
    post.tick(3.0)  # hears the beats up to now
    post.tick(20.0)  # and none of the GPU since
    assert first.poll() is not None
    machine.says({"nvmlDeviceGetTemperature:0.0": "0 50"})
    post.tick(30.0)
    assert post.popen is not None
    assert post.popen is not first
    wait_until(lambda: (s := reader.read()).available and not s.stale_since, 30, "the second sampler shows the GPU")
    second = post.popen
    post.dismiss(5.0)
    assert second.returncode == 0


def test_processes_lead_to_workers_jobs_and_owners(machine: Machine) -> None:
    machine.has(2).says(
        {
            "nvmlDeviceGetComputeRunningProcesses.0": f"0 {os.getpid()} {512 * MIB} 1 {100 * MIB}",
            "nvmlDeviceGetComputeRunningProcesses.1": f"0 {os.getpid()} {256 * MIB}",
        }
    )
    worker = WorkerLoad(
        pid=os.getpid(), worker="here/gpu-0-0badcafe", post="gpu-0", job_id="j1", job_kind="forecast", owner="ann"
    )
    devices = Driver().read(0.0).devices
    (loaded,) = with_gpu_memory((worker,), devices)
    ours, foreign = join_devices(devices, (loaded,))[0].processes or ()
    assert loaded.gpu_memory_mib == 768
    assert (ours.worker, ours.job_id, ours.job_kind, ours.owner) == ("here/gpu-0-0badcafe", "j1", "forecast", "ann")
    assert (foreign.worker, foreign.job_id, foreign.memory_mib) == (None, None, 100)
    assert foreign.name
    assert post_of("here.4026/cpu-12-0badcafe") == "cpu-12"


def test_a_reader_in_the_middle_of_a_write_reads_nothing_wrong(
    machine: Machine, settings: Settings, workspace: Workspace
) -> None:
    status = StatusReader(settings).read()
    path = settings.data_dir / LATEST_FILE
    writer = LatestWriter(path)
    writer.write(7, status, at=1.0, gpu_at=None)
    whole = read_latest(path)
    assert whole is not None
    assert (whole.tick, whole.status()) == (7, status)
    assert path.stat().st_size == SIZE
    raw = bytearray(path.read_bytes())
    raw[60] ^= 1
    path.write_bytes(raw)
    assert read_latest(path) is None
    writer.close()
