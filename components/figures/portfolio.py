"""A portfolio's charts: where it lies beside the frontier, what it holds and risks."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from components.figures.bars import finish_bars, share_bars
from components.figures.point_labels import free_labels, label_places
from components.figures.portfolio_bands import band_area, weight_ranges
from components.figures.portfolio_pareto import pareto_points
from components.theme import PALETTE
from compute.portfolio.optimization.result import FrontierPath, OptimizeResult

HEIGHT = 488
MAX_BARS = 30  # assets that bars are drawn for
NAMED = 40  # assets whose points carry their names
PLACE_DECIMALS = 6
STEPS = 12  # drawn points on each straight piece of weights
CHOSEN = "chosen"
"""`meta` of the marker that the slider moves."""
_FRONTIER, _ASSETS, _RESULT, _CHOSEN = PALETTE[0], "#7d7a73", PALETTE[1], PALETTE[2]


def frontier_chart(
    result: OptimizeResult, other: OptimizeResult | None = None, *, other_label: str = "", revision: str = ""
) -> go.Figure:
    """Return risk against return: the frontier, the assets on their own, and the portfolios that are marked."""
    figure = go.Figure()
    path = result.frontier
    if result.bands is not None:
        figure.add_trace(band_area(result.bands))
    if path is not None:
        volatilities, returns = frontier_curve(path)
        figure.add_trace(
            go.Scatter(
                x=volatilities,
                y=returns,
                mode="lines",
                name="Frontier",
                line={"color": _FRONTIER, "width": 2.4},
                hovertemplate="return %{y:.2%}<br>volatility %{x:.2%}<extra>Frontier</extra>",
            )
        )
    if result.pareto is not None:
        figure.add_trace(pareto_points(result.pareto))
    figure.add_trace(_asset_points(result))
    if path is not None:
        figure.add_trace(_mark(*point_at(path, path.min_variance), "Least variance", "square", _FRONTIER))
        if path.max_sharpe is not None:
            figure.add_trace(_mark(*point_at(path, path.max_sharpe), "Highest Sharpe", "diamond", _FRONTIER))
    if result.held is not None:
        held = result.held
        figure.add_trace(_mark(held.volatility, held.expected_return, "Held now", "triangle-up", PALETTE[4]))
    if other is not None:
        figure.add_trace(_mark(other.volatility, other.expected_return, other_label, "x", PALETTE[3]))
    figure.add_trace(_mark(result.volatility, result.expected_return, "This portfolio", "star", _RESULT, size=15))
    if path is not None:
        figure.add_trace(
            _mark(
                result.volatility, result.expected_return, "On the slider", "circle-open", _CHOSEN, size=17, meta=CHOSEN
            )
        )
    return figure.update_layout(
        height=HEIGHT,
        uirevision=revision,
        hovermode="closest",
        margin={"l": 8, "r": 16, "t": 84, "b": 8},  # of two lines of the legend below the tools of the chart
        xaxis={"title": {"text": "Volatility (per year)"}, "tickformat": ".0%", "rangemode": "tozero"},
        yaxis={"title": {"text": "Expected return (per year)"}, "tickformat": ".1%"},
    )


def bars_chart(result: OptimizeResult, *, revision: str = "") -> go.Figure:
    """Return what is held and what it risks, per asset, the largest first; `shown_order` names the assets."""
    names = [result.assets[at].name for at in shown_order(result)]
    figure = go.Figure(
        [
            share_bars([result.weights[name] for name in names], names, "Weight", _FRONTIER, ""),
            share_bars([result.risk_contributions[name] for name in names], names, "Share of risk", _RESULT, "/"),
        ]
    )
    finish_bars(figure, bars_height(result), "Share of the capital, share of the variance", revision)
    figure.layout.xaxis.range = None  # the slider moves the bars
    if result.bands is not None:
        figure.add_traces(weight_ranges(names, result.bands))
    return figure


def shown_order(result: OptimizeResult) -> list[int]:
    """Return the positions of the assets that bars are drawn for: held ones first, the largest first."""
    sizes = [abs(result.weights[asset.name]) for asset in result.assets]
    reach = [0.0] * len(sizes)
    if result.frontier is not None:
        reach = [max(abs(weights[at]) for weights in result.frontier.weights) for at in range(len(sizes))]
    ranked = sorted(range(len(sizes)), key=lambda at: (-sizes[at], -reach[at], at))
    return ranked[:MAX_BARS]


def bars_height(result: OptimizeResult) -> int:
    """Return the height in px of the bars."""
    return 130 + 34 * min(len(result.assets), MAX_BARS)


def frontier_curve(path: FrontierPath) -> tuple[list[float], list[float]]:
    """Return volatilities and expected returns of points close together along the frontier."""
    places = [0.0]
    for k in range(len(path.weights) - 1):
        places += [k + step / STEPS for step in range(1, STEPS + 1)]
    points = [point_at(path, place) for place in places]
    return [x for x, _ in points], [y for _, y in points]


def point_at(path: FrontierPath, place: float) -> tuple[float, float]:
    """Return volatility and expected return at a place on the path: turning point and fraction towards the next."""
    k = min(int(place), len(path.weights) - 1)
    t = place - k
    if t <= 0:
        return float(np.sqrt(max(path.variances[k], 0.0))), path.expected_returns[k]
    variance = (1 - t) ** 2 * path.variances[k] + 2 * t * (1 - t) * path.crossings[k] + t * t * path.variances[k + 1]
    earned = (1 - t) * path.expected_returns[k] + t * path.expected_returns[k + 1]
    return float(np.sqrt(max(variance, 0.0))), earned


def place_of(path: FrontierPath, expected_return: float) -> float:
    """Return the place on the path that earns `expected_return`, or the nearest of its ends.

    Rounded, much finer than a screen shows: 1e-14 of the way is written with an exponent, which axe refuses as the
    value of a slider.
    """
    returns = np.maximum.accumulate(path.expected_returns)  # two that are equal may differ in their last digit
    return round(float(np.interp(expected_return, returns, np.arange(len(returns)))), PLACE_DECIMALS)


def _asset_points(result: OptimizeResult) -> go.Scatter:
    assets = result.assets
    x, y = [asset.volatility for asset in assets], [asset.expected_return for asset in assets]
    names = [asset.name for asset in assets]
    spans = (1.05 * max(x), _height(y, result))
    held_first = sorted(range(len(names)), key=lambda at: -abs(result.weights[names[at]]))
    return go.Scatter(
        x=x,
        y=y,
        mode="markers+text" if len(assets) <= NAMED else "markers",
        text=free_labels(x, y, names, spans, held_first),
        hovertext=names,
        textposition=label_places(x, spans),
        textfont={"size": 11},
        name="Single assets",
        marker={"size": 7, "color": _ASSETS},
        hovertemplate="%{hovertext}<br>return %{y:.2%}<br>volatility %{x:.2%}<extra></extra>",
    )


def _height(earned: Sequence[float], result: OptimizeResult) -> float:
    """Return how far the axis of returns reaches, about."""
    bands = [] if result.bands is None else [*result.bands.lower_at_volatility, *result.bands.upper_at_volatility]
    seen = [*earned, *bands]
    return max(seen) - min(seen)


def _mark(
    x: float, y: float, name: str, symbol: str, colour: str, *, size: int = 11, meta: str | None = None
) -> go.Scatter:
    return go.Scatter(
        x=[x],
        y=[y],
        mode="markers",
        name=name,
        meta=meta,
        marker={"size": size, "symbol": symbol, "color": colour, "line": {"width": 2, "color": colour}},
        hovertemplate=f"{name}<br>return %{{y:.2%}}<br>volatility %{{x:.2%}}<extra></extra>",
    )
