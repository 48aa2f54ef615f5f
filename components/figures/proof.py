"""Charts of the proof-of-compute worker: receipts over time, times of attempts, and the curve of its autotuning."""

from collections.abc import Sequence
from datetime import datetime

import numpy as np
import plotly.graph_objects as go

from components.theme import PALETTE

HEIGHT = 240
BARS = 30
_MARGIN = {"l": 8, "r": 12, "t": 12, "b": 8}


def throughput_chart(moments: Sequence[datetime], *, revision: str = "") -> go.Figure:
    """Return receipts per second over the span of `moments`, the times at which receipts were made, in any order."""
    seconds = np.sort(np.array([moment.timestamp() for moment in moments]))
    width = max(float(np.ptp(seconds)) / BARS, 1.0)
    edges = seconds[0] + width * np.arange(int(np.ptp(seconds) // width) + 2)
    counts, _ = np.histogram(seconds, edges)
    at = _times(edges[:-1] + width / 2)
    bars = go.Bar(
        x=at,
        y=counts / width,
        marker={"color": PALETTE[0]},
        hovertemplate="%{y:.3~g} receipts/s<extra></extra>",
    )
    figure = _finish(go.Figure(bars), "Receipts per second", revision)
    return figure.update_layout(bargap=0.05).update_yaxes(rangemode="tozero")


def times_chart(
    moments: Sequence[datetime], times_ms: Sequence[float], target_ms: float | None, *, revision: str = ""
) -> go.Figure:
    """Return how long each attempt took, with the target where there is one."""
    points = go.Scatter(
        x=_times(np.array([moment.timestamp() for moment in moments])),
        y=list(times_ms),
        mode="markers",
        marker={"color": PALETTE[0], "size": 5, "opacity": 0.7},
        hovertemplate="%{y:.4~g} ms<extra></extra>",
    )
    figure = _finish(go.Figure(points), "Time of an attempt (ms)", revision)
    _add_target(figure, target_ms)
    return figure.update_layout(hovermode="closest").update_yaxes(rangemode="tozero")


def tuning_chart(
    labels: Sequence[str],
    work_g: Sequence[float],
    times_ms: Sequence[float],
    chosen: tuple[float, float],
    target_ms: float,
    *,
    revision: str = "",
) -> go.Figure:
    """Return measured times over the work of each size, in 10^9 multiply-adds, and the chosen one as (work, ms)."""
    curve = go.Scatter(
        x=list(work_g),
        y=list(times_ms),
        mode="lines+markers",
        name="Measured",
        customdata=list(labels),
        line={"color": PALETTE[0]},
        hovertemplate="%{customdata}: %{y:.4~g} ms<extra></extra>",
    )
    star = go.Scatter(
        x=[chosen[0]],
        y=[chosen[1]],
        mode="markers",
        name="Chosen",
        marker={"color": PALETTE[1], "size": 12, "symbol": "diamond"},
        hovertemplate="chosen: %{y:.4~g} ms<extra></extra>",
    )
    figure = go.Figure([curve, star])
    _add_target(figure, target_ms)
    return figure.update_layout(
        height=HEIGHT,
        uirevision=revision,
        hovermode="closest",
        margin=_MARGIN | {"t": 36},
        xaxis={"title": {"text": "Work (10⁹ multiply-adds)"}, "rangemode": "tozero"},
        yaxis={"title": {"text": "Time (ms)"}, "rangemode": "tozero"},
    )


def _finish(figure: go.Figure, y_title: str, revision: str) -> go.Figure:
    return figure.update_layout(
        height=HEIGHT,
        uirevision=revision,
        showlegend=False,
        margin=_MARGIN,
        xaxis={"title": {"text": "Time (UTC)"}},
        yaxis={"title": {"text": y_title}},
    )


def _add_target(figure: go.Figure, target_ms: float | None) -> None:
    if target_ms is not None:
        label = {"text": "target", "textposition": "end"}
        figure.add_hline(y=target_ms, line={"color": PALETTE[1], "dash": "dash", "width": 1.5}, label=label)


def _times(seconds: "np.ndarray[tuple[int], np.dtype[np.float64]]") -> list[str]:
    moments = (seconds * 1000).astype(np.int64).astype("datetime64[ms]")
    return [str(moment) for moment in moments]
