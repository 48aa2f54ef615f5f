"""A track over time: its speed, how sure its position is, how surprising each observation was."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from components.figures.decimate import min_max_indices
from components.figures.panel import finish_panel
from components.figures.time_axis import axis_times
from components.figures.trajectory import OBSERVED_COLOUR, PREDICTED_COLOUR, SMOOTHED_COLOUR
from components.numbers import axis_format
from compute.trajectory.result import TrajectoryResult

HEIGHT = 250

Optional = Sequence[float | None]


def speed_chart(result: TrajectoryResult, *, revision: str = "") -> go.Figure:
    """Return the smoothed speed over time, and the predicted one, which does not change."""
    return _two_parts(result, result.smoothed.speeds, result.predicted.speeds, "Speed (units/s)", revision)


def uncertainty_chart(result: TrajectoryResult, *, revision: str = "") -> go.Figure:
    """Return the standard deviation of a coordinate over time: wide in gaps and ahead."""
    path, ahead = result.smoothed.position_std, result.predicted.position_std
    figure = _two_parts(result, path, ahead, "Standard deviation (units)", revision)
    return figure.update_yaxes(type="log", rangemode="normal", minor={"ticks": ""}, dtick=1)  # decades: a gap is small


def surprise_chart(result: TrajectoryResult, *, revision: str = "") -> go.Figure:
    """Return the normalised innovation squared of each observation, with its expectation."""
    values = _array(result.nis)
    kept = min_max_indices(values)
    figure = go.Figure(
        go.Scatter(
            x=_times(result)[kept],
            y=values[kept],
            mode="markers",
            marker={"size": 4, "color": SMOOTHED_COLOUR},
            name="Innovation",
            hovertemplate="%{y:.3~g}<extra>Innovation</extra>",
        )
    )
    figure.add_hline(y=len(result.axes), line={"width": 1, "dash": "dash", "color": OBSERVED_COLOUR})
    return _finish(figure, result, "Innovation squared (normalised)", revision)


def _two_parts(result: TrajectoryResult, past: Optional, ahead: Optional, title: str, revision: str) -> go.Figure:
    figure = go.Figure()
    parts = (
        ("Smoothed", _times(result), _array(past), SMOOTHED_COLOUR, "solid"),
        ("Predicted", _times_ahead(result), _array(ahead), PREDICTED_COLOUR, "dash"),
    )
    for name, times, values, colour, dash in parts:
        kept = min_max_indices(values)
        figure.add_trace(
            go.Scatter(
                x=times[kept],
                y=values[kept],
                mode="lines",
                name=name,
                line={"color": colour, "width": 1.8, "dash": dash},
                hovertemplate=f"%{{y:{axis_format(np.nan_to_num(values[kept]).tolist())}}}<extra>{name}</extra>",
            )
        )
    return _finish(figure, result, title, revision)


def _finish(figure: go.Figure, result: TrajectoryResult, title: str, revision: str) -> go.Figure:
    time = "Time (s)" if result.timestamps is None else "Time (UTC)"
    return finish_panel(figure, HEIGHT, time, title, revision).update_yaxes(rangemode="tozero")


def _times(result: TrajectoryResult) -> NDArray[Any]:
    return _clock(result.timestamps, result.times)


def _times_ahead(result: TrajectoryResult) -> NDArray[Any]:
    return _clock(result.predicted_timestamps, result.predicted_times)


def _clock(stamps: Any, seconds: Sequence[float]) -> NDArray[Any]:
    return np.array(seconds) if stamps is None else axis_times(stamps, len(stamps))


def _array(values: Optional) -> NDArray[np.float64]:
    return np.array([np.nan if value is None else value for value in values], dtype=np.float64)
