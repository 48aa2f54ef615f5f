"""The critical line, what is looked up on it, and the largest Sharpe ratio: each against the other."""

import itertools

import numpy as np
import pytest

from compute.portfolio.limits import Limits
from compute.portfolio.solution import InfeasibleError, UndefinedError
from compute.portfolio.solvers.critical_line import critical_line
from compute.portfolio.solvers.mean_variance import maximum_return, minimum_variance, utility
from compute.portfolio.solvers.sharpe import maximum_diversification, maximum_sharpe
from compute.portfolio.solvers.targets import target_return, target_volatility
from tests.compute.portfolio.solvers.problems import KINDS, problem

BOXES = ("long", "capped", "short", "ragged", "neutral")


@pytest.mark.parametrize("kind", KINDS)
def test_every_corner_is_efficient(kind: str) -> None:
    for seed, box in itertools.product(range(2), BOXES):
        given_ = problem(seed, kind, box)
        frontier = critical_line(given_.mu, given_.sigma, given_.limits)
        scale = float(np.diagonal(given_.sigma).max())
        assert frontier.certificate.violation <= 1e-12
        assert frontier.certificate.duality_gap <= 1e-6
        least = minimum_variance(given_.sigma, given_.limits).objective
        assert frontier.variances[0] == pytest.approx(least, rel=1e-10, abs=1e-12 * scale)
        assert frontier.returns[-1] == pytest.approx(maximum_return(given_.mu, given_.limits).objective, abs=1e-12)
        assert (np.diff(frontier.returns) >= 0).all()


@pytest.mark.parametrize("box", BOXES)
def test_between_corners_portfolios_are_those_of_a_utility(box: str) -> None:
    given_ = problem(11, "ordinary", box)
    frontier = critical_line(given_.mu, given_.sigma, given_.limits)
    for low, high in itertools.pairwise(frontier.thetas[:-1]):
        theta = (low + high) / 2
        wanted = utility(given_.mu, given_.sigma, 1 / theta, given_.limits).weights
        found = frontier.at_return(float(given_.mu @ wanted))
        np.testing.assert_allclose(found, wanted, atol=1e-10)


def test_a_volatility_is_met_exactly_and_its_portfolio_earns_most() -> None:
    given_ = problem(12)
    frontier = critical_line(given_.mu, given_.sigma, given_.limits)
    for share in (0.1, 0.5, 0.9):
        volatility = (1 - share) * frontier.volatilities[0] + share * frontier.volatilities[-1]
        solution = target_volatility(given_.mu, given_.sigma, float(volatility), given_.limits)
        w = solution.weights
        assert np.sqrt(w @ given_.sigma @ w) == pytest.approx(volatility, rel=1e-12)
        back = target_return(given_.mu, given_.sigma, solution.objective, given_.limits)
        np.testing.assert_allclose(back.weights, w, atol=1e-9)
        assert back.certificate.duality_gap <= 1e-9


def test_samples_are_spread_evenly_over_the_returns() -> None:
    given_ = problem(13)
    frontier = critical_line(given_.mu, given_.sigma, given_.limits)
    earned = frontier.sample(20) @ given_.mu
    np.testing.assert_allclose(np.diff(earned), np.diff(earned).mean(), rtol=1e-9)


@pytest.mark.parametrize(("kind", "box"), itertools.product(KINDS, ("long", "capped", "ragged")))
def test_two_ways_to_the_largest_sharpe_ratio_agree(kind: str, box: str) -> None:
    for seed in range(3):
        given_ = problem(seed, kind, box)
        frontier = critical_line(given_.mu, given_.sigma, given_.limits)
        try:
            solution = maximum_sharpe(given_.mu, given_.sigma, 0.0, given_.limits)
        except UndefinedError:
            assert frontier.returns[-1] <= 1e-12 or frontier.variances[0] <= 1e-10 * np.diagonal(given_.sigma).max()
            continue
        w = frontier.maximum_sharpe()
        assert solution.objective == pytest.approx(given_.mu @ w / np.sqrt(w @ given_.sigma @ w), rel=1e-9)
        assert solution.certificate.duality_gap <= 1e-9
        assert solution.certificate.violation <= 1e-12


def test_the_unbounded_tangency_portfolio_has_its_closed_form() -> None:
    given_ = problem(14, n=6)
    mu = np.abs(given_.mu) + 0.1
    tangent = np.linalg.solve(given_.sigma, mu - 0.01)
    tangent /= tangent.sum()
    solution = maximum_sharpe(mu, given_.sigma, 0.01, Limits.box(6, -10.0, 10.0))
    np.testing.assert_allclose(solution.weights, tangent, atol=1e-9)


def test_nothing_above_the_risk_free_rate_is_said_with_a_way_out() -> None:
    given_ = problem(15)
    with pytest.raises(UndefinedError, match="No feasible portfolio above the risk-free rate") as caught:
        maximum_sharpe(given_.mu, given_.sigma, 10.0, given_.limits)
    assert "risk-free rate below" in caught.value.conflict.nearest


def test_profit_without_risk_has_no_ratio() -> None:
    with pytest.raises(UndefinedError, match="without any risk"):
        maximum_sharpe(np.array([0.01, 0.02]), np.diag([0.0, 0.04]), 0.0, Limits.box(2))


def test_cash_at_the_risk_free_rate_leaves_the_ratio_defined() -> None:
    solution = maximum_sharpe(np.array([0.01, 0.02]), np.diag([0.0, 0.04]), 0.01, Limits.box(2))
    assert solution.objective == pytest.approx(0.05, rel=1e-12)


def test_uncorrelated_assets_are_most_diversified_by_inverse_volatility() -> None:
    deviations = np.array([0.1, 0.2, 0.4])
    solution = maximum_diversification(np.diag(deviations**2), Limits.box(3))
    np.testing.assert_allclose(solution.weights, (1 / deviations) / (1 / deviations).sum(), rtol=1e-12)
    assert solution.objective == pytest.approx(np.sqrt(3))


@pytest.mark.parametrize("share", [-0.1, 1.1])
def test_targets_out_of_reach_are_refused_with_what_is_possible(share: float) -> None:
    given_ = problem(16)
    frontier = critical_line(given_.mu, given_.sigma, given_.limits)
    if share > 1:
        with pytest.raises(InfeasibleError, match="the best earns"):
            frontier.at_return(float(frontier.returns[-1]) + 0.1)
    else:
        with pytest.raises(InfeasibleError, match="the calmest has"):
            frontier.at_volatility(float(frontier.volatilities[0]) * 0.9)


@pytest.mark.parametrize("seed", range(8))
def test_the_least_volatility_is_met_by_the_calmest_portfolio(seed: int) -> None:
    given_ = problem(seed)
    frontier = critical_line(given_.mu, given_.sigma, given_.limits)
    calm = frontier.at_volatility(float(frontier.volatilities[0]))
    assert calm @ given_.sigma @ calm <= frontier.variances[0] * (1 + 1e-9)
