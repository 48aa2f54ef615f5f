"""Putting one sample together from what GPUs, machine, workers and jobs say."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Engine

from services.telemetry.busy import read_busy, with_jobs
from services.telemetry.gpu_thread import GpuSample
from services.telemetry.history import Sample
from services.telemetry.host import HostReader
from services.telemetry.joining import join_devices, with_gpu_memory
from services.telemetry.records import HistoryState, Host, Jobs, Reading, Status, WorkerLoad
from services.telemetry.view import device_samples, host_sample, worker_sample
from services.telemetry.workers import WorkerReader

FRESH_PERIODS = 3.0  # an older answer of the GPUs is shown as stale and not kept as if it were new


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
            host_sample(host, counts),
            *(worker_sample(worker) for worker in workers),
            *(device_samples(reading.devices, gpu.throttling) if gpu is not None and is_fresh else ()),
        )
        return Taken(reading, host, workers, counts, samples, None if gpu is None else gpu.wall)
