"""Automatic ARIMA chooses sensibly, lives with poor series, and its average is an honest mixture."""

import numpy as np
import pytest

from compute.forecast.auto_arima import AutoArima
from compute.forecast.fitting import fit_model
from compute.forecast.prediction import AnyPrediction, Fit, Prediction
from compute.forecast.sarima import Orders, fit_sarima
from compute.forecast.selection.averaging import akaike_weights, average_fits
from compute.job import ignore_progress
from tests.compute.forecast.series import Array, air_passengers


def fit(values: Array, m: int = 12, **options: object) -> Fit:
    return fit_model(AutoArima(**options), np.asarray(values, dtype=np.float64), m, ignore_progress)


def linear(prediction: AnyPrediction) -> Prediction:
    assert isinstance(prediction, Prediction)
    return prediction


def test_airline_series_gets_both_differences_and_tells_what_was_tried() -> None:
    found = fit(np.log(air_passengers()), averaged=False)
    assert found.summary.kind == "auto_arima"
    assert "(" in found.summary.description
    assert ",1," in found.summary.description
    assert any("chosen among" in note for note in found.notes)
    airline = fit_sarima(Orders(0, 1, 1, 0, 1, 1, 12), np.log(air_passengers()), ignore_progress)
    assert found.summary.aicc is not None
    assert airline.summary.aicc is not None
    assert found.summary.aicc <= airline.summary.aicc + 0.01


@pytest.mark.parametrize("n", [1, 2, 3, 4, 5, 8])
@pytest.mark.parametrize("m", [1, 4])
def test_short_series_is_always_forecast(n: int, m: int) -> None:
    rng = np.random.default_rng(n)
    for values in (rng.normal(size=n), np.arange(float(n)), np.full(n, 7.0)):
        assert np.isfinite(fit(values, m).predict(5).mean).all()


def test_series_of_almost_nothing_but_gaps_is_forecast() -> None:
    values = np.full(60, np.nan)
    values[[0, 20, 59]] = [1.0, 2.0, 4.0]
    assert np.isfinite(fit(values, 12).predict(5).mean).all()


def test_long_season_is_lived_with() -> None:
    rng = np.random.default_rng(1)
    values = 10 * np.sin(np.arange(600) * 2 * np.pi / 168) + rng.normal(size=600)
    forecast = fit(values, 168).predict(168).mean
    truth = 10 * np.sin(np.arange(600, 768) * 2 * np.pi / 168)
    assert np.abs(forecast - truth).mean() < 1.5


def test_stationary_series_is_never_differenced() -> None:
    walk = np.cumsum(np.random.default_rng(2).normal(size=200))
    assert ",1," in fit(walk, 1, averaged=False).summary.description
    assert ",0," in fit(walk, 1, averaged=False, stationary=True).summary.description


@pytest.mark.parametrize("averaged", [False, True])
def test_extension_by_forecasts_changes_no_later_forecast(averaged: bool) -> None:
    """Values that are as predicted bring no error: the forecast goes on as it would have."""
    found = fit(air_passengers(), averaged=averaged, max_p=2, max_q=2)
    expected = found.predict(10).mean
    assert found.extend is not None
    if averaged:
        return  # each model of an average is surprised by the average
    extended = found.extend(np.concatenate([air_passengers(), expected[:4]]))
    np.testing.assert_allclose(extended.predict(6).mean, expected[4:], rtol=1e-6)
    assert extended.sigma == found.sigma
    assert extended.fitted.size == 148


def test_weights_favour_the_best_and_sum_to_one() -> None:
    weights = akaike_weights([10.0, 12.0, 20.0])
    assert weights.sum() == pytest.approx(1)
    assert weights[0] / weights[1] == pytest.approx(np.e)


def test_average_of_one_model_with_itself_is_that_model() -> None:
    single = fit_sarima(Orders(2, 1, 1), np.log(air_passengers()), ignore_progress)
    twice = average_fits([single, single], np.array([0.3, 0.7]))
    one, two = linear(single.predict(12)), linear(twice.predict(12))
    np.testing.assert_allclose(two.mean, one.mean)
    np.testing.assert_allclose(two.relative_variance * twice.sigma**2, one.relative_variance * single.sigma**2)


def test_variance_of_an_average_is_that_of_the_mixture() -> None:
    values = np.log(air_passengers())
    fits = [fit_sarima(orders, values, ignore_progress) for orders in (Orders(2, 1, 1), Orders(1, 1, 0, 1, 0, 0, 12))]
    weights = np.array([0.4, 0.6])
    parts = [linear(single.predict(24)) for single in fits]
    mixture = average_fits(fits, weights)
    prediction = linear(mixture.predict(24))
    mean = weights @ [part.mean for part in parts]
    variances = [single.sigma**2 * part.relative_variance for single, part in zip(fits, parts, strict=True)]
    expected = weights @ variances + weights @ [(part.mean - mean) ** 2 for part in parts]
    np.testing.assert_allclose(prediction.mean, mean)
    np.testing.assert_allclose(mixture.sigma**2 * prediction.relative_variance, expected, rtol=1e-9)
