"""What a portfolio would lose: in the worst windows of its history, in a named shock, and if all moved as one."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from compute.portfolio.risk.tails import compound_windows

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Window:
    """The worst window of some length: rows `first` to `last`, and what it returned."""

    first: int
    last: int
    portfolio_return: float


def worst_windows(returns: Array, length: int, count: int = 1) -> tuple[Window, ...]:
    """Return the windows of `length` periods with the lowest compounded returns (T,), none overlapping another."""
    found: list[Window] = []
    if length > returns.size:
        return ()
    compounded = compound_windows(returns, length)
    free = np.ones(compounded.size, dtype=bool)
    while len(found) < count and free.any():
        first = int(np.where(free, compounded, np.inf).argmin())
        found.append(Window(first, first + length - 1, float(compounded[first])))
        free[max(0, first - length + 1) : first + length] = False
    return tuple(found)


def spread_shock(known: Mapping[int, float], covariance: Array) -> Array:
    """Return the moves of all assets, (n,), given those of some: what their covariance leads one to expect.

    The conditional mean of a normal distribution around 0, S_uk S_kk^+ x_k; the given moves stay as they are.
    """
    at = np.array(sorted(known))
    moves = np.array([known[int(place)] for place in at])
    spread = covariance[:, at] @ (np.linalg.pinv(covariance[np.ix_(at, at)], hermitian=True) @ moves)
    spread[at] = moves
    return np.asarray(spread)


def volatility_at_correlation(weights: Array, covariance: Array, share: float) -> float:
    """Return the volatility if all correlations moved the `share` of the way to 1: 0 as now, 1 all as one."""
    deviations = np.sqrt(np.maximum(np.diag(covariance), 0.0))
    stressed = (1 - share) * covariance + share * np.outer(deviations, deviations)
    return float(np.sqrt(max(float(weights @ stressed @ weights), 0.0)))
