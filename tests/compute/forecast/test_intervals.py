"""Intervals cover what they promise, keep the residuals' shape, and are nested."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from compute.forecast.intervals import MAX_SIMULATED, choose_method, make_bands, simulate_errors
from compute.forecast.options import Bootstrap
from compute.forecast.prediction import Prediction, SimulatedPrediction
from compute.job import ignore_progress
from compute.schema import RequestError

HORIZON = 20


def random_walk(horizon: int = HORIZON) -> Prediction:
    return Prediction(np.full(horizon, 5.0), np.ones(horizon), np.zeros((horizon, 0)))


def skewed_errors(n: int = 300) -> np.ndarray:
    return np.random.default_rng(0).exponential(size=n) - 1


def bands_of(method, prediction, sigma, errors, levels, n_bootstrap=1000, seed=0):
    return make_bands(
        method, prediction, sigma, errors, levels, n_bootstrap, np.random.default_rng(seed), ignore_progress
    )


def skewness(values: np.ndarray) -> float:
    centred = values - values.mean()
    return float(np.mean(centred**3) / np.mean(centred**2) ** 1.5)


@pytest.mark.parametrize("n_paths", [200, 1000, 5000])
@pytest.mark.parametrize("n_errors", [40, 300, 20_000])
def test_bootstrap_has_the_standard_deviation_and_skew_of_the_errors(n_paths: int, n_errors: int) -> None:
    errors = skewed_errors(n_errors)
    paths = simulate_errors(random_walk(), 2.0, errors, n_paths, np.random.default_rng(1))
    assert paths[:, 0].std() == pytest.approx(2.0, rel=0.03)
    assert paths[:, 0].mean() == pytest.approx(0.0, abs=0.02)
    if n_errors <= n_paths:
        assert skewness(paths[:, 0]) == pytest.approx(skewness(errors), rel=0.1)


def test_bootstrap_sums_independent_errors_with_the_weights() -> None:
    weights = np.array([1.0, 0.5, -0.8])
    prediction = Prediction(np.zeros(3), weights, np.zeros((3, 0)))
    paths = simulate_errors(
        prediction, 1.0, np.random.default_rng(2).normal(size=500), 20_000, np.random.default_rng(3)
    )
    rows = np.array([[1, 0, 0], [0.5, 1, 0], [-0.8, 0.5, 1]])
    np.testing.assert_allclose(np.cov(paths.T), rows @ rows.T, atol=0.04)


def test_what_is_unknown_at_the_origin_widens_bootstrap_and_analytic_alike() -> None:
    prediction = Prediction(np.zeros(3), np.array([1.0, 0.5, 0.2]), np.array([[2.0], [1.0], [0.0]]))
    paths = simulate_errors(
        prediction, 3.0, np.random.default_rng(2).normal(size=500), 20_000, np.random.default_rng(3)
    )
    np.testing.assert_allclose(paths.std(axis=0), 3 * np.sqrt(prediction.relative_variance), rtol=0.03)


def test_long_horizon_by_transform_equals_the_matrix_product(monkeypatch: pytest.MonkeyPatch) -> None:
    errors = skewed_errors()
    by_product = simulate_errors(random_walk(), 1.0, errors, 200, np.random.default_rng(4))
    monkeypatch.setattr("compute.forecast.intervals.LONG_HORIZON", 1)
    by_transform = simulate_errors(random_walk(), 1.0, errors, 200, np.random.default_rng(4))
    np.testing.assert_allclose(by_transform, by_product, atol=1e-10)


@given(
    levels=st.lists(st.integers(1, 99), min_size=2, max_size=5, unique=True).map(sorted),
    method=st.sampled_from(["analytic", "bootstrap"]),
    seed=st.integers(0, 1000),
)
def test_wider_levels_contain_narrower_ones(levels: list[int], method: str, seed: int) -> None:
    bands = bands_of(method, random_walk(), 1.5, skewed_errors(), levels, 200, seed)
    for inner, outer in itertools.pairwise(bands):
        assert np.all(outer.lower <= inner.lower)
        assert np.all(inner.upper <= outer.upper)


@pytest.mark.parametrize("method", ["analytic", "bootstrap"])
def test_bands_contain_the_mean_and_grow_with_the_horizon(method: str) -> None:
    (band,) = bands_of(method, random_walk(), 1.0, np.random.default_rng(5).normal(size=400), [80], 4000)
    assert np.all((band.lower < 5) & (band.upper > 5))
    widths = band.upper - band.lower
    np.testing.assert_allclose(widths, 2 * 1.2816 * np.sqrt(np.arange(1, HORIZON + 1)), rtol=0.08)
    if method == "analytic":
        assert np.all(np.diff(widths) > 0)


def test_skewed_errors_give_lopsided_bands() -> None:
    (band,) = bands_of("bootstrap", random_walk(), 1.0, skewed_errors(), [95], 4000)
    assert band.upper[0] - 5 > 2 * (5 - band.lower[0])


def test_equal_seeds_give_equal_bands_and_others_do_not() -> None:
    one, same, other = (bands_of("bootstrap", random_walk(), 1.0, skewed_errors(), [90], seed=s)[0] for s in (7, 7, 8))
    np.testing.assert_array_equal(one.lower, same.lower)
    assert np.any(one.lower != other.lower)


def test_auto_takes_gaussian_errors_for_gaussian_and_says_when_not() -> None:
    assert choose_method("auto", np.random.default_rng(6).normal(size=500), 1.0) == ("analytic", ())
    method, notes = choose_method("auto", skewed_errors(), 1.0)
    assert method == "bootstrap"
    assert "not Gaussian" in notes[0]


def test_long_series_of_nearly_gaussian_errors_stay_analytic() -> None:
    """Jarque-Bera rejects these at any level, but nobody would see the difference."""
    errors = np.random.default_rng(7).standard_t(30, size=100_000)
    assert choose_method("auto", errors, 1.0)[0] == "analytic"


def test_few_errors_are_not_resampled_unless_asked_for() -> None:
    assert choose_method("auto", skewed_errors(20), 1.0)[0] == "analytic"
    method, notes = choose_method("bootstrap", skewed_errors(20), 1.0)
    assert method == "bootstrap"
    assert "20 errors" in notes[0]


def test_without_a_measured_error_there_are_no_intervals_and_a_reason() -> None:
    method, notes = choose_method("auto", np.zeros(0), np.nan)
    assert method == "none"
    assert notes


def test_more_paths_than_memory_allows_are_refused_with_the_way_out() -> None:
    horizon = MAX_SIMULATED // 100
    with pytest.raises(RequestError, match="at most 100 paths") as caught:
        simulate_errors(random_walk(horizon), 1.0, skewed_errors(), 101, np.random.default_rng(0))
    assert caught.value.problems[0].loc == ("n_bootstrap",)


def test_futures_that_a_model_simulates_itself_give_its_intervals() -> None:
    deviation = np.arange(1.0, HORIZON + 1)

    def simulate(n_paths: int, rng: np.random.Generator, bootstrap: Bootstrap = "iid") -> np.ndarray:
        return deviation * np.exp(rng.standard_normal((n_paths, HORIZON)))

    prediction = SimulatedPrediction(np.zeros(HORIZON), deviation, simulate)
    options = (prediction, 1.0, np.zeros(0), (80,), 20_000, np.random.default_rng(0), ignore_progress)
    (gaussian,) = make_bands("analytic", *options)
    (simulated,) = make_bands("bootstrap", *options)
    np.testing.assert_allclose(gaussian.upper, 1.2816 * deviation, rtol=1e-4)
    np.testing.assert_allclose(simulated.upper, np.exp(1.2816) * deviation, rtol=0.05)
    np.testing.assert_allclose(simulated.lower, np.exp(-1.2816) * deviation, rtol=0.05)
