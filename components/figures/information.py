"""Information between two series: over lags beside what chance would make, and as points at the best lag."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from components.figures.panel import finish_panel
from components.numbers import axis_format
from components.theme import PALETTE, with_alpha
from compute.information.result import LagEstimate, Scatter

HEIGHT = 420
SCATTER_HEIGHT = 380
_MAIN, _BEST, _CHANCE, _LINEAR = PALETTE[0], PALETTE[1], PALETTE[7], PALETTE[2]
TICKS = 12  # at most, at whole steps
_MANY = 60  # lags whose points would touch


def lag_chart(
    by_lag: tuple[LagEstimate, ...],
    best_lag: int | None,
    title: str,
    *,
    axis: str = "Lag (steps)",
    mark: str = "Most: lag",
    other: tuple[LagEstimate, ...] = (),
    other_label: str = "",
    revision: str = "",
) -> go.Figure:
    """Return the information at each lag with its standard errors, over the band that surrogates reach.

    `title` names the measure and its unit, `axis` what a lag is, `mark` why one is chosen; `other` are the lags of a
    result to compare with.
    """
    lags = [each.lag for each in by_lag]
    figure = go.Figure([*_band(by_lag, lags), *_linear(by_lag, lags)])
    if other:
        figure.add_trace(_line([each.lag for each in other], [each.value for each in other], other_label, "dash"))
    figure.add_trace(_values(by_lag, lags))
    best = next((each for each in by_lag if each.lag == best_lag), None)
    if best is not None:
        figure.add_trace(_mark(best, f"{mark} {best.lag}"))
    figure.update_xaxes(tickformat="d", tick0=lags[0], dtick=-(-len(lags) // TICKS))
    return finish_panel(figure, HEIGHT, axis, title, revision, has_legend=True)


def scatter_chart(scatter: Scatter, colour: str = _MAIN, *, revision: str = "") -> go.Figure:
    """Return one series against the other at the best lag."""
    x, y = np.asarray(scatter.x, dtype=np.float64), np.asarray(scatter.y, dtype=np.float64)
    points = go.Scatter(
        x=x,
        y=y,
        mode="markers",
        marker={"size": 6 if x.size < 500 else 4, "color": with_alpha(colour, 0.5)},
        hovertemplate=f"%{{x:{axis_format(x.tolist())}}}, %{{y:{axis_format(y.tolist())}}}<extra></extra>",
    )
    figure = go.Figure(points).update_layout(hovermode="closest")
    before = f"{scatter.x_name}, {scatter.lag} step{'' if abs(scatter.lag) == 1 else 's'} before"
    after = f"{scatter.x_name}, {-scatter.lag} step{'' if abs(scatter.lag) == 1 else 's'} later"
    title = scatter.x_name if scatter.lag == 0 else before if scatter.lag > 0 else after
    return finish_panel(figure, SCATTER_HEIGHT, title, scatter.y_name, revision)


def _band(by_lag: tuple[LagEstimate, ...], lags: list[int]) -> list[go.Scatter]:
    if not any(each.surrogate_high is not None for each in by_lag):
        return []
    low, high = _array([each.surrogate_low for each in by_lag]), _array([each.surrogate_high for each in by_lag])
    edge = {"width": 0}
    return [
        go.Scatter(x=lags, y=low, mode="lines", line=edge, showlegend=False, hoverinfo="skip"),
        go.Scatter(
            x=lags,
            y=high,
            mode="lines",
            line=edge,
            fill="tonexty",
            fillcolor=with_alpha(_CHANCE, 0.28),
            name="By chance, 90 % of surrogates",
            hovertemplate="up to %{y:.4~g}<extra>By chance</extra>",
        ),
    ]


def _linear(by_lag: tuple[LagEstimate, ...], lags: list[int]) -> list[go.Scatter]:
    if not any(each.linear is not None for each in by_lag):
        return []
    return [_line(lags, [each.linear for each in by_lag], "Linear part", "dot", _LINEAR)]


def _line(
    lags: list[int], values: Sequence[float | None], name: str, dash: str, colour: str = PALETTE[3]
) -> go.Scatter:
    return go.Scatter(
        x=lags,
        y=_array(values),
        mode="lines",
        name=name,
        line={"color": colour, "width": 1.5, "dash": dash},
        hovertemplate=f"%{{y:.4~g}}<extra>{name}</extra>",
    )


def _values(by_lag: tuple[LagEstimate, ...], lags: list[int]) -> go.Scatter:
    errors = [each.standard_error or 0.0 for each in by_lag]
    return go.Scatter(
        x=lags,
        y=[each.value for each in by_lag],
        mode="lines+markers" if len(lags) <= _MANY else "lines",
        name="Measured, with standard error",
        line={"color": _MAIN, "width": 2},
        marker={"size": 7},
        error_y={"array": errors, "color": _MAIN, "thickness": 1.2, "width": 3, "visible": len(lags) <= _MANY},
        customdata=["" if each.p_value is None else f", p = {each.p_value:.2g}" for each in by_lag],
        hovertemplate="%{y:.4~g}%{customdata}<extra>Measured</extra>",
    )


def _mark(best: LagEstimate, name: str) -> go.Scatter:
    return go.Scatter(
        x=[best.lag],
        y=[best.value],
        mode="markers",
        name=name,
        marker={"size": 14, "symbol": "diamond-open", "color": _BEST, "line": {"width": 2.5}},
        hoverinfo="skip",
    )


def _array(values: Sequence[float | None]) -> NDArray[np.float64]:
    """Return values as an array, NaN where one is absent: nothing is drawn there."""
    return np.array([np.nan if value is None else value for value in values], dtype=np.float64)
