"""Realised volatility and Sharpe ratio of each pair of estimators, with their standard errors."""

from collections.abc import Callable, Sequence

import plotly.graph_objects as go

from components.theme import PALETTE
from compute.portfolio.comparison.result import EstimatorScore, EstimatorsResult

HEIGHT = 380

Name = Callable[[EstimatorScore], str]


def estimators_chart(result: EstimatorsResult, name: Name, *, revision: str = "") -> go.Figure:
    """Return a point per pair: how risky its least-variance portfolio was, and what its best ratio earned."""
    shown = [score for score in result.scores if score.sharpe_ratio is not None]
    figure = go.Figure(
        go.Scatter(
            x=[score.volatility.value for score in shown],
            y=[score.sharpe_ratio.value for score in shown if score.sharpe_ratio],
            error_x=_bars([score.volatility.standard_error for score in shown]),
            error_y=_bars([score.sharpe_ratio.standard_error for score in shown if score.sharpe_ratio]),
            text=[name(score) for score in shown],
            mode="markers",
            marker={"color": PALETTE[0], "size": 9, "line": {"width": 1, "color": "white"}},
            hovertemplate="%{text}<br>volatility %{x:.2%}<br>Sharpe ratio %{y:.3f}<extra></extra>",
            showlegend=False,
        )
    )
    return figure.update_layout(
        height=HEIGHT,
        uirevision=revision,
        margin={"l": 8, "r": 24, "t": 40, "b": 8},
        xaxis={"title": "Volatility of the least-variance portfolios (per year)", "tickformat": ".1%"},
        yaxis={"title": "Sharpe ratio of the best-ratio portfolios"},
    )


def _bars(errors: Sequence[float]) -> dict[str, object]:
    return {"type": "data", "array": list(errors), "thickness": 1, "width": 3, "color": PALETTE[0]}
