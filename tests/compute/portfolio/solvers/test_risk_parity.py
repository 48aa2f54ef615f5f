"""Risk shares, rules of thumb and trees: what each of them promises."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compute.portfolio.limits import Limits
from compute.portfolio.solution import InfeasibleError, UndefinedError
from compute.portfolio.solvers.hierarchical import hierarchical_equal_risk, hierarchical_risk_parity
from compute.portfolio.solvers.risk_parity import risk_parity
from compute.portfolio.solvers.simple import equal_weight, inverse_volatility
from tests.compute.portfolio.solvers.problems import Array, problem


def shares(weights: Array, sigma: Array) -> Array:
    """Return each asset's share of the variance."""
    parts = weights * (sigma @ weights)
    return parts / parts.sum()


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 10_000), n=st.integers(2, 40))
def test_every_asset_carries_its_budget(seed: int, n: int) -> None:
    sigma = problem(seed, "one factor", n=n).sigma
    budgets = np.random.default_rng(seed).dirichlet(np.ones(n))
    solution = risk_parity(sigma, budgets, Limits.box(n))
    np.testing.assert_allclose(shares(solution.weights, sigma), budgets, atol=1e-12)
    assert solution.weights.sum() == pytest.approx(1.0, abs=1e-13)


def test_many_assets_by_conjugate_gradients_are_as_exact() -> None:
    sigma = problem(1, "one factor", n=300).sigma
    assert risk_parity(sigma, None, Limits.box(300)).certificate.duality_gap <= 1e-12


def test_two_assets_share_risk_by_inverse_volatility() -> None:
    sigma = np.array([[0.04, 0.01], [0.01, 0.09]])
    np.testing.assert_allclose(risk_parity(sigma, None, Limits.box(2)).weights, [0.6, 0.4], rtol=1e-13)


def test_an_asset_without_budget_is_left_out() -> None:
    sigma = problem(2, n=5).sigma
    weights = risk_parity(sigma, np.array([1.0, 1, 0, 1, 1]), Limits.box(5)).weights
    assert weights[2] == 0
    np.testing.assert_allclose(shares(weights, sigma)[[0, 1, 3, 4]], 0.25, atol=1e-12)


@pytest.mark.parametrize("seed", range(6))
def test_within_bounds_the_others_share_what_is_left(seed: int) -> None:
    sigma = problem(seed, n=15).sigma
    free = risk_parity(sigma, None, Limits.box(15)).weights
    limits = Limits.box(15, float(np.quantile(free, 0.2)), float(np.quantile(free, 0.8)))
    solution = risk_parity(sigma, None, limits)
    assert solution.certificate.violation <= 1e-12
    assert solution.certificate.duality_gap <= 1e-11
    inside = (solution.weights > limits.lower) & (solution.weights < limits.upper)
    assert np.ptp(shares(solution.weights, sigma)[inside]) <= 1e-11
    assert len(solution.certificate.binding) == 15 - inside.sum()


def test_an_asset_without_risk_cannot_carry_any() -> None:
    with pytest.raises(UndefinedError, match="asset 2 has no risk"):
        risk_parity(np.diag([1.0, 0.0]), None, Limits.box(2))


@pytest.mark.parametrize("share", [0.5, 0.3])
def test_assets_that_hedge_each_other_wholly_have_no_risk_to_share(share: float) -> None:
    sigma = np.array([[1.0, -share / (1 - share)], [-share / (1 - share), (share / (1 - share)) ** 2]])
    with pytest.raises(UndefinedError, match="no risk"):
        risk_parity(sigma, None, Limits.box(2))


def test_least_weights_that_make_assets_hedge_each_other_leave_no_risk_parity() -> None:
    loadings = np.array([0.05, -1.0, 0.3])
    sigma = np.outer(loadings, loadings) + 1e-6 * np.eye(3)
    with pytest.raises(UndefinedError, match="hedge each other"):
        risk_parity(sigma, None, Limits.box(3, 0.1, 5.0, net=0.5))


def test_a_portfolio_that_sums_to_nothing_has_no_risk_parity() -> None:
    with pytest.raises(InfeasibleError, match="holds every asset long"):
        risk_parity(np.eye(2), None, Limits.box(2, -1.0, 1.0, net=0.0))


def test_inverse_volatility_is_what_it_says() -> None:
    weights = inverse_volatility(np.diag([1.0, 4.0, 16.0]), Limits.box(3)).weights
    np.testing.assert_allclose(weights, np.array([4, 2, 1]) / 7, rtol=1e-14)


def test_rules_that_break_a_limit_are_moved_no_further_than_needed() -> None:
    limits = Limits.box(3, 0.0, 0.5)
    solution = inverse_volatility(np.diag([1.0, 4.0, 16.0]), limits)
    np.testing.assert_allclose(
        solution.weights, [0.5, 2 / 7 + (4 / 7 - 0.5) / 2, 1 / 7 + (4 / 7 - 0.5) / 2], rtol=1e-12
    )
    assert "moved" in solution.certificate.method
    assert equal_weight(limits).certificate.method == "equal weights"


def test_two_blocks_are_found_and_halved_by_risk() -> None:
    block = np.full((2, 2), 0.9) + 0.1 * np.eye(2)
    sigma = np.kron(np.diag([1.0, 4.0]), block)[np.ix_([0, 2, 1, 3], [0, 2, 1, 3])]
    for rule in (hierarchical_risk_parity, hierarchical_equal_risk):
        weights = rule(sigma, Limits.box(4)).weights
        np.testing.assert_allclose(weights, [0.4, 0.1, 0.4, 0.1], rtol=1e-12)


@pytest.mark.parametrize("rule", [hierarchical_risk_parity, hierarchical_equal_risk])
@pytest.mark.parametrize("n", [1, 2, 3, 17])
def test_trees_give_long_weights_that_sum_to_one(rule: type, n: int) -> None:
    weights = rule(problem(3, n=n).sigma, Limits.box(n)).weights
    assert (weights > 0).all()
    assert weights.sum() == pytest.approx(1.0, abs=1e-12)


def test_the_order_of_the_assets_does_not_matter_to_a_tree() -> None:
    sigma = problem(4, n=12).sigma
    order = np.random.default_rng(0).permutation(12)
    there = hierarchical_equal_risk(sigma, Limits.box(12), clusters=4).weights
    back = hierarchical_equal_risk(sigma[np.ix_(order, order)], Limits.box(12), clusters=4).weights
    np.testing.assert_allclose(back, there[order], rtol=1e-10)
