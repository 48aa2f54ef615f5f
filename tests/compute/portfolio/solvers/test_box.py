"""Minimum variance and utility over bounds: exact on every kind of problem, proved without the solver."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compute.portfolio.limits import Limits
from compute.portfolio.solution import InfeasibleError
from compute.portfolio.solvers.box import solve_box
from compute.portfolio.solvers.factor_start import factor_start
from compute.portfolio.solvers.greedy import best_vertex, linear_gap
from compute.portfolio.solvers.mean_variance import (
    MANY,
    maximum_return,
    minimum_variance,
    minimum_variance_of_returns,
    utility,
)
from compute.portfolio.solvers.quadratic import Dense, OfReturns
from tests.compute.portfolio.solvers.problems import KINDS, problem

BOXES = ("long", "capped", "short", "ragged", "neutral")


@pytest.mark.parametrize("kind", KINDS)
def test_minimum_variance_satisfies_the_conditions_of_optimality(kind: str) -> None:
    for seed, box in itertools.product(range(3), BOXES):
        given_ = problem(seed, kind, box)
        solution = minimum_variance(given_.sigma, given_.limits)
        w, limits = solution.weights, given_.limits
        scale = float(np.diagonal(given_.sigma).max())
        gradient = given_.sigma @ w
        sell, buy = gradient[w > limits.lower], gradient[w < limits.upper]
        assert solution.certificate.violation <= 1e-12
        assert (sell.max(initial=-np.inf) - buy.min(initial=np.inf)) <= 1e-12 * scale
        assert solution.objective == pytest.approx(w @ given_.sigma @ w, rel=1e-12, abs=1e-14 * scale)


@pytest.mark.parametrize("kind", KINDS)
def test_utility_is_proved_to_a_billionth(kind: str) -> None:
    for (seed, aversion), box in itertools.product(enumerate((0.3, 3.0, 30.0)), BOXES):
        given_ = problem(seed, kind, box)
        proof = utility(given_.mu, given_.sigma, aversion, given_.limits).certificate
        assert proof.status == "optimal"
        assert proof.duality_gap <= 1e-7 if kind in ("few periods", "cash") else proof.duality_gap <= 1e-9
        assert proof.violation <= 1e-12


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10_000), share=st.floats(0, 1))
def test_no_other_portfolio_has_less_variance(seed: int, share: float) -> None:
    given_ = problem(seed, KINDS[seed % len(KINDS)], BOXES[seed % len(BOXES)])
    best = minimum_variance(given_.sigma, given_.limits)
    other = best_vertex(np.random.default_rng(seed).normal(size=given_.limits.n), given_.limits)
    mixed = share * best.weights + (1 - share) * other
    assert mixed @ given_.sigma @ mixed >= best.objective * (1 - 1e-10) - 1e-14 * np.diagonal(given_.sigma).max()


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_the_start_does_not_change_the_answer(seed: int) -> None:
    given_ = problem(seed, "ordinary", "capped")
    first = minimum_variance(given_.sigma, given_.limits)
    start = np.random.default_rng(seed).dirichlet(np.ones(given_.limits.n))
    again = minimum_variance(given_.sigma, given_.limits, start=start)
    np.testing.assert_allclose(again.weights, first.weights, atol=1e-12)


def test_two_assets_match_the_closed_form() -> None:
    sigma = np.array([[0.04, 0.006], [0.006, 0.01]])
    expected = (sigma[1, 1] - sigma[0, 1]) / (sigma[0, 0] + sigma[1, 1] - 2 * sigma[0, 1])
    assert minimum_variance(sigma, Limits.box(2)).weights[0] == pytest.approx(expected, rel=1e-14)


def test_caps_that_just_sum_to_one_leave_a_single_portfolio() -> None:
    given_ = problem(1, n=20)
    solution = minimum_variance(given_.sigma, Limits.box(20, 0.0, 0.05))
    np.testing.assert_allclose(solution.weights, 0.05, rtol=1e-14)


def test_one_asset_takes_everything() -> None:
    assert minimum_variance(np.array([[0.04]]), Limits.box(1)).weights.tolist() == [1.0]


def test_many_assets_are_solved_without_the_first_guess_of_small_problems() -> None:
    given_ = problem(3, "one factor", "long", n=150)
    assert minimum_variance(given_.sigma, given_.limits).certificate.duality_gap <= 1e-12


def test_a_dense_optimum_is_exact_too() -> None:
    rng = np.random.default_rng(5)
    sigma = np.diag(rng.uniform(0.5, 2.0, 120))
    weights = minimum_variance(sigma, Limits.box(120)).weights
    expected = 1 / np.diagonal(sigma)
    np.testing.assert_allclose(weights, expected / expected.sum(), rtol=1e-12)


def test_binding_bounds_are_named_with_what_they_cost() -> None:
    given_ = problem(2, "ordinary", "capped")
    solution = minimum_variance(given_.sigma, given_.limits)
    first = solution.certificate.binding[0]
    asset = int(first.name.split()[1]) - 1
    step = 1e-6
    lower, upper = given_.limits.lower.copy(), given_.limits.upper.copy()
    if " most " in first.name:
        upper[asset] += step
    else:
        lower[asset] -= step
    looser = minimum_variance(given_.sigma, given_.limits.within(lower, upper))
    assert (solution.objective - looser.objective) / step == pytest.approx(first.multiplier, rel=1e-4)


def test_maximum_return_breaks_ties_by_variance() -> None:
    given_ = problem(4, "equal returns", "capped")
    solution = maximum_return(given_.mu, given_.limits, given_.sigma)
    least = minimum_variance(given_.sigma, given_.limits)
    assert solution.weights @ given_.sigma @ solution.weights == pytest.approx(least.objective, rel=1e-12)


@pytest.mark.parametrize(
    ("limits", "words"),
    [
        (Limits.box(2, 0.0, 0.3), ("2 assets at most 0.3 each", "0.5")),
        (Limits.box(3, 0.5, 1.0), ("3 assets at least 0.5 each", "0.333333")),
        (Limits(np.array([0.4, 0.0]), np.array([0.2, 1.0])), ("asset 1", "at least 0.4")),
    ],
)
def test_bounds_that_cannot_hold_are_named_with_a_way_out(limits: Limits, words: tuple[str, str]) -> None:
    with pytest.raises(InfeasibleError) as caught:
        minimum_variance(np.eye(limits.n), limits)
    said = caught.value.conflict.message + caught.value.conflict.nearest
    assert all(word.lower() in said.lower() for word in words)


def test_shapes_that_do_not_fit_are_a_mistake_of_the_caller() -> None:
    with pytest.raises(ValueError, match="shape"):
        minimum_variance(np.eye(3), Limits.box(2))


def test_a_box_solver_stays_within_its_box_from_any_start() -> None:
    given_ = problem(7, "few periods", "short")
    point = solve_box(given_.sigma, given_.mu, given_.limits, np.full(given_.limits.n, 9.0))
    assert (point.weights >= given_.limits.lower).all()
    assert (point.weights <= given_.limits.upper).all()
    assert point.weights.sum() == pytest.approx(1.0, abs=1e-12)


@pytest.mark.parametrize("box", BOXES)
@pytest.mark.parametrize("kind", ["ordinary", "cash", "duplicates", "one factor"])
def test_large_problems_begin_within_bounds_and_sum_and_end_at_the_optimum(kind: str, box: str) -> None:
    given_ = problem(6, kind, box, n=90)
    start = factor_start(Dense(given_.sigma), given_.mu, given_.limits)
    assert (start >= given_.limits.lower).all()
    assert (start <= given_.limits.upper).all()
    assert start.sum() == pytest.approx(given_.limits.net, abs=1e-9)
    point = solve_box(given_.sigma, given_.mu, given_.limits)
    gap = linear_gap(given_.sigma @ point.weights - given_.mu, point.weights, given_.limits)
    assert gap <= 1e-10 * float(np.diagonal(given_.sigma).max())


@pytest.mark.parametrize("kind", KINDS)
def test_a_covariance_that_is_never_formed_has_the_same_optimum(kind: str) -> None:
    for box in BOXES:
        given_ = problem(8, kind, box, n=70)
        point = solve_box(OfReturns(given_.returns), given_.mu, given_.limits)
        gap = linear_gap(given_.sigma @ point.weights - given_.mu, point.weights, given_.limits)
        assert gap <= 1e-10 * float(np.diagonal(given_.sigma).max()), box
        assert point.weights.sum() == pytest.approx(given_.limits.net, abs=1e-12)


def test_many_assets_are_solved_from_their_returns_to_the_same_proof() -> None:
    given_ = problem(9, "one factor", "capped", n=MANY)
    formed = minimum_variance(given_.sigma, given_.limits)
    direct = minimum_variance_of_returns(given_.returns, given_.limits)
    assert direct.objective == pytest.approx(formed.objective, rel=1e-13)
    assert direct.certificate.duality_gap <= 1e-12
    assert direct.certificate.binding[0].name == formed.certificate.binding[0].name
    with pytest.raises(ValueError, match="NaN"):
        minimum_variance_of_returns(np.full((3, MANY), np.nan), given_.limits)


def test_returns_far_from_zero_lose_no_digits() -> None:
    given_ = problem(10, "ordinary", "long", n=80)
    moved = OfReturns(given_.returns + 100.0)
    weights = np.random.default_rng(0).dirichlet(np.ones(80)) * (np.arange(80) < 20)
    np.testing.assert_allclose(moved.times(weights), given_.sigma @ weights, rtol=1e-9)
    np.testing.assert_allclose(moved.variances, np.diagonal(given_.sigma), rtol=1e-9)
    np.testing.assert_allclose(moved.average, given_.sigma.mean(axis=0), rtol=1e-8, atol=1e-10)
