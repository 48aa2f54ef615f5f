"""Targets of return and volatility over any convex limits."""

from compute.portfolio.limits import Array, Limits
from compute.portfolio.solution import Solution


def general_target_return(mu: Array, sigma: Array, target: float, limits: Limits) -> Solution:
    """Return the portfolio of least variance that earns at least `target`."""
    raise NotImplementedError("limits other than bounds")


def general_target_volatility(mu: Array, sigma: Array, target: float, limits: Limits) -> Solution:
    """Return the portfolio of largest return whose volatility is at most `target`."""
    raise NotImplementedError("limits other than bounds")
