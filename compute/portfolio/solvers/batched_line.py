"""The critical line of many problems at once: all paths take their next corner together, one linear solve per step.

The same code on NumPy and CuPy: pass the array module as `xp`. The walk is that of `critical_line.py`; a problem whose
path is lost (a singular block, corners that fall together) is walked alone on the CPU. Looking portfolios up on the
paths belongs to `batched_lookup.py`.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from compute.portfolio.limits import Array, Limits
from compute.portfolio.solvers.batched import check_batch, on_host, vertices
from compute.portfolio.solvers.box import EPS, Mask
from compute.portfolio.solvers.critical_line import BROKEN, END, NUDGE, SAME, critical_line

VERTEX = 1e-12
"""A weight this near to a bound at the largest return is on it: what a sum of bounds rounds by."""
TIED = 1e-13
"""Expected returns nearer than this, relatively, are the same: where the path then begins is found alone."""


@dataclass(frozen=True, eq=False)
class Paths:
    """The frontiers of B problems, as NumPy arrays."""

    corners: Array
    """(B, K, n) from the least variance to the largest return; shorter paths repeat their first corner."""
    thetas: Array
    """(B, K) rising: the exchange rate between return and half the variance; the last is inf."""
    alone: int
    """How many were walked one by one."""


def critical_line_batch(mu: Any, sigma: Any, limits: Limits, xp: Any = np) -> Paths:
    """Return all turning points for `mu` (B, n) and `sigma` (B, n, n), of `xp`, over the same bounds and sum.

    Raises InfeasibleError where no portfolio meets them, ValueError where there are other limits.
    """
    check_batch(limits)
    walk = _Walk(mu, sigma, limits, xp)
    corners, thetas, lost = walk.follow()
    return _with_lost(corners, thetas, np.flatnonzero(lost), mu, sigma, limits)


class _Walk:
    """The problems still on their way: what is free, where each is, and what it came from."""

    def __init__(self, mu: Any, sigma: Any, limits: Limits, xp: Any) -> None:
        self.xp, self.limits = xp, limits
        self.lower, self.upper = xp.asarray(limits.lower), xp.asarray(limits.upper)
        self.movable = xp.asarray(limits.upper > limits.lower)
        count = len(mu)
        self.mu, self.sigma = mu, sigma
        variances = xp.einsum("bii->bi", sigma)
        largest = variances.max(axis=1)
        counted = xp.where(variances > 1e-8 * largest[:, None], variances, xp.inf).min(axis=1)
        self.rho = xp.where(xp.isfinite(counted), counted, 1.0)
        spread = mu.max(axis=1) - mu.min(axis=1)
        self.end = END * xp.where(largest > 0, largest, 1.0) / xp.where(spread > 0, spread, 1.0)
        self.noise = 64 * EPS * (xp.abs(mu) + xp.abs(mu).max(axis=1, keepdims=True))
        self.theta = xp.full(count, xp.inf)
        self.last = xp.full(count, -1)
        self.pauses = xp.zeros(count, dtype=int)
        self._begin()

    def _begin(self) -> None:
        """Stand at the largest return, with the asset freed that would be sold first where none is between bounds."""
        xp = self.xp
        weights = vertices(self.mu, self.limits, xp)
        weights = xp.where(weights >= self.upper - VERTEX, self.upper, weights)
        self.weights = xp.where(weights <= self.lower + VERTEX, self.lower, weights)
        self.free = (self.weights > self.lower) & (self.weights < self.upper)
        self.at_upper = (self.weights >= self.upper) & ~self.free
        sold = self.at_upper & self.movable
        first = xp.where(sold, self.mu, xp.inf).argmin(axis=1)
        is_stuck = ~self.free.any(axis=1) & sold.any(axis=1) & (~self.at_upper & self.movable).any(axis=1)
        chosen = (xp.arange(self.mu.shape[1]) == first[:, None]) & is_stuck[:, None]
        self.free |= chosen
        self.at_upper &= ~chosen
        edge = xp.where(self.free, self.mu, xp.inf).min(axis=1, keepdims=True)
        near = xp.abs(self.mu - edge) <= TIED * xp.abs(self.mu).max(axis=1, keepdims=True)
        self.is_tied = (near & self.movable).sum(axis=1) > 1

    def follow(self) -> tuple[Any, Any, Mask]:
        """Return corners (B, K, n) and thetas (B, K) from the least variance on, and which problems were lost."""
        xp, count, n = self.xp, len(self.mu), self.limits.n
        now, theta_now = self.weights.copy(), self.theta.copy()
        corners, thetas = [now.copy()], [theta_now.copy()]
        lost = on_host(self.is_tied & self.free.any(axis=1)).copy()
        todo = self._keep(np.arange(count), on_host(self.free.any(axis=1)) & ~lost)
        for _ in range(1000 + 50 * n):
            if not todo.size:
                break
            is_over, is_lost = self._step()
            at = xp.asarray(todo)
            now[at], theta_now[at] = self.weights, self.theta
            corners.append(now.copy())
            thetas.append(theta_now.copy())
            lost[todo[is_lost]] = True
            if is_over.any() or is_lost.any():
                todo = self._keep(todo, ~(is_over | is_lost))
        lost[todo] = True
        stacked, angles = xp.stack(corners[::-1], axis=1), xp.stack(thetas[::-1], axis=1)
        return on_host(stacked), on_host(angles), lost

    def _keep(self, todo: NDArray[np.intp], chosen: Mask) -> NDArray[np.intp]:
        """Leave the problems that are done behind."""
        if chosen.all():
            return todo
        at = self.xp.asarray(chosen)
        for name in ("mu", "sigma", "rho", "end", "noise", "theta", "last", "pauses", "weights", "free", "at_upper"):
            setattr(self, name, getattr(self, name)[at])
        return todo[chosen]

    def _step(self) -> tuple[Mask, Mask]:
        """Take every problem to its next corner; return which are at the least variance, and which are lost."""
        xp = self.xp
        base, slope, is_singular = self._piece()
        gradients = xp.matmul(self.sigma, xp.stack([base, slope], axis=2))
        free = self.free / self.free.sum(axis=1, keepdims=True)
        first, second = gradients[:, :, 0], gradients[:, :, 1] - self.mu
        first = first - (first * free).sum(axis=1, keepdims=True)
        second = second - (second * free).sum(axis=1, keepdims=True)
        is_lost = is_singular | self._is_lost(base, slope) | (self.pauses > 2 * self.limits.n)
        asset, corner = self._next_corner(base, slope, first, second)
        is_over = ~(corner > self.end)
        corner = xp.where(is_over, 0.0, corner)
        is_pause = corner >= self.theta * (1.0 - SAME)
        self.pauses = xp.where(is_pause & xp.isfinite(self.theta), self.pauses + 1, 0)
        self.theta = xp.minimum(self.theta, corner)
        weights = xp.clip(base + self.theta[:, None] * slope, self.lower, self.upper)
        self.weights = xp.where(is_lost[:, None], self.weights, weights)
        self._cross(asset, slope, is_over)
        return on_host(is_over & ~is_lost), on_host(is_lost)

    def _piece(self) -> tuple[Any, Any, Any]:
        """Return the path with the present free sets, `base + theta slope`, and where the set is singular.

        Only the free assets enter the systems, padded to the largest free set of all.
        """
        xp, free = self.xp, self.free
        fixed = xp.where(free, 0.0, xp.where(self.at_upper, self.upper, self.lower))
        size = int(free.sum(axis=1).max())
        order = xp.argsort(~free, axis=1, kind="stable")[:, :size]
        rows = xp.arange(len(free))[:, None]
        inside = free[rows, order]
        block = self.sigma[rows[:, :, None], order[:, :, None], order[:, None, :]] + self.rho[:, None, None]
        block = xp.where(inside[:, :, None] & inside[:, None, :], block, 0.0)
        places = xp.arange(size)
        block[:, places, places] += xp.where(inside, 0.0, self.rho[:, None])
        held = xp.matmul(self.sigma, fixed[:, :, None])[:, :, 0]
        right = xp.stack([-held[rows, order], self.mu[rows, order], xp.ones(order.shape)], axis=2)
        right = xp.where(inside[:, :, None], right, 0.0)
        solved, is_singular = _solve_each(block, right, xp)
        total = solved[:, :, 2].sum(axis=1)
        total = xp.where(total > 0, total, 1.0)
        rest = self.limits.net - fixed.sum(axis=1)
        ones = solved[:, :, 2]
        found = solved[:, :, 0] + ((rest - solved[:, :, 0].sum(axis=1)) / total)[:, None] * ones
        turned = solved[:, :, 1] - (solved[:, :, 1].sum(axis=1) / total)[:, None] * ones
        turned = xp.where((inside.sum(axis=1) > 1)[:, None], turned, 0.0)
        base, slope = fixed, xp.zeros_like(fixed)
        base[rows, order] += xp.where(inside, found, 0.0)
        slope[rows, order] = xp.where(inside, turned, 0.0)
        return base, slope, is_singular

    def _is_lost(self, base: Any, slope: Any) -> Any:
        """Which pieces do not begin where the last one ended?"""
        xp = self.xp
        theta = xp.where(xp.isfinite(self.theta), self.theta, 0.0)[:, None]
        weights = base + theta * slope
        off = xp.maximum(self.lower - weights, weights - self.upper).max(axis=1)
        return ~((xp.abs(weights.sum(axis=1) - self.limits.net) <= BROKEN) & (off <= BROKEN))

    def _next_corner(self, base: Any, slope: Any, first: Any, second: Any) -> tuple[Any, Any]:
        """Return which asset meets or leaves a bound next, and at which theta; -inf where none does."""
        xp = self.xp
        bound = xp.where(slope > 0, self.lower, self.upper)
        safe = xp.where(slope != 0, slope, 1.0)
        meets = xp.where(self.free & (slope != 0), (bound - base) / safe, -xp.inf)
        rising = xp.where(self.at_upper, second < 0, second > 0)
        leaves = ~self.free & self.movable & rising & (xp.abs(second) > self.noise)
        events = xp.where(leaves, -first / xp.where(leaves, second, 1.0), meets)
        again = xp.arange(events.shape[1]) == self.last[:, None]
        events = xp.where(again & (events >= (self.theta * (1.0 - NUDGE))[:, None]), -xp.inf, events)
        events = xp.where(xp.isnan(events), -xp.inf, events)
        return events.argmax(axis=1), events.max(axis=1)

    def _cross(self, asset: Any, slope: Any, is_over: Any) -> None:
        """Move the assets between free and fixed; remember those that have just been fixed."""
        xp = self.xp
        chosen = (xp.arange(slope.shape[1]) == asset[:, None]) & ~is_over[:, None]
        fixes, frees = chosen & self.free, chosen & ~self.free
        is_high = slope < 0
        self.weights = xp.where(fixes, xp.where(is_high, self.upper, self.lower), self.weights)
        self.at_upper = xp.where(fixes, is_high, self.at_upper & ~frees)
        self.free = (self.free | frees) & ~fixes
        self.last = xp.where(fixes.any(axis=1), asset, -1)


def _solve_each(block: Any, right: Any, xp: Any) -> tuple[Any, Any]:
    """Return the solutions (B, k, m), and which systems (B, k, k) have none."""
    try:
        solved = xp.linalg.solve(block, right)
    except np.linalg.LinAlgError:
        is_singular = xp.linalg.slogdet(block)[0] <= 0
        solved = xp.linalg.solve(xp.where(is_singular[:, None, None], xp.eye(block.shape[1]), block), right)
        return solved, is_singular
    return solved, ~xp.isfinite(solved).all(axis=(1, 2))


def _with_lost(corners: Array, thetas: Array, lost: NDArray[np.intp], mu: Any, sigma: Any, limits: Limits) -> Paths:
    """Return the paths with those that were lost walked alone."""
    alone = [critical_line(on_host(mu[i]), on_host(sigma[i]), limits) for i in lost]
    longest = max([2, corners.shape[1], *(len(path.weights) for path in alone)])
    missing = longest - corners.shape[1]
    if missing:
        corners = np.concatenate([np.repeat(corners[:, :1], missing, axis=1), corners], axis=1)
        thetas = np.concatenate([np.repeat(thetas[:, :1], missing, axis=1), thetas], axis=1)
    for i, path in zip(lost, alone, strict=True):
        first = longest - len(path.weights)
        corners[i, first:], corners[i, :first] = path.weights, path.weights[0]
        thetas[i, first:], thetas[i, :first] = path.thetas, path.thetas[0]
    return Paths(corners, thetas, len(lost))
