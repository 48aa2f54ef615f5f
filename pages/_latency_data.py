"""What the latency page shows, read from the server's own measurements."""

import math
import time
from dataclasses import dataclass
from typing import Final, cast
from urllib.parse import urlencode

from components.figures.latency import LatencyPoint
from components.latency import EndpointRow, FindingRow, LatencyFacts, StageFacts
from components.numbers import percent
from components.tables import shown_number
from pages._workspace import operations
from services.bottleneck_records import Bottleneck, Evidence
from services.latency.routes import KINDS, Kind, Route
from services.latency.statistics import SHARES, EndpointStats, endpoint_stats, milliseconds, together
from services.latency.tally import Tally

HOUR_S: Final = 3600
DAY_S: Final = 24 * HOUR_S
WINDOWS: Final = ((60, "1 min"), (300, "5 min"), (HOUR_S, "1 h"), (DAY_S, "24 h"), (7 * DAY_S, "7 days"))
STEPS_S: Final = {60: 60, 300: 60, HOUR_S: 60, DAY_S: HOUR_S, 7 * DAY_S: HOUR_S}
ROUTE_STEPS_S: Final = STEPS_S | {DAY_S: 600}
CHART_LEAST_S: Final = HOUR_S
"""Charts show an hour at least: a window of a minute is one point."""
KIND_TITLES: Final[dict[Kind, str]] = {
    "rest": "REST", "callback": "Callback", "page": "Page", "asset": "File", "other": "Other",
}  # fmt: skip
PAGE_CONTENTS: Final = "_pages_content.children, _pages_store.data"
"""The callback by which Dash answers with the contents of any page."""
# Rows of the heat map: thrice per tenfold, from a lookup to a long job, and whatever is longer.
LIMITS_MS: Final = (1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0, 1e3, 2e3, 5e3, 1e4, 3e4, math.inf)


@dataclass(frozen=True)
class Choice:
    """What the address of the page asks for."""

    window_s: int = 300
    kind: Kind | None = None
    route: Route | None = None

    @property
    def href(self) -> str:
        """The address that asks for it."""
        asked = {"window": str(self.window_s)}
        if self.kind:
            asked["kind"] = self.kind
        if self.route:
            asked |= {"in": self.route.kind, "method": self.route.method, "route": self.route.name}
        return f"/latency?{urlencode(asked)}"


def read_choice(query: dict[str, str]) -> Choice:
    """Return what an address asks for; what cannot be meant is left at its default."""
    window = query.get("window", "")
    known = {str(seconds): seconds for seconds, _ in WINDOWS}
    kinds = {kind: kind for kind in KINDS}
    of, name = kinds.get(cast(Kind, query.get("in", ""))), query.get("route")
    route = Route(of, query.get("method", "")[:10], name[:400]) if of and name else None
    return Choice(known.get(window, 300), kinds.get(cast(Kind, query.get("kind", ""))), route)


def read_facts(choice: Choice) -> tuple[LatencyFacts, float]:
    """Return the numbers of all that is chosen together, and how many seconds they cover."""
    window = operations().latency.window(choice.window_s)
    if choice.route is not None:
        tally = window.tallies.get(choice.route, Tally())
    else:
        tally = together(window.tallies, (choice.kind,) if choice.kind else KINDS)
    stats = endpoint_stats(choice.route or Route("other", "*", "*"), tally, window.covered_s)
    return _facts(stats), window.covered_s


def read_endpoints(choice: Choice) -> list[EndpointRow]:
    """Return the routes of the chosen kind, the slowest first."""
    window = operations().latency.window(choice.window_s)
    rows = []
    for route, tally in window.tallies.items():
        if choice.kind in (None, route.kind) and (choice.kind or route.kind != "asset"):
            stats = endpoint_stats(route, tally, window.covered_s)
            href = Choice(choice.window_s, choice.kind, route).href
            rows.append(EndpointRow(title_of(route), KIND_TITLES[route.kind], href, _facts(stats), _stages(stats)))
    return sorted(rows, key=lambda row: (-(row.facts.p95 or 0.0), row.name))


def read_stages(choice: Choice) -> tuple[StageFacts, ...]:
    """Return where the time of the chosen route went."""
    assert choice.route is not None, "only a route has stages of its own"
    window = operations().latency.window(choice.window_s)
    return _stages(endpoint_stats(choice.route, window.tallies.get(choice.route, Tally()), window.covered_s))


def read_points(choice: Choice) -> list[LatencyPoint]:
    """Return the steps of time for the charts."""
    steps = STEPS_S if choice.route is None else ROUTE_STEPS_S
    step_s, window_s = steps[choice.window_s], max(choice.window_s, CHART_LEAST_S)
    kinds = (choice.kind,) if choice.kind else KINDS
    points = []
    for at, tallies in operations().latency.series(window_s, step_s, choice.route):
        tally = tallies[choice.route] if choice.route in tallies else together(tallies, kinds)
        if tally.count:
            points.append(_point(at, step_s, tally))
    return points


def chart_span(choice: Choice) -> tuple[int, int]:
    """Return the Unix seconds between which the charts are drawn."""
    now = int(time.time())
    return now - max(choice.window_s, CHART_LEAST_S), now


def title_of(route: Route) -> str:
    """Return a route's name for people."""
    if route.name == PAGE_CONTENTS:
        return "Contents of a page"
    return f"{route.method} {route.name}" if route.kind == "rest" else route.name


def finding_row(found: Bottleneck) -> FindingRow:
    """Return a finding for people."""
    return FindingRow(
        title=found.title,
        subject=found.subject,
        severity=found.severity,
        evidence=tuple(_told(one) for one in found.evidence),
        sample=f"{shown_number(found.sample_size)} samples",
        action=found.action,
    )


def _told(evidence: Evidence) -> str:
    is_share = not evidence.unit and evidence.name.startswith(("share", "mean share"))
    shown = percent(evidence.value, 0) if is_share else f"{shown_number(evidence.value, 3)} {evidence.unit}".strip()
    if evidence.limit is None:
        return f"{evidence.name} {shown}"
    limit = percent(evidence.limit) if is_share else f"{shown_number(evidence.limit, 3)} {evidence.unit}".strip()
    return f"{evidence.name} {shown} (limit {limit})"


def _point(at: int, step_s: int, tally: Tally) -> LatencyPoint:
    p50, p95, p99 = milliseconds(tally.total.quantiles(SHARES))
    counts = tally.total.count_up_to([limit * 1e6 for limit in LIMITS_MS])
    cells = tuple(high - low for low, high in zip([0, *counts], counts, strict=False))
    return LatencyPoint(at, step_s, tally.count, tally.failed, p50, p95, p99, cells)


def _facts(stats: EndpointStats) -> LatencyFacts:
    return LatencyFacts(
        stats.count,
        stats.rps,
        stats.error_rate,
        stats.refused_rate,
        stats.mean,
        stats.p50,
        stats.p95,
        stats.p99,
        stats.max,
    )


def _stages(stats: EndpointStats) -> tuple[StageFacts, ...]:
    named = (("wait", stats.stages.wait), ("compute", stats.stages.compute), ("serialise", stats.stages.serialise))
    return tuple(StageFacts(name, one.share, one.mean, one.p50, one.p95, one.p99) for name, one in named)
