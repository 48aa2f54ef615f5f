"""The chart of one series as it is stored. Forecasts of it belong to `forecast`."""

from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from components.figures.decimate import min_max_indices
from components.theme import PALETTE
from components.words import count_words
from compute.series import Series


def series_figure(series: Series, *, unit: str | None = None) -> go.Figure:
    """Return the line of `series` over time, or over step numbers from 1 when it has no times.

    Above `MAX_POINTS` points the line is thinned to its envelope; the title of the x axis says so.
    """
    shown = min_max_indices(series.values)
    x: NDArray[Any] = np.arange(1, series.values.size + 1) if series.timestamps is None else series.timestamps
    what = "step" if series.timestamps is None else None
    figure = go.Figure(
        go.Scatter(
            x=x[shown],
            y=series.values[shown],
            name=series.name,
            mode="lines",
            line={"width": 1.6, "color": PALETTE[0]},
            connectgaps=False,
            hovertemplate="%{y:.6~g}<extra></extra>",
        )
    )
    total = count_words(series.values.size, "point")
    note = f"lowest and highest of {total} are drawn" if shown.size < series.values.size else None
    figure.update_layout(showlegend=False, margin={"t": 12}, uirevision=series.name)
    figure.update_xaxes(title_text=", ".join(filter(None, [what, note])) or None)
    figure.update_yaxes(title_text=f"{series.name} ({unit})" if unit else series.name)
    return figure
