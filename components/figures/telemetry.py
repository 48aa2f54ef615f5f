"""Samples over time: one chart per metric, one line per device, worker or machine. `assets/live.js` appends to them."""

from collections.abc import Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from components.figures.forecast import HISTORY_COLOUR
from components.figures.panel import finish_panel
from components.theme import DASHES, PALETTE

HEIGHT = 190
GAP_STEPS = 3  # of the step: where nothing was sampled for longer, the line is broken
LEAST_GAP_MS = 15_000
MS = 1000


@dataclass(frozen=True)
class DrawnSeries:
    """One line. `source` and `metric` are what the live answer calls it."""

    title: str
    source: str
    metric: str
    at_ms: Sequence[int]
    values: Sequence[float | None]

    @property
    def is_reported(self) -> bool:
        """Whether there is anything to draw."""
        return any(value is not None for value in self.values)


@dataclass(frozen=True)
class DrawnChart:
    """One metric of several sources."""

    name: str
    title: str
    unit: str
    definition: str
    series: tuple[DrawnSeries, ...]
    limit: float | None = None
    """Where the axis ends, or what cannot be exceeded."""
    limit_title: str = ""
    """What the limit is called in the chart; nothing is drawn without it."""


def telemetry_chart(chart: DrawnChart, step_s: int, revision: str) -> go.Figure:
    """Return the chart; zoom is kept while `revision` stays the same."""
    figure = go.Figure()
    for i, each in enumerate(chart.series):
        if not each.is_reported:
            continue
        times, values = with_gaps(each.at_ms, each.values, max(GAP_STEPS * step_s * MS, LEAST_GAP_MS))
        figure.add_scatter(
            x=times,
            y=values,
            name=each.title,
            mode="lines",
            line={"color": PALETTE[i % len(PALETTE)], "dash": DASHES[i % len(DASHES)], "width": 1.6},
            meta={"source": each.source, "metric": each.metric},
            hovertemplate=f"%{{y:,.1f}} {chart.unit}<extra>{each.title}</extra>",
        )
    finish_panel(figure, HEIGHT, "", chart.unit, revision)
    figure.update_xaxes(type="date", hoverformat="%Y-%m-%d %H:%M:%S UTC")
    figure.update_yaxes(rangemode="tozero", fixedrange=True)
    if chart.unit == "%" and chart.limit is not None:
        figure.update_yaxes(range=[0, chart.limit * 1.02])
    elif chart.limit is not None and chart.limit_title:
        figure.add_hline(
            y=chart.limit,
            line={"dash": "dot", "width": 1, "color": HISTORY_COLOUR},
            annotation={"text": chart.limit_title, "font": {"size": 11}},
        )
    return figure


def with_gaps(
    at_ms: Sequence[int], values: Sequence[float | None], gap_ms: float
) -> tuple[list[int], list[float | None]]:
    """Return times and values with an empty point wherever two neighbours are farther apart than `gap_ms`."""
    times: list[int] = []
    shown: list[float | None] = []
    for at, value in zip(at_ms, values, strict=True):
        if times and at - times[-1] > gap_ms:
            times.append(times[-1] + 1)
            shown.append(None)
        times.append(at)
        shown.append(None if value is None else round(value, 2))
    return times, shown
