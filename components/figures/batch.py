"""Fans of a batch: small ones side by side, and one of them large. The past comes from whoever asked for the batch."""

from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from components.figures.decimate import min_max_indices
from components.figures.drawn import DrawnForecast
from components.figures.forecast import FORECAST_COLOUR, HISTORY_COLOUR, Shown, as_array, fan_chart
from components.figures.time_axis import axis_times
from components.model_names import beginning
from components.numbers import THIN_SPACE, axis_format
from components.theme import with_alpha
from compute.forecast.batch.result import SeriesForecast
from compute.forecast.result import Interval, Values
from compute.series import Series

SMALL_HEIGHT = 150
PAST_PER_STEP = 3  # steps of the past beside each of the forecast: enough to see what it goes on from
LEAST_PAST = 24
MOST_POINTS = 300  # of the past, in a chart as wide as a hand


def series_fan(forecast: SeriesForecast, past: Series | None) -> DrawnForecast:
    """Return the forecast with its past; without one, a single unknown value stands before the first step."""
    if past is None or (forecast.timestamps is None) != (past.timestamps is None):
        values: Values = (None,)
        times = _time_before(forecast.timestamps)
    else:
        times, values = _datetimes(past.timestamps), _values(past.values)
    return DrawnForecast(
        name=forecast.name,
        frequency=forecast.frequency,
        history_timestamps=times,
        history=values,
        timestamps=forecast.timestamps,
        mean=forecast.mean,
        intervals=forecast.intervals,
    )


def large_chart(
    forecast: SeriesForecast, past: Series | None, other: SeriesForecast | None = None, *, revision: str = ""
) -> go.Figure:
    """Return the fan chart of one series, beside the same series of another batch."""
    shown = Shown(beginning(forecast.model or "forecast"), series_fan(forecast, past))
    compared = None
    if other is not None and other.mean and (other.timestamps is None) == (forecast.timestamps is None):
        compared = Shown(f"{beginning(other.model or 'forecast')}, the other batch", series_fan(other, past))
    return fan_chart(shown, compared, revision=revision)


def small_chart(forecast: SeriesForecast, past: Series | None) -> go.Figure:
    """Return the last part of the past, the forecast and its widest interval, in four lines and no words."""
    fan = series_fan(forecast, past)
    length = len(fan.history)
    first = max(0, length - max(LEAST_PAST, PAST_PER_STEP * len(fan.mean)))
    history = as_array(fan.history[first:])
    kept = min_max_indices(history, MOST_POINTS)
    times = axis_times(fan.history_timestamps, length)[first:]
    ahead = axis_times(fan.timestamps, len(fan.mean), start=length + 1)
    number = axis_format([*np.nan_to_num(history[kept]).tolist(), *fan.mean])
    figure = go.Figure()
    widest = max(fan.intervals, key=lambda interval: interval.level, default=None)
    if widest is not None:
        figure.add_traces(_band(widest, ahead))
    figure.add_trace(_line(times[kept], history[kept], HISTORY_COLOUR, "Observed", number))
    figure.add_trace(_line(ahead, as_array(fan.mean), FORECAST_COLOUR, "Forecast", number))
    figure.update_layout(
        height=SMALL_HEIGHT,
        showlegend=False,
        separators=f".{THIN_SPACE}",
        margin={"l": 4, "r": 8, "t": 6, "b": 4},
        xaxis={"nticks": 4},
        yaxis={"nticks": 4, "tickformat": ",~g" if "g" not in number else ".4~g"},
        dragmode=False,
    )
    return figure


def _line(times: NDArray[Any], values: NDArray[np.float64], colour: str, name: str, number: str) -> go.Scatter:
    return go.Scatter(
        x=times,
        y=values,
        mode="lines" if len(values) > 1 else "markers",
        name=name,
        line={"color": colour, "width": 1.8},
        hovertemplate=f"%{{y:{number}}}<extra>{name}</extra>",
    )


def _band(interval: Interval, times: NDArray[Any]) -> list[go.Scatter]:
    edge = {"color": with_alpha(FORECAST_COLOUR, 0.6), "width": 0.8, "dash": "dot"}
    fill = with_alpha(FORECAST_COLOUR, 0.2)
    lower, upper = as_array(interval.lower), as_array(interval.upper)
    return [
        go.Scatter(x=times, y=lower, mode="lines", line=edge, hoverinfo="skip"),
        go.Scatter(x=times, y=upper, mode="lines", line=edge, fill="tonexty", fillcolor=fill, hoverinfo="skip"),
    ]


def _time_before(times: tuple[datetime, ...] | None) -> tuple[datetime, ...] | None:
    """Return the time one step before the first."""
    if not times:
        return None
    return (times[0] - (times[1] - times[0] if len(times) > 1 else timedelta(days=1)),)


def _datetimes(times: NDArray[np.datetime64] | None) -> tuple[datetime, ...] | None:
    if times is None:
        return None
    return tuple(time.replace(tzinfo=UTC) for time in times.astype("datetime64[us]").tolist())


def _values(values: NDArray[np.float64]) -> Values:
    return tuple(None if np.isnan(value) else value for value in values.tolist())
