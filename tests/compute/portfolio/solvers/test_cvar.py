"""The least CVaR: against the whole linear program, and proved by prices of scenarios."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.optimize import linprog

from compute.portfolio.limits import Limits
from compute.portfolio.solution import InfeasibleError
from compute.portfolio.solvers.cdar import minimum_cdar
from compute.portfolio.solvers.cvar import cvar, minimum_cvar
from compute.portfolio.tail_mean import drawdown_at_risk
from tests.compute.portfolio.solvers.problems import Array


def scenarios(seed: int, periods: int, n: int) -> Array:
    """Return heavy-tailed returns with a common factor, (periods, n)."""
    rng = np.random.default_rng(seed)
    return 0.01 * (rng.standard_t(4, (periods, n)) + rng.standard_t(4, (periods, 1))) + 0.0005


def whole_program(returns: Array, confidence: float, upper: float) -> float:
    """Return the least CVaR by the linear program with a row for every scenario."""
    periods, n = returns.shape
    cost = np.concatenate([np.zeros(n), [1.0], np.full(periods, 1 / ((1 - confidence) * periods))])
    rows = np.hstack([-returns, -np.ones((periods, 1)), -np.eye(periods)])
    equal = np.concatenate([np.ones(n), np.zeros(periods + 1)])[None, :]
    bounds = [(0, upper)] * n + [(None, None)] + [(0, None)] * periods
    return float(linprog(cost, rows, np.zeros(periods), equal, [1.0], bounds).fun)


@pytest.mark.parametrize(
    ("seed", "periods", "n", "confidence"),
    [
        (0, 250, 8, 0.95),
        (1, 333, 15, 0.95),
        (2, 120, 30, 0.9),
        (3, 400, 5, 0.99),
        (4, 60, 20, 0.5),
    ],
)
def test_the_partition_finds_what_the_whole_program_finds(seed: int, periods: int, n: int, confidence: float) -> None:
    returns = scenarios(seed, periods, n)
    solution = minimum_cvar(returns, confidence, Limits.box(n, 0.0, 0.4))
    assert solution.objective == pytest.approx(whole_program(returns, confidence, 0.4), rel=1e-8)
    assert solution.certificate.duality_gap <= 1e-9
    assert solution.certificate.violation <= 1e-12


def test_many_scenarios_are_exact_too() -> None:
    solution = minimum_cvar(scenarios(5, 4000, 40), 0.95, Limits.box(40, 0.0, 0.1))
    assert solution.certificate.duality_gap <= 1e-9
    assert solution.certificate.violation <= 1e-12


def test_a_fraction_of_a_scenario_counts_in_part() -> None:
    returns = np.array([-0.10, -0.04, 0.0, 0.01, 0.02])
    assert cvar(returns, 0.7) == pytest.approx((0.10 + 0.5 * 0.04) / 1.5)
    assert cvar(returns, 0.8) == pytest.approx(0.10)


def test_a_least_return_costs_tail_risk_and_is_met() -> None:
    returns = scenarios(6, 300, 10)
    free = minimum_cvar(returns, 0.95, Limits.box(10))
    wanted = float(returns.mean(axis=0) @ free.weights) + 0.0003
    solution = minimum_cvar(returns, 0.95, Limits.box(10), min_return=wanted)
    assert returns.mean(axis=0) @ solution.weights >= wanted - 1e-12
    assert solution.objective >= free.objective
    assert solution.certificate.duality_gap <= 1e-9
    assert any(binding.name.startswith("return at least") for binding in solution.certificate.binding)


def test_long_and_short_with_a_gross_limit_is_proved() -> None:
    returns = scenarios(7, 400, 12)
    limits = replace(Limits.box(12, -0.3, 0.4), gross=1.6, previous=np.full(12, 1 / 12), max_turnover=1.2)
    solution = minimum_cvar(returns, 0.95, limits)
    assert solution.certificate.duality_gap <= 1e-9
    assert solution.certificate.violation <= 1e-12


def test_a_return_out_of_reach_is_a_conflict() -> None:
    with pytest.raises(InfeasibleError, match="return at least"):
        minimum_cvar(scenarios(8, 100, 5), 0.95, Limits.box(5), min_return=1.0)


@pytest.mark.parametrize(("seed", "confidence"), [(0, 0.9), (1, 0.8), (2, 0.95)])
def test_drawdown_at_risk_is_least_and_proved(seed: int, confidence: float) -> None:
    returns = scenarios(seed, 150, 6)
    solution = minimum_cdar(returns, confidence, Limits.box(6))
    assert solution.certificate.duality_gap <= 1e-9
    assert solution.certificate.violation <= 1e-12
    assert solution.objective == pytest.approx(drawdown_at_risk(returns @ solution.weights, confidence), rel=1e-12)
    rng = np.random.default_rng(seed)
    for other in rng.dirichlet(np.ones(6), 200):
        assert drawdown_at_risk(returns @ other, confidence) >= solution.objective - 1e-12


def test_drawdowns_are_measured_from_the_start_and_add_up() -> None:
    assert drawdown_at_risk(np.array([-0.1, 0.05, -0.2, 0.4]), 0.75) == pytest.approx(0.25)
