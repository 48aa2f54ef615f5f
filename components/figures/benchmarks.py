"""A benchmark as charts: the roofline of what was attained, and rates over the runs of a device."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import plotly.graph_objects as go

from components.figures.panel import finish_panel
from components.theme import DASHES, PALETTE, SYMBOLS
from compute.benchmark.result import Roofline

HEIGHT = 380
HISTORY_HEIGHT = 320
GIGA = 1e9
_MARGIN = 4.0  # times that the axis goes beyond the outermost point or ridge


@dataclass(frozen=True)
class RunLine:
    """The rates of one measurement over its runs on one device and driver."""

    title: str
    unit: str
    at: tuple[datetime, ...]
    rates: tuple[float, ...]
    verdicts: tuple[str, ...]


def roofline_chart(roofline: Roofline, revision: str = "") -> go.Figure:
    """Return attained operations per second over operations per byte, below lines that were measured here."""
    figure = go.Figure()
    bandwidth = next((each.value for each in roofline.ceilings if each.unit == "B/s"), None)
    pointed = {point.ceiling for point in roofline.points}
    tops = [each for each in roofline.ceilings if each.unit == "flop/s" and each.name in pointed]
    x = _intensities(roofline)
    for i, ceiling in enumerate(tops):
        limit = np.full(len(x), ceiling.value) if bandwidth is None else np.minimum(x * bandwidth, ceiling.value)
        figure.add_scatter(
            x=x,
            y=limit / GIGA,
            mode="lines",
            name=f"Limit, {ceiling.name}",
            line={"color": PALETTE[i % len(PALETTE)], "dash": DASHES[i % len(DASHES)], "width": 1.6},
            hovertemplate=f"{ceiling.name}: at most %{{y:.4~g}} GFLOP/s<br>{ceiling.source}<extra></extra>",
        )
        points = [point for point in roofline.points if point.ceiling == ceiling.name]
        figure.add_scatter(
            x=[point.arithmetic_intensity for point in points],
            y=[point.flop_per_s / GIGA for point in points],
            text=[
                f"{point.title}<br>{100 * point.flop_per_s / point.attainable_flop_per_s:.0f} % of what its intensity "
                f"allows, limited by {'memory' if point.bound == 'memory' else 'computing'}"
                for point in points
            ],
            mode="markers",
            showlegend=False,
            marker={
                "color": PALETTE[i % len(PALETTE)],
                "symbol": SYMBOLS[i % len(SYMBOLS)],
                "size": 10,
                "line": {"width": 1, "color": "white"},
            },
            hovertemplate="%{text}<br>%{y:.4~g} GFLOP/s at %{x:.3~g} operations per byte<extra></extra>",
        )
    finish_panel(figure, HEIGHT, "Operations per byte moved (FLOP/B)", "GFLOP/s", revision, has_legend=bool(tops))
    return figure.update_layout(hovermode="closest").update_xaxes(type="log").update_yaxes(type="log")


def history_chart(lines: Sequence[RunLine], revision: str = "") -> go.Figure:
    """Return rates over time, each as percent of the median of its own runs, so that all fit one axis."""
    figure = go.Figure()
    for i, line in enumerate(lines):
        median = float(np.median(line.rates))
        figure.add_scatter(
            x=line.at,
            y=[100 * rate / median for rate in line.rates],
            customdata=list(zip(line.rates, line.verdicts, strict=True)),
            mode="lines+markers",
            name=line.title,
            line={"color": PALETTE[i % len(PALETTE)], "dash": DASHES[i % len(DASHES)], "width": 1.6},
            marker={"symbol": SYMBOLS[i % len(SYMBOLS)], "size": 7},
            hovertemplate=f"%{{y:.1f}} %: %{{customdata[0]:.4~g}} {line.unit}, %{{customdata[1]}}"
            f"<extra>{line.title}</extra>",
        )
    return finish_panel(
        figure, HISTORY_HEIGHT, "Run (UTC)", "Rate, % of its median", revision, has_legend=len(lines) > 1
    )


def _intensities(roofline: Roofline) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Return operations per byte over which the limits are drawn; every ridge is one, so that corners are sharp."""
    ridges = [roofline.ridges[point.ceiling] for point in roofline.points if point.ceiling in roofline.ridges]
    marks = [*(point.arithmetic_intensity for point in roofline.points), *ridges] or [1.0]
    return np.unique(np.concatenate([np.geomspace(min(marks) / _MARGIN, max(marks) * _MARGIN, 60), ridges]))
