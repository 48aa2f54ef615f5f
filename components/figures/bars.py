"""Horizontal bars of fractions, a row per name, with their numbers at the ends."""

from collections.abc import Sequence

import plotly.graph_objects as go

from components.numbers import percent


def share_bars(values: Sequence[float], names: Sequence[str], title: str, colour: str, pattern: str) -> go.Bar:
    """Return one set of bars; `pattern` tells it from the others by more than colour."""
    return go.Bar(
        x=list(values),
        y=list(names),
        name=title,
        orientation="h",
        marker={"color": colour, "pattern": {"shape": pattern, "solidity": 0.25}},
        text=[percent(value, 1) for value in values],
        textposition="outside",
        cliponaxis=False,
        hovertemplate="%{x:.2%}<extra>" + title + "</extra>",
    )


def finish_bars(figure: go.Figure, height: int, x_title: str, revision: str) -> go.Figure:
    """Return the figure with its height (px), the first name on top, and room for the numbers."""
    drawn = [0.0, *(float(value) for bars in figure.data for value in bars.x)]
    low, high = min(drawn), max(drawn)
    room = 0.25 * (high - low or 1.0)  # for the numbers at the ends of the bars
    return figure.update_layout(
        height=height,
        uirevision=revision,
        barmode="group",
        bargap=0.3,
        bargroupgap=0.05,
        hovermode="y unified",
        margin={"l": 8, "r": 24, "t": 40, "b": 8},
        xaxis={
            "tickformat": ".0%",
            "showgrid": True,
            "title": {"text": x_title},
            "range": [low - room * (low < 0), high + room * (high > 0)],
        },
        yaxis={"autorange": "reversed", "showgrid": False, "type": "category"},
    )
