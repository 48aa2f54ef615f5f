"""What is known of a job, as frozen records. Changing it belongs to `store`."""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, NamedTuple

from pydantic import Field

from compute.schema import FieldProblem, Record


class JobState(StrEnum):
    """Where a job is in its life."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def is_final(self) -> bool:
        """True when nothing will change any more."""
        return self in (JobState.DONE, JobState.FAILED, JobState.CANCELLED)


class JobError(Record):
    """Why a job failed, in words for its owner."""

    type: str
    """`request` (the request caused it), `memory`, `lost` (its worker died too often) or `internal`."""
    title: str
    detail: str
    errors: tuple[FieldProblem, ...] = ()


class Allocator(Record):
    """How a library's pool of GPU memory stood when a job ended."""

    library: str
    allocated_mib: float
    reserved_mib: float
    peak_mib: float | None = None
    pool_efficiency: float | None = None
    """Allocated / reserved: the share of what the pool holds that is in use."""
    fragmentation: float | None = None
    """1 - largest free block / all free blocks: 0 is one piece, near 1 is crumbs."""
    retries: int | None = None
    """How often the pool had to give memory back and ask again, since the worker started."""
    out_of_memory: int | None = None


class DeviceUse(Record):
    """What one run took of its GPU."""

    device_s: float | None = None
    """Between two CUDA events around the run; None for a worker's first job."""
    peak_memory_mib: float | None = None
    allocators: tuple[Allocator, ...] = ()


class Measures(Record):
    """What one run cost."""

    wall_s: float
    cpu_s: float
    peak_memory_mib: float | None = None
    gpu: DeviceUse | None = None


class Submission(Record):
    """A job to be put in the table."""

    id: str = Field(min_length=8, max_length=64, pattern=r"^[A-Za-z0-9_-]+$")
    kind: str
    request: dict[str, Any]
    """The validated request, as JSON."""
    owner: str = Field(max_length=120)
    lane: str = "cpu"
    priority: int = 0
    idempotency_key: str | None = Field(default=None, max_length=200)
    cache_key: str | None = None


class ListedJob(Record):
    """One row of the table, as lists tell it."""

    seq: int
    id: str
    kind: str
    state: JobState
    lane: str
    owner: str
    priority: int
    request: dict[str, Any]
    """Long lists in it may be cut short: enough to name the job, not to run it."""
    progress: float
    message: str
    attempts: int
    is_cancel_requested: bool
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    device: str | None
    error: JobError | None
    measures: Measures | None
    result_of: str | None
    code_version: str | None

    @property
    def is_cached(self) -> bool:
        """True when an earlier job's result answered this one."""
        return self.result_of is not None


class Job(ListedJob):
    """A job with the whole of its request."""


class Claim(Record):
    """The right to run one job, until the lease ends; `fence` proves it."""

    job_id: str
    kind: str
    request: dict[str, Any]
    worker: str
    fence: int
    attempts: int


class Run(NamedTuple):
    """One job being run: by whom, until when, and since when it is asked to stop. Times are Unix seconds."""

    job_id: str
    worker: str
    lease_until: float
    cancel_requested_at: float | None


class JobPage(Record):
    """A part of the list of jobs, newest first; `cursor` asks for the next part."""

    jobs: tuple[ListedJob, ...]
    cursor: str | None


def as_datetime(seconds: float | None) -> datetime | None:
    """Return Unix `seconds` as a UTC time."""
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)
