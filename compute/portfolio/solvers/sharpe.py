"""The largest Sharpe ratio, exactly, or why there is none."""

import numpy as np
from scipy.linalg import LinAlgError, cho_factor, cho_solve

from compute.portfolio.limits import Array, Limits
from compute.portfolio.solution import Certificate, Solution, UndefinedError
from compute.portfolio.solvers.box import EPS, ROUNDING, SMALL, BoxPoint, solve_box
from compute.portfolio.solvers.certificate import box_binding, box_violation
from compute.portfolio.solvers.feasibility import check_box
from compute.portfolio.solvers.frontier import free_lunch, nothing_above
from compute.portfolio.solvers.greedy import best_vertex
from compute.portfolio.solvers.mean_variance import checked_covariance, checked_returns

ROUNDS = 60
RISKLESS = 1e-14
"""A variance below this share of what the same weights would have if nothing offset anything is none."""

CASH = 1e-20
"""A variance below this share of the largest asset's is none either."""
CALMEST = 1e-3
"""The bound on what other portfolios could gain looks no further down than this share of the answer's volatility."""


def maximum_sharpe(mu: Array, sigma: Array, risk_free: float, limits: Limits, start: Array | None = None) -> Solution:
    """Return the portfolio with the largest `(mu - risk_free)'w / sqrt(w'Sw)`; `objective` is that ratio, per period.

    `mu` (n,), `sigma` (n, n) and `risk_free` per period; `start` (n,) weights to begin at. What is not invested
    (`limits.net` below 1) earns the risk-free rate.
    Raises InfeasibleError where no portfolio meets the limits; UndefinedError where none of them earns more than the
    risk-free rate, or one does without risk.
    """
    check_box(limits)
    sigma, mu = checked_covariance(sigma, limits), checked_returns(mu, limits)
    if limits.is_discrete:
        from compute.portfolio.solvers.discrete_sharpe import discrete_sharpe

        return discrete_sharpe(mu, sigma, risk_free, limits)
    if not limits.is_box:
        from compute.portfolio.solvers.general_sharpe import general_sharpe

        return general_sharpe(mu, sigma, risk_free, limits)
    excess = mu - risk_free
    best = best_vertex(excess, limits)
    if start is not None and float(excess @ start) > 0:
        best = start
    if float(excess @ best) <= ROUNDING * float(np.abs(excess) @ np.abs(best)):
        raise UndefinedError(nothing_above(risk_free, float(mu @ best)))
    weights, steps = _ratio_maximiser(excess, sigma, limits, best)
    return _proved(excess, sigma, limits, weights, steps)


def maximum_diversification(sigma: Array, limits: Limits) -> Solution:
    """Return the portfolio with the largest `w's / sqrt(w'Sw)`, s the volatilities (Choueifaty and Coignard 2008).

    `objective` is that diversification ratio. Raises as `maximum_sharpe` does.
    """
    sigma = checked_covariance(sigma, limits)
    return maximum_sharpe(np.sqrt(np.maximum(np.diagonal(sigma), 0.0)), sigma, 0.0, limits)


def _ratio_maximiser(excess: Array, sigma: Array, limits: Limits, start: Array) -> tuple[Array, int]:
    """Return the maximiser of the ratio, and the steps taken.

    `w(theta) = argmin 1/2 w'Sw - theta m'w` has the largest ratio where `h = w'Sw - theta m'w` is zero. On a piece of
    the path `w = a + theta b`, h is `a'Sa - theta m'a`: linear, so Newton's method ends after finitely many pieces.
    """
    deviations = np.sqrt(np.maximum(np.diagonal(sigma), 0.0))
    largest = float(deviations.max(initial=0.0)) ** 2
    low, high, steps, theta = 0.0, np.inf, 0, 0.0
    weights, best, best_ratio = start, start, -np.inf
    for _ in range(ROUNDS):
        if theta > 0:
            begin = weights if steps or limits.n > SMALL else None  # a vertex is far from the answer of small problems
            point = solve_box(sigma, theta * excess, limits, begin)
            weights, steps = point.weights, steps + point.steps
        variance, earned = float(weights @ sigma @ weights), float(excess @ weights)
        undiversified = float(np.abs(weights) @ deviations) ** 2
        if variance <= max(RISKLESS * undiversified, CASH * largest) and earned > 0:
            raise UndefinedError(free_lunch())
        ratio = earned / np.sqrt(variance) if variance > 0 else -np.inf
        if ratio > best_ratio * (1.0 - 1e-13):  # among equals the last, whose multipliers are the most exact
            best, best_ratio = weights, max(ratio, best_ratio)
        if theta == 0:
            theta = variance / earned
            continue
        if variance > theta * earned:
            low = theta
        else:
            high = theta
        following = _next_theta(point, excess, sigma, theta)
        if not low < following < high:
            following = 0.5 * (low + high) if np.isfinite(high) else 2.0 * theta  # also where it is NaN
        if abs(following - theta) <= 1e-14 * theta or abs(variance - theta * earned) <= 1e-13 * variance:
            break
        theta = following
    return best, steps


def _next_theta(point: BoxPoint, excess: Array, sigma: Array, theta: float) -> float:
    """Return the zero of h on the piece of the path where `point` lies, or NaN where it has none."""
    inside = np.flatnonzero(point.is_free)
    slope = np.zeros(excess.size)
    if inside.size > 1:
        block = sigma[np.ix_(inside, inside)] + np.diagonal(sigma).mean()
        right = np.column_stack([excess[inside], np.ones(inside.size)])
        try:
            solved = cho_solve(cho_factor(block, lower=True, check_finite=False), right, check_finite=False)
        except LinAlgError:
            return float(point.weights @ sigma @ point.weights) / max(float(excess @ point.weights), 1e-300)
        slope[inside] = solved[:, 0] - solved[:, 0].sum() / solved[:, 1].sum() * solved[:, 1]
    base = point.weights - theta * slope
    earned = float(excess @ base)
    return float(base @ sigma @ base) / earned if earned > 0 else np.nan


def _proved(excess: Array, sigma: Array, limits: Limits, weights: Array, steps: int) -> Solution:
    risk = sigma @ weights
    variance, earned = float(weights @ risk), float(excess @ weights)
    ratio = earned / np.sqrt(variance)
    gap = ratio_gap(excess, risk, weights, sigma, limits)
    gradient = -(excess / np.sqrt(variance) - earned * risk / variance**1.5)
    proof = Certificate(
        status="optimal" if gap <= 1e-6 else "limit",
        duality_gap=gap,
        violation=box_violation(weights, limits),
        binding=box_binding(gradient, weights, limits),
        iterations=steps,
        method="active set along the ratio",
    )
    return Solution(weights, ratio, proof)


def ratio_gap(excess: Array, risk: Array, weights: Array, sigma: Array, limits: Limits) -> float:
    """Return by how much, relatively, any portfolio within bounds and sum could have a larger ratio than `weights`.

    If `(m - l Sw)'v <= 0` for every v allowed, then `m'v <= l v'Sw <= l sd(v) sd(w)` (Cauchy and Schwarz): no ratio
    exceeds `l sd(w)`. The least such l is found by Newton's method; at an optimum it is `m'w / w'Sw`. Where short
    positions leave no such l but for rounding, portfolios of less than a thousandth of the volatility are left out.
    `risk` (n,) is `sigma @ weights`.
    """
    level = first = float(excess @ weights) / float(weights @ risk)
    for _ in range(20):
        reduced = excess - level * risk
        vertex = best_vertex(reduced, limits)
        above = float(reduced @ vertex)
        against = float(risk @ vertex)
        if against > 0 and above / against > 4 * EPS * level:
            level += above / against
            continue
        if above <= ROUNDING * float((np.abs(excess) + level * np.abs(risk)) @ np.abs(vertex)):
            return max(level / first - 1.0, 0.0)
        # the bound says nothing here; but a ratio gains at most `above / sd`, and no sd is below the least
        least = solve_box(sigma, np.zeros(limits.n), limits, weights).weights
        variance = float(weights @ risk)
        floor = max(float(least @ sigma @ least), CALMEST**2 * variance)
        return level / first - 1.0 + above / (first * float(np.sqrt(variance * floor)))
    return np.inf
