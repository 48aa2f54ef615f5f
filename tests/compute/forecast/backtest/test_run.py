"""A leaderboard ranks what was measured, tells what was not, and opens a forecast for every row."""

import itertools

import numpy as np
import pytest

from compute.forecast.arima import Arima
from compute.forecast.backtest import BacktestRequest, BacktestResult
from compute.forecast.backtest.run import backtest
from compute.forecast.naive import Naive, SeasonalNaive
from compute.forecast.request import ForecastRequest
from compute.forecast.run import forecast
from compute.job import Cancelled, Report, ignore_progress
from compute.schema import RequestError
from compute.series import InlineSeries, Series
from tests.compute.forecast.series import air_passengers

MONTHS = np.arange("1949-01", "1961-01", dtype="datetime64[M]").astype("datetime64[ns]")
AIRLINE = Arima(p=0, d=1, q=1, P=0, D=1, Q=1)
INLINE = InlineSeries(values=(0.0,))


def ticking() -> "itertools.count[int]":
    return itertools.count()


def compare(
    *models: object, values: np.ndarray | None = None, report: Report = ignore_progress, **options: object
) -> BacktestResult:
    request = BacktestRequest(series=INLINE, models=models, **options)
    series = Series(air_passengers(), MONTHS, "air") if values is None else Series(values)
    clock = ticking()
    return backtest(request, series, report, lambda: 1e-3 * next(clock))


def test_rows_are_ranked_by_their_error_and_the_baseline_is_among_them() -> None:
    result = compare(Naive(), AIRLINE)
    assert [row.kind for row in result.rows] == ["arima", "seasonal_naive", "naive"]
    assert [row.rank for row in result.rows] == [1, 2, 3]
    assert [row.is_baseline for row in result.rows] == [False, True, False]
    errors = [row.mase for row in result.rows]
    assert errors == sorted(errors)
    assert sum(row.wins for row in result.rows) == len(result.origins) == 5


def test_row_tells_what_the_forecast_of_its_model_tells() -> None:
    row = compare(Naive(), AIRLINE).rows[0]
    alone = forecast(ForecastRequest(series=INLINE, model=AIRLINE), Series(air_passengers(), MONTHS), ignore_progress)
    assert row.mean == alone.mean
    assert row.intervals == alone.intervals
    assert row.description == alone.model.description
    for name in ("folds", "mae", "rmse", "smape", "mase", "crps", "msis", "coverage", "by_step"):
        assert getattr(row, name) == getattr(alone.accuracy, name)


def test_folds_hold_what_was_forecast_and_what_came() -> None:
    row = compare(Naive(), SeasonalNaive(), horizon=6, folds=3, step=6).rows[0]
    assert [fold.origin for fold in row.fold_forecasts] == [126, 132, 138]
    last = row.fold_forecasts[-1]
    assert last.actual == tuple(air_passengers()[138:])
    assert last.timestamps is not None
    assert last.timestamps[0].isoformat() == "1960-07-01T00:00:00+00:00"
    errors = [np.abs(np.array(f.mean) - np.array(f.actual)).mean() for f in row.fold_forecasts]
    assert row.mae == pytest.approx(np.mean(errors))


def test_winner_is_surer_of_a_bad_model_than_of_a_near_one() -> None:
    result = compare(AIRLINE, Arima(p=1, d=1, q=1, P=0, D=1, Q=1), Naive())
    worse = {row.kind: row.comparison.probability_worse for row in result.rows if row.comparison}
    assert result.winner is not None
    assert result.winner.runner_up == 1
    assert 1 in result.winner.indistinguishable
    assert worse["naive"] > 0.99
    assert result.rows[1].description in result.winner.sentence


def test_model_that_fails_is_a_row_with_its_reason() -> None:
    result = compare(Naive(), Arima(d=2, constant=True))
    failed = result.rows[-1]
    assert (failed.rank, failed.mae, failed.mean) == (None, None, ())
    assert failed.reason is not None
    assert "accelerates" in failed.reason
    assert result.winner is not None


def test_model_too_large_for_most_folds_is_left_unranked_but_forecasts() -> None:
    values = air_passengers()[:20]
    large = Arima(p=8, d=0, q=5)  # needs 16 values
    result = compare(Naive(), large, values=values, horizon=2, season_length=1)
    row = next(row for row in result.rows if row.kind == "arima")
    assert row.rank is None
    assert "of 5 folds" in str(row.reason)
    assert len(row.mean) == 2


def test_series_too_short_to_hold_anything_out_has_forecasts_and_no_winner() -> None:
    result = compare(Naive(), SeasonalNaive(), values=np.array([3.0]), horizon=2)
    assert result.winner is None
    assert result.origins == ()
    assert all("too short" in str(row.reason) for row in result.rows)
    assert result.rows[0].mean == (3.0, 3.0)


def test_flat_season_is_ranked_by_the_absolute_error() -> None:
    values = np.concatenate([np.tile([1.0, 2.0], 20), [5.0, 9.0, 4.0]])
    result = compare(Naive(), SeasonalNaive(), values=values, season_length=2, horizon=3)
    assert result.ranked_by == "mae"
    assert any("ranked by MAE" in note for note in result.notes)


def test_time_of_a_fit_is_what_the_clock_says() -> None:
    assert [row.fit_ms for row in compare(Naive(), AIRLINE).rows] == pytest.approx([1.0, 1.0, 1.0])


def test_equal_requests_give_equal_leaderboards() -> None:
    assert compare(AIRLINE, Naive(), intervals="bootstrap") == compare(AIRLINE, Naive(), intervals="bootstrap")


def test_result_survives_json() -> None:
    result = compare(AIRLINE, Naive())
    assert BacktestResult.model_validate_json(result.model_dump_json()) == result


def test_progress_rises_and_names_the_model_at_work() -> None:
    seen: list[tuple[float, str]] = []
    compare(AIRLINE, Naive(), report=lambda fraction, message: seen.append((fraction, message)))
    fractions = [fraction for fraction, _ in seen]
    assert (fractions[0], fractions[-1]) == (0.0, 1.0)
    assert fractions == sorted(fractions)
    messages = [message for _, message in seen]
    assert any(message.startswith("ARIMA: measuring accuracy: fold 3 of 5") for message in messages)


def test_cancelled_comparison_stops_at_the_next_report() -> None:
    calls = 0

    def cancel(fraction: float, message: str) -> None:
        nonlocal calls
        calls += 1
        if calls == 8:
            raise Cancelled

    with pytest.raises(Cancelled):
        compare(AIRLINE, Naive(), report=cancel)
    assert calls == 8


def test_more_numbers_than_fit_into_an_answer_are_refused() -> None:
    with pytest.raises(RequestError, match="fewer folds") as caught:
        compare(Naive(), SeasonalNaive(), values=np.zeros(200_000), horizon=10_000, folds=50)
    assert caught.value.problems[0].loc == ("folds",)


def test_model_given_twice_is_refused() -> None:
    with pytest.raises(ValueError, match="repeats an earlier one"):
        BacktestRequest(series=INLINE, models=(Naive(), Naive()))
