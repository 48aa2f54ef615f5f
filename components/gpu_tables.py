"""Tables of the GPU page: who holds a GPU, what workers do, what workloads cost, what happened."""

from collections.abc import Sequence
from dataclasses import dataclass

from dash import html
from dash.development.base_component import Component

from components.numbers import shown_ms, significant
from components.status import duration
from components.tables import Cell, Column, table


@dataclass(frozen=True)
class ProcessRow:
    """A process on a GPU, or one of our workers."""

    pid: int
    name: str
    gpu: str
    gpu_memory_mib: float | None
    gpu_share: float | None
    cpu: float | None
    memory_mib: float | None
    job: str
    job_href: str | None
    owner: str


@dataclass(frozen=True)
class CostRow:
    """What one workload or one job cost; times in ms, processor time in s."""

    name: str
    count: int
    failures: int
    mean_ms: float | None
    p50_ms: float | None
    p95_ms: float | None
    p99_ms: float | None
    cpu_s: float
    device_s: float | None
    peak_memory_mib: float | None
    peak_device_memory_mib: float | None


@dataclass(frozen=True)
class JobRow:
    """What one job cost; times in s, memory in MiB."""

    name: str
    href: str
    state: str
    device: str
    wall_s: float
    cpu_s: float
    device_s: float | None
    peak_memory_mib: float | None
    peak_device_memory_mib: float | None


def jobs_table(rows: Sequence[JobRow]) -> Component:
    """Return what single jobs cost, newest first."""
    columns = (
        Column("Job"),
        Column("State"),
        Column("Device", help="Where it ran."),
        Column("Time", is_number=True, help="From start to end."),
        Column("CPU (s)", is_number=True, help="Processor time, all threads and child processes included."),
        Column("Device (s)", is_number=True, help="Between CUDA events around the job; absent for processors."),
        Column("Peak memory (MiB)", is_number=True, help="Largest resident memory of the worker during the job."),
        Column("Peak GPU memory (MiB)", is_number=True, help="Largest GPU memory that torch and CuPy held."),
    )
    return table("Jobs that ended last", columns, [_job_cells(row) for row in rows])


def processes_table(rows: Sequence[ProcessRow]) -> Component:
    """Return processes with what they hold and what they work on."""
    columns = (
        Column("Process"),
        Column("PID", is_number=True, help="Number of the process."),
        Column("GPU", help="The devices that it holds."),
        Column("GPU memory (MiB)", is_number=True, help="Memory that it holds on GPUs; not told inside containers."),
        Column(
            "GPU busy (%)", is_number=True, help="Busy time that it caused; many drivers tell it now and then only."
        ),
        Column("CPU (%)", is_number=True, help="Processor time; 100 % is one core."),
        Column("Memory (MiB)", is_number=True, help="Resident memory."),
        Column("Job"),
        Column("Owner"),
    )
    return table("Workers and processes on GPUs", columns, [_process_cells(row) for row in rows])


def costs_table(rows: Sequence[CostRow], definitions: dict[str, str]) -> Component:
    """Return what workloads cost, the definitions in the headers."""
    columns = (
        Column("Workload"),
        Column("Jobs", is_number=True, help=definitions["count"]),
        Column("Failed", is_number=True, help=definitions["failures"]),
        Column("Mean", is_number=True, help=definitions["mean_ms"]),
        Column("p50", is_number=True, help=definitions["p50_ms"]),
        Column("p95", is_number=True, help=definitions["p95_ms"]),
        Column("p99", is_number=True, help=definitions["p99_ms"]),
        Column("CPU (s)", is_number=True, help=definitions["cpu_s"]),
        Column("Device (s)", is_number=True, help=definitions["device_s"]),
        Column("Peak memory (MiB)", is_number=True, help=definitions["peak_memory_mib"]),
        Column("Peak GPU memory (MiB)", is_number=True, help=definitions["peak_device_memory_mib"]),
    )
    return table("What jobs cost, last 7 days", columns, [_cost_cells(row) for row in rows])


def events_table(rows: Sequence[tuple[float, str, str]], now: float) -> Component:
    """Return what happened (Unix seconds, source, words), newest first."""
    columns = (Column("When"), Column("Where"), Column("What"))
    return table("Events", columns, [[f"{duration(max(now - at, 0))} ago", where, words] for at, where, words in rows])


def _process_cells(row: ProcessRow) -> list[Cell]:
    job: Cell = html.A(row.job, href=row.job_href, className="la-link") if row.job_href else row.job or None
    numbers = (row.gpu_memory_mib, row.gpu_share, row.cpu, row.memory_mib)
    memory, share, cpu, resident = (None if value is None else significant(value, 3) for value in numbers)
    return [row.name, row.pid, row.gpu or None, memory, share, cpu, resident, job, row.owner or None]


def _job_cells(row: JobRow) -> list[Cell]:
    amounts = (row.cpu_s, row.device_s, row.peak_memory_mib, row.peak_device_memory_mib)
    shown = [None if value is None else significant(value, 3) for value in amounts]
    link = html.A(row.name, href=row.href, className="la-link")
    return [link, row.state, row.device or None, shown_ms(1000 * row.wall_s), *shown]


def _cost_cells(row: CostRow) -> list[Cell]:
    times = [None if value is None else shown_ms(value) for value in (row.mean_ms, row.p50_ms, row.p95_ms, row.p99_ms)]
    amounts = (row.cpu_s, row.device_s, row.peak_memory_mib, row.peak_device_memory_mib)
    return [
        row.name,
        row.count,
        row.failures,
        *times,
        *(None if value is None else significant(value, 3) for value in amounts),
    ]
