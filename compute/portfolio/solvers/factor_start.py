"""Where to begin a large quadratic program: at the optimum of a covariance with one factor, which is sorted for.

`S` is replaced by `bb' + D`: b what each asset shares with the average of all, D the rest of each variance (the single
index model of Sharpe 1963; Elton, Gruber and Padberg 1976). For a given exposure `m = b'w` the optimum over bounds and
sum is `clip((c - m b + level) / D, lower, upper)`, and the exposure it has falls as m rises. Near enough to the optimum
itself that the active set needs a quarter of the steps; how near does not matter to the answer.
"""

import numpy as np

from compute.portfolio.limits import Array, Limits
from compute.portfolio.solvers.greedy import best_vertex
from compute.portfolio.solvers.quadratic import Quadratic

ROUNDS = 3
"""Guesses of the exposure: more find no better start."""
LEAST_OWN = 1e-3
"""Share of the largest variance that every asset has of its own, for what is divided by it."""


def factor_start(sigma: Quadratic, gain: Array, limits: Limits) -> Array:
    """Return weights (n,) within bounds and sum near the least `1/2 w'Sw - gain'w`."""
    shared, variances = sigma.average, sigma.variances
    total = float(shared.mean())
    largest = float(variances.max(initial=0.0))
    if total <= 0 or largest <= 0:
        return best_vertex(gain - 0.5 * variances, limits)
    loadings = shared / np.sqrt(total)
    own = np.maximum(variances - loadings**2, LEAST_OWN * largest)
    low, high = float(best_vertex(-loadings, limits) @ loadings), float(best_vertex(loadings, limits) @ loadings)
    weights = limits.lower
    for _ in range(ROUNDS):
        exposure = 0.5 * (low + high)
        weights = _separable(gain - exposure * loadings, own, limits)
        found = float(loadings @ weights)
        if found > exposure:
            low, high = exposure, min(high, found)
        else:
            low, high = max(low, found), exposure
    return weights


def _separable(gain: Array, own: Array, limits: Limits) -> Array:
    """Return the minimiser (n,) of `1/2 sum own_i w_i^2 - gain'w` over bounds and sum: one level, found by sorting.

    The sum of weights rises with the level, piecewise linearly, and bends where an asset leaves or meets a bound.
    """
    breaks = np.concatenate([limits.lower * own, limits.upper * own]) - np.concatenate([gain, gain])
    order = np.argsort(breaks)
    slopes = np.concatenate([1.0 / own, -1.0 / own])[order].cumsum()
    places = breaks[order]
    sums = float(limits.lower.sum()) + np.concatenate([[0.0], (slopes[:-1] * np.diff(places)).cumsum()])
    at = min(max(int(np.searchsorted(sums, limits.net)) - 1, 0), places.size - 1)
    rise = (limits.net - float(sums[at])) / float(slopes[at]) if slopes[at] > 1e-9 / float(own.max()) else 0.0
    return np.clip((gain + float(places[at]) + rise) / own, limits.lower, limits.upper)
