"""Everything this server tells Prometheus: answers, jobs, workers, machine, GPUs, alerts, process."""

import os
import time
from collections.abc import Iterable, Iterator

import psutil
from sqlalchemy.exc import SQLAlchemyError

from services.device_families import device_families
from services.families import Family, Sample, histogram_samples, one
from services.job_statistics import JobTotals, LiveJobs, live_jobs, oldest_wait_s
from services.jobs.records import JobState
from services.latency.families import latency_families
from services.liveness import count_live_workers
from services.logs import logger
from services.operations import Operations
from services.telemetry.records import Host
from services.version import VERSION, code_version

MIB = 2**20
# From a lookup to the longest plan: jobs of seconds are usual, of minutes not rare.
JOB_LIMITS_S = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0, 1800.0)


def gather(operations: Operations) -> Iterator[Family]:
    """Yield every family; what cannot be read now is left out, so that the rest is told."""
    yield Family(
        "build_info",
        "gauge",
        "Which version answers; always 1.",
        [Sample(1, {"version": VERSION, "code_version": code_version()})],
    )
    yield from latency_families(operations.latency.recorder.since_start())
    yield from _job_families(operations)
    yield one("workers", "gauge", "Workers that live.", count_live_workers(operations.workspace.settings))
    status = operations.status.read()
    yield from _host_families(status.host)
    yield from device_families(status)
    yield from _process_families()
    yield _alert_family(operations)
    for source in operations.sources:
        yield from source()


def _alert_family(operations: Operations) -> Family:
    samples = [
        Sample(1, {"rule": alert.rule, "subject": alert.subject, "severity": alert.severity, "state": alert.state})
        for alert in operations.alerts.current()
    ]
    return Family("alerts", "gauge", "Alerts that are not over; always 1.", samples)


def _job_families(operations: Operations) -> Iterator[Family]:
    try:
        live = live_jobs(operations.workspace.jobs.engine)
        operations.jobs.update()
    except SQLAlchemyError as error:
        logger("metrics").warning("jobs cannot be counted", error=str(error))
        yield one("job_table_up", "gauge", "Whether the job table can be read.", 0)
        return
    yield one("job_table_up", "gauge", "Whether the job table can be read.", 1)
    yield Family("jobs", "gauge", "Jobs that wait or run.", _live_samples(live, operations.workspace.tasks))
    waited = oldest_wait_s(live, time.time())
    yield one("jobs_oldest_queued_seconds", "gauge", "How long the oldest waiting job has waited.", waited or 0.0)
    yield from _ended_families(operations.jobs)


def _live_samples(live: tuple[LiveJobs, ...], kinds: Iterable[str]) -> list[Sample]:
    counts = {(jobs.kind, jobs.state): jobs.number for jobs in live}
    known = sorted({jobs.kind for jobs in live} | set(kinds))
    return [
        Sample(counts.get((kind, state), 0), {"kind": kind, "state": state.value})
        for kind in known
        for state in (JobState.QUEUED, JobState.RUNNING)
    ]


def _ended_families(jobs: JobTotals) -> Iterator[Family]:
    totals = sorted(jobs.by_kind.items())
    yield Family(
        "jobs_ended_total",
        "counter",
        "Jobs that ended since the server's start.",
        [Sample(count, {"kind": kind, "state": state}) for kind, of in totals for state, count in of.ended.items()],
    )
    yield Family(
        "jobs_cached_total",
        "counter",
        "Jobs that an earlier result answered.",
        [Sample(of.cached, {"kind": kind}) for kind, of in totals],
    )
    for name, meaning, histograms in (
        ("job_wait_seconds", "Time from submission to start.", [(kind, of.wait) for kind, of in totals]),
        ("job_run_seconds", "Time from start to end.", [(kind, of.run) for kind, of in totals]),
    ):
        samples = [
            sample
            for kind, histogram in histograms
            for sample in histogram_samples(histogram, JOB_LIMITS_S, {"kind": kind})
        ]
        yield Family(name, "histogram", meaning, samples)


def _host_families(host: Host) -> Iterator[Family]:
    yield one("host_cpu_ratio", "gauge", "Busy share of all cores, 0 to 1.", _scaled(host.cpu, 0.01))
    yield one("host_load1", "gauge", "Load average over a minute.", host.load_1m)
    yield one("host_cores", "gauge", "Cores of this machine.", host.cores)
    yield one("host_memory_total_bytes", "gauge", "Memory of this machine.", _scaled(host.memory.total, MIB))
    yield one("host_memory_used_bytes", "gauge", "Memory that programs hold.", _scaled(host.memory.used, MIB))
    yield one("host_swap_used_bytes", "gauge", "Memory moved to disk.", _scaled(host.swap_used_mib, MIB))
    yield one("disk_total_bytes", "gauge", "Size of the disk of the data directory.", _scaled(host.disk_total_mib, MIB))
    yield one("disk_free_bytes", "gauge", "Free room on that disk.", _scaled(host.disk_free_mib, MIB))


def _process_families() -> Iterator[Family]:
    process = psutil.Process(os.getpid())
    with process.oneshot():
        times = process.cpu_times()
        yield one("process_cpu_seconds_total", "counter", "CPU time of the server.", times.user + times.system)
        yield one("process_resident_memory_bytes", "gauge", "Memory of the server.", process.memory_info().rss)
        yield one("process_threads", "gauge", "Threads of the server.", process.num_threads())
        yield one("process_start_time_seconds", "gauge", "When the server was started.", process.create_time())
    if hasattr(process, "num_fds"):
        yield one("process_open_fds", "gauge", "Open files of the server.", process.num_fds())


def _scaled(value: float | None, factor: float) -> float | None:
    return None if value is None else value * factor
