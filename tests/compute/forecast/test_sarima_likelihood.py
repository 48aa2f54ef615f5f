"""The filter form of the likelihood is the Kalman filter's: statsmodels' value, and our own pass over time."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.linalg import toeplitz
from scipy.signal import lfilter

from compute.forecast.sarima import missing
from compute.forecast.sarima.innovations import run_innovations
from compute.forecast.sarima.likelihood import Likelihood, evaluate_likelihood
from compute.forecast.sarima.orders import Orders
from compute.forecast.sarima.polynomials import Array, expand, is_admissible, split, to_coefficients
from compute.forecast.sarima.sample import prepare_sample
from tests.compute.forecast.series import stationary, statsmodels_of

ORDERS = [
    Orders(1, 0, 0, has_mean=True),
    Orders(0, 0, 2, has_mean=True),
    Orders(2, 0, 1),
    Orders(2, 1, 1),
    Orders(0, 2, 2),
    Orders(3, 2, 3),
    Orders(1, 1, 0, has_mean=True),
    Orders(5, 1, 4),
    Orders(0, 1, 1, 0, 1, 1, 12),
    Orders(2, 1, 1, 0, 1, 1, 12),
    Orders(1, 0, 1, 1, 0, 1, 12, has_mean=True),
    Orders(0, 0, 0, 2, 1, 0, 4),
    Orders(0, 1, 1, 0, 1, 1, 24),
    Orders(2, 0, 1, 1, 1, 2, 24),
    Orders(1, 0, 1, 0, 0, 1, 168),
    Orders(0, 0, 1, 1, 0, 0, 168),
]


def seasonal_walk(n: int, seed: int = 0) -> Array:
    rng = np.random.default_rng(seed)
    return np.cumsum(rng.normal(size=n)) + 5 * np.sin(np.arange(n) * 2 * np.pi / 12)


def with_gaps(values: Array, count: int, seed: int = 1) -> Array:
    rng = np.random.default_rng(seed)
    holed = values.copy()
    holed[rng.choice(np.arange(1, values.size - 1), count, replace=False)] = np.nan
    return holed


def some_coefficients(orders: Orders, seed: int = 2) -> Array:
    rng = np.random.default_rng(seed)
    return to_coefficients(orders, 0.7 * rng.normal(size=orders.n_coefficients))


def parameters_for_statsmodels(orders: Orders, coefficients: Array, likelihood: Likelihood) -> Array:
    phi, theta, seasonal_phi, seasonal_theta = split(orders, coefficients)
    intercept = likelihood.mean * expand(orders, coefficients).ar.sum()
    constant = [intercept] if orders.has_mean else []
    return np.concatenate([constant, phi, theta, seasonal_phi, seasonal_theta, [likelihood.sigma2]])


@pytest.mark.reference
@pytest.mark.parametrize("orders", ORDERS, ids=lambda orders: orders.description)
def test_log_likelihood_is_that_of_statsmodels(orders: Orders) -> None:
    values = seasonal_walk(140 if orders.m < 100 else 420)
    coefficients = some_coefficients(orders)
    sample = prepare_sample(orders, values)
    likelihood = evaluate_likelihood(sample, expand(orders, coefficients))
    assert likelihood is not None
    reference = statsmodels_of(stationary(orders), sample.columns[0])
    expected = reference.loglike(parameters_for_statsmodels(orders, coefficients, likelihood))
    assert likelihood.log_likelihood == pytest.approx(expected, abs=1e-6)


@pytest.mark.reference
@pytest.mark.parametrize("orders", [o for o in ORDERS if o.lost == 0], ids=lambda orders: orders.description)
def test_missing_values_leave_the_likelihood_of_the_observed_ones(orders: Orders) -> None:
    values = with_gaps(seasonal_walk(140 if orders.m < 100 else 420), 25)
    coefficients = some_coefficients(orders)
    likelihood = evaluate_likelihood(prepare_sample(orders, values), expand(orders, coefficients))
    assert likelihood is not None
    expected = statsmodels_of(orders, values).loglike(parameters_for_statsmodels(orders, coefficients, likelihood))
    assert likelihood.log_likelihood == pytest.approx(expected, abs=1e-6)


@pytest.mark.reference
@pytest.mark.parametrize(
    "orders", [o for o in ORDERS if o.lost and not o.has_mean], ids=lambda orders: orders.description
)
def test_missing_values_of_a_differenced_series_leave_the_diffuse_likelihood(orders: Orders) -> None:
    values = with_gaps(seasonal_walk(140), 12)
    coefficients = some_coefficients(orders)
    likelihood = evaluate_likelihood(prepare_sample(orders, values), expand(orders, coefficients))
    assert likelihood is not None
    reference = statsmodels_of(orders, values, use_exact_diffuse=True)
    expected = reference.loglike(parameters_for_statsmodels(orders, coefficients, likelihood))
    # Durbin & Koopman's diffuse likelihood counts log(2 pi) for the values that differencing uses up as well.
    expected += 0.5 * orders.lost * np.log(2 * np.pi)
    assert likelihood.log_likelihood == pytest.approx(expected, abs=1e-6)


@st.composite
def small_orders(draw: st.DrawFn) -> Orders:
    counts = st.integers(0, 2)
    m = draw(st.sampled_from([1, 3, 4]))
    seasonal = [draw(st.integers(0, 1)) for _ in range(3)] if m > 1 else [0, 0, 0]
    p, d, q = draw(counts), draw(st.integers(0, 2)), draw(counts)
    return Orders(p, d, q, *seasonal, m=m, has_mean=draw(st.booleans()))


@settings(deadline=None)
@given(
    orders=small_orders(),
    seed=st.integers(0, 10**6),
    n=st.integers(20, 60),
    gaps=st.sets(st.integers(1, 18), max_size=6),
)
def test_fast_likelihood_is_that_of_the_pass_over_time(orders: Orders, seed: int, n: int, gaps: set[int]) -> None:
    """The one-step errors and variances factor the likelihood; the pass shares no matrix with the fast form."""
    # Gaps among the values that differencing uses up are diffuse, which the pass approximates by a large variance:
    # those are compared with statsmodels' exact diffuse filter above.
    gaps = {gap for gap in gaps if gap >= orders.lost}
    values = seasonal_walk(n, seed)
    values[list(gaps)] = np.nan
    coefficients = some_coefficients(orders, seed)
    sample = prepare_sample(orders, values)
    likelihood = evaluate_likelihood(sample, expand(orders, coefficients))
    assume(likelihood is not None)
    assert likelihood is not None
    innovations = run_innovations(orders, sample, expand(orders, coefficients), likelihood.mean)
    seen = ~np.isnan(values[orders.lost :])
    scaled = innovations.errors[seen] ** 2 / innovations.variances[seen]
    expected = -0.5 * np.sum(
        np.log(2 * np.pi * likelihood.sigma2 * innovations.variances[seen]) + scaled / likelihood.sigma2
    )
    assert likelihood.log_likelihood == pytest.approx(expected, abs=1e-6)


def dense_log_likelihood(orders: Orders, values: Array, coefficients: Array, mean: float, sigma2: float) -> float:
    """The density of the observed values by the covariance matrix of the whole series, offsets integrated out."""
    sample = prepare_sample(orders, values)
    polynomials = expand(orders, coefficients)
    psi = np.zeros(4000)
    psi[0] = 1.0
    psi = lfilter(polynomials.ma, polynomials.ar, psi)
    covariance = sigma2 * toeplitz([psi[: psi.size - lag] @ psi[lag:] for lag in range(sample.n)])
    centred = sample.columns[0] - mean
    indicators = np.eye(values.size)[:, np.isnan(values)]
    design = lfilter(sample.difference, [1.0], indicators, axis=0)[orders.lost :]
    solved = np.linalg.solve(covariance, np.column_stack([centred, design]))
    gram = design.T @ solved[:, 1:]
    projection = design.T @ solved[:, 0]
    quadratic = centred @ solved[:, 0] - projection @ np.linalg.solve(gram, projection)
    degrees = sample.n - design.shape[1]
    log_determinants = np.linalg.slogdet(covariance)[1] + np.linalg.slogdet(gram)[1]
    return float(-0.5 * (degrees * np.log(2 * np.pi) + log_determinants + quadratic))


@pytest.mark.parametrize("few", [0, 10**6], ids=["bands", "whole matrix"])
@settings(deadline=None)
@given(orders=small_orders(), seed=st.integers(0, 10**6), gaps=st.sets(st.integers(1, 48), min_size=1, max_size=20))
def test_placeholders_are_integrated_out_as_by_the_dense_covariance(
    few: int, orders: Orders, seed: int, gaps: set[int]
) -> None:
    values = seasonal_walk(50, seed)
    values[list(gaps)] = np.nan
    places = np.unique(np.flatnonzero(~np.isnan(values)) % orders.m).size
    assume(not orders.D or places == orders.m)
    coefficients = 0.8 * some_coefficients(orders, seed)
    assume(is_admissible(orders, coefficients))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(missing, "FEW", few)  # either way to the products must do for any gaps
        likelihood = evaluate_likelihood(prepare_sample(orders, values), expand(orders, coefficients))
    assume(likelihood is not None and likelihood.sigma2 > 1e-6)
    assert likelihood is not None
    expected = dense_log_likelihood(orders, values, coefficients, likelihood.mean, likelihood.sigma2)
    assert likelihood.log_likelihood == pytest.approx(expected, abs=1e-6)


def test_series_shorter_than_the_memory_of_the_model_has_a_likelihood() -> None:
    orders = Orders(1, 0, 1, 1, 0, 1, 24)
    values = seasonal_walk(20)
    coefficients = some_coefficients(orders)
    likelihood = evaluate_likelihood(prepare_sample(orders, values), expand(orders, coefficients))
    assert likelihood is not None
    expected = statsmodels_of(orders, values).loglike(parameters_for_statsmodels(orders, coefficients, likelihood))
    assert likelihood.log_likelihood == pytest.approx(expected, abs=1e-6)
