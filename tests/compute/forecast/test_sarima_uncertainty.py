"""Intervals know that the coefficients are estimates."""

import numpy as np
import pytest
from scipy.signal import lfilter

from compute.forecast.prediction import Fit, Prediction
from compute.forecast.sarima import Orders, fit_sarima
from compute.forecast.sarima.estimation import maximise_likelihood
from compute.forecast.sarima.innovations import run_innovations
from compute.forecast.sarima.polynomials import expand
from compute.forecast.sarima.prediction import predict
from compute.forecast.sarima.quick import look_ahead
from compute.forecast.sarima.sample import prepare_sample
from compute.job import ignore_progress
from tests.compute.forecast.series import air_passengers
from tests.compute.forecast.test_sarima_likelihood import ORDERS, seasonal_walk, some_coefficients


def linear(fit: Fit, horizon: int) -> Prediction:
    prediction = fit.predict(horizon)
    assert isinstance(prediction, Prediction)
    return prediction


def test_first_step_of_an_autoregression_is_uncertain_by_its_last_value_times_its_standard_error() -> None:
    values = lfilter([1], [1, -0.7], np.random.default_rng(0).normal(size=60))
    values[-1] = 4.0
    fit = fit_sarima(Orders(1, 0, 0), values, ignore_progress)
    error = fit.summary.standard_errors["ar1"]
    assert error is not None
    degrees = 59
    of_coefficient = (values[-1] * error) ** 2 * 60 / degrees  # the error variance is unbiased, as sigma is
    of_weights = 0.0  # the first psi weight is 1 whatever the coefficient
    known = fit.sigma**2 + of_coefficient + of_weights
    expected = known * (1 + 2 / (degrees - 2))
    assert fit.sigma**2 * linear(fit, 1).relative_variance[0] == pytest.approx(expected, rel=1e-3)


def test_uncertainty_fades_with_the_length_of_the_series() -> None:
    rng = np.random.default_rng(1)
    excess = []
    for n in (40, 160, 2560):
        fit = fit_sarima(
            Orders(1, 0, 1, has_mean=True), lfilter([1, 0.3], [1, -0.5], rng.normal(size=n)), ignore_progress
        )
        prediction = linear(fit, 12)
        excess.append(float((prediction.relative_variance / np.cumsum(prediction.weights**2)).max() - 1))
    assert excess[0] > excess[1] > excess[2]
    assert excess[2] < 0.01


def test_uncertain_drift_opens_the_intervals_of_a_walk_quadratically() -> None:
    values = np.cumsum(0.5 + np.random.default_rng(2).normal(size=80))
    fit = fit_sarima(Orders(0, 1, 0, has_mean=True), values, ignore_progress)
    steps = np.arange(1, 41)
    expected = (steps + steps**2 / 79 * 79 / 78) * (1 + 2 / 76)
    np.testing.assert_allclose(linear(fit, 40).relative_variance, expected, rtol=0.02)


@pytest.mark.parametrize("orders", [o for o in ORDERS if o.m < 100], ids=lambda orders: orders.description)
def test_compiled_forecast_is_the_plain_one(orders: Orders) -> None:
    sample = prepare_sample(orders, seasonal_walk(140))
    coefficients = some_coefficients(orders)
    polynomials = expand(orders, coefficients)
    plain = predict(orders, sample, polynomials, 0.3, run_innovations(orders, sample, polynomials, 0.3), 30)
    np.testing.assert_allclose(look_ahead(orders, sample, coefficients, 0.3, 30), plain.mean, rtol=1e-8, atol=1e-8)


def test_estimates_after_missing_values_are_no_surer() -> None:
    values = np.log(air_passengers())
    holed = values.copy()
    holed[20:60] = np.nan
    orders = Orders(1, 1, 1)
    estimates = [maximise_likelihood(orders, prepare_sample(orders, v), ignore_progress) for v in (values, holed)]
    whole, gappy = (np.linalg.norm(estimate.root) for estimate in estimates if estimate is not None)
    assert gappy > 0.9 * whole


def test_series_that_jumps_once_and_stays_has_an_estimate() -> None:
    """Its conditional errors are all zero: the information of least squares is bounded, not infinite."""
    fit = fit_sarima(Orders(2, 1, 1), np.array([5.0, 1.0, 1.0, 1.0, 1.0, 1.0]), ignore_progress)
    assert np.isfinite(linear(fit, 4).relative_variance).all()
