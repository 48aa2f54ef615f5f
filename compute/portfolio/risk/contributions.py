"""Who brings the risk: the volatility and the tail of a portfolio as sums over its assets (Euler's theorem)."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from compute.portfolio.risk.tails import gaussian_tail
from compute.portfolio.tail_mean import tail_weights

Array = NDArray[np.float64]


class Book(Protocol):
    """A portfolio and what is known of its assets, from a history or from given moments; per period."""

    @property
    def names(self) -> tuple[str, ...]:
        """(n,)"""

    @property
    def weights(self) -> Array:
        """(n,)"""

    @property
    def cash(self) -> float:
        """Weight of cash; negative when borrowed."""

    @property
    def covariance(self) -> Array:
        """(n, n)"""

    @property
    def mean(self) -> float:
        """Expected return of the portfolio, cash among it."""

    @property
    def year(self) -> float:
        """Periods per year."""


@dataclass(frozen=True)
class Contributions:
    """Shares of one measure of risk, (n,) each.

    Attributes
    ----------
    total : the measure
    marginal : by how much it grows per unit of weight
    component : weight times marginal; they sum to the total
    percent : component over the total; they sum to 1, and are 0 where there is no risk
    """

    total: float
    marginal: Array
    component: Array
    percent: Array


def volatility_contributions(weights: Array, covariance: Array) -> Contributions:
    """Return the contributions to sqrt(w' S w), in the units of `covariance` (n, n)."""
    shared = covariance @ weights
    total = float(np.sqrt(max(float(weights @ shared), 0.0)))
    if total <= 1e-12:
        return Contributions(0.0, np.zeros_like(weights), np.zeros_like(weights), np.zeros_like(weights))
    return _contributions(weights, shared / total, total)


def tail_contributions(weights: Array, returns: Array, confidence: float) -> Contributions:
    """Return the contributions to the historical CVaR of `returns` (T, n): mean losses of each asset in the tail."""
    counted = tail_weights(-(returns @ weights), confidence)
    marginal = -(counted @ returns)
    return _contributions(weights, marginal, float(weights @ marginal))


def normal_tail_contributions(weights: Array, means: Array, covariance: Array, confidence: float) -> Contributions:
    """Return the contributions to the CVaR of a normal distribution: `-m_i + (S w)_i / s phi(z) / (1 - c)` marginal."""
    shared = covariance @ weights
    deviation = float(np.sqrt(max(float(weights @ shared), 0.0)))
    far = gaussian_tail(0.0, 1.0, confidence).cvar
    marginal = -means + (far * shared / deviation if deviation > 1e-12 else 0.0)
    return _contributions(weights, marginal, float(weights @ marginal))


def _contributions(weights: Array, marginal: Array, total: float) -> Contributions:
    component = weights * marginal
    percent = component / total if abs(total) > 1e-12 else np.zeros_like(weights)
    return Contributions(total, marginal, component, percent)
