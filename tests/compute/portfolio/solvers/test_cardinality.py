"""Ratios with few assets or least positions: as by trying every choice, and proved; or why there are none."""

import itertools
from dataclasses import replace

import numpy as np
import pytest

from compute.portfolio.limits import Limits
from compute.portfolio.solution import InfeasibleError, UndefinedError
from compute.portfolio.solvers.sharpe import maximum_sharpe
from tests.compute.portfolio.solvers.problems import Array, problem

RATE = -0.05  # below what most assets of the made-up markets earn


def by_trying(mu: Array, sigma: Array, limits: Limits, sizes: range) -> float:
    """Return the largest ratio over every choice of assets that are held, each with its least position."""
    best = -np.inf
    for size in sizes:
        for chosen in itertools.combinations(range(limits.n), size):
            lower, upper = np.zeros(limits.n), np.zeros(limits.n)
            lower[list(chosen)] = limits.min_position
            upper[list(chosen)] = limits.upper[list(chosen)]
            try:
                best = max(best, maximum_sharpe(mu, sigma, RATE, Limits(lower, upper)).objective)
            except (InfeasibleError, UndefinedError):
                continue
    return best


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize(("most", "least"), [(3, 0.0), (None, 0.2), (3, 0.25)])
def test_the_ratio_is_that_of_trying_every_choice(seed: int, most: int | None, least: float) -> None:
    given = problem(seed, n=7)
    limits = replace(Limits.box(7, 0.0, 0.6), max_assets=most, min_position=least)
    solution = maximum_sharpe(given.mu, given.sigma, RATE, limits)
    assert solution.objective == pytest.approx(
        by_trying(given.mu, given.sigma, limits, range(1, (most or 7) + 1)), rel=1e-9
    )
    held = solution.weights[solution.weights != 0]
    assert held.size <= (most or 7)
    assert (held >= least - 1e-9).all()
    assert solution.certificate.status == "optimal"
    assert solution.certificate.method == "branch and bound"


def test_within_groups_too_few_assets_are_chosen_exactly() -> None:
    given = problem(5, n=7)
    rows = np.array([[1.0, 1, 1, 0, 0, 0, 0]])
    limits = Limits(np.zeros(7), np.full(7, 0.7), rows=rows, row_upper=np.array([0.3]), names=("group",))
    solution = maximum_sharpe(given.mu, given.sigma, RATE, replace(limits, max_assets=2))
    best = -np.inf
    for chosen in itertools.combinations(range(7), 2):
        upper = np.zeros(7)
        upper[list(chosen)] = 0.7
        try:
            best = max(best, maximum_sharpe(given.mu, given.sigma, RATE, limits.within(np.zeros(7), upper)).objective)
        except (InfeasibleError, UndefinedError):
            continue
    assert solution.objective == pytest.approx(best, rel=1e-8)
    assert solution.weights[:3].sum() <= 0.3 + 1e-9


def test_where_no_few_assets_earn_more_than_cash_that_is_said() -> None:
    given = problem(6, n=6)
    with pytest.raises(UndefinedError, match="risk-free rate"):
        maximum_sharpe(given.mu, given.sigma, 1e3, replace(Limits.box(6), max_assets=2))


def test_too_few_assets_for_their_caps_are_named_for_ratios_too() -> None:
    given = problem(7, n=6)
    with pytest.raises(InfeasibleError, match="at most 2 assets"):
        maximum_sharpe(given.mu, given.sigma, RATE, replace(Limits.box(6, 0.0, 0.3), max_assets=2))
