"""The least risk for a return, and the largest return for a risk."""

import numpy as np

from compute.portfolio.limits import Array, Limits
from compute.portfolio.solution import Solution
from compute.portfolio.solvers.critical_line import critical_line


def target_return(mu: Array, sigma: Array, target: float, limits: Limits) -> Solution:
    """Return the portfolio of least variance that earns at least `target`; `objective` is the variance.

    `mu` (n,), `sigma` (n, n) and `target` per period. Raises InfeasibleError where no allowed portfolio earns so much.
    """
    if not limits.is_box:
        from compute.portfolio.solvers.general_targets import general_target_return

        return general_target_return(mu, sigma, target, limits)
    frontier = critical_line(mu, sigma, limits)
    return frontier.solution(frontier.at_return(target))


def target_volatility(mu: Array, sigma: Array, target: float, limits: Limits) -> Solution:
    """Return the portfolio of largest return whose volatility is at most `target`; `objective` is the return.

    `target` per period. Raises InfeasibleError where every allowed portfolio is riskier.
    """
    if not limits.is_box:
        from compute.portfolio.solvers.general_targets import general_target_volatility

        return general_target_volatility(mu, sigma, target, limits)
    frontier = critical_line(mu, sigma, limits)
    found = frontier.solution(frontier.at_volatility(target))
    return Solution(found.weights, float(np.asarray(mu) @ found.weights), found.certificate)
