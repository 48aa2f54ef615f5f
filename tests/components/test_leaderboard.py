"""A leaderboard as a table and as charts."""

import itertools

import numpy as np
import pytest

from components.figures.leaderboard import folds_chart, row_chart
from components.leaderboard import failures_list, leaderboard_table
from compute.forecast.arima import Arima
from compute.forecast.backtest.request import BacktestRequest
from compute.forecast.backtest.result import BacktestResult
from compute.forecast.backtest.run import backtest
from compute.forecast.naive import Drift, Naive
from compute.job import ignore_progress
from compute.series import InlineSeries, Series
from tests.components.finding import text_of, with_type


@pytest.fixture(scope="module")
def result() -> BacktestResult:
    """Three models on a trend with a season, one of which cannot be fitted to the first folds or the whole."""
    values = np.arange(30.0) + np.tile([0.0, 3.0, 1.0], 10)
    ticks = itertools.count()
    request = BacktestRequest(
        series=InlineSeries(values=(0.0,)),
        models=(Drift(), Naive(), Arima(p=10, d=2, q=10, P=4, D=1, Q=4)),
        horizon=3,
        season_length=3,
    )
    return backtest(request, Series(values, None, "sales"), ignore_progress, lambda: float(next(ticks)), "cpu")


def test_each_measured_row_has_a_button_and_the_shown_one_is_pressed(result: BacktestResult) -> None:
    drawn = leaderboard_table(result, [{"row": at} for at in range(len(result.rows))], shown=1)
    buttons = [each for each in with_type(drawn, "Button") if "data-row" in each.to_plotly_json()["props"]]
    assert [each.id["row"] for each in buttons] == [at for at, row in enumerate(result.rows) if row.mean]
    pressed = [each.to_plotly_json()["props"]["aria-pressed"] for each in buttons]
    assert pressed.count("true") == 1
    assert pressed[1] == "true"


def test_the_table_names_first_and_baseline_and_its_folds(result: BacktestResult) -> None:
    shown = text_of(leaderboard_table(result, [{"row": at} for at in range(len(result.rows))], shown=0))
    assert "first" in shown
    assert "baseline" in shown
    assert f"{len(result.origins)} folds of {result.steps} steps" in shown


def test_a_model_that_failed_says_why(result: BacktestResult) -> None:
    failed = [row for row in result.rows if row.rank is None]
    assert len(failed) == 1
    assert failed[0].reason
    assert failed[0].reason in text_of(failures_list(result))


def test_the_chart_of_a_row_is_that_rows_forecast(result: BacktestResult) -> None:
    row = result.rows[1]
    figure = row_chart(result, row)
    mean = next(trace for trace in figure.data if trace.name == "Forecast")
    assert tuple(mean.y) == row.mean
    assert figure.layout.title.text == f"sales: {row.description}"


def test_each_fold_is_drawn_from_its_origin(result: BacktestResult) -> None:
    row = result.rows[0]
    _, *folds = folds_chart(result, row).data
    assert len(folds) == len(row.fold_forecasts)
    for trace, fold in zip(folds, row.fold_forecasts, strict=True):
        assert trace.x[0] == fold.origin + 1  # steps are numbered from 1
        assert tuple(trace.y) == fold.mean
    assert len({(trace.line.color, trace.line.dash, trace.marker.symbol) for trace in folds}) == len(folds)
