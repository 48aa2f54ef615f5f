"""The largest Sharpe ratio over any convex limits."""

from compute.portfolio.limits import Array, Limits
from compute.portfolio.solution import Solution


def general_sharpe(mu: Array, sigma: Array, risk_free: float, limits: Limits) -> Solution:
    """Return the portfolio with the largest Sharpe ratio over all limits."""
    raise NotImplementedError("limits other than bounds")
