"""Fans of a batch, small and large."""

from datetime import timedelta

import numpy as np
import pytest

from components.figures.batch import MOST_POINTS, large_chart, series_fan, small_chart
from compute.series import Series
from tests.components.batches import START, series

DAYS = np.arange("2023-12-02", "2024-01-01", dtype="datetime64[D]").astype("datetime64[ns]")
DATED = Series(np.arange(30.0), DAYS, "a")
NUMBERED = Series(np.arange(30.0), None, "a")


def test_a_forecast_goes_on_where_its_past_ends() -> None:
    chart = small_chart(series("a", dated=True), DATED)
    past, ahead = chart.data[-2:]
    assert past.x[-1] < ahead.x[0] == "2024-01-01T00:00:00"
    steps = small_chart(series("a"), NUMBERED)
    assert (steps.data[-2].x[-1], steps.data[-1].x[0]) == (30, 31)


def test_the_small_chart_shows_the_widest_interval_and_the_end_of_the_past() -> None:
    chart = small_chart(series("a"), Series(np.arange(10_000.0), None, "a"))
    lower, upper, past, mean = chart.data
    assert (lower.y[0], upper.y[0]) == (0.0, 4.0)
    assert past.y[-1] == 9_999.0
    assert len(past.x) == 24
    assert mean.x[0] == 10_001


def test_a_long_past_is_thinned() -> None:
    far = small_chart(series("a", tuple(np.zeros(1000))), Series(np.arange(10_000.0), None, "a"))
    assert len(far.data[-2].x) <= MOST_POINTS + 2


@pytest.mark.parametrize("dated", [True, False])
def test_a_forecast_without_its_past_is_drawn_alone(dated: bool) -> None:
    fan = series_fan(series("a", dated=dated), None)
    assert fan.history == (None,)
    assert fan.history_timestamps == ((START - timedelta(days=1),) if dated else None)
    assert small_chart(series("a", dated=dated), None).data[-1].y.tolist() == [2.0, 3.0]
    assert "a: Random walk with drift" in large_chart(series("a", dated=dated), None).layout.title.text


def test_a_past_on_another_time_axis_is_left_out() -> None:
    assert series_fan(series("a", dated=True), NUMBERED).history == (None,)


def test_a_forecast_of_one_step_is_a_point() -> None:
    assert small_chart(series("a", (2.0,), dated=True), None).data[-1].mode == "markers"


def test_a_missing_observation_is_a_gap() -> None:
    assert series_fan(series("a"), Series(np.array([1.0, np.nan, 3.0]), None, "a")).history == (1.0, None, 3.0)


def test_the_same_series_of_another_batch_is_drawn_over_it() -> None:
    both = large_chart(series("a"), NUMBERED, series("a", (4.0, 4.0)).model_copy(update={"model": "Naive"}))
    assert any(trace.name == "Naive, the other batch" for trace in both.data)
