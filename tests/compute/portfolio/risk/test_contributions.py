"""Contributions and stress: they sum to the whole, and answer to finite differences and closed forms."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from compute.portfolio.risk.contributions import tail_contributions, volatility_contributions
from compute.portfolio.risk.rolling import rolling_beta, rolling_moments
from compute.portfolio.risk.stress import spread_shock, volatility_at_correlation, worst_windows
from compute.portfolio.risk.tails import historical_tail
from tests.compute.portfolio.risk.samples import ANY_RETURNS, heavy_returns, market_returns

Array = NDArray[np.float64]

TABLE = market_returns()
SIGMA = np.cov(TABLE.T)
ANY_WEIGHTS = st.lists(st.floats(-1, 1), min_size=4, max_size=4).map(np.array)


@given(ANY_WEIGHTS)
def test_components_sum_to_the_volatility(weights: Array) -> None:
    made = volatility_contributions(weights, SIGMA)
    assert made.component.sum() == pytest.approx(made.total, abs=1e-12)
    assert made.percent.sum() == pytest.approx(1 if made.total > 0 else 0)
    assert made.total == pytest.approx(np.sqrt(weights @ SIGMA @ weights), abs=1e-9)


@given(ANY_WEIGHTS, st.floats(0.5, 0.99))
def test_components_sum_to_the_mean_of_the_tail(weights: Array, confidence: float) -> None:
    made = tail_contributions(weights, TABLE, confidence)
    assert made.component.sum() == pytest.approx(historical_tail(TABLE @ weights, confidence).cvar, abs=1e-12)


def test_marginals_are_derivatives() -> None:
    weights, step = np.array([0.4, 0.3, 0.2, 0.1]), 1e-6
    for made, measure in (
        (volatility_contributions(weights, SIGMA), lambda w: np.sqrt(w @ SIGMA @ w)),
        (tail_contributions(weights, TABLE, 0.95), lambda w: historical_tail(TABLE @ w, 0.95).cvar),
    ):
        slopes = [(measure(weights + step * e) - measure(weights - step * e)) / (2 * step) for e in np.eye(4)]
        np.testing.assert_allclose(made.marginal, slopes, rtol=1e-6)


def test_a_portfolio_without_risk_has_no_shares() -> None:
    assert not volatility_contributions(np.ones(2), np.zeros((2, 2))).percent.any()


@given(ANY_RETURNS, st.integers(1, 8), st.integers(1, 4))
def test_worst_windows_do_not_overlap_and_come_worst_first(returns: Array, length: int, count: int) -> None:
    found = worst_windows(returns, length, count)
    rows = [row for window in found for row in range(window.first, window.last + 1)]
    assert len(rows) == len(set(rows)) == length * len(found)
    assert [each.portfolio_return for each in found] == sorted(each.portfolio_return for each in found)
    for window in found:
        plain = np.prod(1 + returns[window.first : window.last + 1]) - 1
        assert window.portfolio_return == pytest.approx(plain, abs=1e-12)


def test_a_shock_spreads_by_beta() -> None:
    spread = spread_shock({1: -0.2}, SIGMA)
    np.testing.assert_allclose(spread, -0.2 * SIGMA[:, 1] / SIGMA[1, 1])
    assert spread_shock({0: -0.1, 3: 0.05}, SIGMA)[[0, 3]].tolist() == [-0.1, 0.05]


def test_correlations_of_one_add_up_volatilities() -> None:
    weights = np.array([0.4, 0.3, 0.2, 0.1])
    assert volatility_at_correlation(weights, SIGMA, 1.0) == pytest.approx(weights @ np.sqrt(np.diag(SIGMA)))
    assert volatility_at_correlation(weights, SIGMA, 0.0) == pytest.approx(np.sqrt(weights @ SIGMA @ weights))


def test_rolling_figures_are_those_of_each_window() -> None:
    returns, benchmark = heavy_returns(length=80), heavy_returns(seed=9, length=80)
    means, deviations = rolling_moments(returns, 20)
    slopes = rolling_beta(returns, benchmark, 20)
    assert means.size == deviations.size == slopes.size == 61
    for at in (0, 30, 60):
        own, other = returns[at : at + 20], benchmark[at : at + 20]
        assert means[at] == pytest.approx(own.mean())
        assert deviations[at] == pytest.approx(own.std(ddof=1))
        assert slopes[at] == pytest.approx(np.cov(own, other)[0, 1] / other.var(ddof=1))
