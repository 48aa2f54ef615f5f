"""What explains a series beside its own past: a regressor over the history and the horizon."""

import numpy as np
import plotly.graph_objects as go

from components.figures.decimate import min_max_indices
from components.figures.forecast import FORECAST_COLOUR, HISTORY_COLOUR, as_array, forecast_times, history_times
from components.figures.forecast import time_title as title_of_time
from components.figures.panel import finish_panel
from components.numbers import axis_format
from compute.forecast.result import ForecastResult, RegressorPath

HEIGHT = 220
SHOWN_PAST = 6  # horizons before the forecast: the future is what is changed, and must be seen


def regressor_chart(result: ForecastResult, regressor: RegressorPath, *, revision: str = "") -> go.Figure:
    """Return a regressor's recent past and its future values."""
    first = max(0, len(regressor.past) - SHOWN_PAST * len(regressor.future))
    past, future = as_array(regressor.past)[first:], as_array(regressor.future)
    kept = min_max_indices(past)
    number = axis_format([*np.nan_to_num(past[kept]).tolist(), *future.tolist()])
    past_times, future_times = history_times(result)[first:], forecast_times(result)
    figure = go.Figure(
        [
            go.Scatter(
                x=past_times[kept],
                y=past[kept],
                mode="lines",
                name="Past",
                line={"color": HISTORY_COLOUR, "width": 1.4},
                hovertemplate=f"%{{y:{number}}}<extra>Past</extra>",
            ),
            go.Scatter(
                x=future_times,
                y=future,
                mode="lines+markers" if future.size <= 60 else "lines",
                marker={"size": 5},
                name="Future",
                line={"color": FORECAST_COLOUR, "width": 2, "dash": "dash"},
                hovertemplate=f"%{{y:{number}}}<extra>Future</extra>",
            ),
        ]
    )
    return finish_panel(figure, HEIGHT, title_of_time(result), regressor.name, revision)
