"""Ratios and drawdowns against scipy, plain loops and properties."""

import numpy as np
import pytest
from hypothesis import given
from numpy.typing import NDArray
from scipy import stats

from compute.portfolio.risk.drawdowns import drawdowns_of, episodes_of, ulcer_index
from compute.portfolio.risk.performance import (
    PERFORMANCE_DEFINITIONS,
    RELATIVE_DEFINITIONS,
    Performance,
    Relative,
    performance_of,
    relative_to,
)
from tests.compute.portfolio.risk.samples import ANY_RETURNS, heavy_returns, market_returns

Array = NDArray[np.float64]


def test_every_figure_has_its_definition() -> None:
    assert set(PERFORMANCE_DEFINITIONS) == set(Performance.model_fields)
    assert set(RELATIVE_DEFINITIONS) == set(Relative.model_fields)


def test_figures_are_those_of_plain_formulas() -> None:
    returns, floor = heavy_returns(), 0.02 / 252
    made = performance_of(returns, 0.02, 252)
    below = np.array([min(each - floor, 0.0) for each in returns])
    assert made.volatility == pytest.approx(np.std(returns, ddof=1) * 252**0.5)
    assert made.sharpe == pytest.approx((returns.mean() * 252 - 0.02) / made.volatility)
    assert made.sortino == pytest.approx((returns.mean() * 252 - 0.02) / np.sqrt((below**2).mean() * 252))
    assert made.omega == pytest.approx(np.maximum(returns - floor, 0).sum() / -below.sum())
    assert made.skew == pytest.approx(stats.skew(returns))
    assert made.kurtosis == pytest.approx(stats.kurtosis(returns))
    assert made.annual_return == pytest.approx(np.prod(1 + returns) ** (252 / returns.size) - 1)
    assert made.calmar == pytest.approx(made.annual_return / made.max_drawdown)


@given(ANY_RETURNS)
def test_figures_of_any_returns_are_numbers_within_their_range(returns: Array) -> None:
    made = performance_of(returns, 0.02, 252)  # the record refuses NaN and infinity
    assert 0 <= made.average_drawdown <= made.ulcer_index + 1e-12 <= made.max_drawdown + 2e-12 <= 1 + 2e-12
    assert made.worst_period <= made.best_period
    assert made.total_return >= -1


@given(ANY_RETURNS)
def test_drawdowns_are_those_of_a_loop(returns: Array) -> None:
    wealth, peak, plain = 1.0, 1.0, []
    for each in returns:
        wealth *= 1 + each
        peak = max(peak, wealth)
        plain.append(1 - wealth / peak)
    np.testing.assert_allclose(drawdowns_of(returns), plain, atol=1e-12)


@given(ANY_RETURNS)
def test_episodes_hold_every_fall_once(returns: Array) -> None:
    falls = drawdowns_of(returns)
    episodes = episodes_of(falls)
    held = np.zeros(falls.size, dtype=int)
    for episode in episodes:
        last = falls.size if episode.end is None else episode.end
        held[episode.start + 1 : last] += 1
        assert episode.start < episode.trough < last
        assert episode.depth == falls[episode.start + 1 : last].max() == falls[episode.trough]
        assert episode.end is None or falls[episode.end] == 0
    np.testing.assert_array_equal(held, falls > 0)
    assert max((episode.depth for episode in episodes), default=0.0) == falls.max()


def test_a_fall_made_good_and_one_that_is_not() -> None:
    recovered, under = episodes_of(drawdowns_of(np.array([-0.5, 0.0, 1.0, 0.1, -0.1])))
    assert (recovered.start, recovered.trough, recovered.end, recovered.length) == (-1, 0, 2, 3)
    assert recovered.depth == pytest.approx(0.5)
    assert (under.start, under.trough, under.end, under.length) == (3, 4, None, 1)
    assert ulcer_index(np.array([0.3, 0.4])) == pytest.approx(np.sqrt(0.125))


def test_what_is_lost_entirely_stays_lost() -> None:
    made = performance_of(np.array([0.1, -1.5, 0.2]), 0.0, 252)
    assert (made.total_return, made.annual_return, made.max_drawdown) == (-1.0, -1.0, 1.0)


def test_a_constant_return_has_no_ratio_to_risk() -> None:
    made = performance_of(np.full(50, 0.001), 0.0, 252)
    assert (made.sharpe, made.sortino, made.calmar, made.omega, made.skew) == (None,) * 5
    assert relative_to(heavy_returns(length=50), np.full(50, 0.001), 0.0, 252).beta is None


def test_a_portfolio_against_itself_has_beta_one_and_no_alpha() -> None:
    returns = heavy_returns()
    made = relative_to(returns, returns, 0.03, 252)
    assert made.beta == pytest.approx(1)
    assert made.alpha == pytest.approx(0, abs=1e-12)
    assert (made.tracking_error, made.information_ratio) == (0.0, None)
    assert made.benchmark_correlation == pytest.approx(1)


def test_beta_and_alpha_are_slope_and_intercept() -> None:
    table = market_returns()
    line = stats.linregress(table[:, 1], table[:, 0])
    made = relative_to(table[:, 0], table[:, 1], 0.0, 252)
    assert made.beta == pytest.approx(line.slope)
    assert made.alpha == pytest.approx(line.intercept * 252)
    assert made.benchmark_correlation == pytest.approx(line.rvalue)
    apart = table[:, 0] - table[:, 1]
    assert made.tracking_error == pytest.approx(apart.std(ddof=1) * 252**0.5)
    assert made.information_ratio == pytest.approx(apart.mean() / apart.std(ddof=1) * 252**0.5)


def test_leverage_of_the_benchmark_is_its_beta() -> None:
    benchmark = market_returns()[:, 0]
    made = relative_to(1.5 * benchmark, benchmark, 0.0, 252)
    assert made.beta == pytest.approx(1.5)
    assert made.alpha == pytest.approx(0, abs=1e-12)
