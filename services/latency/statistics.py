"""What is said of a route's latencies in a window: rates, quantiles, and the share of each stage. Pure."""

from collections.abc import Iterable
from typing import Any

from pydantic import Field

from compute.schema import Record
from services.latency.histogram import Histogram
from services.latency.recorder import Tallies, add_tallies
from services.latency.routes import Kind, Route
from services.latency.tally import Tally

SHARES = (0.5, 0.95, 0.99)
NS_PER_MS = 1e6


class StageStats(Record):
    """One stage of the answers of a route."""

    share: float | None = Field(description="Part of the whole time of all answers, 0 to 1.")
    mean: float | None = Field(description="ms")
    p50: float | None = Field(description="ms")
    p95: float | None = Field(description="ms")
    p99: float | None = Field(description="ms")


class Stages(Record):
    """Where the time of a route went."""

    wait: StageStats = Field(description="In line: for a thread of the server, and for a worker where a job was run.")
    compute: StageStats = Field(description="All that is neither waiting nor serialising.")
    serialise: StageStats = Field(description="Making bytes of the answer: JSON and compression.")


class EndpointStats(Record):
    """One route in one window. Times are in ms, from the request being read to the answer being ready to send."""

    kind: Kind = Field(description="`rest`, `callback` of a page, `page`, `asset` or `other`.")
    method: str
    route: str = Field(description="By rule, never by raw path: outputs of a callback, address of a page.")
    count: int = Field(description="Answers in the window.")
    rps: float = Field(description="Answers per second.")
    error_rate: float | None = Field(description="Share of answers with a status of 500 or above, 0 to 1.")
    refused_rate: float | None = Field(description="Share of answers with a status from 400 to 499, 0 to 1.")
    mean: float | None = Field(description="ms, exact")
    p50: float | None = Field(description="ms, within 0.4 %")
    p95: float | None = Field(description="ms, within 0.4 %")
    p99: float | None = Field(description="ms, within 0.4 %")
    min: float | None = Field(description="ms, exact")
    max: float | None = Field(description="ms, exact")
    stages: Stages


def endpoint_stats(route: Route, tally: Tally, covered_s: float) -> EndpointStats:
    """Return what is said of one route that was watched for `covered_s` seconds."""
    total = tally.total
    p50, p95, p99 = milliseconds(total.quantiles(SHARES))
    count = total.count
    return EndpointStats(
        kind=route.kind,
        method=route.method,
        route=route.name,
        count=count,
        rps=count / covered_s,
        error_rate=tally.failed / count if count else None,
        refused_rate=tally.refused / count if count else None,
        mean=_ms(total.mean()),
        p50=p50,
        p95=p95,
        p99=p99,
        min=_ms(total.low) if count else None,
        max=_ms(total.high) if count else None,
        stages=Stages(
            wait=_stage(tally.wait, total),
            compute=_stage(tally.compute, total),
            serialise=_stage(tally.serialise, total),
        ),
    )


def together(tallies: Tallies, kinds: Iterable[Kind]) -> Tally:
    """Return the counts of all routes of these kinds as one."""
    wanted = frozenset(kinds)
    whole = Tally()
    for route, tally in tallies.items():
        if route.kind in wanted:
            whole.merge(tally)
    return whole


def copy_of(tallies: Tallies) -> Tallies:
    """Return counts that share nothing with the given ones."""
    made: Tallies = {}
    add_tallies(made, tallies)
    return made


def milliseconds(values: Iterable[float | None]) -> list[float | None]:
    """Return nanoseconds as milliseconds."""
    return [_ms(value) for value in values]


def _stage(stage: Histogram, total: Histogram) -> StageStats:
    p50, p95, p99 = milliseconds(stage.quantiles(SHARES))
    share: Any = stage.total / total.total if total.total else None
    return StageStats(share=share, mean=_ms(stage.mean()), p50=p50, p95=p95, p99=p99)


def _ms(nanoseconds: float | None) -> float | None:
    return None if nanoseconds is None else nanoseconds / NS_PER_MS
