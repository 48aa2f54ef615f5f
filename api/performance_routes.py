"""How fast every endpoint answers, and how the whole does."""

from collections.abc import Sequence
from functools import partial

from pydantic import Field
from werkzeug.wrappers import Response

from api.answers import success
from api.operations import BASE, Answer, Operation
from compute.schema import Record
from services.bottlenecks import Findings, look_for_bottlenecks
from services.latency.statistics import EndpointStats, endpoint_stats
from services.operations import Operations
from services.performance import Summary, summarise

TAG = "Performance"
LONGEST_S = 90 * 24 * 3600
WINDOW = Field(
    default=300,
    ge=5,
    le=LONGEST_S,
    description="Seconds back from now. Up to an hour it is counted to 5 s (up to 300) or a minute; longer ones are "
    "read from the kept minutes and hours.",
)


class WindowQuery(Record):
    """How far back to look."""

    window: int = WINDOW


class EndpointList(Record):
    """Every route that answered in the window, the slowest first."""

    window: int = Field(description="Seconds asked for.")
    covered_s: float = Field(description="Seconds that the numbers cover: less when the server is younger.")
    endpoints: tuple[EndpointStats, ...]


def performance_operations(operations: Operations) -> Sequence[Operation]:
    """Return what may be asked of latencies."""
    return (
        Operation(
            name="performance_endpoints",
            method="GET",
            path=f"{BASE}/performance/endpoints",
            summary="How fast every endpoint answers",
            description="Routes by their rule, callbacks of pages by their outputs; with the share of each stage. "
            "Sorted by the 95th percentile, the slowest first.",
            handle=partial(_endpoints, operations),
            tag=TAG,
            query=WindowQuery,
            answers=(Answer(200, "The endpoints.", EndpointList),),
            problems=("invalid",),
        ),
        Operation(
            name="performance_summary",
            method="GET",
            path=f"{BASE}/performance/summary",
            summary="How the whole does: answers, jobs, the slowest and the fastest",
            handle=partial(_summary, operations),
            tag=TAG,
            query=WindowQuery,
            answers=(Answer(200, "The summary.", Summary),),
            problems=("invalid",),
        ),
        Operation(
            name="performance_bottlenecks",
            method="GET",
            path=f"{BASE}/performance/bottlenecks",
            summary="What limits the application, and what to do",
            description="Findings by rules from what was measured in the window, each with its evidence, its sample "
            "size and an action; the worst first. A rule that has too few samples says nothing.",
            handle=partial(_bottlenecks, operations),
            tag=TAG,
            query=WindowQuery,
            answers=(Answer(200, "The findings.", Findings),),
            problems=("invalid",),
        ),
    )


def _endpoints(operations: Operations, query: WindowQuery) -> Response:
    window = operations.latency.window(query.window)
    stats = [endpoint_stats(route, tally, window.covered_s) for route, tally in window.tallies.items()]
    stats.sort(key=lambda one: (-(one.p95 or 0.0), one.route))
    return success(EndpointList(window=query.window, covered_s=window.covered_s, endpoints=tuple(stats)))


def _bottlenecks(operations: Operations, query: WindowQuery) -> Response:
    return success(look_for_bottlenecks(operations, query.window))


def _summary(operations: Operations, query: WindowQuery) -> Response:
    return success(summarise(operations, query.window))
