"""The largest Sharpe ratio with at most so many assets, or with least positions."""

from dataclasses import replace

from compute.portfolio.limits import Array, Limits
from compute.portfolio.solution import Solution, UndefinedError
from compute.portfolio.solvers.cardinality import search
from compute.portfolio.solvers.mean_variance import minimum_variance
from compute.portfolio.solvers.sharpe import maximum_sharpe


def discrete_sharpe(mu: Array, sigma: Array, risk_free: float, limits: Limits) -> Solution:
    """Return the portfolio with the largest Sharpe ratio within counts and least positions; see `maximum_sharpe`.

    Branch and bound: without the count the largest ratio over the same bounds is found exactly, and none with the count
    is larger. The gap is relative to the ratio.
    """
    try:
        found = search(limits, lambda relaxed: maximum_sharpe(mu, sigma, risk_free, relaxed))
    except UndefinedError:
        minimum_variance(sigma, limits)  # where no portfolio has so few assets at all, that is what to say
        raise
    return replace(found.best, certificate=found.certificate(abs(found.best.objective)))
