"""Charts of risk: returns and their tail, falls, who brings the risk, and shocks."""

from collections.abc import Sequence
from statistics import NormalDist
from textwrap import wrap
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray
from plotly.subplots import make_subplots

from components.figures.bars import finish_bars, share_bars
from components.figures.decimate import MAX_POINTS, min_max_indices
from components.figures.panel import finish_panel
from components.figures.time_axis import axis_times, axis_title
from components.numbers import percent
from components.theme import DASHES, PALETTE, with_alpha
from components.words import count_words
from compute.portfolio.risk.result import Contribution, RiskResult, TailRisk

Array = NDArray[np.float64]

HEIGHT = 420
FALLS_HEIGHT = 460
MAX_BARS = 30  # assets that bars are drawn for
LEAST_RETURNS = 20  # of which a histogram says something
MAX_BINS = 60
LABEL = 18  # letters of a line beside a bar: more leave no room for bars on a phone
_RETURNS, _TAIL, _FALL = PALETTE[0], PALETTE[1], PALETTE[6]
_NORMAL = "#7d7a73"


def returns_chart(result: RiskResult, tail: TailRisk | None, days: int, *, revision: str = "") -> go.Figure | None:
    """Return the histogram of returns over the horizon, those beyond the VaR hatched, with VaR and CVaR marked.

    Beside it stands the normal distribution of the same mean and deviation. None where there are too few returns.
    """
    returns = horizon_returns(result)
    if returns.size < LEAST_RETURNS or np.ptp(returns) <= 0:
        return None
    limit = None if tail is None or tail.var is None else -tail.var
    edges = _edges(returns, limit)
    counts, _ = np.histogram(returns, bins=edges)
    centres = (edges[1:] + edges[:-1]) / 2
    is_beyond = centres < (-np.inf if limit is None else limit)
    figure = go.Figure()
    for name, chosen, colour, pattern in (
        ("Returns", ~is_beyond, _RETURNS, ""),
        ("Beyond VaR", is_beyond, _TAIL, "/"),
    ):
        if chosen.any():
            figure.add_trace(_columns(name, edges, counts, chosen, colour, pattern))
    figure.add_trace(_normal_curve(returns, edges))
    if tail is not None:
        for name, loss, dash in (("VaR", tail.var, DASHES[1]), ("CVaR", tail.cvar, DASHES[2])):
            if loss is not None:
                figure.add_trace(_upright(-loss, float(counts.max()), f"{name} {percent(loss, 2)}", dash))
    finish_panel(figure, HEIGHT, f"Return over {count_words(days, 'day')}", "Count", revision, has_legend=True)
    figure.update_layout(barmode="overlay", bargap=0, hovermode="closest", xaxis={"tickformat": ".1~%"})
    return figure.update_yaxes(range=[0, 1.08 * float(counts.max())])


def horizon_returns(result: RiskResult) -> Array:
    """Return what was earned over every stretch of the history as long as the horizon.

    A horizon that is no whole number of periods is met by the root of time, as the historical VaR does.
    """
    whole = max(1, round(result.horizon_periods))
    wealth = np.concatenate([[1.0], result.wealth])
    if wealth.size <= whole:
        return np.empty(0)
    before = wealth[:-whole]
    returns = np.divide(wealth[whole:], before, out=np.full(before.size, np.nan), where=before > 0) - 1
    return np.asarray(returns[np.isfinite(returns)] * np.sqrt(result.horizon_periods / whole))


def falls_chart(result: RiskResult, *, revision: str = "") -> go.Figure:
    """Return what 1 grew to and, below it on the same time axis, how far that is from the highest so far."""
    times = axis_times(result.timestamps, len(result.wealth))
    figure = make_subplots(rows=2, cols=1, shared_xaxes=True, vertical_spacing=0.06, row_heights=[0.55, 0.45])
    figure.add_trace(_line(times, np.array(result.wealth), "Value of 1", _RETURNS, ",.3f", 2), row=1, col=1)
    falls = _line(times, -np.array(result.drawdown), "Drawdown", _FALL, ".2%", 2)
    figure.add_trace(falls.update(fill="tozeroy", fillcolor=with_alpha(_FALL, 0.25)), row=2, col=1)
    if result.drawdowns:
        deepest = result.drawdowns[0]
        figure.add_trace(
            go.Scatter(
                x=[times[deepest.trough_period]],
                y=[-deepest.depth],
                mode="markers+text",
                marker={"size": 10, "symbol": "diamond", "color": _FALL},
                text=[percent(deepest.depth, 1)],
                textposition="bottom center",
                cliponaxis=False,
                name="Deepest fall",
                hovertemplate="%{y:.2%}<extra>Deepest fall</extra>",
            ),
            row=2,
            col=1,
        )
    figure.update_yaxes(title={"text": "Value of 1"}, row=1, col=1)
    figure.update_yaxes(title={"text": "Below the highest"}, tickformat=".0%", row=2, col=1)
    figure.update_yaxes(range=[-1.18 * max(result.max_drawdown or 0.0, 1e-6), 0], row=2, col=1)  # room for the number
    figure.update_xaxes(title={"text": axis_title(result.timestamps, None)}, row=2, col=1)
    return figure.update_layout(
        height=FALLS_HEIGHT, uirevision=revision, showlegend=False, margin={"l": 8, "r": 12, "t": 12, "b": 8}
    )


def shares_chart(contributions: Sequence[Contribution], *, revision: str = "") -> go.Figure:
    """Return the weight of each asset or group beside its shares of volatility and CVaR, the riskiest first."""
    shown = sorted(contributions, key=lambda each: -abs(each.percent))[:MAX_BARS]
    names = [each.name for each in shown]
    figure = go.Figure(
        [
            share_bars([each.weight for each in shown], names, "Weight", PALETTE[0], ""),
            share_bars([each.percent for each in shown], names, "Share of volatility", PALETTE[1], "/"),
            share_bars([each.cvar_percent for each in shown], names, "Share of CVaR", PALETTE[2], "x"),
        ]
    )
    return finish_bars(figure, shares_height(contributions), "Share of the capital, shares of the risk", revision)


def shares_height(contributions: Sequence[Contribution]) -> int:
    """Return the height in px of the bars."""
    return 120 + 60 * min(len(contributions), MAX_BARS)


def shocks_chart(result: RiskResult, *, revision: str = "") -> go.Figure:
    """Return what each shock would do to the portfolio, as bars."""
    values = [shock.portfolio_return for shock in result.shocks]
    # Two shocks of one name are two bars: categories are numbered, and named on the axis.
    places = [str(at) for at in range(len(values))]
    figure = go.Figure(share_bars(values, places, "Portfolio", _TAIL, "/"))
    figure.update_traces(hovertext=[shock.name for shock in result.shocks])
    finish_bars(figure, shocks_height(result), "Return of the portfolio", revision)
    names = ["<br>".join(wrap(shock.name, LABEL)) for shock in result.shocks]
    return figure.update_layout(showlegend=False, yaxis={"tickvals": places, "ticktext": names})


def shocks_height(result: RiskResult) -> int:
    """Return the height in px of the bars of the shocks."""
    return 110 + 44 * len(result.shocks)


def _edges(returns: Array, limit: float | None) -> Array:
    """Return the edges of the bins; one of them is the limit, so that no bar lies on both sides of it."""
    low, high = float(returns.min()), float(returns.max())
    bins = min(max(len(np.histogram_bin_edges(returns, "fd")) - 1, 12), MAX_BINS)
    if limit is None or not low < limit < high:
        return np.linspace(low, high, bins + 1)
    width = (high - low) / bins
    return limit + width * np.arange(np.floor((low - limit) / width), np.ceil((high - limit) / width) + 1)


def _columns(
    name: str, edges: Array, counts: NDArray[Any], chosen: NDArray[np.bool_], colour: str, mark: str
) -> go.Bar:
    return go.Bar(
        x=((edges[1:] + edges[:-1]) / 2)[chosen],
        y=counts[chosen],
        width=np.diff(edges)[chosen] * 0.94,
        marker={"color": with_alpha(colour, 0.7), "pattern": {"shape": mark, "fillmode": "overlay"}},
        name=name,
        customdata=np.column_stack([edges[:-1], edges[1:]])[chosen],
        hovertemplate="%{y} from %{customdata[0]:.2%} to %{customdata[1]:.2%}<extra>" + name + "</extra>",
    )


def _normal_curve(returns: Array, edges: Array) -> go.Scatter:
    normal = NormalDist(float(returns.mean()), float(returns.std(ddof=1)))
    x = np.linspace(edges[0], edges[-1], 160)
    scale = returns.size * float(edges[1] - edges[0])
    return go.Scatter(
        x=x,
        y=[normal.pdf(float(each)) * scale for each in x],
        mode="lines",
        name="Were they normal",
        line={"color": _NORMAL, "width": 1.4},
        hoverinfo="skip",
    )


def _upright(x: float, height: float, name: str, dash: str) -> go.Scatter:
    return go.Scatter(
        x=[x, x],
        y=[0, height],
        mode="lines",
        name=name,
        line={"color": _FALL, "width": 2, "dash": dash},
        hovertemplate=f"{name}<extra></extra>",
    )


def _line(times: NDArray[Any], values: Array, name: str, colour: str, number: str, beside: int) -> go.Scatter:
    """Return the line of one of `beside` curves, which share the points that a chart may draw."""
    kept = min_max_indices(values, MAX_POINTS // beside)
    return go.Scatter(
        x=times[kept],
        y=values[kept],
        mode="lines",
        name=name,
        line={"color": colour, "width": 1.5},
        hovertemplate=f"%{{y:{number}}}<extra>{name}</extra>",
    )
