"""The largest Sharpe ratio over any convex limits."""

import numpy as np

from compute.portfolio.limits import Array, Limits
from compute.portfolio.solution import Certificate, InfeasibleError, Solution, UndefinedError
from compute.portfolio.solvers.box import solve_box
from compute.portfolio.solvers.conflict import check_linear
from compute.portfolio.solvers.conic import solve_conic_sharpe
from compute.portfolio.solvers.frontier import free_lunch, nothing_above
from compute.portfolio.solvers.general import exceeded, risk_conflict, solve_general
from compute.portfolio.solvers.polish import polish
from compute.portfolio.solvers.repricing import Polished
from compute.portfolio.solvers.sharpe import CASH, RISKLESS

ROUNDS = 12


def general_sharpe(mu: Array, sigma: Array, risk_free: float, limits: Limits) -> Solution:
    """Return the portfolio with the largest Sharpe ratio over all limits but counts of assets; see `maximum_sharpe`.

    The gap compares with portfolios over the same limits, none of which is calmer than the calmest over the bounds.
    """
    check_linear(limits)
    excess = mu - risk_free
    top = solve_general(excess, sigma, 0.0, limits)
    if float(excess @ top.weights) <= 1e-12 * float(np.abs(excess) @ np.abs(top.weights)):
        raise UndefinedError(nothing_above(risk_free, float(mu @ top.weights)))
    near = solve_conic_sharpe(excess, sigma, limits)
    if near.is_infeasible:
        raise InfeasibleError(risk_conflict(sigma, limits))
    found = _polished(excess, sigma, limits, near.weights)
    weights = found.weights
    variance, earned = float(weights @ sigma @ weights), float(excess @ weights)
    alone = float(np.abs(weights) @ np.sqrt(np.maximum(np.diagonal(sigma), 0.0)))
    if variance <= max(CASH * float(np.diagonal(sigma).max()), RISKLESS * alone * alone):
        raise UndefinedError(free_lunch())
    ratio = earned / np.sqrt(variance)
    calmest = solve_box(sigma, np.zeros(limits.n), limits).weights
    floor = np.sqrt(max(float(calmest @ sigma @ calmest), 1e-6 * variance))
    gap = found.gap * earned / variance / (floor * ratio)
    violation = exceeded(weights, sigma, limits)
    is_good = gap <= 1e-6 and violation <= 1e-6
    proof = Certificate(
        "optimal" if is_good else "limit", gap, violation, found.binding, near.iterations, "interior point, polished"
    )
    return Solution(weights, float(ratio), proof)


def _polished(excess: Array, sigma: Array, limits: Limits, weights: Array) -> Polished:
    """Return the exact maximiser: that of `theta m'w - 1/2 w'Sw` where `theta = w'Sw / m'w`.

    On one set of binding limits `w = a + theta b`, and h(theta) = w'Sw - theta m'w is found by the secant, which is
    Newton's method where h is linear.
    """
    theta = float(weights @ sigma @ weights) / float(excess @ weights)
    trials: list[tuple[float, float]] = []
    best: Polished | None = None
    for _ in range(ROUNDS):
        found = polish(theta * excess, sigma, 1.0, limits, weights)
        weights = found.weights
        variance, earned = float(weights @ sigma @ weights), float(excess @ weights)
        if best is None or found.violation <= 1e-9:
            best = found
        missed = variance - theta * earned
        if abs(missed) <= 1e-14 * variance or earned <= 0:
            break
        trials.append((theta, missed))
        following = variance / earned
        if len(trials) > 1:
            (first, before), (second, after) = trials[-2:]
            if after != before:
                following = second - after * (second - first) / (after - before)
        if not 0 < following < np.inf or abs(following - theta) <= 1e-15 * theta:
            break
        theta = following
    assert best is not None
    return best
