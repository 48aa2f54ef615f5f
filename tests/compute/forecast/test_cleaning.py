"""A cleaned history: the model sees it, the dataset and the measure of accuracy do not."""

from typing import Any

import numpy as np
import pytest

from compute.forecast.arima import Arima
from compute.forecast.backtest.request import BacktestRequest
from compute.forecast.backtest.run import backtest
from compute.forecast.ets import Ets
from compute.forecast.naive import Drift, Naive, SeasonalNaive
from compute.forecast.regressors import Regressor
from compute.forecast.request import ForecastRequest
from compute.forecast.result import ForecastResult
from compute.forecast.run import forecast
from compute.job import ignore_progress
from compute.series import InlineSeries, Series
from tests.compute.forecast.series import air_passengers

MONTHS = np.arange("1949-01", "1961-01", dtype="datetime64[M]").astype("datetime64[ns]")
SPOILT = (60, 143)


def spoilt() -> np.ndarray:
    values = np.log(air_passengers())
    values[list(SPOILT)] += (0.6, -0.6)
    return values


def run(values: np.ndarray, *, clean: bool = True, **options: Any) -> ForecastResult:
    options = {"model": SeasonalNaive(), "horizon": 12} | options
    request = ForecastRequest(series=InlineSeries(values=(0.0,)), clean_outliers=clean, **options)
    return forecast(request, Series(values, MONTHS[: values.size], "level"), ignore_progress)


def test_planted_outliers_are_replaced_told_and_marked_and_the_history_keeps_them() -> None:
    values, truth = spoilt(), np.log(air_passengers())
    before = values.copy()
    result = run(values)
    assert [each.index for each in result.replaced] == list(SPOILT)
    for each in result.replaced:
        assert each.value == values[each.index] == result.history[each.index]
        assert each.replacement == pytest.approx(truth[each.index], abs=0.15)
    assert result.replaced[0].timestamp is not None
    assert result.replaced[0].timestamp.isoformat() == "1954-01-01T00:00:00+00:00"
    assert any("2 outliers were replaced" in note for note in result.notes)
    assert any("at the very end" in note for note in result.notes)
    np.testing.assert_array_equal(values, before)


@pytest.mark.parametrize("model", [SeasonalNaive(), Ets(), Drift()], ids=lambda model: model.kind)
def test_forecast_is_that_of_the_clean_series(model: Any) -> None:
    result = run(spoilt(), model=model)
    clean = np.array([each.replacement for each in result.replaced])
    seen = spoilt()
    seen[list(SPOILT)] = clean
    np.testing.assert_allclose(result.mean, run(seen, clean=False, model=model).mean)
    assert np.max(np.abs(np.array(result.mean) - run(spoilt(), clean=False, model=model).mean)) > 0.01


def test_accuracy_is_measured_on_what_was_observed() -> None:
    values = np.log(air_passengers())
    values[141] += 5
    result = run(values)
    assert [each.index for each in result.replaced] == [141]
    assert result.accuracy.rmse is not None
    assert result.accuracy.rmse > 5 / np.sqrt(60), "a forecast that nobody could make is no merit of cleaning"


def test_fold_does_not_know_what_came_after_it() -> None:
    """A level shift looks like an outlier until it lasts: the fold that ends with it must not see that it did."""
    shifted = np.random.default_rng(4).normal(size=120) * 0.1
    shifted[90:] += 3
    request = ForecastRequest(series=InlineSeries(values=(0.0,)), model=Naive(), horizon=10, clean_outliers=True)
    result = forecast(request, Series(shifted), ignore_progress)
    assert result.replaced == (), "the whole series shows a shift, which stays"
    assert result.accuracy.folds == 5


def test_what_a_regressor_explains_is_no_outlier() -> None:
    promotion = np.zeros(126)
    promotion[[20, 55, 90, 123]] = 1
    values = 10 * promotion[:120] + np.random.default_rng(5).normal(size=120)
    values[70] += 12
    regressor = Regressor(series=InlineSeries(values=(0.0,)), future=tuple(promotion[120:]))
    request = ForecastRequest(
        series=InlineSeries(values=(0.0,)),
        model=Arima(p=1, d=0, q=0),
        horizon=6,
        regressors=(regressor,),
        clean_outliers=True,
    )
    result = forecast(request, Series(values), ignore_progress, regressors=[Series(promotion[:120], name="promotion")])
    assert [each.index for each in result.replaced] == [70]
    assert result.model.parameters["promotion"] == pytest.approx(10, abs=1)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        (np.arange(5.0), "too few"),
        (np.full(40, 2.0), "too few, or vary too little"),
        (np.random.default_rng(2).normal(size=60), "No outlier was found"),
    ],
)
def test_nothing_to_clean_is_told(values: np.ndarray, words: str) -> None:
    result = run(values, model=Naive())
    assert result.replaced == ()
    assert any(words in note for note in result.notes)


def test_every_model_of_a_comparison_sees_the_clean_series_and_is_measured_on_the_observed_one() -> None:
    request = BacktestRequest(
        series=InlineSeries(values=(0.0,)), models=(SeasonalNaive(), Drift()), horizon=12, clean_outliers=True
    )
    series = Series(spoilt(), MONTHS, "level")
    result = backtest(request, series, ignore_progress, lambda: 0.0)
    assert [each.index for each in result.replaced] == list(SPOILT)
    assert result.history == tuple(spoilt().tolist())
    last = result.rows[0].fold_forecasts[-1]
    assert last.actual[-1] == spoilt()[-1]
    plain = backtest(request.model_copy(update={"clean_outliers": False}), series, ignore_progress, lambda: 0.0)
    assert result.rows[0].mean != plain.rows[0].mean
