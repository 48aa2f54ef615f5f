"""Linear programs over bounds and a sum: sorted, not solved."""

import numpy as np

from compute.portfolio.limits import Array, Limits

ROUNDING = 1e-14
"""What is left of the sum, relatively, when it counts as nothing: a vertex is on its bounds exactly."""


def best_vertex(gain: Array, limits: Limits) -> Array:
    """Return the weights (n,) with the largest `gain @ w` among those within bounds that sum to `limits.net`.

    Other limits are not looked at. The bounds must leave room for the sum, see `feasibility.check_box`.
    """
    weights = limits.lower.copy()
    rest = limits.net - float(weights.sum())
    order = np.argsort(-gain, kind="stable")
    filled = np.cumsum((limits.upper - limits.lower)[order])
    full = int(np.searchsorted(filled, rest + ROUNDING * (1.0 + abs(rest)), side="right"))
    weights[order[:full]] = limits.upper[order[:full]]
    if full < limits.n:
        asset = order[full]
        weights[asset] += max(rest - float(filled[full - 1] if full else 0.0), 0.0)
        if weights[asset] - limits.lower[asset] <= ROUNDING * (1.0 + abs(rest)):
            weights[asset] = limits.lower[asset]
    return weights


def linear_gap(gradient: Array, weights: Array, limits: Limits) -> float:
    """Return how much `gradient @ w` can fall from `weights` within bounds and sum: the Frank-Wolfe gap, >= 0.

    For a convex function with this gradient at `weights` it bounds what any other portfolio could gain.
    """
    centred = gradient - np.median(gradient)  # weights sum to the same, so a shift changes nothing but the rounding
    return max(float(centred @ (weights - best_vertex(-gradient, limits))), 0.0)
