"""Latencies as Prometheus wants them: counters and histograms since the server's start."""

from collections.abc import Iterator

from services.families import Family, Sample, histogram_samples
from services.latency.recorder import Tallies
from services.latency.routes import Route
from services.latency.tally import STAGES

# Around what people feel (0.1 s, 1 s) and what jobs take; a request that waits for a job ends after 120 s at most.
LIMITS_S = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 120.0)


def latency_families(tallies: Tallies) -> Iterator[Family]:
    """Yield answers by status, their durations, and the time of each stage."""
    entries = [(_labels(route), tally) for route, tally in sorted(tallies.items())]
    yield Family(
        "http_requests_total",
        "counter",
        "Answers by route and class of status.",
        [
            Sample(count, {**labels, "status": status})
            for labels, tally in entries
            for status, count in (
                ("ok", tally.count - tally.refused - tally.failed),
                ("4xx", tally.refused),
                ("5xx", tally.failed),
            )
        ],
    )
    yield Family(
        "http_request_duration_seconds",
        "histogram",
        "From the request being read to the answer being ready to send.",
        [sample for labels, tally in entries for sample in histogram_samples(tally.total, LIMITS_S, labels)],
    )
    yield Family(
        "http_request_stage_seconds_total",
        "counter",
        "Time of all answers by stage: wait (for a thread or a worker), compute, serialise.",
        [
            Sample(tally.stage(stage).total / 1e9, {**labels, "stage": stage})
            for labels, tally in entries
            for stage in STAGES
            if stage != "total"
        ],
    )


def _labels(route: Route) -> dict[str, str]:
    return {"kind": route.kind, "method": route.method, "route": route.name}
