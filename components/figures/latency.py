"""Charts of latencies over time: percentiles, answers per second, and how the times are spread."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

import plotly.graph_objects as go

from components.figures.panel import finish_panel
from components.theme import DASHES, PALETTE

LINES_HEIGHT: Final = 300
RATE_HEIGHT: Final = 220
HEAT_HEIGHT: Final = 300
_LINES: Final = (("p50", "Median"), ("p95", "95th percentile"), ("p99", "99th percentile"))
_X: Final = "Time (UTC)"


@dataclass(frozen=True)
class LatencyPoint:
    """One step of time: Unix seconds of its beginning, its length in seconds, and what was counted in it."""

    at: int
    step_s: int
    count: int
    failed: int
    p50: float | None
    """Times in ms."""
    p95: float | None
    p99: float | None
    cells: tuple[int, ...]
    """Answers in each row of the heat map."""


def percentiles_chart(points: Sequence[LatencyPoint], span: tuple[int, int], revision: str) -> go.Figure:
    """Return the percentiles over time, on a logarithmic axis: usual answers and slow ones are both seen."""
    figure = go.Figure()
    for number, (name, title) in enumerate(_LINES):
        times, values = _broken(points, name)
        figure.add_scatter(
            x=times,
            y=values,
            name=title,
            mode="lines+markers",
            marker={"size": 4},
            line={"color": PALETTE[number], "dash": DASHES[number], "width": 2},
            hovertemplate="%{y:.3~g} ms<extra>" + title + "</extra>",
        )
    finish_panel(figure, LINES_HEIGHT, _X, "Time of an answer (ms)", revision, has_legend=True)
    return figure.update_layout(xaxis=_axis(span), yaxis={"type": "log", "dtick": 1})


def rate_chart(points: Sequence[LatencyPoint], span: tuple[int, int], revision: str) -> go.Figure:
    """Return answers per second over time, those that failed beside the others."""
    figure = go.Figure()
    times = [_moment(point.at) for point in points]
    for number, (title, values) in enumerate(
        (
            ("Answered", [(point.count - point.failed) / point.step_s for point in points]),
            ("Failed", [point.failed / point.step_s for point in points]),
        )
    ):
        figure.add_bar(
            x=times,
            y=values,
            name=title,
            width=[900 * point.step_s for point in points],
            marker={"color": (PALETTE[2], PALETTE[6])[number], "pattern": {"shape": ("", "/")[number]}},
            hovertemplate="%{y:.3~g} a second<extra>" + title + "</extra>",
        )
    finish_panel(figure, RATE_HEIGHT, _X, "Answers per second", revision, has_legend=True)
    return figure.update_layout(barmode="stack", bargap=0.1, xaxis=_axis(span))


def heat_map(
    points: Sequence[LatencyPoint], limits_ms: Sequence[float], span: tuple[int, int], revision: str
) -> go.Figure:
    """Return how many answers took how long, over time: a column is a step of time, a row a span of times.

    Each row reaches from the limit before it to its own, in ms; two modes, a cache or a slow disk are seen at once.
    """
    names = [_span(limits_ms, row) for row in range(len(limits_ms))]
    by_time = {point.at: point for point in points}
    step_s = points[0].step_s if points else 60
    times = range(
        span[0] // step_s * step_s, span[1] + 1, step_s
    )  # steps without an answer too: cells are of one width
    counts = [
        [(by_time[at].cells[row] or None) if at in by_time else None for at in times] for row in range(len(limits_ms))
    ]
    colours = [[None if count is None else math.log10(count) for count in row] for row in counts]
    most = max((count for row in counts for count in row if count), default=1)
    ticks = [10**power for power in range(int(math.log10(most)) + 1)]
    figure = go.Figure(
        go.Heatmap(
            x=[_moment(at) for at in times],
            y=names,
            z=colours,
            customdata=counts,
            colorscale=[[0, "#cfe6e3"], [0.5, "#2d9c94"], [1, "#054844"]],
            zmin=0,
            zmax=max(math.log10(most), 1e-9),
            xgap=1,
            ygap=1,
            hovertemplate="%{x}<br>%{y}: %{customdata} answers<extra></extra>",
            colorbar={
                "title": {"text": "Answers", "side": "right"},
                "tickvals": [math.log10(tick) for tick in ticks],
                "ticktext": [f"{tick:g}" for tick in ticks],
                "thickness": 12,
            },
        )
    )
    finish_panel(figure, HEAT_HEIGHT, _X, "Time of an answer", revision)
    return figure.update_layout(hovermode="closest", xaxis=_axis(span), yaxis={"showgrid": False, "type": "category"})


def _broken(points: Sequence[LatencyPoint], name: str) -> tuple[list[str], list[float | None]]:
    """Return times and values with a break wherever steps without an answer lie between two points."""
    times: list[str] = []
    values: list[float | None] = []
    for number, point in enumerate(points):
        if number and point.at - points[number - 1].at > point.step_s:
            times.append(_moment(point.at - 1))
            values.append(None)
        times.append(_moment(point.at))
        values.append(getattr(point, name))
    return times, values


def _axis(span: tuple[int, int]) -> dict[str, object]:
    return {"range": [_moment(second) for second in span], "type": "date"}


def _moment(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).replace(tzinfo=None).isoformat()


def _span(limits_ms: Sequence[float], row: int) -> str:
    if row == 0:
        return f"under {_short(limits_ms[0])}"
    if math.isinf(limits_ms[row]):
        return f"over {_short(limits_ms[row - 1])}"
    return f"up to {_short(limits_ms[row])}"


def _short(limit_ms: float) -> str:
    return f"{limit_ms / 1000:g} s" if limit_ms >= 1000 else f"{limit_ms:g} ms"
