"""Targets of return and volatility over any limits."""

from dataclasses import replace

import numpy as np

from compute.portfolio.limits import Array, Limits
from compute.portfolio.solution import InfeasibleError, Solution
from compute.portfolio.solvers.cvar import with_least_return
from compute.portfolio.solvers.frontier import unreachable_return, unreachable_volatility
from compute.portfolio.solvers.general import solve_general, volatility


def general_target_return(mu: Array, sigma: Array, target: float, limits: Limits) -> Solution:
    """Return the portfolio of least variance that earns at least `target`; raise InfeasibleError where none does."""
    best = solve_general(mu, sigma, 0.0, limits)
    top = float(mu @ best.weights)
    if target > top + 1e-12 * float(np.abs(mu).max()):
        raise InfeasibleError(unreachable_return(target, top))
    return solve_general(np.zeros(limits.n), sigma, 2.0, with_least_return(limits, mu, min(target, top))).as_variance()


def general_target_volatility(mu: Array, sigma: Array, target: float, limits: Limits) -> Solution:
    """Return the portfolio of largest return with volatility at most `target`; raise InfeasibleError where none is."""
    calm = solve_general(np.zeros(limits.n), sigma, 2.0, limits)
    least = volatility(calm.weights, sigma)
    if target < least * (1 - 1e-12):
        raise InfeasibleError(unreachable_volatility(target, least))
    most = target if limits.max_volatility is None else min(target, limits.max_volatility)
    return solve_general(mu, sigma, 0.0, replace(limits, max_volatility=most)).as_solution()
