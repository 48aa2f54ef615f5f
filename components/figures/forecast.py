"""The fan chart: history, forecast and nested prediction intervals, of one forecast or of two side by side."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from components.figures.decimate import MAX_POINTS, min_max_indices
from components.figures.drawn import Forecast
from components.figures.history_marks import anomaly_marks, replaced_marks
from components.figures.time_axis import axis_times, axis_title
from components.numbers import THIN_SPACE, axis_format
from components.theme import DASHES, PALETTE, with_alpha
from compute.forecast.result import Anomalies, Interval, Replacement, Values

HISTORY_COLOUR = "#7d7a73"
FORECAST_COLOUR = PALETTE[0]
OTHER_COLOUR = PALETTE[1]
_INNER_ALPHA, _OUTER_ALPHA = 0.34, 0.13
HEIGHT = 460
RECENT_HORIZONS = 8  # of history beside a forecast: enough to compare it with, and the forecast is an eighth of it
LEAST_RECENT = 150  # steps
_MANY = {"yref": "container", "y": 0, "yanchor": "bottom"}  # a legend of many lines below, where it covers no title


@dataclass(frozen=True)
class Shown:
    """A forecast, what it is called on the chart, and what stands out in its history."""

    label: str
    result: Forecast
    replaced: Sequence[Replacement] = ()
    anomalies: Anomalies | None = None


def fan_chart(shown: Shown, other: Shown | None = None, *, revision: str = "") -> go.Figure:
    """Return the chart of a forecast, with `other` drawn over it in outline.

    `revision` names what is looked at: zoom and hidden lines survive a redraw as long as it stays the same.
    """
    result = shown.result
    figure = go.Figure()
    history = as_array(result.history)
    times = history_times(result)
    recent = _first_recent(result)
    kept = _drawn(history, recent)
    value_format = axis_format([*np.nan_to_num(history[kept]).tolist(), *result.mean])
    figure.add_trace(
        go.Scatter(
            x=times[kept],
            y=history[kept],
            mode="lines",
            name="Observed",
            line={"color": HISTORY_COLOUR, "width": 1.6},
            hovertemplate=f"%{{y:{value_format}}}<extra>Observed</extra>",
        )
    )
    figure.add_traces(_fan(result, FORECAST_COLOUR, "Forecast" if other is None else shown.label, value_format))
    if other is not None:
        figure.add_traces(_outline(other, value_format))
    figure.add_traces(replaced_marks(shown.replaced, times, value_format))
    figure.add_traces(anomaly_marks(shown.anomalies, shown.replaced, times, value_format))
    figure.update_layout(**_layout(shown, value_format, revision))
    if other is not None or shown.replaced or shown.anomalies is not None:
        figure.update_layout(legend=_MANY, margin={"t": 48})
    if recent:
        _open_on(figure, times[recent], forecast_times(result)[-1], len(result.history))
    start = times[-1]
    figure.add_vline(
        x=start if isinstance(start, str) else float(start), line={"width": 1, "dash": "dot", "color": HISTORY_COLOUR}
    )
    return figure


def _first_recent(result: Forecast) -> int:
    """Return where the history begins that the chart opens on: of a long one the end, or no forecast would be seen."""
    room = max(LEAST_RECENT, RECENT_HORIZONS * len(result.mean))
    return max(0, len(result.history) - room) if len(result.history) > 2 * room else 0


def _drawn(history: NDArray[np.float64], recent: int) -> NDArray[np.intp]:
    """Return the places of the history that are drawn; what the chart opens on is drawn as finely as all before it."""
    if recent == 0:
        return min_max_indices(history)
    parts = (min_max_indices(history[:recent], MAX_POINTS // 2), min_max_indices(history[recent:], MAX_POINTS // 2))
    return np.concatenate([parts[0], recent + parts[1]])


def _open_on(figure: go.Figure, first: Any, last: Any, length: int) -> None:
    """Let the chart open on a part of the time axis, and say how the rest is seen."""
    title = figure.layout.xaxis.title.text
    figure.update_xaxes(
        range=[first, last], title={"text": f"{title}; a double click shows all {length:,}".replace(",", THIN_SPACE)}
    )


def _fan(result: Forecast, colour: str, name: str, value_format: str) -> list[go.Scatter]:
    """Return the bands, widest first and fainter outside, each with its own dash, and the forecast on top."""
    times = forecast_times(result)
    traces: list[go.Scatter] = []
    for rank, interval in enumerate(_widest_first(result.intervals)):
        share = (rank + 1) / len(result.intervals)
        fill = with_alpha(colour, _OUTER_ALPHA + (_INNER_ALPHA - _OUTER_ALPHA) * (share - 1 / len(result.intervals)))
        dash = DASHES[1:][(len(result.intervals) - 1 - rank) % (len(DASHES) - 1)]
        traces += _band(result, interval, times, colour, fill, dash, value_format)
    traces.append(_opening(result, colour, times))
    traces.append(
        go.Scatter(
            x=times,
            y=as_array(result.mean),
            mode="lines" if len(times) > 60 else "lines+markers",
            marker={"size": 5},
            name=name,
            line={"color": colour, "width": 2.4},
            legendrank=10,
            hovertemplate=f"%{{y:{value_format}}}<extra>{name}</extra>",
        )
    )
    return traces


def _band(
    result: Forecast,
    interval: Interval,
    times: NDArray[Any],
    colour: str,
    fill: str,
    dash: str,
    value_format: str,
) -> list[go.Scatter]:
    name = f"{interval.level:g} % interval"
    lower, upper = as_array(interval.lower), as_array(interval.upper)
    edge = {"color": with_alpha(colour, 0.75), "width": 1, "dash": dash}
    together = {"legendgroup": name, "mode": "lines"}
    last = _last_value(result)
    corner = [] if last is None else [
        go.Scatter(  # the fan opens at the last observation; hover says nothing there
            x=[history_times(result)[-1], times[0], times[0]],
            y=[last, upper[0], lower[0]],
            fill="toself",
            fillcolor=fill,
            line={"width": 0},
            showlegend=False,
            hoverinfo="skip",
            **together,
        )
    ]  # fmt: skip
    return [
        *corner,
        go.Scatter(x=times, y=lower, line=edge, showlegend=False, hoverinfo="skip", **together),
        go.Scatter(
            x=times,
            y=upper,
            line=edge,
            fill="tonexty",
            fillcolor=fill,
            name=name,
            customdata=lower,
            legendrank=100 + interval.level,
            hovertemplate=f"%{{customdata:{value_format}}} to %{{y:{value_format}}}<extra>{name}</extra>",
            **together,
        ),
    ]


def _opening(result: Forecast, colour: str, times: NDArray[Any]) -> go.Scatter:
    """Return the line from the last observation to the first step."""
    last = _last_value(result)
    return go.Scatter(
        x=[history_times(result)[-1], times[0]],
        y=[last, result.mean[0]],
        mode="lines",
        line={"color": colour, "width": 2.4},
        showlegend=False,
        hoverinfo="skip",
    )


def _outline(other: Shown, value_format: str) -> list[go.Scatter]:
    """Return the compared forecast: a dashed line, and its widest interval as two thin edges."""
    result, times = other.result, forecast_times(other.result)
    traces = [
        go.Scatter(
            x=times,
            y=as_array(result.mean),
            mode="lines" if len(times) > 60 else "lines+markers",
            marker={"symbol": "square-open", "size": 6},
            name=other.label,
            line={"color": OTHER_COLOUR, "width": 2.2, "dash": "dash"},
            legendrank=20,
            hovertemplate=f"%{{y:{value_format}}}<extra>{other.label}</extra>",
        )
    ]
    for interval in _widest_first(result.intervals)[:1]:
        name = f"{interval.level:g} %, {other.label}"
        for bounds, is_named in ((interval.lower, False), (interval.upper, True)):
            traces.append(
                go.Scatter(
                    x=times,
                    y=as_array(bounds),
                    mode="lines",
                    line={"color": OTHER_COLOUR, "width": 1, "dash": "longdashdot"},
                    name=name,
                    legendgroup=name,
                    showlegend=is_named,
                    legendrank=200,
                    hovertemplate=f"%{{y:{value_format}}}<extra>{name}</extra>",
                )
            )
    return traces


def _layout(shown: Shown, value_format: str, revision: str) -> dict[str, Any]:
    result = shown.result
    return {
        "height": HEIGHT,
        "uirevision": revision,
        "separators": f".{THIN_SPACE}",
        "title": {"text": f"{result.name}: {shown.label}", "y": 0.985, "yanchor": "top"},
        "margin": {"l": 8, "r": 12, "t": 84, "b": 8},
        "xaxis": {"title": {"text": time_title(result)}},
        "yaxis": {"title": {"text": result.name}, "tickformat": ",~g" if "g" not in value_format else ".4~g"},
    }


def as_array(values: Values) -> NDArray[np.float64]:
    """Return the values with NaN where one is missing."""
    return np.array([np.nan if value is None else value for value in values], dtype=np.float64)


def history_times(result: Forecast) -> NDArray[Any]:
    """Return where the observations stand on the time axis: ISO 8601 times, or step numbers from 1."""
    return axis_times(result.history_timestamps, len(result.history))


def forecast_times(result: Forecast) -> NDArray[Any]:
    """Return where the forecast stands on the time axis."""
    return axis_times(result.timestamps, len(result.mean), start=len(result.history) + 1)


def time_title(result: Forecast) -> str:
    """Return the title of the time axis, with its unit."""
    return axis_title(result.timestamps, result.frequency)


def _last_value(result: Forecast) -> float | None:
    return result.history[-1] if result.history else None


def _widest_first(intervals: Sequence[Interval]) -> list[Interval]:
    return sorted(intervals, key=lambda interval: -interval.level)
