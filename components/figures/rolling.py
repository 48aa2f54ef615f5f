"""Figures over a window that moves along, below each other on one time axis."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray
from plotly.subplots import make_subplots

from components.figures.decimate import MAX_POINTS, min_max_indices
from components.theme import PALETTE
from compute.portfolio.risk.result import Rolling

ROW = 190  # px of each figure


def rolling_chart(rolling: Rolling, times: NDArray[Any], time_title: str, *, revision: str = "") -> go.Figure:
    """Return volatility, Sharpe ratio and, with a benchmark, beta, below each other.

    `times` are those of the curve that was looked back over; the last of them are those of the values.
    """
    times = times[-len(rolling.volatility) :]
    rows: list[tuple[str, Sequence[float | None], str, str]] = [
        ("Volatility", rolling.volatility, ".1%", ".0%"),
        ("Sharpe ratio", rolling.sharpe, ".2f", ".1f"),
    ]
    if rolling.beta is not None:
        rows.append(("Beta", rolling.beta, ".2f", ".2f"))
    figure = make_subplots(rows=len(rows), cols=1, shared_xaxes=True, vertical_spacing=0.06)
    for row, (name, values, number, ticks) in enumerate(rows, 1):
        drawn = np.array([np.nan if value is None else value for value in values], dtype=np.float64)
        kept = min_max_indices(drawn, MAX_POINTS // len(rows))
        figure.add_trace(_line(times[kept], drawn[kept], name, PALETTE[row - 1], number), row=row, col=1)
        figure.update_yaxes(title={"text": name}, tickformat=ticks, row=row, col=1)
    figure.update_yaxes(rangemode="tozero", row=1, col=1)
    figure.update_xaxes(title={"text": time_title}, row=len(rows), col=1)
    return figure.update_layout(
        height=rolling_height(rolling), uirevision=revision, showlegend=False, margin={"l": 8, "r": 12, "t": 12, "b": 8}
    )


def rolling_height(rolling: Rolling) -> int:
    """Return the height in px of the chart."""
    return 55 + ROW * (2 if rolling.beta is None else 3)


def _line(times: NDArray[Any], values: NDArray[np.float64], name: str, colour: str, number: str) -> go.Scatter:
    return go.Scatter(
        x=times,
        y=values,
        mode="lines",
        name=name,
        line={"color": colour, "width": 1.5},
        hovertemplate=f"%{{y:{number}}}<extra>{name}</extra>",
    )
