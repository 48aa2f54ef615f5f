"""The compiled loops compute what the plain arrays compute: likelihood, least squares, curvature, maximum."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.signal import lfilter

from compute.forecast.sarima.css import css_estimate
from compute.forecast.sarima.estimation import maximise_likelihood
from compute.forecast.sarima.filters import run_filter
from compute.forecast.sarima.kernels import entries
from compute.forecast.sarima.likelihood import evaluate_likelihood
from compute.forecast.sarima.orders import Orders
from compute.forecast.sarima.polynomials import Array, expand
from compute.forecast.sarima.quick import QuickSearch, counts_of, without_regression
from compute.forecast.sarima.sample import Sample, prepare_sample
from compute.job import ignore_progress
from tests.compute.forecast.series import air_passengers
from tests.compute.forecast.test_sarima_likelihood import (
    ORDERS,
    parameters_for_statsmodels,
    seasonal_walk,
    small_orders,
    some_coefficients,
    stationary,
    statsmodels_of,
)


def quick_deviance(orders: Orders, sample: Sample, coefficients: Array) -> float:
    columns = np.ascontiguousarray(sample.columns)
    slopes = np.empty((columns.shape[0] - 1, columns.shape[0]))
    return float(entries.evaluate(counts_of(orders), coefficients, columns, slopes, *entries.LIKELIHOOD_PARTS))


def sum_of_squares(orders: Orders, series: Array, coefficients: Array) -> float:
    polynomials = expand(orders, coefficients)
    filtered = np.convolve(series, polynomials.ar)[None, : series.size]
    filtered[:, : orders.ar_degree] = 0.0
    return float((run_filter(np.ones(1), polynomials.ma, filtered) ** 2).sum())


@pytest.mark.parametrize("orders", ORDERS, ids=lambda orders: orders.description)
def test_compiled_likelihood_is_the_plain_one(orders: Orders) -> None:
    sample = prepare_sample(orders, seasonal_walk(140 if orders.m < 100 else 420))
    coefficients = some_coefficients(orders)
    plain = evaluate_likelihood(sample, expand(orders, coefficients))
    assert plain is not None
    assert -0.5 * quick_deviance(orders, sample, coefficients) == pytest.approx(plain.log_likelihood, abs=1e-9)


@pytest.mark.reference
@pytest.mark.parametrize("orders", ORDERS, ids=lambda orders: orders.description)
def test_compiled_likelihood_is_that_of_statsmodels(orders: Orders) -> None:
    sample = prepare_sample(orders, seasonal_walk(140 if orders.m < 100 else 420, seed=5))
    coefficients = some_coefficients(orders, seed=6)
    plain = evaluate_likelihood(sample, expand(orders, coefficients))
    assert plain is not None
    parameters = parameters_for_statsmodels(orders, coefficients, plain)
    expected = statsmodels_of(stationary(orders), sample.columns[0]).loglike(parameters)
    assert -0.5 * quick_deviance(orders, sample, coefficients) == pytest.approx(expected, abs=1e-6)


@settings(deadline=None)
@given(orders=small_orders(), seed=st.integers(0, 10**6), n=st.integers(8, 60))
def test_compiled_likelihood_is_the_plain_one_for_any_orders(orders: Orders, seed: int, n: int) -> None:
    sample = prepare_sample(orders, seasonal_walk(n, seed))
    coefficients = some_coefficients(orders, seed)
    plain = evaluate_likelihood(sample, expand(orders, coefficients))
    assume(plain is not None)
    assert plain is not None
    assert -0.5 * quick_deviance(orders, sample, coefficients) == pytest.approx(plain.log_likelihood, abs=1e-8)


def test_regressors_are_explained_by_generalised_least_squares() -> None:
    """Their slopes maximise the likelihood: moving one either way lowers it."""
    orders = Orders(1, 0, 1)
    rng = np.random.default_rng(0)
    columns = rng.normal(size=(3, 80))
    slopes = np.empty((2, 3))
    at = (counts_of(orders), np.array([0.6, 0.3]))
    best = entries.evaluate(*at, columns, slopes, *entries.LIKELIHOOD_PARTS)
    for move in (-1e-3, 1e-3):
        moved = columns[:1] - (slopes[:, :1] + [[move], [0.0]]).T @ columns[1:]
        assert entries.evaluate(*at, moved, np.empty((0, 1)), *entries.LIKELIHOOD_PARTS) > best


@pytest.mark.parametrize(
    "orders", [o for o in ORDERS if o.m < 100 and o.n_coefficients < 6], ids=lambda orders: orders.description
)
def test_compiled_least_squares_go_as_low(orders: Orders) -> None:
    sample = prepare_sample(orders, seasonal_walk(200))
    start = 0.1 * some_coefficients(orders)
    plain = css_estimate(orders, sample.columns[0], start)
    x, size = start.copy(), orders.n_coefficients
    ends, hessians = np.zeros((1, size + 1)), np.zeros((1, size, size))
    series = without_regression(sample.columns)
    entries.refine(counts_of(orders), series, x, ends, hessians, 50, 1e-12, *entries.START_PARTS)
    assert sum_of_squares(orders, series, x) <= 1.001 * sum_of_squares(orders, series, plain)


def test_long_series_is_searched_to_the_same_maximum_as_with_plain_arrays() -> None:
    orders = Orders(2, 1, 1)
    values = np.cumsum(lfilter([1, 0.5], [1, -0.4, -0.3], np.random.default_rng(1).normal(size=3000)))
    quick = maximise_likelihood(orders, prepare_sample(orders, values), ignore_progress)
    values[1] = np.nan  # one missing value: the plain path
    plain = maximise_likelihood(orders, prepare_sample(orders, values), ignore_progress)
    assert quick is not None
    assert plain is not None
    np.testing.assert_allclose(quick.coefficients, plain.coefficients, atol=0.02)


def test_entries_are_compiled_once() -> None:
    """A second signature would mean some seconds of compilation in the middle of a request."""
    for orders in (Orders(1, 0, 1, has_mean=True), Orders(0, 1, 1, 0, 1, 1, 12)):
        search = QuickSearch(orders, prepare_sample(orders, air_passengers()).columns)
        x, _ = search.maximise(ignore_progress)
        search.maximise(ignore_progress, x)
        search.information(x)
    for function in (entries.refine, entries.advance, entries.search_widely, entries.curvature, entries.evaluate):
        assert len(function.signatures) <= 1
