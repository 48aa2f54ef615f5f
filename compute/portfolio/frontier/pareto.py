"""Return, risk and turnover at once: a frontier for each limit of turnover, and of all points those that none beats.

A least variance at a return and within a turnover is beaten by nothing, for what beat it would be within both and less
risky; so sweeping the limit of turnover over frontiers gives points of the Pareto set itself, each proved like any
other optimum (the epsilon-constraint method, Haimes, Lasdon and Wismer 1971).
"""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from compute.job import Report
from compute.portfolio.figures_of_merit import merit_of
from compute.portfolio.frontier.pareto_set import ParetoPoint, ParetoSet
from compute.portfolio.frontier.path import solve_points, trace_corners
from compute.portfolio.limits import Limits
from compute.portfolio.moments import Moments
from compute.portfolio.optimization.answer import NOISE
from compute.portfolio.solution import InfeasibleError
from compute.schema import RequestError

Array = NDArray[np.float64]

MOST_ASSETS = 100  # beyond, single optima take too long for a few hundred of them
POINTS = 12  # returns per limit of turnover
SLACK = 1e-9  # above the least turnover, so that a portfolio within it is found
EQUAL = 1e-9  # portfolios that differ by less in every aim are one
WIDE = 1e3  # a turnover that no portfolio has


def make_pareto(
    count: int, moments: Moments, limits: Limits, risk_free_rate: float, report: Report
) -> tuple[ParetoSet | None, tuple[str, ...]]:
    """Return the Pareto set over `count` limits of turnover, None where it is not asked for, and why there is none.

    `limits` per year. Raises RequestError where the weights held now are not given.
    """
    if count == 0:
        return None, ()
    if limits.previous is None:
        msg = "turnover is counted from the weights held now; give them, or set turnovers to 0"
        raise RequestError.at("constraints", "previous_weights", msg=msg)
    if limits.is_discrete:
        return None, ("No turnovers: with a count of assets or least positions optima take too long; remove these.",)
    if limits.n > MOST_ASSETS:
        return None, (f"No turnovers: {limits.n} assets exceed the {MOST_ASSETS} they are found for; name fewer.",)
    least, most = _range(moments, limits)
    tables = []
    for step, allowed in enumerate(np.linspace(least, most, count) if most > least else [least]):
        report(step / count, f"Turnover {step + 1} of {count}")
        tables.append(_within(float(allowed), moments, limits))
    weights = np.concatenate(tables)
    weights = np.where(np.abs(weights) < NOISE, 0.0, weights)
    aims = _aims(weights, moments, limits.previous)
    kept = undominated(aims)
    order = kept[np.lexsort((-aims[kept, 0], aims[kept, 2]))]
    points = tuple(_point(weights[at], float(aims[at, 2]), moments, risk_free_rate) for at in order)
    return ParetoSet(names=moments.names, least_turnover=least, points=points), ()


def undominated(aims: Array) -> NDArray[np.intp]:
    """Return the rows of `aims` (m, k), all to be small, that no other row beats; of equal rows the first."""
    kept: list[int] = []
    for at in np.lexsort(aims.T[::-1]):
        better = aims[kept] if kept else np.zeros((0, aims.shape[1]))
        if not (better <= aims[at] + EQUAL).all(axis=1).any():
            kept.append(int(at))
    return np.array(kept, dtype=np.intp)


def least_turnover(limits: Limits) -> float:
    """Return the least turnover from the weights held now with which the linear limits can be met."""
    from compute.portfolio.solvers.linear_form import linear_form
    from compute.portfolio.solvers.linear_program import LinearProgram

    form = linear_form(replace(limits, max_turnover=WIDE))
    cost = form.matrix[[-1]].toarray()[0]
    vertex = LinearProgram(form, cost).solve()
    return max(float(cost @ vertex.x) - float(form.shifts[-1]), 0.0)


def _range(moments: Moments, limits: Limits) -> tuple[float, float]:
    """Return the least turnover, and what the frontier without a limit of it, or with the one set, needs."""
    assert limits.previous is not None
    free = replace(limits, max_turnover=None)
    corners = trace_corners(moments, free)
    points = solve_points(moments, free, POINTS, lambda number: None) if corners is None else corners
    most = float(np.abs(points - limits.previous).sum(axis=1).max())
    least = least_turnover(limits)
    allowed = most if limits.max_turnover is None else min(most, limits.max_turnover)
    return least, max(allowed, least)


def _within(allowed: float, moments: Moments, limits: Limits) -> Array:
    """Return the frontier (m, n) within a turnover; empty where other limits leave nothing."""
    assert limits.previous is not None
    if allowed <= SLACK:
        return limits.previous[None]
    try:
        tight = replace(limits, max_turnover=allowed * (1 + SLACK))
        return solve_points(moments, tight, POINTS, lambda number: None)
    except InfeasibleError:
        return np.zeros((0, limits.n))


def _aims(weights: Array, moments: Moments, previous: Array) -> Array:
    """Return what is to be small of each portfolio, (m, 3): minus the return, the volatility, the turnover."""
    year = moments.periods_per_year
    variances = np.einsum("mi,ij,mj->m", weights, moments.covariance, weights) * year
    turnover = np.abs(weights - previous).sum(axis=1)
    return np.column_stack([-(weights @ moments.mean) * year, np.sqrt(np.maximum(variances, 0.0)), turnover])


def _point(weights: Array, turnover: float, moments: Moments, risk_free_rate: float) -> ParetoPoint:
    merit = merit_of(weights, moments, risk_free_rate)
    return ParetoPoint(
        expected_return=merit.expected_return,
        volatility=merit.volatility,
        turnover=turnover,
        sharpe_ratio=merit.sharpe_ratio,
        weights=tuple(weights.tolist()),
        risk_contributions=tuple(merit.risk_contributions.tolist()),
    )
