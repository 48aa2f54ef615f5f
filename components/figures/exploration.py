"""One series taken apart: what stands out in it, its parts, its periods, and how Gaussian its errors are."""

from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray
from plotly.subplots import make_subplots

from components.figures.decimate import min_max_indices
from components.figures.forecast import HISTORY_COLOUR, as_array
from components.figures.panel import finish_panel
from components.figures.time_axis import axis_times, axis_title
from components.numbers import THIN_SPACE, axis_format
from components.theme import PALETTE, with_alpha
from compute.forecast.exploration.result import Decomposition, ExploreResult, OneStep, Spectrum
from compute.forecast.result import Values

HEIGHT = 420
PARTS_HEIGHT = 520
SMALL_HEIGHT = 270
_MAIN, _REMARKABLE, _CLEAN = PALETTE[0], PALETTE[1], PALETTE[2]


def overview_chart(result: ExploreResult, *, revision: str = "") -> go.Figure:
    """Return the series with what was expected of it one step ahead, its outliers marked and its shifts dated."""
    times = axis_times(result.timestamps, len(result.values))
    number = axis_format([value for value in result.values if value is not None][:2000])
    figure = go.Figure()
    if result.one_step is not None:
        figure.add_traces(_expected(result.one_step, times))
    figure.add_trace(_line(times, result.values, "Observed", HISTORY_COLOUR, number, width=1.6))
    if any(outlier.kind == "outlier" for outlier in result.outliers):
        figure.add_trace(_line(times, result.cleaned, "Without outliers", _CLEAN, number, dash="dot"))
    figure.add_traces(_marks(result, times))
    for shift in (each for each in result.outliers if each.kind == "level_shift"):
        at = times[shift.index]
        figure.add_vline(
            x=at if isinstance(at, str) else float(at), line={"width": 1.4, "dash": "dash", "color": _REMARKABLE}
        )
    return finish_panel(
        figure, HEIGHT, axis_title(result.timestamps, result.frequency), result.name, revision, has_legend=True
    )


def parts_chart(result: ExploreResult, parts: Decomposition, *, revision: str = "") -> go.Figure:
    """Return trend, season and remainder below each other, on one time axis; they add up to the series."""
    times = axis_times(result.timestamps, len(result.values))
    figure = make_subplots(rows=3, cols=1, shared_xaxes=True, vertical_spacing=0.05)
    for row, (name, values) in enumerate(
        (("Trend", parts.trend), ("Season", parts.seasonal), ("Remainder", parts.remainder)), 1
    ):
        number = axis_format([value for value in values if value is not None][:2000])
        figure.add_trace(_line(times, values, name, _MAIN, number), row=row, col=1)
        figure.update_yaxes(title={"text": name}, row=row, col=1)
    figure.update_xaxes(title={"text": axis_title(result.timestamps, result.frequency)}, row=3, col=1)
    return figure.update_layout(
        height=PARTS_HEIGHT,
        uirevision=revision,
        separators=f".{THIN_SPACE}",
        showlegend=False,
        margin={"l": 8, "r": 8, "t": 12, "b": 8},
    )


def spectrum_chart(spectrum: Spectrum, *, revision: str = "") -> go.Figure:
    """Return the share of the variance at each period, with the periods that stand out named."""
    figure = go.Figure(
        go.Scatter(
            x=as_array(spectrum.periods),
            y=as_array(spectrum.shares),
            mode="lines",
            line={"color": _MAIN, "width": 1.4},
            name="Share",
            hovertemplate="%{y:.2%}<extra>%{x:.4~g} steps</extra>",
        )
    )
    for peak in spectrum.peaks:
        figure.add_annotation(
            x=float(np.log10(peak.period)), y=peak.share, text=f"{peak.period:.4g}", showarrow=True, arrowhead=0, ay=-18
        )
    figure.update_xaxes(type="log")
    figure.update_yaxes(tickformat=".0%")
    return finish_panel(figure, SMALL_HEIGHT, "Period (steps)", "Share of variance", revision)


def _expected(one_step: OneStep, times: NDArray[Any]) -> list[go.Scatter]:
    lower, upper = as_array(one_step.lower), as_array(one_step.upper)
    kept = min_max_indices(lower)
    edge = {"width": 0}
    return [
        go.Scatter(x=times[kept], y=lower[kept], mode="lines", line=edge, showlegend=False, hoverinfo="skip"),
        go.Scatter(
            x=times[kept],
            y=upper[kept],
            mode="lines",
            line=edge,
            fill="tonexty",
            fillcolor=with_alpha(_MAIN, 0.18),
            name=f"Expected by {one_step.description}",
            hoverinfo="skip",
        ),
    ]


def _marks(result: ExploreResult, times: NDArray[Any]) -> list[go.Scatter]:
    found = [each for each in result.outliers if each.kind == "outlier"]
    if not found:
        return []
    return [
        go.Scatter(
            x=[times[each.index] for each in found],
            y=[each.value for each in found],
            mode="markers",
            marker={"size": 10, "symbol": "diamond-open", "color": _REMARKABLE, "line": {"width": 2}},
            name="Outlier",
            customdata=[each.size for each in found],
            hovertemplate="off by %{customdata:.4~g}<extra>Outlier</extra>",
        )
    ]


def _line(
    times: NDArray[Any], values: Values, name: str, colour: str, number: str, *, width: float = 1.4, dash: str = "solid"
) -> go.Scatter:
    drawn = as_array(values)
    kept = min_max_indices(drawn)
    return go.Scatter(
        x=times[kept],
        y=drawn[kept],
        mode="lines",
        name=name,
        line={"color": colour, "width": width, "dash": dash},
        hovertemplate=f"%{{y:{number}}}<extra>{name}</extra>",
    )
