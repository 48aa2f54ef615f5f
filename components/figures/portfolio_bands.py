"""How sure a frontier and its weights are, drawn: the area that resamples leave free, and a range per asset."""

from collections.abc import Sequence

import plotly.graph_objects as go

from components.theme import PALETTE, with_alpha
from compute.portfolio.resampling.options import FrontierBands

RANGES = "ranges"
"""`meta` of the ranges of weights, which belong to the portfolio itself and not to one on the slider."""


def band_area(bands: FrontierBands) -> go.Scatter:
    """Return the area in which the frontiers of most resamples lie, over the risks of the frontier itself."""
    return go.Scatter(
        x=[*bands.volatilities, *reversed(bands.volatilities)],
        y=[*bands.upper_at_volatility, *reversed(bands.lower_at_volatility)],
        mode="lines",
        fill="toself",
        name=f"{bands.level:.0%} of resamples",
        line={"width": 0},
        fillcolor=with_alpha(PALETTE[0], 0.18),
        hoverinfo="skip",
    )


def weight_ranges(names: Sequence[str], bands: FrontierBands) -> list[go.Scatter]:
    """Return a line per asset over the weights that resamples give it; nothing where they have no such portfolio."""
    if not bands.portfolios:
        return []
    held = bands.portfolios[0].weights
    x: list[float | None] = []
    y: list[str | None] = []
    for name in names:
        x += [*held[name], None]
        y += [name, name, None]
    colour = PALETTE[2]
    return [
        go.Scatter(
            x=x,
            y=y,
            mode="lines+markers",
            name=f"Weight in {bands.level:.0%} of resamples",
            meta=RANGES,
            line={"color": colour, "width": 1.6},
            marker={"symbol": "line-ns-open", "size": 9, "color": colour},
            hovertemplate="%{x:.2%}<extra>%{y}</extra>",
        )
    ]
