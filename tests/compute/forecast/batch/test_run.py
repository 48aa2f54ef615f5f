"""A batch says of each series what forecasting it alone would, whatever becomes of the others."""

from typing import Any, get_args

import numpy as np
import pytest

from compute.forecast.arima import Arima
from compute.forecast.ensemble import Best
from compute.forecast.naive import Drift, Naive, SeasonalNaive
from compute.forecast.recurrent import Gru, Lstm
from compute.forecast.request import ForecastRequest, Model
from compute.forecast.run import forecast
from compute.forecast.theta import Theta
from compute.job import Cancelled, ignore_progress
from compute.series import InlineSeries, Series
from tests.compute.forecast.batch.collections import run, walks

QUICK = {"hidden_size": 3, "window": 8, "epochs": 1, "n_seeds": 1}
QUICKER: dict[type, dict[str, Any]] = {
    Lstm: QUICK,
    Gru: QUICK,
    Best: {"candidates": (SeasonalNaive(), Drift(), Theta())},  # the default ones are fitted for each fold
}
KINDS = [kind(**QUICKER.get(kind, {})) for kind in get_args(get_args(Model)[0])]


@pytest.mark.parametrize("model", KINDS, ids=[model.kind for model in KINDS])
@pytest.mark.parametrize("count", [3, 32], ids=["few", "many"])
def test_every_model_forecasts_a_batch(model: Model, count: int) -> None:
    result = run(walks(count, longest=50), model=model, horizon=4, season_length=4)
    assert result.summary.done == count, [series.reason for series in result.series]
    for series in result.series:
        assert len(series.mean) == 4
        for interval in series.intervals:
            assert np.all(np.array(interval.lower) <= np.array(interval.upper))
    assert result.summary.calibration == ("pooled" if count == 32 else "own")


@pytest.mark.parametrize("intervals", ["auto", "analytic", "bootstrap", "none"])
def test_a_small_batch_says_what_forecasting_each_series_alone_says(intervals: str) -> None:
    series = walks(3)
    result = run(series, intervals=intervals)
    for one, batched in zip(series, result.series, strict=True):
        request = ForecastRequest(
            series=InlineSeries(values=tuple(one.values)), horizon=6, model=Arima(p=1, d=1, q=0), intervals=intervals
        )
        alone = forecast(request, one, ignore_progress)
        np.testing.assert_allclose(batched.mean, alone.mean)
        assert len(batched.intervals) == len(alone.intervals)
        assert batched.model == alone.model.description
        if intervals == "analytic":
            np.testing.assert_allclose(batched.intervals[1].lower, alone.intervals[1].lower)


def test_the_quick_way_of_many_agrees_with_the_careful_way_of_few() -> None:
    """The quick way follows fewer starts: of a likelihood with several peaks it may find another, as good as equal."""
    series = walks(40, shortest=60)
    many = run(series, intervals="analytic").series[:8]
    few = [run([one], intervals="analytic").series[0] for one in series[:8]]
    away = np.array([np.subtract(quick.mean, careful.mean) for quick, careful in zip(many, few, strict=True)])
    assert np.abs(away).max() < 0.25, "of the errors' standard deviation"
    assert np.median(np.abs(away).max(axis=1)) < 0.01
    half = [[np.subtract(one.intervals[0].upper, one.mean) for one in part] for part in (many, few)]
    ratio = np.array(half[1]) / np.array(half[0])
    assert np.all((ratio > 0.97) & (ratio < 1.25)), "the careful way also counts what is unknown of the estimates"


def test_a_series_that_fails_fails_no_other() -> None:
    good = walks(34)
    bad = {
        3: Series(np.full(50, np.nan), name="empty"),
        7: Series(np.array([1.0, 2.0]), name="short"),
        20: Series(np.array([1.0, np.inf] * 20), name="infinite"),
        33: Series(np.full(50, 1e200), name="huge"),
    }
    series = [bad.get(i, one) for i, one in enumerate(good)]
    result = run(series, size=5)
    assert [i for i, one in enumerate(result.series) if one.status == "failed"] == sorted(bad)
    assert (result.summary.done, result.summary.failed) == (30, 4)
    assert all(len(one.reason or "") > 20 for one in result.series if one.status == "failed")
    assert all(np.isfinite(one.mean).all() for one in result.series if one.status == "done")


@pytest.mark.parametrize("size", [1, 7, 64])
def test_how_a_batch_is_cut_changes_nothing(size: int) -> None:
    series = walks(33)
    assert run(series, size=size) == run(series, size=16)


def test_flat_and_gappy_series_get_their_careful_forecast() -> None:
    series = walks(31)
    gappy = series[4].values.copy()
    gappy[[3, 9, 10]] = np.nan
    series[4] = Series(gappy, name="gappy")
    series[5] = Series(np.full(40, 7.0), name="flat")
    result = run(series)
    assert result.summary.failed == 0
    assert result.series[5].mean == (7.0,) * 6
    assert any("missing" in note for note in result.series[4].notes)


def test_times_go_on_from_each_series_own_end() -> None:
    months = np.arange("2020-01", "2023-01", dtype="datetime64[M]").astype("datetime64[ns]")
    series = [Series(np.arange(36.0) + i, months + 0 * i, f"s{i}") for i in range(2)]
    series.append(Series(np.arange(30.0), months[:30], "ends sooner"))
    result = run(series, model=SeasonalNaive())
    firsts = [one.timestamps[0].isoformat() for one in result.series if one.timestamps]
    assert firsts == ["2023-01-01T00:00:00+00:00", "2023-01-01T00:00:00+00:00", "2022-07-01T00:00:00+00:00"]
    assert [one.season_length for one in result.series] == [12, 12, 12]
    assert [one.frequency for one in result.series] == ["P1M", "P1M", "P1M"]
    assert run([Series(np.arange(30.0))], model=SeasonalNaive()).series[0].frequency is None


def test_accuracy_is_told_only_where_it_is_asked_for() -> None:
    series = walks(3)
    assert all(one.accuracy is None for one in run(series).series)
    for one in run(series, accuracy=True, intervals="none", model=Naive()).series:
        assert one.accuracy is not None
        assert one.accuracy.folds == 3
        assert one.accuracy.mae is not None
        assert one.accuracy.mae > 0
    short = run([Series(np.array([1.0, 2.0, 4.0]))], accuracy=True, model=Naive()).series[0]
    assert short.status == "done"


def test_progress_rises_and_counts_series() -> None:
    told: list[tuple[float, str]] = []
    run(walks(40), size=8, report=lambda fraction, message: told.append((fraction, message)))
    fractions = [fraction for fraction, _ in told]
    assert fractions == sorted(fractions)
    assert fractions[-1] == 1
    assert any("of 40 series" in message for _, message in told)


def test_a_cancelled_batch_stops_at_the_next_report() -> None:
    heard = []

    def cancel(fraction: float, message: str) -> None:
        heard.append(fraction)
        if len(heard) == 5:
            raise Cancelled

    with pytest.raises(Cancelled):
        run(walks(400), report=cancel)
    assert len(heard) == 5
