"""What rules may watch: each signal with its unit and meaning, and its values of now.

A value that cannot be told, or of too few samples, is absent. A signal of several things (GPUs) has one value of each.
"""

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from typing import Final, NamedTuple, Protocol

from sqlalchemy.exc import SQLAlchemyError

from services.job_statistics import ended_jobs, live_jobs, oldest_wait_s
from services.jobs.records import JobState
from services.latency.book import LatencyBook
from services.latency.statistics import together
from services.liveness import count_live_workers
from services.telemetry.records import Status
from services.telemetry.status import StatusReader
from services.workspace import Workspace

SLOW_S = 10.0  # how often what takes milliseconds is read
ANSWER_WINDOW_S = 300
JOB_WINDOW_S = 900
FEW_ANSWERS = 20
FEW_JOBS = 5


class Signal(NamedTuple):
    """Something that can be watched."""

    name: str
    unit: str
    meaning: str


class Value(NamedTuple):
    """One value of a signal; `subject` tells the things apart that it is of."""

    signal: str
    subject: str
    value: float


SIGNALS: Final = {
    signal.name: signal
    for signal in (
        Signal("answers_p95_ms", "ms", "95th percentile of REST answers and callbacks of the last 5 minutes."),
        Signal("answers_failed_percent", "%", "Answers with a status of 500 or above, of the last 5 minutes."),
        Signal("answers_per_s", "1/s", "REST answers and callbacks per second, of the last 5 minutes."),
        Signal("jobs_queued", "", "Jobs that wait for a worker."),
        Signal("jobs_oldest_wait_s", "s", "How long the oldest waiting job has waited."),
        Signal("jobs_failed_percent", "%", "Jobs that failed, of those that ended in the last 15 minutes."),
        Signal("workers_alive", "", "Workers that can run a job."),
        Signal("host_cpu_percent", "%", "Busy share of all cores."),
        Signal("host_memory_percent", "%", "Memory that programs hold, of all."),
        Signal("disk_free_mib", "MiB", "Free room on the disk of the data directory."),
        Signal("job_table_answers", "", "1 while the table of jobs can be read, 0 when it cannot."),
        Signal("latencies_kept", "", "1 while latencies are written to their file, 0 when they cannot be."),
        Signal("gpu_temperature_c", "°C", "Temperature of a GPU."),
        Signal("gpu_memory_percent", "%", "Memory of a GPU that is taken, of all."),
        Signal("gpu_busy_percent", "%", "Busy time of a GPU."),
        Signal("gpu_power_percent", "%", "Power of a GPU, of its limit."),
        Signal("gpu_answers", "", "1 while a GPU answers the driver, 0 when it is lost."),
        Signal("proof_worker_up", "", "1 while a proof-of-compute worker runs, 0 when it died; absent once stopped."),
        Signal("proof_failed_percent", "%", "What failed of the last 50 things that such a worker tried."),
        Signal("proof_consecutive_failures", "", "Failures in a row of such a worker."),
        Signal("proof_attempt_p95_ms", "ms", "95th percentile of the last 1000 attempts of such a worker."),
        Signal(
            "proof_accepted_percent", "%", "Accepted receipts, of those accepted or refused in the last 15 minutes."
        ),
        Signal("proof_since_accepted_s", "s", "Time since the last accepted receipt, or the worker's start."),
    )
}


class Measured(Protocol):
    """What values are read from."""

    @property
    def workspace(self) -> Workspace: ...

    @property
    def latency(self) -> LatencyBook: ...

    @property
    def status(self) -> StatusReader: ...


class SignalReader:
    """Reads all values; those that cost more once in ten seconds."""

    def __init__(self, measured: Measured, steady: Callable[[], float] = time.monotonic) -> None:
        self._measured = measured
        self._steady = steady
        self._slow: tuple[Value, ...] = ()
        self._slow_at = float("-inf")
        self.sources: list[Callable[[], Iterable[Value]]] = []
        """Further values: whoever measures something appends a function here, and a Signal to SIGNALS."""

    def read(self) -> list[Value]:
        """Return the values of now."""
        if self._steady() - self._slow_at >= SLOW_S:
            self._slow, self._slow_at = tuple(self._read_slowly()), self._steady()
        values = [*self._slow, *self._queue(), *_machine(self._measured.status.read())]
        for source in self.sources:
            values.extend(source())
        return values

    def _queue(self) -> Iterator[Value]:
        yield Value("latencies_kept", "", float(self._measured.latency.save_problem is None))
        try:
            live = live_jobs(self._measured.workspace.jobs.engine)
        except SQLAlchemyError:
            yield Value("job_table_answers", "", 0.0)
            return
        yield Value("job_table_answers", "", 1.0)
        yield Value("jobs_queued", "", sum(one.number for one in live if one.state is JobState.QUEUED))
        yield Value("jobs_oldest_wait_s", "", oldest_wait_s(live, time.time()) or 0.0)

    def _read_slowly(self) -> Iterator[Value]:
        window = self._measured.latency.window(ANSWER_WINDOW_S)
        tally = together(window.tallies, ("rest", "callback"))
        yield Value("answers_per_s", "", tally.count / window.covered_s)
        if tally.count >= FEW_ANSWERS:
            yield Value("answers_p95_ms", "", (tally.total.quantiles((0.95,))[0] or 0.0) / 1e6)
            yield Value("answers_failed_percent", "", 100 * tally.failed / tally.count)
        with suppress(SQLAlchemyError):  # `job_table_answers` tells of it
            ended = ended_jobs(self._measured.workspace.jobs.engine, time.time() - JOB_WINDOW_S)
            if len(ended) >= FEW_JOBS:
                failed = sum(job.state is JobState.FAILED for job in ended)
                yield Value("jobs_failed_percent", "", 100 * failed / len(ended))
        workers = count_live_workers(self._measured.workspace.settings)
        yield Value("workers_alive", "", float(workers or 0))


def _machine(status: Status) -> Iterator[Value]:
    host = status.host
    if host.cpu is not None:
        yield Value("host_cpu_percent", "", host.cpu)
    if host.memory.total and host.memory.used is not None:
        yield Value("host_memory_percent", "", 100 * host.memory.used / host.memory.total)
    if host.disk_free_mib is not None:
        yield Value("disk_free_mib", "", host.disk_free_mib)
    for device in status.devices:
        name = f"GPU {device.index}"
        yield Value("gpu_answers", name, float(device.state == "ok"))
        told = (
            ("gpu_temperature_c", device.temperature),
            ("gpu_busy_percent", device.utilization),
            ("gpu_memory_percent", _percent(device.memory.used, device.memory.total)),
            ("gpu_power_percent", _percent(device.power, device.power_limit)),
        )
        yield from (Value(signal, name, value) for signal, value in told if value is not None)


def _percent(part: float | None, whole: float | None) -> float | None:
    return 100 * part / whole if part is not None and whole else None
