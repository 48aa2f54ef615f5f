"""The estimate is the maximum: never below what statsmodels finds, with its standard errors."""

import warnings

import numpy as np
import pytest

from compute.forecast.sarima.estimation import Estimate, maximise_likelihood
from compute.forecast.sarima.hannan_rissanen import hannan_rissanen
from compute.forecast.sarima.orders import Orders
from compute.forecast.sarima.polynomials import Array, is_admissible
from compute.forecast.sarima.sample import Sample, prepare_sample
from compute.job import ignore_progress
from tests.compute.forecast.series import air_passengers, real_series, stationary, statsmodels_of

# Orders on which a single start ends in the wrong valley, beside ordinary ones.
CASES = [
    ("air passengers", Orders(2, 1, 1, 0, 1, 1, 12)),
    ("air passengers", Orders(2, 0, 2, has_mean=True)),
    ("log air passengers", Orders(2, 1, 1)),
    ("log air passengers", Orders(0, 1, 1, 0, 1, 1, 12)),
    ("log air passengers", Orders(3, 1, 2)),
    ("sunspots", Orders(2, 1, 1)),
    ("sunspots", Orders(2, 0, 0, has_mean=True)),
    ("nile", Orders(0, 1, 1)),
    ("nile", Orders(1, 0, 0, has_mean=True)),
    ("gdp", Orders(1, 1, 1, 1, 0, 1, 4)),
    ("gdp", Orders(0, 2, 2)),
    ("inflation", Orders(1, 0, 1, 1, 0, 0, 4, has_mean=True)),
    ("inflation", Orders(2, 1, 1)),
    ("unemployment", Orders(2, 1, 1, 0, 1, 1, 4)),
    ("unemployment", Orders(3, 1, 2)),
    ("el nino", Orders(2, 1, 1, 0, 1, 1, 12)),
    ("el nino", Orders(1, 0, 1, 1, 0, 0, 12, has_mean=True)),
    ("el nino", Orders(3, 1, 2)),
]


def scaled_sample(orders: Orders, values: Array) -> Sample:
    return prepare_sample(orders, (values - values.mean()) / np.std(np.diff(values)))


def estimate(orders: Orders, sample: Sample, warm_start: Array | None = None) -> Estimate:
    found = maximise_likelihood(orders, sample, ignore_progress, warm_start)
    assert found is not None
    return found


def statsmodels_optimum(orders: Orders, sample: Sample) -> float:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about its starting values and its convergence
        return float(statsmodels_of(stationary(orders), sample.columns[0]).fit(disp=0, maxiter=200).llf)


@pytest.mark.reference
@pytest.mark.parametrize(("name", "orders"), CASES, ids=lambda case: getattr(case, "description", case))
def test_optimum_is_never_below_that_of_statsmodels(name: str, orders: Orders) -> None:
    sample = scaled_sample(orders, real_series()[name])
    found = estimate(orders, sample)
    assert found.has_converged
    assert found.likelihood.log_likelihood >= statsmodels_optimum(orders, sample) - 1e-3


@pytest.mark.reference
def test_standard_errors_are_those_of_statsmodels() -> None:
    orders = Orders(2, 1, 1, 0, 1, 1, 12)
    sample = scaled_sample(orders, np.log(air_passengers()))
    found = estimate(orders, sample)
    model = statsmodels_of(stationary(orders), sample.columns[0])
    phi_theta = [*found.coefficients[:2], found.coefficients[2], found.coefficients[3], found.likelihood.sigma2]
    expected = model.smooth(phi_theta, cov_type="approx", cov_kwds={"approx_complex_step": True}).bse[:4]
    np.testing.assert_allclose(found.standard_errors, expected, rtol=0.05)


def test_airline_model_of_the_textbook_is_found() -> None:
    """Box, Jenkins & Reinsel report theta = 0.40 and Theta = 0.61 (their signs) and sigma^2 = 0.00135."""
    orders = Orders(0, 1, 1, 0, 1, 1, 12)
    found = estimate(orders, prepare_sample(orders, np.log(air_passengers())))
    np.testing.assert_allclose(found.coefficients, [-0.40, -0.56], atol=0.01)
    assert found.likelihood.sigma2 == pytest.approx(0.00135, abs=2e-5)
    assert found.likelihood.log_likelihood == pytest.approx(244.70, abs=0.01)  # R's arima(): 244.7


def test_warm_start_finds_the_same_optimum() -> None:
    orders = Orders(2, 1, 1, 0, 1, 1, 12)
    sample = scaled_sample(orders, air_passengers())
    cold = estimate(orders, sample)
    warm = estimate(orders, sample, warm_start=cold.coefficients)
    assert warm.likelihood.log_likelihood == pytest.approx(cold.likelihood.log_likelihood, abs=1e-4)
    np.testing.assert_allclose(warm.coefficients, cold.coefficients, atol=1e-2)


def test_coefficients_of_a_long_simulation_are_recovered() -> None:
    rng = np.random.default_rng(3)
    errors = rng.normal(size=5200)
    series = np.zeros(5200)
    for t in range(2, 5200):
        series[t] = 0.5 * series[t - 1] + 0.3 * series[t - 2] + errors[t] - 0.4 * errors[t - 1]
    orders = Orders(2, 0, 1, has_mean=True)
    found = estimate(orders, prepare_sample(orders, series[200:] + 7))
    assert np.all(np.abs(found.coefficients - [0.5, 0.3, -0.4]) < 3.5 * found.standard_errors)
    assert found.likelihood.mean == pytest.approx(7, abs=3.5 * np.sqrt(found.likelihood.mean_variance))
    assert found.likelihood.sigma2 == pytest.approx(1, abs=0.07)


@pytest.mark.parametrize("n", [3, 10, 60, 300])
def test_two_regressions_start_inside_the_admissible_region(n: int) -> None:
    orders = Orders(3, 0, 2, 1, 0, 1, 4)
    start = hannan_rissanen(orders, np.cumsum(np.random.default_rng(n).normal(size=n)))
    assert start.shape == (7,)
    assert is_admissible(orders, start)


def test_two_regressions_come_near_the_truth() -> None:
    rng = np.random.default_rng(4)
    errors = rng.normal(size=3000)
    series = np.zeros(3000)
    for t in range(1, 3000):
        series[t] = 0.7 * series[t - 1] + errors[t] + 0.4 * errors[t - 1]
    np.testing.assert_allclose(hannan_rissanen(Orders(1, 0, 1), series), [0.7, 0.4], atol=0.08)
