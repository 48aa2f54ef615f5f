"""Shares of risk by factor as bars."""

from collections.abc import Sequence

import plotly.graph_objects as go

from components.figures.bars import finish_bars, share_bars
from components.theme import PALETTE
from compute.portfolio.risk.factors import FactorContribution


def factors_chart(factors: Sequence[FactorContribution], *, revision: str = "") -> go.Figure:
    """Return what share of volatility and CVaR each factor brings, in the order of the result."""
    names = [each.name for each in factors]
    figure = go.Figure(
        [
            share_bars([each.percent for each in factors], names, "Share of volatility", PALETTE[1], "/"),
            share_bars([each.cvar_percent for each in factors], names, "Share of CVaR", PALETTE[2], "x"),
        ]
    )
    return finish_bars(figure, factors_height(factors), "Shares of the risk", revision)


def factors_height(factors: Sequence[FactorContribution]) -> int:
    """Return the height in px of the bars."""
    return 120 + 50 * len(factors)
