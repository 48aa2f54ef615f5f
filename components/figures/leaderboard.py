"""A leaderboard's charts: the fan of one of its rows, and what that row would have said at each fold."""

import numpy as np
import plotly.graph_objects as go

from components.figures.decimate import min_max_indices
from components.figures.drawn import DrawnForecast
from components.figures.forecast import HISTORY_COLOUR, Shown, as_array, fan_chart, history_times, time_title
from components.model_names import short_name
from components.numbers import THIN_SPACE, axis_format
from components.theme import DASHES, PALETTE, SYMBOLS
from compute.forecast.backtest.result import BacktestResult, FoldForecast, LeaderboardRow

FOLDS_HEIGHT = 340
SHOWN_HISTORY = 6  # held-out parts before the first fold: enough to see where the folds begin


def row_forecast(result: BacktestResult, row: LeaderboardRow) -> DrawnForecast:
    """Return the forecast of one row from the end of the series."""
    return DrawnForecast(
        name=result.name,
        frequency=result.frequency,
        history_timestamps=result.history_timestamps,
        history=result.history,
        timestamps=result.timestamps,
        mean=row.mean,
        intervals=row.intervals,
    )


def row_chart(result: BacktestResult, row: LeaderboardRow, *, revision: str = "") -> go.Figure:
    """Return the fan chart of one row."""
    return fan_chart(
        Shown(short_name(row.kind, row.description), row_forecast(result, row), result.replaced), revision=revision
    )


def folds_chart(result: BacktestResult, row: LeaderboardRow, *, revision: str = "") -> go.Figure:
    """Return what came, and over it what the row would have forecast from each origin."""
    drawn = row_forecast(result, row)
    times, values = history_times(drawn), as_array(result.history)
    first = max(0, min(result.origins, default=0) - SHOWN_HISTORY * result.steps)
    kept = first + min_max_indices(values[first:])
    number = axis_format(np.nan_to_num(values[kept]).tolist())
    figure = go.Figure(
        go.Scatter(
            x=times[kept],
            y=values[kept],
            mode="lines",
            name="Observed",
            line={"color": HISTORY_COLOUR, "width": 1.6},
            hovertemplate=f"%{{y:{number}}}<extra>Observed</extra>",
        )
    )
    for n, fold in enumerate(row.fold_forecasts):
        x = times[fold.origin : fold.origin + len(fold.mean)]
        figure.add_trace(_fold(fold, n, x, number))
    figure.update_layout(
        height=FOLDS_HEIGHT,
        uirevision=revision,
        separators=f".{THIN_SPACE}",
        margin={"l": 8, "r": 12, "t": 40, "b": 8},
        xaxis={"title": {"text": time_title(drawn)}},
        yaxis={"title": {"text": result.name}},
    )
    return figure


def _fold(fold: FoldForecast, n: int, x: object, number: str) -> go.Scatter:
    name = f"Fold {n + 1}"
    return go.Scatter(
        x=x,
        y=as_array(fold.mean),
        mode="lines+markers",
        marker={"size": 5, "symbol": SYMBOLS[n % len(SYMBOLS)]},
        line={"color": PALETTE[n % len(PALETTE)], "width": 2, "dash": DASHES[n % len(DASHES)]},
        name=name,
        hovertemplate=f"%{{y:{number}}}<extra>{name}</extra>",
    )
