"""Portfolios that none beats in return, risk and turnover at once, as points coloured by their turnover."""

import plotly.graph_objects as go

from compute.portfolio.frontier.pareto_set import ParetoSet

PARETO = "pareto"
"""`meta` of the points, which the slider of turnover thins out."""


def pareto_points(pareto: ParetoSet) -> go.Scatter:
    """Return risk against return of each portfolio, darker for more trading."""
    turnover = [point.turnover for point in pareto.points]
    return go.Scatter(
        x=[point.volatility for point in pareto.points],
        y=[point.expected_return for point in pareto.points],
        mode="markers",
        name="Within a turnover",
        meta=PARETO,
        marker={
            "size": 8,
            "symbol": "circle",
            "color": turnover,
            "cmin": pareto.least_turnover,
            "cmax": max(turnover, default=0.0),
            "colorscale": "Cividis",
            "reversescale": True,
            "colorbar": {"thickness": 10, "len": 0.8, "tickformat": ".0%", "title": {"text": "Turnover"}},
            "line": {"width": 1, "color": "#7d7a73"},  # the darkest would vanish on a dark page
        },
        hovertemplate="return %{y:.2%}<br>volatility %{x:.2%}<br>turnover %{marker.color:.1%}<extra></extra>",
    )
