"""Minimum variance, quadratic utility and maximum return, over any limits; which solver is chosen, and the proof.

Targets of return and volatility belong to `targets.py`, the ratio of the two to `sharpe.py`.
"""

import numpy as np

from compute.portfolio.covariance.sample import sample_covariance
from compute.portfolio.limits import Array, Limits
from compute.portfolio.solution import Solution
from compute.portfolio.solvers.box import BoxPoint, solve_box
from compute.portfolio.solvers.certificate import certify_box
from compute.portfolio.solvers.feasibility import check_box
from compute.portfolio.solvers.greedy import best_vertex
from compute.portfolio.solvers.quadratic import OfReturns

MANY = 200
"""Assets from which a covariance costs more than what is solved with it."""


def minimum_variance(sigma: Array, limits: Limits, start: Array | None = None) -> Solution:
    """Return the portfolio of least variance; `objective` is the variance w'Sw.

    `sigma` (n, n) symmetric, positive semidefinite, finite; `start` (n,) weights to begin at, such as yesterday's.
    Raises InfeasibleError where no portfolio meets the limits.
    """
    check_box(limits)
    sigma = checked_covariance(sigma, limits)
    if not limits.is_box:
        return _general(np.zeros(limits.n), sigma, 2.0, limits, is_utility=False)
    point = solve_box(sigma, np.zeros(limits.n), limits, start)
    return _as_variance(point, sigma @ point.weights, np.diagonal(sigma), limits)


def minimum_variance_of_returns(returns: Array, limits: Limits, start: Array | None = None) -> Solution:
    """Return what `minimum_variance` returns for the sample covariance of `returns`, (T, n) without NaN, T >= 2.

    Many assets within a box are solved without forming that matrix, which would cost more than all the rest.
    """
    if limits.n < MANY or not limits.is_box:
        return minimum_variance(sample_covariance(returns), limits, start)
    check_box(limits)
    returns = np.asarray(returns, dtype=np.float64)
    if returns.ndim != 2 or returns.shape[1] != limits.n or len(returns) < 2:
        raise ValueError(f"returns have shape {returns.shape} where (2 or more, {limits.n}) is needed")
    sigma = OfReturns(returns)
    if not np.isfinite(sigma.means.sum()):
        raise ValueError("returns hold NaN or infinity")
    point = solve_box(sigma, np.zeros(limits.n), limits, start)
    return _as_variance(point, sigma.times(point.weights), sigma.variances, limits)


def utility(mu: Array, sigma: Array, aversion: float, limits: Limits, start: Array | None = None) -> Solution:
    """Return the portfolio with the largest `mu'w - aversion/2 w'Sw`, which is the `objective`.

    `mu` (n,) expected returns and `sigma` (n, n), per period; `aversion` > 0 (Markowitz 1952). The duality gap is
    relative to `|mu'w| + aversion/2 w'Sw`, for the difference may be next to nothing.
    Raises InfeasibleError where no portfolio meets the limits, ValueError for an aversion that is not positive.
    """
    if not aversion > 0:
        raise ValueError(f"risk aversion {aversion} is not positive; with none, choose the maximum return")
    check_box(limits)
    sigma, mu = checked_covariance(sigma, limits), checked_returns(mu, limits)
    if not limits.is_box:
        return _general(mu, sigma, aversion, limits, is_utility=True)
    point = solve_box(sigma, mu / aversion, limits, start)
    weights = point.weights
    risk = sigma @ weights
    earned, variance = float(mu @ weights), float(weights @ risk)
    size = abs(earned) + 0.5 * aversion * variance
    scale = float(np.abs(mu).max(initial=0.0)) + 0.5 * aversion * float(np.diagonal(sigma).max(initial=0.0))
    proof = certify_box(aversion * risk - mu, weights, limits, size, scale, point.steps, "active set")
    return Solution(weights, earned - 0.5 * aversion * variance, proof)


def maximum_return(mu: Array, limits: Limits, sigma: Array | None = None) -> Solution:
    """Return the portfolio with the largest `mu'w`; among equals, that of least variance if `sigma` is given.

    Raises InfeasibleError where no portfolio meets the limits, ValueError where `max_volatility` or
    `max_tracking_error` are set and `sigma` is not given.
    """
    check_box(limits)
    mu = checked_returns(mu, limits)
    if not limits.is_box:
        from compute.portfolio.solvers.general import solve_general

        return solve_general(mu, sigma, 0.0, limits).as_solution()
    weights = best_vertex(mu, limits)
    if sigma is not None:
        weights = _least_variance_among_equals(mu, checked_covariance(sigma, limits), weights, limits)
    objective = float(mu @ weights)
    scale = float(np.abs(mu).max(initial=0.0))
    return Solution(weights, objective, certify_box(-mu, weights, limits, objective, scale, 1, "sorting"))


def checked_covariance(sigma: Array, limits: Limits) -> Array:
    """Return `sigma` as float64, or raise ValueError where its shape is wrong or it is not finite."""
    sigma = np.asarray(sigma, dtype=np.float64)
    if sigma.shape != (limits.n, limits.n):
        raise ValueError(f"covariance has shape {sigma.shape} where ({limits.n}, {limits.n}) is needed")
    if not np.isfinite(sigma.sum()):
        raise ValueError("covariance holds NaN or infinity")
    return sigma


def checked_returns(mu: Array, limits: Limits) -> Array:
    """Return `mu` as float64, or raise ValueError where its shape is wrong or it is not finite."""
    mu = np.asarray(mu, dtype=np.float64)
    if mu.shape != (limits.n,):
        raise ValueError(f"expected returns have shape {mu.shape} where ({limits.n},) is needed")
    if not np.isfinite(mu.sum()):
        raise ValueError("expected returns hold NaN or infinity")
    return mu


def _as_variance(point: BoxPoint, risk: Array, variances: Array, limits: Limits) -> Solution:
    """Return the answer with its proof; `risk` is S w, (n,)."""
    weights, objective = point.weights, float(point.weights @ risk)
    scale = float(variances.max(initial=0.0))
    proof = certify_box(2.0 * risk, weights, limits, objective, scale, point.steps, "active set")
    return Solution(weights, objective, proof)


def _least_variance_among_equals(mu: Array, sigma: Array, weights: Array, limits: Limits) -> Array:
    """Return the least risky of the portfolios that earn as much as `weights`, a vertex of largest return."""
    partly = (weights > limits.lower) & (weights < limits.upper)
    edge = mu[partly][0] if partly.any() else np.min(mu[weights > limits.lower], initial=np.inf)
    tied = np.abs(mu - edge) <= 1e-14 * float(np.abs(mu).max(initial=0.0))
    if np.count_nonzero(tied) < 2:
        return weights
    lower, upper = np.where(tied, limits.lower, weights), np.where(tied, limits.upper, weights)
    return solve_box(sigma, np.zeros(limits.n), limits.only_box().within(lower, upper), weights).weights


def _general(mu: Array, sigma: Array, aversion: float, limits: Limits, is_utility: bool) -> Solution:
    from compute.portfolio.solvers.general import solve_general

    answer = solve_general(mu, sigma, aversion, limits)
    return answer.as_solution() if is_utility else answer.as_variance()
