"""Quadratic objectives over any convex limits, by an interior point method and an exact finish."""

from dataclasses import dataclass

from compute.portfolio.limits import Array, Limits
from compute.portfolio.solution import Solution


@dataclass(frozen=True, eq=False)
class GeneralAnswer:
    """An answer that can be told as a utility or as a variance."""

    def as_solution(self, method: str = "") -> Solution:
        """Return the answer with `mu'w - aversion/2 w'Sw` as objective."""
        raise NotImplementedError

    def as_variance(self) -> Solution:
        """Return the answer with the variance as objective."""
        raise NotImplementedError


def solve_general(mu: Array, sigma: Array | None, aversion: float, limits: Limits) -> GeneralAnswer:
    """Return the maximiser of `mu'w - aversion/2 w'Sw` over all limits."""
    raise NotImplementedError("limits other than bounds")
