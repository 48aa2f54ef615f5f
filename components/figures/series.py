"""The chart of one series as it is stored. Forecasts of it belong to `forecast`."""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from components.theme import PALETTE
from components.words import count_words
from compute.series import Series

MAX_POINTS: Final = 5000  # an SVG line of more points loads and zooms slowly, and no screen shows them


def series_figure(series: Series, *, unit: str | None = None) -> go.Figure:
    """Return the line of `series` over time, or over step numbers from 1 when it has no times.

    Above `MAX_POINTS` points the line is thinned to its envelope; the title of the x axis says so.
    """
    shown = decimate(series.values, MAX_POINTS)
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


def decimate(values: NDArray[np.float64] | Sequence[float], limit: int) -> NDArray[np.intp]:
    """Return at most `limit` increasing indices (limit >= 4) whose line has the envelope of the whole line.

    The values are cut into equal spans; of each the indices of its lowest and its highest value are kept, in their
    order. A span of nothing but NaN keeps one, so that the line breaks where the data does. The first and the last
    index are always kept.
    """
    line = np.asarray(values, dtype=np.float64)
    if line.size <= limit:
        return np.arange(line.size)
    spans = (limit - 2) // 2
    width = -(-line.size // spans)
    padded = np.full(spans * width, np.nan)
    padded[: line.size] = line
    rows = padded.reshape(spans, width)
    start = np.arange(spans) * width
    low = start + np.where(np.isnan(rows), np.inf, rows).argmin(axis=1)
    high = start + np.where(np.isnan(rows), -np.inf, rows).argmax(axis=1)
    kept = np.concatenate([low, high, [0, line.size - 1]])
    return np.unique(kept[kept < line.size])
