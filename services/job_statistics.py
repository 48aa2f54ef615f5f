"""What the job table says of the work done: what is live, what has ended lately, and all that ended since a start."""

import time
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from sqlalchemy import Engine, bindparam, func, select

from services.jobs.records import JobState, Measures
from services.jobs.table import JOBS
from services.latency.histogram import Histogram

LIVE = (JobState.QUEUED, JobState.RUNNING)
MOST = 20_000  # jobs that are looked at in one window: an hour of five a second
_NS = 1e9
_LIVE_ROWS = (
    select(JOBS.c.state, JOBS.c.kind, func.count(), func.min(JOBS.c.created_at))
    .where(JOBS.c.state.in_(LIVE))
    .group_by(JOBS.c.state, JOBS.c.kind)
)
_ENDED = (
    select(
        JOBS.c.id,
        JOBS.c.kind,
        JOBS.c.owner,
        JOBS.c.state,
        JOBS.c.created_at,
        JOBS.c.started_at,
        JOBS.c.finished_at,
        JOBS.c.result_of,
        JOBS.c.attempts,
        JOBS.c.device,
        JOBS.c.cache_key,
        JOBS.c.measures,
    )
    .where(JOBS.c.finished_at >= bindparam("since"), JOBS.c.finished_at <= bindparam("until"))
    .order_by(JOBS.c.finished_at.desc())
    .limit(MOST)
)


class LiveJobs(NamedTuple):
    """Queued or running jobs of one kind."""

    state: JobState
    kind: str
    number: int
    oldest_at: float
    """When the oldest was submitted, Unix seconds."""


class EndedJob(NamedTuple):
    """A job that has ended. Times are Unix seconds."""

    id: str
    kind: str
    owner: str
    state: JobState
    created_at: float
    started_at: float | None
    finished_at: float
    is_cached: bool
    attempts: int
    device: str | None
    cache_key: str | None = None
    """Equal for requests that ask for the same."""
    measures_json: str | None = None

    def measures(self) -> Measures | None:
        """Return what the run cost, where it is known."""
        return None if self.measures_json is None else Measures.model_validate_json(self.measures_json)

    @property
    def wait_s(self) -> float:
        """Seconds in the queue."""
        return max((self.started_at or self.finished_at) - self.created_at, 0.0)

    @property
    def run_s(self) -> float:
        """Seconds at work; 0 when it never started or was answered from an earlier result."""
        return max(self.finished_at - self.started_at, 0.0) if self.started_at and not self.is_cached else 0.0


def live_jobs(engine: Engine) -> tuple[LiveJobs, ...]:
    """Return how many jobs of each kind wait and run."""
    with engine.execution_options(one_statement=True).begin() as connection:
        return tuple(LiveJobs(JobState(row[0]), *row[1:]) for row in connection.execute(_LIVE_ROWS))


def ended_jobs(engine: Engine, since: float, until: float = 1e12) -> tuple[EndedJob, ...]:
    """Return the jobs that ended between two Unix times, the last first, `MOST` at most."""
    with engine.execution_options(one_statement=True).begin() as connection:
        rows = connection.execute(_ENDED, {"since": since, "until": until}).all()
    return tuple(EndedJob._make((*row[:3], JobState(row[3]), *row[4:7], row[7] is not None, *row[8:])) for row in rows)


@dataclass
class KindTotals:
    """Everything that ended of one kind since the server's start; durations in nanoseconds."""

    ended: dict[JobState, int] = field(default_factory=dict)
    cached: int = 0
    wait: Histogram = field(default_factory=Histogram)
    run: Histogram = field(default_factory=Histogram)


class JobTotals:
    """Counts jobs as they end, so that what was counted never falls, whatever is deleted from the table."""

    def __init__(self, engine: Engine, clock: Callable[[], float] = time.time) -> None:
        self._engine = engine
        self._clock = clock
        self._since = clock()
        self._seen: deque[str] = deque(maxlen=MOST)
        self.by_kind: dict[str, KindTotals] = {}

    def update(self) -> None:
        """Count what has ended since the last time."""
        now = self._clock()
        if now < self._since:  # the clock was set back; what ends now is earlier than what was seen
            self._since = now
        ended = ended_jobs(self._engine, self._since)
        known = set(self._seen)
        for job in reversed(ended):
            if job.id not in known:
                self._seen.append(job.id)
                self._count(job)
        if ended:
            self._since = min(max(job.finished_at for job in ended), now)

    def _count(self, job: EndedJob) -> None:
        totals = self.by_kind.setdefault(job.kind, KindTotals())
        totals.ended[job.state] = totals.ended.get(job.state, 0) + 1
        totals.wait.record(round(job.wait_s * _NS))
        if job.is_cached:
            totals.cached += 1
        elif job.started_at is not None:
            totals.run.record(round(job.run_s * _NS))


def oldest_wait_s(live: Iterable[LiveJobs], now: float) -> float | None:
    """Return for how long the oldest queued job has waited, None when none waits."""
    oldest = [jobs.oldest_at for jobs in live if jobs.state is JobState.QUEUED]
    return max(now - min(oldest), 0.0) if oldest else None
