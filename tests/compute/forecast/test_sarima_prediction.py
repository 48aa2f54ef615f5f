"""Forecasts, their variance and the one-step predictions are the Kalman filter's, at the same coefficients."""

import numpy as np
import pytest

from compute.forecast.sarima.innovations import run_innovations
from compute.forecast.sarima.likelihood import evaluate_likelihood
from compute.forecast.sarima.orders import Orders
from compute.forecast.sarima.polynomials import Array, expand, split, to_coefficients
from compute.forecast.sarima.prediction import predict
from compute.forecast.sarima.sample import prepare_sample
from tests.compute.forecast.series import air_passengers, statsmodels_of

ORDERS = [
    Orders(2, 0, 1, has_mean=True),
    Orders(1, 0, 2, 1, 0, 1, 12, has_mean=True),
    Orders(2, 1, 1),
    Orders(0, 2, 2),
    Orders(2, 1, 1, 0, 1, 1, 12),
    Orders(1, 1, 2, 1, 1, 1, 4),
]
HORIZON = 30


def compare(orders: Orders, values: Array) -> None:
    coefficients = to_coefficients(orders, 0.5 * np.random.default_rng(1).normal(size=orders.n_coefficients))
    polynomials = expand(orders, coefficients)
    sample = prepare_sample(orders, values)
    likelihood = evaluate_likelihood(sample, polynomials)
    assert likelihood is not None
    innovations = run_innovations(orders, sample, polynomials, likelihood.mean)
    prediction = predict(orders, sample, polynomials, likelihood.mean, innovations, HORIZON)

    phi, theta, seasonal_phi, seasonal_theta = split(orders, coefficients)
    constant = [likelihood.mean * polynomials.ar.sum()] if orders.has_mean else []
    parameters = np.concatenate([constant, phi, theta, seasonal_phi, seasonal_theta, [likelihood.sigma2]])
    options = {"use_exact_diffuse": True} if orders.lost else {}
    reference = statsmodels_of(orders, values, **options).smooth(parameters)
    ahead = reference.get_forecast(HORIZON)
    np.testing.assert_allclose(prediction.mean, ahead.predicted_mean, rtol=1e-6, atol=1e-6)
    deviation = np.sqrt(likelihood.sigma2 * prediction.relative_variance)
    np.testing.assert_allclose(deviation, ahead.se_mean, rtol=1e-6)

    known = np.arange(orders.lost, values.size)
    known = known[innovations.variances < 1e3]  # elsewhere nothing is known yet of a value that differencing uses up
    assert known.size > 100 or values.size < 100
    one_step = sample.level[known] - innovations.errors[known - orders.lost]
    np.testing.assert_allclose(one_step, reference.fittedvalues[known], rtol=1e-6, atol=1e-5)


@pytest.mark.parametrize("orders", ORDERS, ids=lambda orders: orders.description)
def test_forecast_is_that_of_statsmodels(orders: Orders) -> None:
    compare(orders, air_passengers() / 100)


@pytest.mark.parametrize("orders", ORDERS, ids=lambda orders: orders.description)
def test_forecast_after_missing_values_is_that_of_statsmodels(orders: Orders) -> None:
    values = air_passengers() / 100
    values[[1, 7, 30, 31, 55, 100, 131, 139, 141, 142]] = np.nan
    compare(orders, values)


def test_short_series_keeps_what_its_unseen_past_leaves_open() -> None:
    compare(Orders(1, 0, 2, 1, 0, 1, 12, has_mean=True), air_passengers()[:16] / 100)
