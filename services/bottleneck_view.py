"""What bottlenecks are looked for in: everything measured in one window, beside the week before it."""

import time
from dataclasses import dataclass, field

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from services.job_statistics import EndedJob, LiveJobs, ended_jobs, live_jobs
from services.latency.recorder import Tallies
from services.logs import logger
from services.operations import Operations
from services.telemetry.reading import HistoryReader, Source, step_for
from services.telemetry.schema import FILE

HOST_METRICS = ("cpu_percent", "memory_used_mib", "swap_used_mib", "disk_free_mib")
DEVICE_METRICS = ("utilization", "memory_used_mib", "throttle_thermal", "throttle_power", "throttle_hardware")


@dataclass(frozen=True)
class Mean:
    """The mean of samples, and how many points it is of."""

    value: float
    samples: int


@dataclass(frozen=True)
class Gpu:
    """One GPU in the window."""

    title: str
    means: dict[str, Mean] = field(default_factory=dict)


@dataclass(frozen=True)
class View:
    """Everything measured in a window of `window_s` seconds that ends at Unix time `now`."""

    window_s: int
    now: float = 0.0
    tallies: Tallies = field(default_factory=dict)
    earlier: Tallies = field(default_factory=dict)
    """Of the week before the window."""
    ended: tuple[EndedJob, ...] = ()
    live: tuple[LiveJobs, ...] = ()
    workers: int = 1
    cores: int = 1
    memory_total_mib: float | None = None
    host: dict[str, Mean] = field(default_factory=dict)
    gpus: tuple[Gpu, ...] = ()


def gather_view(operations: Operations, window_s: int) -> View:
    """Return what there is to look at."""
    now = time.time()
    ended, live = _jobs(operations.workspace.jobs.engine, now - window_s)
    host = operations.status.read().host
    reader = HistoryReader(operations.workspace.settings.data_dir.absolute() / FILE)
    try:
        means: dict[str, Mean] = {}
        for source in reader.sources("host"):
            means = _means(reader, source, HOST_METRICS, now, window_s)
        gpus = tuple(
            Gpu(source.title, _means(reader, source, DEVICE_METRICS, now, window_s))
            for source in reader.sources("device", round((now - window_s) * 1000))
        )
    finally:
        reader.close()
    return View(
        window_s=window_s,
        now=now,
        tallies=operations.latency.window(window_s).tallies,
        earlier=operations.latency.week_before(window_s),
        ended=ended,
        live=live,
        workers=operations.workspace.settings.workers,
        cores=host.cores,
        memory_total_mib=host.memory.total,
        host=means,
        gpus=gpus,
    )


def _jobs(engine: Engine, since: float) -> tuple[tuple[EndedJob, ...], tuple[LiveJobs, ...]]:
    """Return what the job table says; nothing when it cannot be read, so that the rest is looked at."""
    try:
        return ended_jobs(engine, since), live_jobs(engine)
    except SQLAlchemyError as error:
        logger("bottlenecks").warning("jobs cannot be read", error=str(error))
        return (), ()


def _means(reader: HistoryReader, source: Source, names: tuple[str, ...], now: float, window_s: int) -> dict[str, Mean]:
    since, until = round((now - window_s) * 1000), round(now * 1000)
    lines = reader.lines(source, names, since, until, step_for(window_s)).lines
    told = {name: [value for value in line.mean if value is not None] for name, line in lines.items()}
    return {name: Mean(sum(values) / len(values), len(values)) for name, values in told.items() if values}
