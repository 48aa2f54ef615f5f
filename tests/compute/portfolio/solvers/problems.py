"""Random portfolio problems, ordinary and degenerate, and what their answers must satisfy."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from compute.portfolio.limits import Limits

Array = NDArray[np.float64]

KINDS = ("ordinary", "duplicates", "cash", "few periods", "ties", "equal returns", "copies of half", "one factor")


@dataclass(frozen=True, eq=False)
class Problem:
    """Returns of simulated assets, (T, n), their moments, and limits."""

    returns: Array
    mu: Array
    sigma: Array
    limits: Limits


def problem(seed: int, kind: str = "ordinary", box: str = "capped", n: int | None = None) -> Problem:
    """Return a problem of `kind` over a `box`: long, capped, short, ragged or neutral."""
    rng = np.random.default_rng(seed)
    n = n or int(rng.integers(4, 45))
    periods = int(rng.integers(3, n)) if kind == "few periods" else 3 * n
    returns = rng.normal(0.02, 1.0, (periods, n)) * rng.uniform(0.2, 3.0, n)
    returns += rng.normal(0, 1, (periods, 1)) * (3.0 if kind == "one factor" else 1.0)
    if kind == "duplicates":
        returns[:, n // 2] = returns[:, 0]
    if kind == "cash":
        returns[:, 0] = 0.0
    if kind == "ties":
        returns = np.round(returns)
    if kind == "copies of half":
        returns[:, n // 2 :] = returns[:, : n - n // 2]
    mu = np.full(n, 0.1) if kind == "equal returns" else returns.mean(axis=0)
    return Problem(returns, mu, np.atleast_2d(np.cov(returns.T)), _limits(rng, n, box))


def _limits(rng: np.random.Generator, n: int, box: str) -> Limits:
    if box == "long":
        return Limits.box(n)
    if box == "capped":
        return Limits.box(n, 0.0, min(1.0, 2.5 / n))
    if box == "short":
        return Limits.box(n, -0.5, 1.0)
    if box == "neutral":
        return Limits.box(n, -0.5, 0.5, net=0.0)
    lower = rng.uniform(0, 0.5 / n, n)
    return Limits(lower, lower + rng.uniform(0, 3 / n, n) + 1 / n)
