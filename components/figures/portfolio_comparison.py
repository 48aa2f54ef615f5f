"""Saved portfolios drawn: return against risk."""

from collections.abc import Sequence

import plotly.graph_objects as go

from components.portfolio_comparison import Compared
from components.theme import PALETTE, SYMBOLS

HEIGHT = 380


def risk_return_chart(portfolios: Sequence[Compared]) -> go.Figure | None:
    """Return a mark for each portfolio of known return and risk; None where there is none."""
    figure = go.Figure()
    for at, each in enumerate(portfolios):
        if each.volatility is None or each.expected_return is None:
            continue
        figure.add_trace(
            go.Scatter(
                x=[each.volatility],
                y=[each.expected_return],
                mode="markers+text",
                text=[each.name],
                textposition="top center",
                name=each.name,
                marker={"size": 13, "symbol": SYMBOLS[at % len(SYMBOLS)], "color": PALETTE[at % len(PALETTE)]},
                hovertemplate="return %{y:.2%}<br>volatility %{x:.2%}<extra>" + each.name + "</extra>",
            )
        )
    if not figure.data:
        return None
    return figure.update_layout(
        height=HEIGHT,
        showlegend=False,
        hovermode="closest",
        margin={"l": 8, "r": 16, "t": 24, "b": 8},
        xaxis={"title": {"text": "Volatility (per year)"}, "tickformat": ".1%", "range": _range(figure, "x")},
        yaxis={"title": {"text": "Expected return (per year)"}, "tickformat": ".1%", "range": _range(figure, "y")},
    )


def _range(figure: go.Figure, axis: str) -> list[float]:
    """Return the ends of an axis: 0, and all marks with room for their names."""
    values = [0.0, *(mark[axis][0] for mark in figure.data)]
    room = 0.25 * (max(values) - min(values) or 1.0)
    return [min(values) - room * (min(values) < 0), max(values) + room]
