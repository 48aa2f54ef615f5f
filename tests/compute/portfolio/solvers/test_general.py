"""Limits beyond bounds: exact to rounding, proved, and explained where they cannot be met."""

import itertools
from dataclasses import replace

import numpy as np
import pytest
from scipy.optimize import LinearConstraint, NonlinearConstraint, minimize

from compute.portfolio.limits import Limits
from compute.portfolio.solution import InfeasibleError, UndefinedError
from compute.portfolio.solvers.general import exceeded
from compute.portfolio.solvers.mean_variance import maximum_return, minimum_variance, utility
from compute.portfolio.solvers.sharpe import maximum_sharpe
from compute.portfolio.solvers.targets import target_return, target_volatility
from tests.compute.portfolio.solvers.problems import KINDS, Problem, problem

N = 12
LIMITS = ("groups", "turnover", "gross", "volatility", "tracking error", "all")


def limited(seed: int, kind: str) -> tuple[Problem, Limits]:
    """Return a problem of twelve assets and limits that bind but can be met."""
    given = problem(seed, n=N)
    rng = np.random.default_rng(seed)
    groups = np.kron(np.eye(3), np.ones(N // 3))
    base = Limits.box(N, -0.1 if kind in ("gross", "all") else 0.0, 0.3)
    least = np.sqrt(minimum_variance(given.sigma, base).objective)
    parts: dict[str, dict[str, object]] = {
        "groups": {"rows": groups, "row_lower": np.array([0.2, 0.2, 0.1]), "row_upper": np.array([0.3, 0.5, 0.4])},
        "turnover": {"previous": np.full(N, 1 / N), "max_turnover": 0.5},
        "gross": {"gross": 1.15},
        "volatility": {"max_volatility": 1.2 * least},
        "tracking error": {"benchmark": rng.dirichlet(np.full(N, 5.0)), "max_tracking_error": 0.7 * least},
    }
    chosen = parts if kind == "all" else {kind: parts[kind]}
    if kind == "all":
        chosen = {name: part for name, part in parts.items() if name != "tracking error"}
    return given, replace(base, **{key: value for part in chosen.values() for key, value in part.items()})  # type: ignore[arg-type]


@pytest.mark.parametrize(("kind", "seed"), itertools.product(LIMITS, range(3)))
def test_utility_within_limits_is_proved_and_keeps_them(kind: str, seed: int) -> None:
    given, limits = limited(seed, kind)
    for aversion in (0.2, 2.0, 20.0):
        proof = utility(given.mu, given.sigma, aversion, limits).certificate
        assert proof.duality_gap <= 1e-9
        assert proof.violation <= 1e-12
    least = minimum_variance(given.sigma, limits)
    assert least.certificate.duality_gap <= 1e-9
    assert exceeded(least.weights, given.sigma, limits) <= 1e-12


@pytest.mark.parametrize(("kind", "seed"), itertools.product(LIMITS, range(3)))
def test_largest_return_and_ratio_within_limits_are_proved(kind: str, seed: int) -> None:
    given, limits = limited(seed, kind)
    best = maximum_return(given.mu, limits, given.sigma)
    assert best.certificate.duality_gap <= 1e-9
    assert best.certificate.violation <= 1e-12
    ratio = maximum_sharpe(given.mu, given.sigma, -0.2, limits)
    assert ratio.certificate.duality_gap <= 1e-9
    assert exceeded(ratio.weights, given.sigma, limits) <= 1e-12
    other = best.weights
    assert ratio.objective >= (given.mu + 0.2) @ other / np.sqrt(other @ given.sigma @ other) - 1e-12


@pytest.mark.parametrize("seed", range(3))
def test_a_general_method_finds_nothing_better(seed: int) -> None:
    given, limits = limited(seed, "volatility")
    solution = utility(given.mu, given.sigma, 1.0, limits)
    most = limits.max_volatility or 0.0
    found = minimize(
        lambda w: -(given.mu @ w) + 0.5 * w @ given.sigma @ w,
        np.full(N, 1 / N),
        jac=lambda w: given.sigma @ w - given.mu,
        method="SLSQP",
        bounds=list(zip(limits.lower, limits.upper, strict=True)),
        constraints=[
            LinearConstraint(np.ones((1, N)), 1.0, 1.0),
            NonlinearConstraint(lambda w: w @ given.sigma @ w, -np.inf, most**2, jac=lambda w: 2 * given.sigma @ w),
        ],
        options={"ftol": 1e-14, "maxiter": 500},
    )
    assert solution.objective >= -found.fun - 1e-8
    assert solution.objective == pytest.approx(-found.fun, abs=1e-6)


@pytest.mark.parametrize("seed", range(16))
def test_degenerate_assets_within_limits_are_solved_too(seed: int) -> None:
    given = problem(seed, KINDS[seed % len(KINDS)], n=14)
    rng = np.random.default_rng(seed)
    inside = rng.dirichlet(np.ones(14))
    rows = rng.integers(0, 2, (3, 14)).astype(float)
    middle = rows @ inside
    limits = replace(
        Limits.box(14, -0.2, 0.5), rows=rows, row_lower=middle - 0.1, row_upper=middle + 0.1, gross=1.3,
        previous=inside, max_turnover=0.6,
    )  # fmt: skip
    for solution in (
        minimum_variance(given.sigma, limits),
        utility(given.mu, given.sigma, 1.0, limits),
        maximum_return(given.mu, limits),
    ):
        assert solution.certificate.duality_gap <= 1e-9
        assert exceeded(solution.weights, given.sigma, limits) <= 1e-11


def test_limits_that_do_not_bind_change_nothing() -> None:
    given = problem(3, n=N)
    loose = replace(Limits.box(N), gross=5.0, max_volatility=100.0, rows=np.ones((1, N)), row_upper=np.array([2.0]))
    free = minimum_variance(given.sigma, Limits.box(N))
    np.testing.assert_array_equal(minimum_variance(given.sigma, loose).weights, free.weights)


@pytest.mark.parametrize("kind", ["groups", "gross"])
def test_targets_are_met_within_limits(kind: str) -> None:
    given, limits = limited(5, kind)
    low = float(given.mu @ minimum_variance(given.sigma, limits).weights)
    high = maximum_return(given.mu, limits).objective
    solution = target_return(given.mu, given.sigma, (low + high) / 2, limits)
    assert given.mu @ solution.weights == pytest.approx((low + high) / 2, abs=1e-12)
    volatility = float(np.sqrt(solution.objective))
    back = target_volatility(given.mu, given.sigma, volatility, limits)
    np.testing.assert_allclose(back.weights, solution.weights, atol=1e-7)
    with pytest.raises(InfeasibleError, match="the best earns"):
        target_return(given.mu, given.sigma, high + 0.1, limits)
    with pytest.raises(InfeasibleError, match="the calmest has"):
        target_volatility(given.mu, given.sigma, volatility / 10, limits)


def test_a_group_that_cannot_be_filled_is_named_with_the_nearest_change() -> None:
    limits = Limits(
        np.zeros(4),
        np.full(4, 0.3),
        rows=np.array([[1.0, 1.0, 0, 0]]),
        row_lower=np.array([0.7]),
        names=("technology",),
    )
    with pytest.raises(InfeasibleError) as caught:
        minimum_variance(np.eye(4), limits)
    conflict = caught.value.conflict
    assert "technology at least 0.7" in conflict.constraints
    assert "asset 1 at most 0.3" in conflict.constraints
    assert conflict.nearest.startswith("Lower technology to 0.6")


def test_only_the_limits_in_conflict_are_named() -> None:
    rows = np.array([[1.0, 1, 0, 0], [0, 0, 1, 1], [1, 0, 1, 0]])
    limits = Limits(
        np.zeros(4), np.ones(4), rows=rows, row_lower=np.array([0.6, 0.7, 0.0]), names=("east", "west", "north")
    )
    with pytest.raises(InfeasibleError) as caught:
        minimum_variance(np.eye(4), limits)
    assert set(caught.value.conflict.constraints) == {"weights sum to 1", "east at least 0.6", "west at least 0.7"}


def test_a_change_that_is_offered_makes_a_portfolio_possible() -> None:
    previous = np.array([1.0, 0, 0, 0])
    limits = replace(Limits.box(4, 0.0, 0.4), previous=previous, max_turnover=0.5)
    with pytest.raises(InfeasibleError, match="turnover at most") as caught:
        minimum_variance(np.eye(4), limits)
    offered = float(caught.value.conflict.nearest.split("turnover to ")[1].split(";")[0])
    assert minimum_variance(np.eye(4), replace(limits, max_turnover=offered + 1e-9)).certificate.status == "optimal"


def test_too_little_risk_is_refused_with_the_least_there_is() -> None:
    given = problem(6, n=N)
    least = float(np.sqrt(minimum_variance(given.sigma, Limits.box(N)).objective))
    with pytest.raises(InfeasibleError, match="the calmest has") as caught:
        utility(given.mu, given.sigma, 1.0, replace(Limits.box(N), max_volatility=0.5 * least))
    assert f"{least:.6g}" in caught.value.conflict.nearest


def test_no_ratio_within_limits_is_said() -> None:
    given, limits = limited(7, "groups")
    with pytest.raises(UndefinedError, match="No feasible portfolio above"):
        maximum_sharpe(given.mu, given.sigma, 50.0, limits)


@pytest.mark.parametrize("seed", range(3))
def test_few_assets_are_chosen_as_by_trying_every_choice(seed: int) -> None:
    given = problem(seed, n=8)
    limits = replace(Limits.box(8, 0.0, 0.6), max_assets=3)
    solution = minimum_variance(given.sigma, limits)
    tried = []
    for chosen in itertools.combinations(range(8), 3):
        upper = np.zeros(8)
        upper[list(chosen)] = 0.6
        tried.append(minimum_variance(given.sigma, Limits(np.zeros(8), upper)).objective)
    assert solution.objective == pytest.approx(min(tried), rel=1e-10)
    assert np.count_nonzero(solution.weights) <= 3
    assert solution.certificate.status == "optimal"


def test_positions_are_large_enough_or_none() -> None:
    given = problem(9, n=10)
    weights = minimum_variance(given.sigma, replace(Limits.box(10), min_position=0.15)).weights
    assert (weights[weights > 0] >= 0.15 - 1e-12).all()


def test_too_few_assets_for_their_caps_are_named() -> None:
    with pytest.raises(InfeasibleError, match="at most 2 assets") as caught:
        minimum_variance(np.eye(6), replace(Limits.box(6, 0.0, 0.3), max_assets=2))
    assert "Allow 4 assets" in caught.value.conflict.nearest


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("gross", [1.2, 1.6])
def test_one_factor_alone_within_a_gross_limit_is_solved_or_hedged_away(seed: int, gross: float) -> None:
    rng = np.random.default_rng(seed)
    n = int(rng.integers(3, 12))
    loadings = rng.normal(size=n) if seed % 2 else rng.uniform(0.5, 2.0, n)
    mu, sigma = rng.normal(0.05, 0.1, n), np.outer(loadings, loadings)
    limits = replace(Limits.box(n, -0.5, 1.0), gross=gross)
    assert minimum_variance(sigma, limits).certificate.status == "optimal"
    if seed % 2:  # long and short of one factor offset each other wholly, and what is left earns something
        with pytest.raises(UndefinedError, match="without any risk"):
            maximum_sharpe(mu, sigma, 0.0, limits)
    else:
        assert maximum_sharpe(mu, sigma, 0.0, limits).certificate.status == "optimal"
