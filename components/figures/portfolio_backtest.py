"""A walk through the past, drawn: what the strategies grew to, how far they fell, what they held."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from components.figures.decimate import MAX_POINTS, min_max_indices
from components.figures.panel import finish_panel
from components.figures.time_axis import axis_times
from components.numbers import axis_format
from components.strategy_names import benchmark_name, strategy_names
from components.tables import shown_number
from components.theme import DASHES, PALETTE, with_alpha
from compute.portfolio.backtest.result import PortfolioBacktestResult

Array = NDArray[np.float64]

HEIGHT = 440
FALLS_HEIGHT = 280
WEIGHTS_HEIGHT = 520
MAX_AREAS = 11  # assets with an area of their own; the others share one
LEAST_POINTS = 600  # of a line, however many there are: fewer show on a screen
LEAST_WEIGHT = 1e-6  # what arithmetic leaves of a weight of 0
_NEUTRAL = "#7d7a73"
_BENCHMARK_DASH = DASHES[-1]
_PATTERN_COLOUR = "rgba(255, 255, 255, 0.7)"
_PATTERNS = ("", "/", "x", "-", "\\", ".", "|", "+")


@dataclass(frozen=True)
class _Line:
    """One curve, (P + 1,), and how it looks."""

    name: str
    values: Array
    colour: str
    dash: str
    width: float


def growth_chart(
    result: PortfolioBacktestResult,
    other: PortfolioBacktestResult | None = None,
    *,
    other_label: str = "",
    revision: str = "",
) -> go.Figure:
    """Return the value of each strategy and of the benchmark over time; of another result from the same capital."""
    lines = list(_lines(result))
    number = axis_format(result.equity[:1])
    limit = _limit(len(lines) + (other is not None))
    figure = go.Figure([_curve(line, times_of(result), number, limit) for line in lines])
    if other is not None and (other.timestamps is None) == (result.timestamps is None):
        values = np.array(other.equity) * (result.initial_capital / other.initial_capital)
        line = _Line(other_label, values, PALETTE[5], DASHES[3], 1.8)
        figure.add_trace(_curve(line, times_of(other), number, limit))
    title = f"Value of {shown_number(result.initial_capital)} invested"
    finish_panel(figure, HEIGHT, time_title(result), title, revision, has_legend=True)
    return figure.update_layout(yaxis={"tickformat": number})


def falls_chart(result: PortfolioBacktestResult, *, revision: str = "") -> go.Figure:
    """Return how far each strategy was below its highest value so far; those compared with hide in the legend."""
    lines = list(_lines(result))
    figure = go.Figure()
    for at, line in enumerate(lines):
        fallen = _Line(line.name, -falls_of(line.values), line.colour, line.dash, line.width * 0.75)
        trace = _curve(fallen, times_of(result), ".1%", _limit(len(lines)))
        if at == 0:
            trace.update(fill="tozeroy", fillcolor=with_alpha(line.colour, 0.18))
        elif at < len(lines) - 1:
            trace.update(visible="legendonly")
        figure.add_trace(trace)
    finish_panel(figure, FALLS_HEIGHT, time_title(result), "Below the peak", revision, has_legend=True)
    return figure.update_layout(yaxis={"tickformat": ".0%", "rangemode": "tozero"})


def weights_chart(result: PortfolioBacktestResult, *, revision: str = "") -> go.Figure:
    """Return the weights from each rebalancing to the next, stacked; as lines where something was sold short."""
    kept = _evenly(len(result.weights.periods), _limit(MAX_AREAS))
    is_short = bool((np.array(result.weights.weights) < -LEAST_WEIGHT).any())
    ends = [*(result.weights.periods[at] for at in kept), len(result.equity) - 1]
    times = times_of(result)[ends]
    figure = go.Figure()
    for at, (name, weights) in enumerate(_shares(result)):
        held = np.append(weights[kept], weights[-1])
        colour = _NEUTRAL if name in ("Cash", OTHERS) else PALETTE[at % (len(PALETTE) - 1)]
        figure.add_trace(_weight(name, times, held, at, colour, is_short=is_short))
    title = time_title(result)
    if len(kept) < len(result.weights.periods):
        title += f", {len(kept)} of {len(result.weights.periods)} rebalancings are drawn"
    finish_panel(figure, WEIGHTS_HEIGHT, title, "Weight", revision, has_legend=True)
    return figure.update_layout(
        yaxis={"tickformat": ".0%"}, legend={"traceorder": "normal", "y": -0.2, "yanchor": "top"}, margin={"t": 12}
    )


OTHERS = "Other assets"
"""The area of the assets that have none of their own."""


def times_of(result: PortfolioBacktestResult) -> NDArray[Any]:
    """Return where the values stand on the time axis, (P + 1,): ISO 8601 times, or numbers of periods from 0."""
    return axis_times(result.timestamps, len(result.equity), start=0)


def time_title(result: PortfolioBacktestResult) -> str:
    """Return the title of the time axis."""
    return "Time (periods)" if result.timestamps is None else "Time (UTC)"


def falls_of(values: Array) -> Array:
    """Return how far (P + 1,) values are below the highest so far, as fractions of it."""
    return np.asarray(1 - values / np.maximum.accumulate(values))


def _lines(result: PortfolioBacktestResult) -> Iterator[_Line]:
    """Yield the strategy, those it is compared with, and the benchmark."""
    for at, (name, each) in enumerate(zip(strategy_names(result), result.strategies, strict=True)):
        dash = DASHES[at % (len(DASHES) - 1)]
        colour = PALETTE[at % (len(PALETTE) - 1)]
        yield _Line(name, np.array(each.equity), colour, dash, 1.6 if at else 2.6)
    yield _Line(benchmark_name(result), np.array(result.benchmark_equity), _NEUTRAL, _BENCHMARK_DASH, 1.8)


def _curve(line: _Line, times: NDArray[Any], number: str, limit: int) -> go.Scatter:
    kept = min_max_indices(line.values, limit)
    return go.Scatter(
        x=times[kept],
        y=line.values[kept],
        mode="lines",
        name=line.name,
        line={"color": line.colour, "width": line.width, "dash": line.dash},
        hovertemplate=f"%{{y:{number}}}<extra>{line.name}</extra>",
    )


def _weight(
    name: str, times: NDArray[Any], weights: Array, at: int, colour: str, *, is_short: bool = False
) -> go.Scatter:
    line = {"color": colour, "width": 1.8 if is_short else 0.8, "shape": "hv"}
    trace = go.Scatter(
        x=times, y=weights, mode="lines", name=name, line=line, hovertemplate=f"%{{y:.1%}}<extra>{name}</extra>"
    )
    if is_short:
        return trace.update(line={"dash": DASHES[at % len(DASHES)]})
    fill = with_alpha(colour, 0.75)
    shape = _PATTERNS[at % len(_PATTERNS)]
    pattern = {"shape": shape, "size": 9, "solidity": 0.16, "fgcolor": _PATTERN_COLOUR, "bgcolor": fill}
    return trace.update(stackgroup="weights", fillcolor=fill, fillpattern=pattern)


def _shares(result: PortfolioBacktestResult) -> Iterator[tuple[str, Array]]:
    """Yield each asset with its weights (rebalancings,), the largest on average first; then the others, and cash."""
    table = np.array(result.weights.weights)
    sizes = np.abs(table).mean(axis=0)
    ranked = [int(at) for at in np.argsort(-sizes, kind="stable") if sizes[at] > LEAST_WEIGHT]
    shown = ranked if len(ranked) <= MAX_AREAS + 1 else ranked[:MAX_AREAS]
    for at in shown:
        yield result.weights.names[at], table[:, at]
    if len(shown) < len(ranked):
        yield OTHERS, table[:, ranked[len(shown) :]].sum(axis=1)
    cash = 1 - table.sum(axis=1)
    if (cash > LEAST_WEIGHT).any():
        yield "Cash", np.maximum(cash, 0.0)


def _evenly(count: int, limit: int) -> list[int]:
    """Return at most `limit` positions of `count`, evenly apart, both ends among them."""
    if count <= limit:
        return list(range(count))
    return [int(at) for at in np.unique(np.linspace(0, count - 1, limit).round())]


def _limit(lines: int) -> int:
    """Return how many points each of so many lines may have."""
    return max(LEAST_POINTS, MAX_POINTS // lines)
