"""Portfolios looked up on the frontiers of many problems: evenly spaced, by ratio, return, volatility and aversion.

The formulas are those of `frontier.py`. Arrays of NumPy or CuPy, by what the paths hold.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from compute.portfolio.limits import Array
from compute.portfolio.solvers.box import Mask

RISKLESS = 1e-20
"""A variance below this share of the largest asset's is rounding."""


@dataclass(frozen=True, eq=False)
class PathLookup:
    """The frontiers of B problems with their moments.

    Attributes
    ----------
    corners : (B, K, n) from the least variance to the largest return
    thetas : (B, K) rising
    mu : (B, n)
    sigma : (B, n, n)
    """

    corners: Array
    thetas: Array
    mu: Array
    sigma: Array

    @cached_property
    def returns(self) -> Array:
        """(B, K) rising."""
        earned = np.matmul(self.corners, self.mu[:, :, None])[:, :, 0]
        return np.asarray(np.maximum.accumulate(earned, axis=1))

    @cached_property
    def risks(self) -> Array:
        """(B, K, n) `w'S` of each corner."""
        return np.asarray(np.matmul(self.corners, self.sigma))

    @cached_property
    def variances(self) -> Array:
        """(B, K) rising."""
        return np.asarray(np.maximum((self.risks * self.corners).sum(axis=2), 0.0))

    def sample(self, count: int) -> tuple[Array, Array, Array]:
        """Return weights (B, count, n), returns and volatilities (B, count) at evenly spaced returns of each path."""
        low, high = self.returns[:, :1], self.returns[:, -1:]
        targets = low + (high - low) * np.linspace(0.0, 1.0, count)
        weights = self._at(*self._places(self.returns, targets))
        risk = np.matmul(weights, self.sigma)
        variances = np.maximum((risk * weights).sum(axis=2), 0.0)
        return weights, np.matmul(weights, self.mu[:, :, None])[:, :, 0], np.sqrt(variances)

    def at_return(self, target: float) -> Array:
        """Return the weights (B, n) of least variance that earn the target; the most rewarding where none does."""
        asked = np.full((len(self.mu), 1), target)
        return self._at(*self._places(self.returns, asked))[:, 0]

    @cached_property
    def crossings(self) -> Array:
        """(B, K - 1) `a'Sb` of each corner and the next."""
        return np.asarray((self.risks[:, :-1] * self.corners[:, 1:]).sum(axis=2))

    def returns_at(self, volatilities: Array) -> Array:
        """Return the largest returns (B, m) at volatilities (m,): the calmest portfolio's where all are riskier."""
        targets = np.broadcast_to(volatilities**2, (len(self.mu), volatilities.size))
        corner, share = self._reaching(targets)
        rows = np.arange(len(corner))[:, None]
        low, high = self.returns[rows, corner - 1], self.returns[rows, corner]
        return np.asarray(low + share * (high - low))

    def at_volatility(self, target: float) -> Array:
        """Return the weights (B, n) of largest return no riskier than the target; the calmest where all are."""
        return self._at(*self._reaching(np.full((len(self.mu), 1), target * target)))[:, 0]

    def at_aversion(self, aversion: float) -> Array:
        """Return the weights (B, n) with the largest `mu'w - aversion/2 w'Sw`."""
        thetas = np.where(np.isfinite(self.thetas), self.thetas, np.inf)
        corner = np.clip((thetas < 1.0 / aversion).sum(axis=1), 1, thetas.shape[1] - 1)
        rows = np.arange(len(corner))
        low, high = thetas[rows, corner - 1], thetas[rows, corner]
        rise = np.where(np.isfinite(high), high - low, np.inf)
        share = np.divide(1.0 / aversion - low, rise, out=np.zeros_like(low), where=rise > 0)
        return self._at(corner[:, None], np.clip(share, 0.0, 1.0)[:, None])[:, 0]

    def best_ratio(self, risk_free: float) -> tuple[Array, Mask]:
        """Return the weights (B, n) of the highest Sharpe ratio, and where there is one: elsewhere the calmest.

        On each piece the ratio has one stationary point, as in `frontier.Frontier.maximum_sharpe`.
        """
        excess = np.matmul(self.corners, (self.mu - risk_free)[:, :, None])[:, :, 0]
        variances = self.variances
        e0, de = excess[:, :-1], np.diff(excess, axis=1)
        v0, lean = variances[:, :-1], self.crossings - variances[:, :-1]
        bend = variances[:, :-1] - 2 * self.crossings + variances[:, 1:]
        below = e0 * bend - de * lean
        share = np.divide(de * v0 - e0 * lean, below, out=np.zeros_like(below), where=below != 0)
        share = np.clip(share, 0.0, 1.0)
        shares = np.concatenate([share, np.ones((len(share), 1))], axis=1)  # and the last corner itself
        corner = np.minimum(np.arange(1, shares.shape[1] + 1), shares.shape[1] - 1)
        at = np.minimum(np.arange(shares.shape[1]), shares.shape[1] - 2)
        earned = e0[:, at] + shares * de[:, at]
        variance = v0[:, at] + 2 * shares * lean[:, at] + shares**2 * bend[:, at]
        is_risky = variance > RISKLESS * np.einsum("bii->bi", self.sigma).max(axis=1)[:, None]
        ratios = np.where((earned > 0) & is_risky, earned / np.sqrt(np.maximum(variance, 1e-300)), -np.inf)
        best = ratios.argmax(axis=1)
        rows = np.arange(len(best))
        is_defined = ratios[rows, best] > 0
        place = np.where(is_defined, corner[best], 1)
        share = np.where(is_defined, shares[rows, best], 0.0)
        return self._at(place[:, None], share[:, None])[:, 0], np.asarray(is_defined)

    def _places(self, levels: Array, targets: Array) -> tuple[Array, Array]:
        """Return where rising levels (B, K) reach targets (B, m): the corner above, and the share of the way to it."""
        corner = (levels[:, None, :] < targets[:, :, None]).sum(axis=2)
        corner = np.clip(corner, 1, levels.shape[1] - 1)
        rows = np.arange(len(levels))[:, None]
        low, high = levels[rows, corner - 1], levels[rows, corner]
        share = np.divide(targets - low, high - low, out=np.zeros_like(low), where=high > low)
        return corner, np.clip(share, 0.0, 1.0)

    def _reaching(self, targets: Array) -> tuple[Array, Array]:
        """Return where the variances (B, m) are reached: the corner above, and the share of the way to it.

        On a piece the variance is v0 + 2 t b + t^2 a, with b = crossing - v0 and a = v0 - 2 crossing + v1.
        """
        corner, _ = self._places(self.variances, targets)
        rows = np.arange(len(corner))[:, None]
        first, last = self.variances[rows, corner - 1], self.variances[rows, corner]
        crossing = self.crossings[rows, corner - 1]
        a, b, c = first - 2 * crossing + last, crossing - first, first - targets
        root = np.sqrt(np.maximum(b * b - a * c, 0.0))
        share = np.divide(-c, b + root, out=np.where(c < 0, 1.0, 0.0), where=b + root > 0)
        return corner, np.clip(share, 0.0, 1.0)

    def _at(self, corner: Any, share: Any) -> Array:
        """Return the weights (B, m, n) at shares of the way to corners, (B, m) each."""
        rows = np.arange(len(corner))[:, None]
        low, high = self.corners[rows, corner - 1], self.corners[rows, corner]
        return np.asarray(low + share[:, :, None] * (high - low))
