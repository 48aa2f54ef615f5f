"""Quadratic programs over bounds and a sum, exactly: `min 1/2 w'Sw - c'w, lower <= w <= upper, sum w = net`.

A primal active set on the free assets. The optimum of a portfolio is sparse, so each step is the Cholesky factor of a
small block. Small problems first try the primal-dual active set (all assets free, then whole sets change sides), which
needs about five steps but may cycle; what it leaves is finished by the primal method, which cannot.

S may be singular (fewer periods than assets, duplicates, cash): `S + rho 11'` equals S but for a constant wherever the
sum is fixed, and is positive definite on a free set unless the optimum there is not unique; then the step follows the
flat direction to a bound. What is asked of a portfolio, and proof of an answer, belong elsewhere.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.linalg.lapack import dpotrf, dpotrs

from compute.portfolio.limits import Array, Limits
from compute.portfolio.solvers.factor_start import factor_start
from compute.portfolio.solvers.quadratic import Dense, Quadratic

Mask = NDArray[np.bool_]

EPS = float(np.finfo(np.float64).eps)
ROUNDING = 64 * EPS
"""Multiplier signs are read down to this multiple of the terms they are the difference of."""
SINGULAR = 1e-13
"""A pivot below this share of its diagonal element says that the block is singular to rounding."""
SMALL = 64
"""Up to this size the primal-dual method starts with every asset free."""
PRIMAL_DUAL_STEPS = 12
IDLE_ROUNDS = 12
"""After so many releases without any gain what is left to gain is rounding."""
RELEASE_SHARE = 0.35
"""Of the free set's size, how many assets may be released at once."""


@dataclass(frozen=True, eq=False)
class BoxPoint:
    """Where a quadratic program over a box ended."""

    weights: Array
    """(n,)"""
    is_free: Mask
    """(n,) strictly between the bounds, or on one without being held there."""
    multiplier: float
    """Of the sum: the gradient `Sw - c` on the free set."""
    steps: int
    is_solved: bool


def solve_box(sigma: Array | Quadratic, gain: Array, limits: Limits, start: Array | None = None) -> BoxPoint:
    """Return the minimiser of `1/2 w'Sw - gain'w` over the bounds and sum of `limits`, whose other parts are ignored.

    `sigma` (n, n) is symmetric and positive semidefinite, or what stands for such a matrix; `start` (n,) any weights,
    such as the answer to a similar problem. The bounds must leave room for the sum.
    """
    matrix = Dense(sigma) if isinstance(sigma, np.ndarray) else sigma
    problem = _Problem(matrix, gain, limits)
    if start is None and limits.n <= SMALL:
        point = problem.primal_dual()
        if point.is_solved:
            return point
        start = point.weights if point.steps > 1 else None
    if start is None:
        start = factor_start(matrix, gain, limits)
    return problem.primal(moved_inside(start, limits))


class _Problem:
    """One program, with what every step needs of it."""

    def __init__(self, sigma: Quadratic, gain: Array, limits: Limits) -> None:
        self.sigma, self.gain, self.limits = sigma, gain, limits
        self.lower, self.upper = limits.lower, limits.upper
        self.variances = sigma.variances
        self.deviations = np.sqrt(np.maximum(self.variances, 0.0))
        largest = float(self.variances.max(initial=0.0))
        self.sizes = np.maximum(self.deviations, 1e-3 * np.sqrt(largest) or 1.0)
        positive = self.variances[self.variances > 1e-8 * largest]
        self.rho = float(positive.min()) if largest > 0 else 1.0
        self.movable = limits.upper > limits.lower

    def primal_dual(self) -> BoxPoint:
        """Change whole sets of assets at once until every sign is right, or give up."""
        n = self.limits.n
        at_lower, at_upper = ~self.movable, np.zeros(n, dtype=bool)
        weights = self.lower.copy()
        seen: set[bytes] = set()
        for step in range(1, PRIMAL_DUAL_STEPS + 1):
            free = ~(at_lower | at_upper)
            key = free.tobytes() + at_upper.tobytes()
            if key in seen or not free.any():
                break
            seen.add(key)
            weights = np.where(at_upper, self.upper, self.lower)
            inside = np.flatnonzero(free)
            target, flat = self._minimiser(weights, inside)
            if flat is not None:
                break
            weights[inside] = target
            gradient = self._gradient(weights)
            multiplier = float(gradient[inside].mean())
            reduced = gradient - multiplier
            tolerance = self._tolerance(weights, multiplier)
            low = np.where(free, weights < self.lower - EPS, reduced >= -tolerance) & ~at_upper
            high = np.where(free, weights > self.upper + EPS, reduced <= tolerance) & ~at_lower
            low, high = low | ~self.movable, high & self.movable
            if (low == at_lower).all() and (high == at_upper).all():
                return BoxPoint(np.clip(weights, self.lower, self.upper), free, multiplier, step, True)
            at_lower, at_upper = low, high
        return BoxPoint(weights, ~(at_lower | at_upper), 0.0, len(seen), False)

    def primal(self, weights: Array) -> BoxPoint:
        """Descend from feasible `weights`, one bound met at a time, until no multiplier has the wrong sign."""
        free = (weights > self.lower) & (weights < self.upper)
        at_upper = (weights >= self.upper) & ~free
        released: NDArray[np.intp] = np.zeros(0, dtype=np.intp)
        limit = 100 + 20 * self.limits.n
        least, idle, barred = np.inf, 0, np.zeros(self.limits.n, dtype=bool)
        for step in range(1, limit + 1):
            inside = np.flatnonzero(free)
            if inside.size:
                target, flat = self._minimiser(weights, inside)
                move = target - weights[inside] if flat is None else flat
                wrong = self._wrong_way(released, inside, move, at_upper)
                if wrong.size:
                    if released.size == 1:  # it descends by rounding only
                        barred[wrong] = True
                    kept = released[~np.isin(released, wrong)]
                    if not kept.size and released.size > 1:
                        kept = released[:1]
                    free[released] = False
                    free[kept] = True
                    released = kept
                    continue
                at_upper[released] = False
                released = released[:0]
                length, hit, hits_upper = self._longest_step(weights, inside, move, flat is not None)
                if hit.size:
                    weights[inside] += length * move
                    weights[hit] = np.where(hits_upper, self.upper[hit], self.lower[hit])
                    free[hit], at_upper[hit] = False, hits_upper
                    continue
                weights[inside] = target
            gradient = self._gradient(weights)
            value = float(weights @ (gradient - self.gain))
            if value < least:
                least, idle, barred[:] = value, 0, False
            idle += 1
            released = self._to_release(weights, gradient, free, at_upper, barred)
            if not released.size or idle > IDLE_ROUNDS:
                return self._end(weights, free, step, True)
            free[released] = True
        return self._end(weights, free, limit, False)

    def _end(self, weights: Array, free: Mask, step: int, is_solved: bool) -> BoxPoint:
        weights = np.clip(weights, self.lower, self.upper)
        gradient = self._gradient(weights)
        multiplier = float(gradient[free].mean()) if free.any() else float(np.median(gradient))
        return BoxPoint(weights, free, multiplier, step, is_solved)

    def _gradient(self, weights: Array) -> Array:
        return np.asarray(self.sigma.times(weights) - self.gain)

    def _tolerance(self, weights: Array, multiplier: float) -> Array:
        """Return what rounding may make of each reduced gradient, (n,)."""
        risk = self.deviations * float(np.abs(weights) @ self.deviations)
        return np.asarray(ROUNDING * (risk + np.abs(self.gain) + abs(multiplier)))

    def _minimiser(self, weights: Array, inside: NDArray[np.intp]) -> tuple[Array, Array | None]:
        """Return the best weights of the free set with the others held, and a flat direction if they are not unique."""
        fixed = weights.copy()
        fixed[inside] = 0.0
        held = np.flatnonzero(fixed)
        block = self.sigma.block(inside, inside) + self.rho
        right = np.empty((inside.size, 2), order="F")
        right[:, 0] = self.gain[inside]
        if held.size:
            right[:, 0] -= self.sigma.block(inside, held) @ fixed[held]
        right[:, 1] = 1.0
        diagonal = np.diagonal(block).copy()
        factor, info = dpotrf(block, lower=1, clean=0)
        count = inside.size if info == 0 else info - 1
        weak = np.flatnonzero(np.diagonal(factor)[:count] ** 2 <= SINGULAR * diagonal[:count])
        if weak.size or info:
            rank = int(weak[0]) if weak.size else count
            return weights[inside], self._flat_direction(weights, inside, block, factor, rank)
        solved = dpotrs(factor, right, lower=1)[0]
        rest = self.limits.net - float(fixed.sum())
        shift = (rest - float(solved[:, 0].sum())) / float(solved[:, 1].sum())
        return solved[:, 0] + shift * solved[:, 1], None

    def _flat_direction(
        self, weights: Array, inside: NDArray[np.intp], block: Array, factor: Array, rank: int
    ) -> Array:
        """Return a direction in which the objective is linear, downhill, that keeps the sum."""
        direction = np.zeros(inside.size)
        direction[rank] = 1.0
        if rank:
            direction[:rank] = -dpotrs(np.asfortranarray(factor[:rank, :rank]), block[:rank, rank], lower=1)[0]
        direction -= direction.mean() * (direction != 0) * direction.size / max(np.count_nonzero(direction), 1)
        slope = float(self._gradient(weights)[inside] @ direction)
        return -direction if slope > 0 else direction

    def _wrong_way(
        self, released: NDArray[np.intp], inside: NDArray[np.intp], move: Array, at_upper: Mask
    ) -> NDArray[np.intp]:
        """Return those just released that would leave the box at once."""
        if not released.size:
            return released
        moves = move[np.searchsorted(inside, released)]
        return released[np.where(at_upper[released], moves > 0, moves < 0)]

    def _longest_step(
        self, weights: Array, inside: NDArray[np.intp], move: Array, is_flat: bool
    ) -> tuple[float, NDArray[np.intp], Mask]:
        """Return how far to go, and which assets then meet a bound (none where the whole step is allowed)."""
        bound = np.where(move > 0, self.upper[inside], self.lower[inside])
        with np.errstate(divide="ignore", invalid="ignore"):
            reach = np.where(move != 0, np.maximum((bound - weights[inside]) / move, 0.0), np.inf)
        length = float(reach.min())
        if length >= 1.0 and not is_flat:
            return 1.0, inside[:0], np.zeros(0, dtype=bool)
        met = reach <= length
        return length, inside[met], move[met] > 0

    def _to_release(
        self, weights: Array, gradient: Array, free: Mask, at_upper: Mask, barred: Mask
    ) -> NDArray[np.intp]:
        """Return the assets on a bound that the objective would gain from leaving, the most promising first."""
        if not free.any():
            return self._pair(weights, gradient, at_upper)
        multiplier = float(gradient[free].mean())
        gain = np.where(at_upper, gradient - multiplier, multiplier - gradient)
        tolerance = self._tolerance(weights, multiplier)
        gain[free | barred | ~self.movable | (gain <= tolerance + float(tolerance[free].mean()))] = 0.0
        score = gain / self.sizes
        count = max(1, int(RELEASE_SHARE * np.count_nonzero(free)))
        best = np.argsort(-score)[:count]
        return np.asarray(best[score[best] > 0])

    def _pair(self, weights: Array, gradient: Array, at_upper: Mask) -> NDArray[np.intp]:
        """Return one asset to sell and one to buy where every asset is on a bound."""
        sell = np.where(at_upper & self.movable, gradient, -np.inf)
        buy = np.where(~at_upper & self.movable, gradient, np.inf)
        pair = np.array([int(sell.argmax()), int(buy.argmin())])
        tolerance = self._tolerance(weights, 0.0)
        if sell[pair[0]] - buy[pair[1]] <= tolerance[pair].sum():
            return pair[:0]
        return pair


def moved_inside(weights: Array, limits: Limits) -> Array:
    """Return `weights` moved into the box and onto the sum, where they are not: a little by each that has room."""
    weights = np.clip(weights, limits.lower, limits.upper)
    rest = limits.net - float(weights.sum())
    room = limits.upper - weights if rest > 0 else weights - limits.lower
    finite = np.minimum(room, abs(rest))
    total = float(finite.sum())
    if abs(rest) <= 4 * EPS or total <= 0:
        return weights
    return np.clip(weights + rest * finite / total, limits.lower, limits.upper)
