"""Putting one sample together from what GPUs, machine, workers and jobs say."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Engine

from services.telemetry.busy import read_busy, with_jobs
from services.telemetry.gpu_thread import GpuSample
from services.telemetry.history import Sample
from services.telemetry.host import HostReader, host_values
from services.telemetry.joining import foreign_memory_mib, join_devices, with_gpu_memory
from services.telemetry.records import Device, HistoryState, Host, Jobs, Reading, Status, WorkerLoad
from services.telemetry.workers import WorkerReader

FRESH_PERIODS = 3.0  # an older answer of the GPUs is shown as stale and not kept as if it were new
HOST_KEY = "host"
OTHERS_KEY = "others"


@dataclass(frozen=True)
class Taken:
    """What was sampled, as a status to show and as samples to keep."""

    reading: Reading
    host: Host
    workers: tuple[WorkerLoad, ...]
    jobs: Jobs | None
    samples: tuple[Sample, ...]
    gpu_wall: float | None

    def status(self, history: HistoryState, sampled_at: datetime) -> Status:
        """Return all of it as one record."""
        answered = None if self.gpu_wall is None else datetime.fromtimestamp(self.gpu_wall, UTC)
        return Status(
            **dict(self.reading),
            host=self.host,
            workers=self.workers,
            jobs=self.jobs,
            history=history,
            sampled_at=sampled_at,
            gpu_sampled_at=answered,
        )


class Assembler:
    """Takes samples; holds what shares and rates are counted from."""

    def __init__(self, data_dir: Path, parent: int, engine: Engine, period_s: float) -> None:
        self._engine = engine
        self._fresh_s = FRESH_PERIODS * period_s
        self._host = HostReader(data_dir)
        self._workers = WorkerReader(parent)

    def take(self, wall: float, steady: float, gpu: GpuSample | None, why_no_gpu: str) -> Taken:
        """Return one sample at `wall` (Unix seconds) and `steady`."""
        host = self._host.read(steady)
        busy = read_busy(self._engine)
        jobs = {} if busy is None else {worker: run.job_id for worker, run in busy.by_worker.items()}
        reading = Reading(available=False, reason=why_no_gpu) if gpu is None else gpu.reading
        workers = with_jobs(with_gpu_memory(self._workers.read(steady, jobs), reading.devices), busy)
        reading = reading.model_copy(update={"devices": join_devices(reading.devices, workers)})
        counts = None if busy is None else busy.jobs
        is_fresh = gpu is not None and steady - gpu.at < self._fresh_s
        samples = (
            _host_sample(host, counts),
            *(_worker_sample(worker) for worker in workers),
            *(_device_samples(reading, gpu) if gpu is not None and is_fresh else ()),
        )
        return Taken(reading, host, workers, counts, samples, None if gpu is None else gpu.wall)


def _host_sample(host: Host, jobs: Jobs | None) -> Sample:
    counted = {} if jobs is None else {"jobs_running": float(jobs.running), "jobs_queued": float(jobs.queued)}
    return Sample("host", HOST_KEY, "This machine", {**host_values(host), **counted})


def _worker_sample(worker: WorkerLoad) -> Sample:
    values = {
        "cpu_percent": worker.cpu,
        "memory_mib": worker.memory_mib,
        "gpu_memory_mib": worker.gpu_memory_mib,
    }
    return Sample("process", worker.post, f"Worker {worker.post}", values)


def _device_samples(reading: Reading, gpu: GpuSample) -> tuple[Sample, ...]:
    devices = [device for device in reading.devices if device.state == "ok"]
    samples = [_device_sample(device, gpu.throttling.get(device.index, {})) for device in devices]
    for device in devices:
        for position, part in enumerate(device.mig_devices):
            title = f"GPU {device.index}, part {position}"
            samples.append(Sample("device", part.uuid, title, {"memory_used_mib": part.memory.used}))
    others = foreign_memory_mib(devices)
    if others is not None:
        samples.append(Sample("process", OTHERS_KEY, "Other processes", {"gpu_memory_mib": others}))
    return tuple(samples)


def _device_sample(device: Device, throttling: dict[str, float | None]) -> Sample:
    values = {
        "utilization": device.utilization,
        "memory_utilization": device.memory_utilization,
        "memory_used_mib": device.memory.used,
        "temperature_c": device.temperature,
        "power_w": device.power,
        "sm_clock_mhz": device.clocks.sm,
        "memory_clock_mhz": device.clocks.memory,
        "fan_percent": device.fan,
    }
    return Sample("device", device.uuid, f"GPU {device.index} {device.name or ''}".strip(), values | throttling)
