"""VaR and CVaR against closed forms, quadrature and the definition as a minimum."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import integrate, optimize, stats

from compute.portfolio.risk.tails import (
    compound_windows,
    cornish_fisher_tail,
    gaussian_tail,
    historical_tail,
    simulate,
    simulate_normal,
)
from compute.portfolio.tail_mean import tail_weights
from tests.compute.portfolio.risk.samples import ANY_RETURNS, CONFIDENCES, heavy_returns

Array = NDArray[np.float64]


@settings(max_examples=50)
@given(ANY_RETURNS, CONFIDENCES)
def test_historical_cvar_is_the_minimum_of_rockafellar_and_uryasev(returns: Array, confidence: float) -> None:
    losses = -returns
    # convex and piecewise linear in the threshold: the minimum is at one of the losses
    values = [level + np.maximum(losses - level, 0).mean() / (1 - confidence) for level in losses]
    assert historical_tail(returns, confidence).cvar == pytest.approx(min(values), abs=1e-9)


@settings(max_examples=50)
@given(ANY_RETURNS, CONFIDENCES)
def test_the_mean_of_a_tail_is_no_less_than_its_edge(returns: Array, confidence: float) -> None:
    edge = float(np.quantile(-returns, confidence, method="lower"))
    assert historical_tail(returns, confidence).cvar >= edge - 1e-12


@settings(max_examples=50)
@given(ANY_RETURNS, st.floats(-0.1, 0.1), st.floats(0.1, 5), CONFIDENCES)
def test_tails_move_and_stretch_with_the_returns(returns: Array, shift: float, scale: float, confidence: float) -> None:
    before, after = historical_tail(returns, confidence), historical_tail(scale * returns + shift, confidence)
    assert after.var == pytest.approx(scale * before.var - shift, abs=1e-9)
    assert after.cvar == pytest.approx(scale * before.cvar - shift, abs=1e-9)


def test_the_last_period_of_a_tail_counts_in_part() -> None:
    weights = tail_weights(np.array([1.0, 5.0, 3.0, 4.0, 2.0]), 0.5)
    np.testing.assert_allclose(weights, [0, 0.4, 0.2, 0.4, 0])


@pytest.mark.parametrize("confidence", [0.5, 0.9, 0.95, 0.99, 0.999])
def test_gaussian_tail_is_that_of_scipy(confidence: float) -> None:
    normal = stats.norm(0.001, 0.02)
    tail = gaussian_tail(0.001, 0.02, confidence)
    quantile = normal.ppf(1 - confidence)
    assert tail.var == pytest.approx(-quantile, rel=1e-12)
    assert tail.cvar == pytest.approx(-normal.expect(ub=quantile, conditional=True), rel=1e-9)


@pytest.mark.parametrize(("skew", "kurtosis"), [(0.0, 0.0), (-0.4, 1.5), (0.3, 4.0), (-0.8, 2.0)])
def test_cornish_fisher_cvar_is_the_mean_of_its_quantiles(skew: float, kurtosis: float) -> None:
    def quantile(share: float) -> float:
        z = stats.norm.ppf(share)
        expansion = skew / 6 * (z**2 - 1) + kurtosis / 24 * (z**3 - 3 * z) - skew**2 / 36 * (2 * z**3 - 5 * z)
        return float(0.001 + 0.02 * (z + expansion))

    tail = cornish_fisher_tail(0.001, 0.02, skew, kurtosis, 0.95)
    assert tail is not None
    assert tail.var == pytest.approx(-quantile(0.05), rel=1e-12)
    assert tail.cvar == pytest.approx(-integrate.quad(quantile, 0, 0.05)[0] / 0.05, rel=1e-6)


def test_without_skew_and_kurtosis_the_expansion_is_gaussian() -> None:
    assert cornish_fisher_tail(0.001, 0.02, 0.0, 0.0, 0.95) == gaussian_tail(0.001, 0.02, 0.95)


@settings(max_examples=50)
@given(st.floats(-3, 3), st.floats(-2, 20), CONFIDENCES)
def test_an_expansion_that_is_given_increases_below_its_edge(skew: float, kurtosis: float, confidence: float) -> None:
    assume(cornish_fisher_tail(0.0, 1.0, skew, kurtosis, confidence) is not None)
    z = np.linspace(-8, stats.norm.ppf(1 - confidence), 2000)
    quantiles = z + skew / 6 * (z**2 - 1) + kurtosis / 24 * (z**3 - 3 * z) - skew**2 / 36 * (2 * z**3 - 5 * z)
    assert (np.diff(quantiles) > 0).all()


def test_an_expansion_that_turns_back_is_refused() -> None:
    assert cornish_fisher_tail(0.0, 0.02, -3.0, 1.0, 0.95) is None


@settings(max_examples=50)
@given(ANY_RETURNS, st.integers(1, 10))
def test_windows_compound(returns: Array, periods: int) -> None:
    assume(periods <= returns.size)
    plain = [np.prod(1 + returns[at : at + periods]) - 1 for at in range(returns.size - periods + 1)]
    np.testing.assert_allclose(compound_windows(returns, periods), plain, atol=1e-12)


def test_windows_compound_over_a_total_loss() -> None:
    np.testing.assert_allclose(compound_windows(np.array([0.1, -1.0, 0.5, 0.2]), 2), [-1.0, -1.0, 0.8])


def test_one_seed_gives_one_simulation() -> None:
    returns = heavy_returns()
    again = [simulate(returns, 5, 3000, 11) for _ in range(2)]
    np.testing.assert_array_equal(*again)
    assert (again[0] != simulate(returns, 5, 3000, 12)).any()


@pytest.mark.parametrize("is_normal", [False, True])
def test_simulated_tails_near_what_they_are_drawn_from(is_normal: bool) -> None:
    returns = heavy_returns()
    exact = gaussian_tail(returns.mean(), returns.std(ddof=1), 0.95) if is_normal else historical_tail(returns, 0.95)
    moments = (float(returns.mean()), float(returns.std(ddof=1)))
    drawn = simulate_normal(*moments, 1, 200_000, 0) if is_normal else simulate(returns, 1, 200_000, 0)
    found = historical_tail(drawn, 0.95)
    assert found.var == pytest.approx(exact.var, rel=0.03)
    assert found.cvar == pytest.approx(exact.cvar, rel=0.03)


def test_simulated_horizons_compound() -> None:
    returns = heavy_returns()
    made = simulate(returns, 10, 200_000, 0)
    assert made.mean() == pytest.approx((1 + returns.mean()) ** 10 - 1, abs=4 * made.std() / np.sqrt(made.size))


def test_the_threshold_that_minimises_is_the_historical_var() -> None:
    returns = heavy_returns(length=1001)

    def value(level: float) -> float:
        return float(level + np.maximum(-returns - level, 0).mean() / 0.05)

    best = optimize.minimize_scalar(value, bounds=(0.0, 0.2), method="bounded", options={"xatol": 1e-10})
    assert historical_tail(returns, 0.95).var == pytest.approx(best.x, abs=1e-3)
