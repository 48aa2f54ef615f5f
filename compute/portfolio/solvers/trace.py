"""The efficient frontier point by point, over limits that the critical line does not know."""

from dataclasses import dataclass

import numpy as np

from compute.portfolio.limits import Array, Limits
from compute.portfolio.solution import Certificate, Solution
from compute.portfolio.solvers.certificate import relative
from compute.portfolio.solvers.cvar import with_least_return
from compute.portfolio.solvers.general import solve_general, volatility
from compute.portfolio.solvers.mean_variance import maximum_return, minimum_variance


@dataclass(frozen=True, eq=False)
class TracedFrontier:
    """Efficient portfolios at evenly spaced returns, from the least variance to the largest return; per period."""

    weights: Array
    """(p, n)"""
    returns: Array
    """(p,)"""
    volatilities: Array
    """(p,)"""
    certificate: Certificate
    """The worst of all points; gaps relative to the variance."""


def trace_frontier(mu: Array, sigma: Array, limits: Limits, points: int) -> TracedFrontier:
    """Return `points` (2 or more) portfolios of least variance at evenly spaced returns over any limits.

    Raises InfeasibleError where no portfolio meets the limits. Costs an interior point solve per point; over bounds
    alone `critical_line` gives all of them at once.
    """
    if points < 2:
        raise ValueError(f"{points} points are no frontier; ask for 2 or more")
    calm = minimum_variance(sigma, limits)
    top = maximum_return(mu, limits, sigma)
    targets = np.linspace(float(mu @ calm.weights), float(mu @ top.weights), points)
    found = [calm]
    for target in targets[1:-1]:
        found.append(solve_general(np.zeros(limits.n), sigma, 2.0, with_least_return(limits, mu, target)).as_variance())
    last = solve_general(np.zeros(limits.n), sigma, 2.0, with_least_return(limits, mu, float(targets[-1]) - _slack(mu)))
    found.append(last.as_variance() if last.certificate.status == "optimal" else top)
    weights = np.array([solution.weights for solution in found])
    risks = np.array([volatility(w, sigma) for w in weights])
    return TracedFrontier(weights, weights @ mu, risks, _worst(found, sigma))


def _slack(mu: Array) -> float:
    """Return what the last point may earn less than the most, so that rounding leaves a portfolio."""
    return 1e-12 * float(np.abs(mu).max(initial=0.0))


def _worst(found: list[Solution], sigma: Array) -> Certificate:
    proofs = [solution.certificate for solution in found]
    scale = float(np.diagonal(sigma).max(initial=0.0))
    gap = max(proof.duality_gap for proof in proofs)
    return Certificate(
        status="optimal" if all(proof.status == "optimal" for proof in proofs) else "limit",
        duality_gap=relative(gap, 1.0, scale),
        violation=max(proof.violation for proof in proofs),
        iterations=sum(proof.iterations for proof in proofs),
        method="point by point",
    )
