"""The critical line (Markowitz 1956): every efficient portfolio over bounds and a sum, as the corners of a path.

`w(theta) = argmin 1/2 w'Sw - theta mu'w` is piecewise linear in theta. It is followed from the largest return
(theta infinite) down to the least variance (theta = 0): coming from a corner of the box, an asset that joins the free
set never makes it singular but where two assets are the same in risk and return, so fewer periods than assets and cash
need nothing special. Each piece is solved afresh from the covariance, so errors do not add up along the path.

Looking up a portfolio on the path belongs to `frontier.py`.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.linalg.lapack import dpotrf, dpotrs

from compute.portfolio.limits import Array, Limits
from compute.portfolio.solvers.box import EPS, SINGULAR, Mask, solve_box
from compute.portfolio.solvers.feasibility import check_box
from compute.portfolio.solvers.frontier import Frontier
from compute.portfolio.solvers.mean_variance import checked_covariance, checked_returns, maximum_return

SAME = 1e-12
"""Two values of theta closer than this, relatively, are one corner."""
END = 1e-13
"""Below this share of its natural scale (variance over spread of returns) theta is zero."""
BROKEN = 1e-9
"""Weights further than this outside the limits are no part of the path."""
NUDGE = 1e-9
"""Where corners fall together and the path is lost, it is taken up again this share further down."""


def critical_line(mu: Array, sigma: Array, limits: Limits) -> Frontier:
    """Return the whole efficient frontier over the bounds and sum of `limits`.

    `mu` (n,) and `sigma` (n, n), symmetric positive semidefinite, per period. Raises InfeasibleError where no
    portfolio meets the limits, ValueError where there are further limits (then `target_return`, point by point).
    """
    check_box(limits)
    if not limits.is_box:
        raise ValueError("the critical line knows bounds and a sum only; trace the frontier point by point instead")
    sigma, mu = checked_covariance(sigma, limits), checked_returns(mu, limits)
    path = _Path(mu, sigma, limits)
    path.follow()
    return path.frontier()


@dataclass(frozen=True, eq=False)
class _Piece:
    """A straight piece of the path: `w = base + theta slope`, and the reduced gradients likewise."""

    base: Array
    slope: Array
    reduced_base: Array
    reduced_slope: Array


class _Path:
    """The path so far: corners found, and the assets that are free on the piece being followed."""

    def __init__(self, mu: Array, sigma: Array, limits: Limits) -> None:
        self.mu, self.sigma, self.limits = mu, sigma, limits
        self.lower, self.upper = limits.lower, limits.upper
        self.movable = limits.upper > limits.lower
        variances = np.diagonal(sigma)
        largest = float(variances.max(initial=0.0))
        self.rho = float(variances[variances > 1e-8 * largest].min()) if largest > 0 else 1.0
        spread = float(np.ptp(mu)) or 1.0
        self.scale = largest / spread if largest > 0 else 1.0
        self.thetas: list[float] = []
        self.corners: list[Array] = []
        self.restarts = 0

    def follow(self) -> None:
        """Walk from the largest return to the least variance."""
        weights = maximum_return(self.mu, self.limits, self.sigma).weights
        self._take(weights)
        self._record(np.inf, weights)
        if not self.movable.any() or not self.free.any():
            return
        theta, fixed_last, pauses = np.inf, -1, 0
        for _ in range(1000 + 50 * self.limits.n):
            piece = self._piece(weights)
            if piece is None or pauses > 2 * self.limits.n or self._is_lost(piece, theta):
                theta, weights = self._restart(theta)
                if theta == 0.0:
                    return
                fixed_last, pauses = -1, 0
                continue
            asset, corner = self._next_corner(piece, theta, fixed_last)
            if asset < 0 or corner <= END * self.scale:
                self._record(0.0, self._at(piece, 0.0))
                return
            pauses = pauses + 1 if corner >= theta * (1.0 - SAME) else 0
            theta = min(theta, corner)
            weights = self._at(piece, theta)
            fixed_last = self._cross(asset, piece, weights)
            if pauses == 0:
                self._record(theta, weights)

    def frontier(self) -> Frontier:
        """Return the corners in the order of rising return."""
        weights = np.array(self.corners[::-1])
        return Frontier(self.mu, self.sigma, self.limits, np.array(self.thetas[::-1]), weights, self.restarts)

    def _record(self, theta: float, weights: Array) -> None:
        if self.corners and np.array_equal(self.corners[-1], weights):
            self.thetas[-1] = theta
            return
        self.thetas.append(theta)
        self.corners.append(weights.copy())

    def _take(self, weights: Array) -> None:
        """Read from `weights` which assets are free; where none is, free the one that would be sold first."""
        self.free: Mask = (weights > self.lower) & (weights < self.upper)
        self.at_upper: Mask = (weights >= self.upper) & ~self.free
        sold = self.at_upper & self.movable
        if self.free.any() or not sold.any() or not (~self.at_upper & self.movable).any():
            return
        cheapest = self.mu[sold].min()
        gradient = np.where(sold & (self.mu <= cheapest), self.sigma @ weights, -np.inf)
        first = int(gradient.argmax())
        self.free[first], self.at_upper[first] = True, False

    def _piece(self, weights: Array) -> _Piece | None:
        """Return the path with the present free set, or None where that set is singular."""
        inside = np.flatnonzero(self.free)
        fixed = np.where(self.free, 0.0, np.where(self.at_upper, self.upper, self.lower))
        held = np.flatnonzero(fixed)
        rows = self.sigma[inside]
        block = rows[:, inside] + self.rho
        diagonal = np.diagonal(block).copy()
        factor, info = dpotrf(block, lower=1, clean=0)
        if info or (np.diagonal(factor) ** 2 <= SINGULAR * diagonal).any():
            return None
        right = np.empty((inside.size, 3), order="F")
        right[:, 0] = -(rows[:, held] @ fixed[held]) if held.size else 0.0
        right[:, 1] = self.mu[inside]
        right[:, 2] = 1.0
        solved = dpotrs(factor, right, lower=1)[0]
        total = float(solved[:, 2].sum())
        rest = self.limits.net - float(fixed.sum())
        base, slope = fixed, np.zeros(self.limits.n)
        base[inside] = solved[:, 0] + (rest - float(solved[:, 0].sum())) / total * solved[:, 2]
        if inside.size > 1:
            slope[inside] = solved[:, 1] - float(solved[:, 1].sum()) / total * solved[:, 2]
        return self._with_gradients(base, slope, inside, held, rows)

    def _with_gradients(
        self, base: Array, slope: Array, inside: NDArray[np.intp], held: NDArray[np.intp], rows: Array
    ) -> _Piece:
        first = base[inside] @ rows
        if held.size:
            first = first + base[held] @ self.sigma[held]
        second = slope[inside] @ rows - self.mu
        return _Piece(base, slope, first - first[inside].mean(), second - second[inside].mean())

    def _is_lost(self, piece: _Piece, theta: float) -> bool:
        """Does the piece not begin where the last one ended, for its block is all but singular?"""
        weights = piece.base + theta * piece.slope if np.isfinite(theta) else piece.base
        return bool(
            abs(float(weights.sum()) - self.limits.net) > BROKEN
            or (weights < self.lower - BROKEN).any()
            or (weights > self.upper + BROKEN).any()
        )

    def _next_corner(self, piece: _Piece, theta: float, fixed_last: int) -> tuple[int, float]:
        """Return which asset meets or leaves a bound next, and at which theta; asset -1 where none does."""
        with np.errstate(divide="ignore", invalid="ignore"):
            bound = np.where(piece.slope > 0, self.lower, self.upper)
            meets = np.where(self.free & (piece.slope != 0), (bound - piece.base) / piece.slope, -np.inf)
            crossing = -piece.reduced_base / piece.reduced_slope
            rising = np.where(self.at_upper, piece.reduced_slope < 0, piece.reduced_slope > 0)
            noise = 64 * EPS * (np.abs(self.mu) + float(np.abs(self.mu).max()))
            leaves = ~self.free & self.movable & rising & (np.abs(piece.reduced_slope) > noise)
            events = np.where(leaves, crossing, meets)
        if fixed_last >= 0 and events[fixed_last] >= theta * (1.0 - NUDGE):
            events[fixed_last] = -np.inf
        asset = int(events.argmax())
        return (asset, float(events[asset])) if np.isfinite(events[asset]) else (-1, 0.0)

    def _cross(self, asset: int, piece: _Piece, weights: Array) -> int:
        """Move `asset` between free and fixed; return it if it has just been fixed, else -1."""
        if not self.free[asset]:
            self.free[asset], self.at_upper[asset] = True, False
            return -1
        self.at_upper[asset] = bool(piece.slope[asset] < 0)
        self.free[asset] = False
        weights[asset] = self.upper[asset] if self.at_upper[asset] else self.lower[asset]
        return asset

    def _at(self, piece: _Piece, theta: float) -> Array:
        weights = piece.base + theta * piece.slope if np.isfinite(theta) else piece.base.copy()
        return np.clip(weights, self.lower, self.upper)

    def _restart(self, theta: float) -> tuple[float, Array]:
        """Take up the path a little further down by solving for it outright."""
        self.restarts += 1
        theta = theta if np.isfinite(theta) else 1e6 * self.scale
        theta *= 1.0 - min(NUDGE * 2.0 ** min(self.restarts, 30), 0.5)
        if theta <= END * self.scale:
            theta = 0.0
        point = solve_box(self.sigma, theta * self.mu, self.limits, self.corners[-1])
        self._take(point.weights)
        if point.is_free.any():
            self.free = point.is_free.copy()
            self.at_upper &= ~self.free
        self._record(theta, point.weights)
        return theta, point.weights.copy()
