"""Many portfolios at once: minimum variance and risk parity for B windows, one linear solve per step.

The same code on NumPy and CuPy: pass the array module as `xp`. The primal-dual active set of `box.py` runs on the whole
batch; windows where it does not end (it may cycle, or meet a singular block) are solved one by one on the CPU. Worth it
for many small problems; a few large ones are faster alone.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from compute.portfolio.limits import Array, Limits
from compute.portfolio.solvers.box import EPS, Mask, solve_box
from compute.portfolio.solvers.feasibility import check_box
from compute.portfolio.solvers.risk_parity import checked_budgets, spinu

STEPS = 25
NEWTON_STEPS = 60
ROUNDING = 1e-13
"""Multiplier signs are read down to this share of the largest variance."""


@dataclass(frozen=True, eq=False)
class Batch:
    """Answers of B problems, as NumPy arrays."""

    weights: Array
    """(B, n)"""
    gaps: Array
    """(B,) what other portfolios could gain, relative to the objective; of risk parity the largest missed share."""
    is_defined: Mask
    """(B,) False where there is no ratio to maximise: the weights are then those of minimum variance."""
    alone: int
    """How many were solved one by one."""


def minimum_variance_batch(sigma: Any, limits: Limits, xp: Any = np) -> Batch:
    """Return the portfolios of least variance for `sigma` (B, n, n), of `xp`, over the same bounds and sum.

    Raises InfeasibleError where no portfolio meets them, ValueError where there are other limits.
    """
    check_batch(limits)
    count, n = sigma.shape[:2]
    weights, alone = _solve(sigma, xp.zeros((count, n)), limits, xp, None)
    risk = xp.einsum("bij,bj->bi", sigma, weights)
    variance = xp.maximum((risk * weights).sum(axis=1), 1e-300)
    gaps = 2.0 * _linear_gaps(risk, weights, limits, xp) / variance
    return Batch(on_host(weights), on_host(gaps), np.ones(count, dtype=bool), alone)


def risk_parity_batch(sigma: Any, budgets: Array | None, limits: Limits, xp: Any = np) -> Batch:
    """Return the risk-budget portfolios for `sigma` (B, n, n), of `xp`, long and without regard to the bounds.

    `budgets` (n,) positive, equal when None. Only `limits.net` is used of the limits. Raises ValueError for budgets
    that are not positive.
    """
    shares = checked_budgets(budgets, limits)
    if (shares <= 0).any():
        raise ValueError("a batch needs positive risk budgets; leave out the assets that have none")
    b = xp.asarray(shares)
    deviations = xp.sqrt(xp.einsum("bii->bi", sigma))
    correlation = sigma / (deviations[:, :, None] * deviations[:, None, :])
    root = xp.sqrt(b)
    x = root / xp.sqrt(xp.einsum("i,bij,j->b", root, correlation, root))[:, None]
    diagonal = xp.arange(sigma.shape[1])
    for _ in range(NEWTON_STEPS):
        risk = xp.einsum("bij,bj->bi", correlation, x)
        if float(xp.abs(x * risk - b).max()) <= 4 * EPS:
            break
        hessian = correlation.copy()
        hessian[:, diagonal, diagonal] += b / x**2
        move = xp.linalg.solve(hessian, (risk - b / x)[..., None])[..., 0]
        ratio = xp.abs(move / x).max(axis=1)
        x = x - xp.where(ratio < 0.5, 1.0, 1.0 / (1.0 + ratio))[:, None] * move
    weights = x / deviations
    weights = limits.net * weights / weights.sum(axis=1, keepdims=True)
    parts = weights * xp.einsum("bij,bj->bi", sigma, weights)
    gaps = on_host(xp.abs(parts / parts.sum(axis=1, keepdims=True) - b).max(axis=1))
    result = on_host(weights)
    lost = np.flatnonzero(~(gaps <= 1e-10))
    for i in lost:
        scaled = spinu(on_host(sigma[i]), shares)[0]
        result[i] = limits.net * scaled / scaled.sum()
    return Batch(result, gaps, np.ones(len(gaps), dtype=bool), lost.size)


def check_batch(limits: Limits) -> None:
    check_box(limits)
    if not limits.is_box:
        raise ValueError("batches know bounds and a sum only; solve one by one")


def _solve(sigma: Any, gain: Any, limits: Limits, xp: Any, start: Any) -> tuple[Any, int]:
    """Return the minimisers of `1/2 w'Sw - gain'w`, (B, n), and how many had to be solved alone."""
    count, n = gain.shape
    lower, upper = xp.asarray(limits.lower), xp.asarray(limits.upper)
    fixed = xp.asarray(limits.upper <= limits.lower)
    scale = xp.einsum("bii->bi", sigma).max(axis=1)
    result = xp.zeros((count, n))
    at_lower, at_upper = xp.broadcast_to(fixed, (count, n)).copy(), xp.zeros((count, n), dtype=bool)
    if start is not None:
        at_lower, at_upper = start <= lower, (start >= upper) & ~fixed
    todo = np.arange(count)
    s, c, size = sigma, gain, scale
    lost: list[int] = []
    for _ in range(STEPS):
        at_upper = _with_one_free(s, c, at_lower, at_upper, lower, upper, fixed, xp)
        stuck = on_host((at_lower | at_upper).all(axis=1))  # without a free asset the system would be singular
        if stuck.any():
            lost += todo[stuck].tolist()
            todo, rest = todo[~stuck], xp.asarray(~stuck)
            s, c, size = s[rest], c[rest], size[rest]
            at_lower, at_upper = at_lower[rest], at_upper[rest]
        if not todo.size:
            break
        free = ~(at_lower | at_upper)
        weights, multiplier = _newton(s, c, size, free, xp.where(at_upper, upper, lower), limits.net, xp)
        if weights is None:
            break
        reduced = xp.einsum("bij,bj->bi", s, weights) - c - multiplier[:, None]
        tolerance = ROUNDING * size[:, None]
        low = (xp.where(free, weights < lower - EPS, reduced >= -tolerance) & ~at_upper) | fixed
        high = xp.where(free, weights > upper + EPS, reduced <= tolerance) & ~at_lower & ~fixed
        is_done = on_host(((low == at_lower) & (high == at_upper)).all(axis=1) & xp.isfinite(weights).all(axis=1))
        result[xp.asarray(todo[is_done])] = xp.clip(weights[xp.asarray(is_done)], lower, upper)
        todo, rest = todo[~is_done], xp.asarray(~is_done)
        s, c, size, at_lower, at_upper = s[rest], c[rest], size[rest], low[rest], high[rest]
    lost += todo.tolist()
    for i in lost:
        first = None if start is None else on_host(start[i])
        result[i] = xp.asarray(solve_box(on_host(sigma[i]), on_host(gain[i]), limits, first).weights)
    return result, len(lost)


def _with_one_free(s: Any, c: Any, at_lower: Any, at_upper: Any, lower: Any, upper: Any, fixed: Any, xp: Any) -> Any:
    """Return `at_upper` without the asset that would be sold first, where every asset is on a bound."""
    is_stuck = (at_lower | at_upper).all(axis=1)
    if not bool(is_stuck.any()):
        return at_upper
    weights = xp.where(at_upper, upper, lower)
    gradient = xp.where(at_upper & ~fixed, xp.einsum("bij,bj->bi", s, weights) - c, -xp.inf)
    first = xp.arange(c.shape[1]) == xp.argmax(gradient, axis=1)[:, None]
    return at_upper & ~(first & is_stuck[:, None])


def _newton(s: Any, c: Any, size: Any, free: Any, held: Any, net: float, xp: Any) -> tuple[Any, Any]:
    """Return the best weights of each free set with the others held, and the multipliers; None where singular."""
    count, n = c.shape
    f = free.astype(c.dtype)
    system = xp.zeros((count, n + 1, n + 1))
    system[:, :n, :n] = s * f[:, :, None]
    diagonal = xp.arange(n)
    system[:, diagonal, diagonal] += (1.0 - f) * size[:, None]
    system[:, :n, n] = -f * size[:, None]
    system[:, n, :n] = size[:, None]
    right = xp.empty((count, n + 1))
    right[:, :n] = xp.where(free, c, held * size[:, None])
    right[:, n] = net * size
    try:
        solved = xp.linalg.solve(system, right[..., None])[..., 0]
    except np.linalg.LinAlgError:
        return None, None
    return solved[:, :n], solved[:, n] * size


def vertices(gain: Any, limits: Limits, xp: Any) -> Any:
    """Return the weights with the largest `gain'w` of each problem, (B, n): sorted, as `greedy.py` does."""
    order = xp.argsort(-gain, axis=1)
    room = xp.asarray(limits.upper - limits.lower)[order]
    rest = limits.net - float(limits.lower.sum())
    filled = xp.minimum(xp.cumsum(room, axis=1), rest)
    taken = xp.concatenate([filled[:, :1], filled[:, 1:] - filled[:, :-1]], axis=1)
    rows = xp.arange(gain.shape[0])[:, None]
    weights = xp.broadcast_to(xp.asarray(limits.lower), gain.shape).copy()
    weights[rows, order] += taken
    return weights


def _linear_gaps(gradient: Any, weights: Any, limits: Limits, xp: Any) -> Any:
    centred = gradient - gradient.mean(axis=1, keepdims=True)
    return xp.maximum((centred * (weights - vertices(-centred, limits, xp))).sum(axis=1), 0.0)


def on_host(array: Any) -> Any:
    """Return the array on the CPU."""
    return array.get() if hasattr(array, "get") else np.asarray(array)
