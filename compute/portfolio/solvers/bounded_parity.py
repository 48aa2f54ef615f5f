"""Risk budgets within bounds: `argmin 1/2 w'Sw - level sum b log w` over the bounds, the level set by the sum."""

import numpy as np
from numpy.typing import NDArray
from scipy.linalg.lapack import dposv

from compute.portfolio.limits import Array, Limits

ROUNDS = 80
STEPS = 60
LEAST = 1e-9
"""Least weight of an asset with a budget, as a share of the net weight: the logarithm keeps it positive."""


def bounded_parity(sigma: Array, budgets: Array, limits: Limits, start: Array) -> tuple[Array, int]:
    """Return the weights (n,) and the Newton steps taken.

    The sum of the minimiser rises with the level, so the level is found by Newton's method kept inside a bracket.
    `budgets` (n,) sum to 1; assets with a budget of 0 are held at the weight nearest to 0. `start` (n,) is the
    unbounded answer.
    """
    lower = np.where(
        budgets > 0, np.maximum(limits.lower, LEAST * limits.net), np.clip(0.0, limits.lower, limits.upper)
    )
    upper = np.where(budgets > 0, limits.upper, lower)
    weights = np.clip(start, lower, upper)
    level, low, high, steps = float(start @ sigma @ start), 0.0, np.inf, 0
    for _ in range(ROUNDS):
        weights, slope, more = _minimiser(sigma, budgets, level, lower, upper, weights)
        steps += more
        missing = limits.net - float(weights.sum())
        if abs(missing) <= 1e-15 * max(weights.size, 8) * abs(limits.net):
            break
        low, high = (level, high) if missing > 0 else (low, level)
        following = level + missing / slope if slope > 0 else np.inf
        if not low < following < high:
            following = 0.5 * (low + high) if np.isfinite(high) else 4.0 * level
        if following == level:
            break
        level = following
    return weights, steps


def _minimiser(
    sigma: Array, budgets: Array, level: float, lower: Array, upper: Array, weights: Array
) -> tuple[Array, float, int]:
    """Return the minimiser at one level, how its sum grows with the level, and the Newton steps taken."""
    movable = upper > lower
    inside: NDArray[np.intp] = np.zeros(0, dtype=np.intp)
    for step in range(1, STEPS + 1):
        pull = np.divide(budgets, weights, out=np.zeros_like(weights), where=budgets > 0)
        gradient = sigma @ weights - level * pull
        held = ((weights <= lower) & (gradient > 0)) | ((weights >= upper) & (gradient < 0))
        inside = np.flatnonzero(movable & ~held)
        if not inside.size:
            return weights, 0.0, step
        hessian = sigma[np.ix_(inside, inside)]
        hessian.flat[:: inside.size + 1] += level * budgets[inside] / weights[inside] ** 2
        solved = dposv(hessian, np.column_stack([gradient[inside], pull[inside]]), lower=1)[1]
        move = -solved[:, 0]
        ratio = float(np.abs(move / weights[inside]).max())
        target = weights.copy()
        target[inside] += move * (1.0 if ratio < 0.5 else 1.0 / (1.0 + ratio))
        target = np.clip(target, lower, upper)
        if np.abs(target - weights).max() <= 2e-16 * np.abs(target).max() or ratio <= 1e-15:
            break
        weights = target
    return weights, float(solved[:, 1].sum()), step
