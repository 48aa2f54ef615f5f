"""Efficient portfolios looked up on a path of corners: by return, by volatility, by ratio. Nothing is solved here.

Between two corners weights change linearly, so each look-up is a search among the corners and a formula.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from compute.portfolio.limits import Array, Limits
from compute.portfolio.solution import Certificate, Conflict, InfeasibleError, Solution, UndefinedError
from compute.portfolio.solvers.certificate import box_violation, certify_box, relative
from compute.portfolio.solvers.greedy import linear_gap


@dataclass(frozen=True, eq=False)
class Frontier:
    """The whole efficient frontier, from the least variance to the largest return; per period."""

    mu: Array
    """(n,)"""
    sigma: Array
    """(n, n)"""
    limits: Limits
    thetas: Array
    """(p,) rising: the exchange rate between return and half the variance at each corner; the last may be inf."""
    weights: Array
    """(p, n) corners; every portfolio between two neighbours is efficient."""
    restarts: int = 0
    """How often the path had to be taken up again; the piece before is exact to 1e-9 of theta only."""

    @cached_property
    def returns(self) -> Array:
        """(p,) rising."""
        returns: Array = np.maximum.accumulate(self.weights @ self.mu)
        return returns

    @cached_property
    def variances(self) -> Array:
        """(p,) rising."""
        return np.asarray(np.maximum(np.einsum("pn,pn->p", self._risks, self.weights), 0.0))

    @property
    def volatilities(self) -> Array:
        """(p,) rising."""
        return np.asarray(np.sqrt(self.variances))

    @property
    def least_risky(self) -> Array:
        """(n,) the portfolio of least variance, and among those of largest return."""
        return np.asarray(self.weights[0])

    @property
    def most_rewarding(self) -> Array:
        """(n,) the portfolio of largest return, and among those of least variance."""
        return np.asarray(self.weights[-1])

    def at_return(self, target: float) -> Array:
        """Return the weights (n,) of least variance that earn at least `target`.

        Raises InfeasibleError where no portfolio earns so much.
        """
        if target <= self.returns[0]:
            return self.least_risky
        top = float(self.returns[-1])
        if target > top + 1e-12 * max(abs(top), abs(float(self.returns[0]))):
            raise InfeasibleError(unreachable_return(target, top))
        corner = min(int(np.searchsorted(self.returns, target)), len(self.returns) - 1)
        rise = self.returns[corner] - self.returns[corner - 1]
        share = (target - self.returns[corner - 1]) / rise if rise > 0 else 1.0
        return self._between(corner, share)

    def at_volatility(self, target: float) -> Array:
        """Return the weights (n,) of largest return whose volatility is at most `target`.

        Raises InfeasibleError where every portfolio is riskier.
        """
        volatilities = self.volatilities
        if target < volatilities[0] * (1 - 1e-12):
            raise InfeasibleError(unreachable_volatility(target, float(volatilities[0])))
        if target >= volatilities[-1]:
            return self.most_rewarding
        corner = max(int(np.searchsorted(volatilities, target)), 1)
        start, change = self._piece(corner)
        a, b, c = float(change @ self.sigma @ change), float(start @ self.sigma @ change), target * target
        c = float(self.variances[corner - 1]) - c
        root = np.sqrt(max(b * b - a * c, 0.0))
        share = -c / (b + root) if b + root > 0 else float(c < 0)  # at the least variance nothing can be gained
        return self._between(corner, share)

    def maximum_sharpe(self, risk_free: float = 0.0) -> Array:
        """Return the weights (n,) with the largest `(mu - risk_free)'w / volatility`.

        Raises UndefinedError where no portfolio earns more than the risk-free rate, or one does without risk.
        """
        excess = self.weights @ (self.mu - risk_free)
        if excess[-1] <= 0:
            raise UndefinedError(nothing_above(risk_free, float(self.returns[-1])))
        if self.variances[0] <= 0 and excess[0] > 0:
            raise UndefinedError(free_lunch())
        ratios = np.where(excess > 0, excess / np.sqrt(np.maximum(self.variances, 1e-300)), -np.inf)
        best = int(ratios.argmax())
        candidates = [np.asarray(self.weights[best])]
        for corner in range(max(best - 1, 1), min(best + 3, len(self.weights))):  # two corners may be one portfolio
            candidates.append(self._between(corner, self._best_share(corner, risk_free)))
        return max(candidates, key=lambda weights: self._ratio(weights, risk_free))

    def sample(self, count: int) -> Array:
        """Return `count` portfolios, (count, n), at evenly spaced returns from least variance to largest return."""
        targets = self.targets(count)
        if len(self.weights) == 1:
            return np.repeat(self.weights, count, axis=0)
        corners = np.clip(np.searchsorted(self.returns, targets), 1, len(self.returns) - 1)
        rise = self.returns[corners] - self.returns[corners - 1]
        reached = targets - self.returns[corners - 1]
        shares = np.clip(np.divide(reached, rise, out=np.ones(count), where=rise > 0), 0.0, 1.0)[:, None]
        mixed = (1.0 - shares) * self.weights[corners - 1] + shares * self.weights[corners]
        return np.clip(mixed, self.limits.lower, self.limits.upper)

    def targets(self, count: int) -> Array:
        """Return `count` evenly spaced returns, (count,)."""
        return np.linspace(self.returns[0], self.returns[-1], count)

    def solution(self, weights: Array) -> Solution:
        """Return weights of the frontier with the proof that none with their return is less risky.

        The gap is relative to the variance, the `objective`.
        """
        theta = self._theta(float(self.mu @ weights))
        risk = self.sigma @ weights
        variance = float(weights @ risk)
        scale = float(np.diagonal(self.sigma).max(initial=0.0))
        gradient = 2.0 * (risk - theta * self.mu)
        proof = certify_box(gradient, weights, self.limits, variance, scale, len(self.weights), "critical line")
        return Solution(weights, variance, proof)

    @cached_property
    def certificate(self) -> Certificate:
        """The worst of all corners: gap relative to the variance, and violation."""
        worst, violation = 0.0, 0.0
        scale = float(np.diagonal(self.sigma).max(initial=0.0))
        for theta, weights, risk, variance in zip(self.thetas, self.weights, self._risks, self.variances, strict=True):
            gradient = 2.0 * (risk - theta * self.mu) if np.isfinite(theta) else -self.mu
            size = float(variance) if np.isfinite(theta) else float(np.abs(self.mu).max(initial=0.0))
            gap = linear_gap(gradient, weights, self.limits)
            worst = max(worst, relative(gap, size, scale))
            violation = max(violation, box_violation(weights, self.limits))
        return Certificate(
            "optimal" if worst <= 1e-6 else "limit", worst, violation, (), len(self.weights), "critical line"
        )

    @cached_property
    def _risks(self) -> Array:
        """(p, n) `w'S` of each corner, from the assets that any corner holds."""
        held = np.flatnonzero(self.weights.any(axis=0))
        return np.asarray(self.weights[:, held] @ self.sigma[held])

    def _piece(self, corner: int) -> tuple[Array, Array]:
        start = self.weights[corner - 1]
        return start, self.weights[corner] - start

    def _between(self, corner: int, share: float) -> Array:
        start, change = self._piece(corner)
        return np.clip(start + min(max(share, 0.0), 1.0) * change, self.limits.lower, self.limits.upper)

    def _best_share(self, corner: int, risk_free: float) -> float:
        """Return where on a piece the ratio is stationary: linear, as the terms of second order cancel."""
        start, change = self._piece(corner)
        excess = self.mu - risk_free
        m0, m1 = float(excess @ start), float(excess @ change)
        s00, s01 = float(self.variances[corner - 1]), float(self._risks[corner - 1] @ change)
        s11 = float(change @ self.sigma @ change)
        slope = m1 * s01 - m0 * s11
        return (m0 * s01 - m1 * s00) / slope if slope != 0 else 0.0

    def _ratio(self, weights: Array, risk_free: float) -> float:
        variance = float(weights @ self.sigma @ weights)
        return float((self.mu - risk_free) @ weights) / float(np.sqrt(max(variance, 1e-300)))

    def _theta(self, earned: float) -> float:
        """Return the exchange rate at a return, 0 at the least variance; finite."""
        corner = min(max(int(np.searchsorted(self.returns, earned)), 0), len(self.returns) - 1)
        if corner == 0 or earned <= self.returns[0]:
            return 0.0
        low, high = float(self.thetas[corner - 1]), float(self.thetas[corner])
        rise = float(self.returns[corner] - self.returns[corner - 1])
        if not np.isfinite(high):
            return low
        return low + (high - low) * (earned - float(self.returns[corner - 1])) / rise if rise > 0 else high


def unreachable_return(target: float, best: float) -> Conflict:
    """Return why no portfolio earns `target`, where the best earns `best`; per period."""
    return Conflict(
        constraints=(f"return at least {target:.6g}",),
        message=f"No allowed portfolio earns {target:.6g} per period; the best earns {best:.6g}.",
        nearest=f"Lower the target to {best:.6g}, or loosen the limits on the assets that earn most.",
    )


def unreachable_volatility(target: float, least: float) -> Conflict:
    """Return why no portfolio is as calm as `target`, where the calmest has `least`; per period."""
    return Conflict(
        constraints=(f"volatility at most {target:.6g}",),
        message=f"Every allowed portfolio is riskier than {target:.6g} per period; the calmest has {least:.6g}.",
        nearest=f"Raise the volatility to {least:.6g}, or loosen the limits on the calm assets.",
    )


def nothing_above(risk_free: float, best: float) -> Conflict:
    """Return why the Sharpe ratio has no maximum where no portfolio beats the risk-free rate; per period."""
    return Conflict(
        constraints=(f"return above the risk-free rate {risk_free:.6g}",),
        message=(
            f"No feasible portfolio above the risk-free rate: the best earns {best:.6g} per period, "
            f"the risk-free rate is {risk_free:.6g}."
        ),
        nearest=f"Set a risk-free rate below {best:.6g}, or choose the minimum variance.",
    )


def free_lunch() -> Conflict:
    """Return why the Sharpe ratio has no maximum where a portfolio without risk earns more than the risk-free rate."""
    return Conflict(
        constraints=("volatility above 0",),
        message="A portfolio without any risk earns more than the risk-free rate, so the Sharpe ratio has no maximum.",
        nearest="Remove constant or redundant assets, or raise the risk-free rate to what they earn.",
    )
