"""Regressors are brought onto the grid of the series, and refused with a way out where they cannot be used."""

from typing import Any

import numpy as np
import pytest

from compute.forecast.arima import Arima
from compute.forecast.auto_arima import AutoArima
from compute.forecast.naive import Naive
from compute.forecast.regressors import Regressor
from compute.forecast.request import ForecastRequest
from compute.forecast.result import ForecastResult
from compute.forecast.run import forecast
from compute.job import ignore_progress
from compute.schema import RequestError
from compute.series import InlineSeries, Series

N, HORIZON = 80, 6
PAST = np.random.default_rng(1).normal(size=N + HORIZON)
VALUES = 3 * PAST[:N] + np.cumsum(np.random.default_rng(2).normal(size=N))
DAYS = np.arange("2024-01-01", "2024-03-21", dtype="datetime64[D]").astype("datetime64[ns]")


def run(
    model: Any = Arima(p=0, d=1, q=0),  # noqa: B008
    values: np.ndarray = VALUES,
    past: np.ndarray = PAST[:N],
    future: np.ndarray = PAST[N:],
    timestamps: np.ndarray | None = None,
) -> ForecastResult:
    regressor = Regressor(name="price", series=InlineSeries(values=(0.0,)), future=tuple(future.tolist()))
    request = ForecastRequest(
        series=InlineSeries(values=(0.0,)), model=model, horizon=HORIZON, regressors=(regressor,), season_length=1
    )
    return forecast(request, Series(values, timestamps), ignore_progress, regressors=[Series(past)])


@pytest.mark.parametrize("model", [Arima(p=0, d=1, q=0), AutoArima(max_p=1, max_q=1)], ids=lambda model: model.kind)
def test_regressor_lowers_the_errors_of_folds_as_well(model: Any) -> None:
    found = run(model)
    assert found.model.parameters["price"] == pytest.approx(3, abs=0.3)
    plain = ForecastRequest(series=InlineSeries(values=(0.0,)), model=model, horizon=HORIZON, season_length=1)
    without = forecast(plain, Series(VALUES), ignore_progress)
    assert found.accuracy.folds == without.accuracy.folds > 0
    assert found.accuracy.mae is not None
    assert without.accuracy.mae is not None
    assert found.accuracy.mae < 0.8 * without.accuracy.mae


def test_what_if_moves_the_forecast_by_the_slope() -> None:
    usual, dearer = run(), run(future=PAST[N:] + 1)
    slope = usual.model.parameters["price"]
    np.testing.assert_allclose(np.array(dearer.mean) - np.array(usual.mean), slope, rtol=1e-9)


def test_rows_out_of_order_and_absent_times_keep_regressor_and_series_together() -> None:
    kept = np.delete(np.arange(N), [30, 31])
    shuffled = np.random.default_rng(3).permutation(kept)
    found = run(values=VALUES[shuffled], past=PAST[shuffled], timestamps=DAYS[shuffled])
    assert found.model.parameters["price"] == pytest.approx(3, abs=0.3)
    assert len(found.history) == N


@pytest.mark.parametrize(
    ("changes", "loc", "words"),
    [
        ({"model": Naive()}, ("regressors",), "cannot use regressors"),
        ({"past": PAST[: N - 1]}, ("regressors", 0, "series"), "79 values to explain a series of 80"),
        ({"past": np.where(np.arange(N) == 5, np.nan, PAST[:N])}, ("regressors", 0, "series"), "1 values are missing"),
        ({"future": PAST[N:-1]}, ("regressors", 0, "future"), "5 future values of price for a horizon of 6"),
        ({"past": np.ones(N)}, ("regressors",), "does not vary"),
    ],
)
def test_regressor_that_cannot_be_used_is_refused_with_the_way_out(
    changes: dict[str, Any], loc: tuple[str | int, ...], words: str
) -> None:
    with pytest.raises(RequestError) as refusal:
        run(**changes)
    assert refusal.value.problems[0].loc == loc
    assert words in refusal.value.problems[0].msg


ALL_DAYS = np.arange("2024-01-01", "2024-03-27", dtype="datetime64[D]").astype("datetime64[ns]")


def from_column(
    series: Series, column: Series, horizon: int = HORIZON, future: tuple[float, ...] = (), name: str | None = None
) -> ForecastResult:
    regressor = Regressor(name=name, series=InlineSeries(values=(0.0,)), future=future)
    request = ForecastRequest(
        series=InlineSeries(values=(0.0,)),
        model=Arima(p=0, d=1, q=0),
        horizon=horizon,
        regressors=(regressor,),
        season_length=1,
    )
    return forecast(request, series, ignore_progress, regressors=[column])


def test_column_that_goes_on_tells_the_future_by_its_times() -> None:
    expected = run(timestamps=DAYS)
    shuffled = np.random.default_rng(7).permutation(N + HORIZON)
    found = from_column(Series(VALUES, DAYS), Series(PAST[shuffled], ALL_DAYS[shuffled], "price"))
    assert found.mean == expected.mean
    assert found.regressors[0].name == "price"
    assert found.regressors[0].future == tuple(PAST[N:].tolist())
    assert found.regressors[0].past == tuple(PAST[:N].tolist())


def test_rows_behind_the_last_value_are_the_future_and_not_missing_values() -> None:
    expected = run(timestamps=DAYS)
    padded = np.concatenate([VALUES, np.full(HORIZON, np.nan)])
    found = from_column(Series(padded, ALL_DAYS), Series(PAST, ALL_DAYS, "price"))
    assert found.mean == expected.mean
    assert len(found.history) == N
    assert found.timestamps == expected.timestamps
    numbered = from_column(Series(padded), Series(PAST, None, "price"))
    assert numbered.mean == pytest.approx(expected.mean)
    supposed = from_column(Series(padded, ALL_DAYS), Series(PAST, ALL_DAYS), future=tuple((PAST[N:] + 1).tolist()))
    assert supposed.timestamps == expected.timestamps


def test_given_future_wins_over_the_column() -> None:
    supposed = tuple((PAST[N:] + 1).tolist())
    found = from_column(Series(VALUES, DAYS), Series(PAST, ALL_DAYS, "price"), future=supposed, name="cost")
    assert (found.regressors[0].name, found.regressors[0].future) == ("cost", supposed)


@pytest.mark.parametrize(
    ("series", "column", "loc", "words"),
    [
        (Series(VALUES, DAYS), Series(PAST[:N], DAYS), "future", "does not go on after the end"),
        (Series(VALUES), Series(PAST[: N + 2]), "future", "goes on for 2 steps .* shorten the horizon to 2"),
        (Series(VALUES, DAYS), Series(PAST[3:], ALL_DAYS[3:]), "series", "3 of the 80 times .* 2024-01-01T00:00:00"),
    ],
)
def test_column_that_ends_too_early_is_refused_with_the_way_out(
    series: Series, column: Series, loc: str, words: str
) -> None:
    with pytest.raises(RequestError, match=words) as refusal:
        from_column(series, column)
    assert refusal.value.problems[0].loc == ("regressors", 0, loc)
