"""How the whole does in a window: answers together and by kind, jobs by kind, the slowest and the fastest routes."""

import time
from collections import defaultdict
from collections.abc import Iterable, Sequence

from pydantic import Field

from compute.schema import Record
from services.job_statistics import EndedJob, ended_jobs
from services.jobs.records import JobState
from services.latency.histogram import Histogram
from services.latency.routes import KINDS, Kind, Route
from services.latency.statistics import SHARES, EndpointStats, endpoint_stats, milliseconds, together
from services.operations import Operations

RANKED = 5
FEW = 5  # answers: fewer say nothing of how fast a route is


class JobStats(Record):
    """Jobs of one kind that ended in the window."""

    kind: str
    count: int = Field(description="Jobs that ended, whatever their end.")
    failures: int
    cancelled: int
    cached: int = Field(description="Answered from an earlier result.")
    wait_mean: float | None = Field(description="s, from submission to start")
    run_mean: float | None = Field(description="s, from start to end, of those that ran")
    run_p50: float | None = Field(description="s")
    run_p95: float | None = Field(description="s")
    run_p99: float | None = Field(description="s")


class Summary(Record):
    """How the whole does."""

    window: int = Field(description="Seconds asked for.")
    covered_s: float = Field(description="Seconds that the latencies cover.")
    answers: tuple[EndpointStats, ...] = Field(description="All answers of a kind together; `*` is all kinds.")
    slowest: tuple[EndpointStats, ...] = Field(description="Routes with the largest 95th percentile.")
    fastest: tuple[EndpointStats, ...] = Field(description="Routes with the smallest 95th percentile.")
    jobs: tuple[JobStats, ...]
    notices: tuple[str, ...] = Field(description="What befell the measuring itself.")


def summarise(operations: Operations, window_s: int) -> Summary:
    """Return the summary of the last `window_s` seconds."""
    window = operations.latency.window(window_s)
    covered_s = window.covered_s
    by_kind: list[tuple[Kind, ...]] = [KINDS, *((kind,) for kind in KINDS)]
    answers = []
    for kinds in by_kind:
        route = Route(kinds[0] if len(kinds) == 1 else "other", "*", "*")
        tally = together(window.tallies, kinds)
        if tally.count or len(kinds) > 1:
            answers.append(endpoint_stats(route, tally, covered_s))
    ranked = rank([endpoint_stats(route, tally, covered_s) for route, tally in window.tallies.items()])
    ended = ended_jobs(operations.workspace.jobs.engine, time.time() - window_s)  # a 503 says when it cannot be read
    return Summary(
        window=window_s,
        covered_s=covered_s,
        answers=tuple(answers),
        slowest=tuple(ranked[:RANKED]),
        fastest=tuple(reversed(ranked[-RANKED:])),
        jobs=job_stats(ended),
        notices=operations.latency.notices(),
    )


def rank(endpoints: Iterable[EndpointStats]) -> list[EndpointStats]:
    """Return the routes of the interface and of pages with enough answers to tell, the slowest first."""
    told = [one for one in endpoints if one.kind in ("rest", "callback", "page") and one.count >= FEW]
    return sorted(told, key=lambda one: (-(one.p95 or 0.0), one.route))


def job_stats(ended: Iterable[EndedJob]) -> tuple[JobStats, ...]:
    """Return what is said of each kind of job."""
    by_kind: defaultdict[str, list[EndedJob]] = defaultdict(list)
    for job in ended:
        by_kind[job.kind].append(job)
    return tuple(_kind_stats(kind, jobs) for kind, jobs in sorted(by_kind.items()))


def _kind_stats(kind: str, jobs: Sequence[EndedJob]) -> JobStats:
    ran = Histogram()
    for job in jobs:
        if job.started_at is not None and not job.is_cached:
            ran.record(round(job.run_s * 1e9))
    p50, p95, p99 = (None if value is None else value / 1e3 for value in milliseconds(ran.quantiles(SHARES)))
    mean = ran.mean()
    waits = [job.wait_s for job in jobs if not job.is_cached]
    return JobStats(
        kind=kind,
        count=len(jobs),
        failures=sum(job.state is JobState.FAILED for job in jobs),
        cancelled=sum(job.state is JobState.CANCELLED for job in jobs),
        cached=sum(job.is_cached for job in jobs),
        wait_mean=sum(waits) / len(waits) if waits else None,
        run_mean=None if mean is None else mean / 1e9,
        run_p50=p50,
        run_p95=p95,
        run_p99=p99,
    )
