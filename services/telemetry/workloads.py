"""What each workload cost, from the measures of its jobs: counts, failures, times by percentile, memory, allocators."""

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
from pydantic import Field
from sqlalchemy import Engine, bindparam, select

from compute.schema import Record
from services.jobs.records import Allocator, JobState, Measures
from services.jobs.table import JOBS
from services.task_records import Task

MOST_JOBS = 20_000  # the newest; reading them takes a tenth of a second
WORKLOADS: Mapping[str, str] = {  # by the first part of a route
    "timeseries": "forecast",
    "information": "information",
    "finance": "finance",
    "robotics": "robotics",
    "gpu": "benchmark",
    "datasets": "datasets",
}
DEFINITIONS: Mapping[str, str] = {
    "count": "Jobs that ended in the window, however they ended; answers from an earlier result are not counted.",
    "failures": "Jobs that failed.",
    "mean_ms": "Mean time from start to end of the jobs that were done.",
    "p50_ms": "Half of the jobs that were done took at most this long.",
    "p95_ms": "95 % of the jobs that were done took at most this long.",
    "p99_ms": "99 % of the jobs that were done took at most this long.",
    "cpu_s": "Processor time of all jobs, all threads and child processes included.",
    "device_s": "Time between CUDA events around all jobs; null where no job ran on a GPU.",
    "peak_memory_mib": "Largest resident memory of a worker during a job.",
    "peak_device_memory_mib": "Largest GPU memory that torch and CuPy held for a job.",
    "allocated_mib": "GPU memory in use by the library's objects when the job ended.",
    "reserved_mib": "GPU memory that the library's pool held when the job ended.",
    "pool_efficiency": "Allocated / reserved.",
    "fragmentation": "1 - largest free block / all free blocks of the pool: 0 is one piece, near 1 is crumbs.",
    "retries": "How often the pool gave memory back and asked again, since the worker started.",
}
_ENDED = (
    select(JOBS.c.kind, JOBS.c.state, JOBS.c.measures, JOBS.c.device, JOBS.c.id)
    .where(
        JOBS.c.state.in_((JobState.DONE, JobState.FAILED, JobState.CANCELLED)),
        JOBS.c.finished_at > bindparam("since"),
        JOBS.c.result_of.is_(None),
    )
    .order_by(JOBS.c.seq.desc())
    .limit(MOST_JOBS)
)


class WorkloadCost(Record):
    """What the jobs of one workload (or one kind) cost."""

    name: str
    count: int
    failures: int
    cancelled: int
    mean_ms: float | None = None
    p50_ms: float | None = None
    p95_ms: float | None = None
    p99_ms: float | None = None
    cpu_s: float = 0.0
    device_s: float | None = None
    peak_memory_mib: float | None = None
    peak_device_memory_mib: float | None = None
    devices: dict[str, int] = Field(default={}, description="How many jobs ran on each device.")


class AllocatorState(Allocator):
    """The pool of a device as its last job left it."""

    device: str
    job_id: str


class WorkloadReport(Record):
    """All workloads, the kinds of jobs in them, and the allocators."""

    window_s: float
    workloads: tuple[WorkloadCost, ...]
    kinds: tuple[WorkloadCost, ...]
    allocators: tuple[AllocatorState, ...]
    definitions: dict[str, str]


def report_workloads(engine: Engine, tasks: Mapping[str, Task], since: float, window_s: float) -> WorkloadReport:
    """Return what the jobs cost that ended after `since` (Unix seconds)."""
    with engine.execution_options(one_statement=True).begin() as connection:
        rows = connection.execute(_ENDED, {"since": since}).all()
    runs = [(row, None if row.measures is None else Measures.model_validate_json(row.measures)) for row in rows]
    by_workload: dict[str, list[Any]] = {}
    by_kind: dict[str, list[Any]] = {}
    for run in runs:
        by_workload.setdefault(workload_of(run[0].kind, tasks), []).append(run)
        by_kind.setdefault(run[0].kind, []).append(run)
    return WorkloadReport(
        window_s=window_s,
        workloads=tuple(_cost(name, by_workload[name]) for name in sorted(by_workload)),
        kinds=tuple(_cost(name, by_kind[name]) for name in sorted(by_kind)),
        allocators=tuple(_allocators(runs)),
        definitions=dict(DEFINITIONS),
    )


def workload_of(kind: str, tasks: Mapping[str, Task]) -> str:
    """Return the workload that jobs of this kind belong to; an unknown kind is one of its own."""
    task = tasks.get(kind)
    return kind if task is None else WORKLOADS.get(task.route.strip("/").split("/")[0], kind)


def _cost(name: str, runs: list[Any]) -> WorkloadCost:
    states = [JobState(row.state) for row, _ in runs]
    measured = [measures for _, measures in runs if measures is not None]
    done_ms = [m.wall_s * 1000 for (row, m) in runs if m is not None and row.state == JobState.DONE]
    gpus = [measures.gpu for measures in measured if measures.gpu is not None]
    devices: dict[str, int] = {}
    for row, _ in runs:
        if row.device is not None:
            devices[row.device] = devices.get(row.device, 0) + 1
    p50, p95, p99 = percentiles(done_ms, (50, 95, 99))
    return WorkloadCost(
        name=name,
        count=len(runs),
        failures=states.count(JobState.FAILED),
        cancelled=states.count(JobState.CANCELLED),
        mean_ms=float(np.mean(done_ms)) if done_ms else None,
        p50_ms=p50,
        p95_ms=p95,
        p99_ms=p99,
        cpu_s=sum(measures.cpu_s for measures in measured),
        device_s=_sum(gpu.device_s for gpu in gpus),
        peak_memory_mib=_largest(measures.peak_memory_mib for measures in measured),
        peak_device_memory_mib=_largest(gpu.peak_memory_mib for gpu in gpus),
        devices=devices,
    )


def percentiles(values: Iterable[float], wanted: Iterable[float]) -> list[float | None]:
    """Return percentiles by linear interpolation between the sorted values (Hyndman and Fan 1996, type 7)."""
    given = np.array(list(values), dtype=np.float64)
    return [float(np.percentile(given, each)) if given.size else None for each in wanted]


def _allocators(runs: Iterable[Any]) -> Iterable[AllocatorState]:
    """Yield the newest state per device and library; `runs` come newest first."""
    seen: set[tuple[str, str]] = set()
    for row, measures in runs:
        for each in measures.gpu.allocators if measures is not None and measures.gpu is not None else ():
            if (row.device, each.library) not in seen:
                seen.add((row.device, each.library))
                yield AllocatorState(**dict(each), device=row.device or "", job_id=row.id)


def _sum(values: Iterable[float | None]) -> float | None:
    told = [value for value in values if value is not None]
    return sum(told) if told else None


def _largest(values: Iterable[float | None]) -> float | None:
    return max((value for value in values if value is not None), default=None)
