"""Quadratic objectives over any limits: the bounds alone if that answers it, else an interior point and its polish."""

from dataclasses import dataclass, replace

import numpy as np

from compute.portfolio.limits import Array, Limits
from compute.portfolio.solution import Certificate, Conflict, InfeasibleError, Solution
from compute.portfolio.solvers.box import solve_box
from compute.portfolio.solvers.certificate import certify_box, relative
from compute.portfolio.solvers.conflict import check_linear
from compute.portfolio.solvers.frontier import unreachable_volatility
from compute.portfolio.solvers.greedy import best_vertex
from compute.portfolio.solvers.lagrangian import linear_binding, linear_bound, violation_of
from compute.portfolio.solvers.linear_form import linear_form
from compute.portfolio.solvers.linear_program import LinearProgram
from compute.portfolio.solvers.polish import polish
from compute.portfolio.solvers.repricing import Polished

WITHIN = 1e-12
OPTIMAL = 1e-6


@dataclass(frozen=True, eq=False)
class GeneralAnswer:
    """The maximiser of `mu'w - aversion/2 w'Sw`, which can be told as a utility, a variance or a return."""

    weights: Array
    mu: Array
    sigma: Array | None
    aversion: float
    certificate: Certificate
    """Its gap is relative to the utility's parts."""

    def as_solution(self, method: str = "") -> Solution:
        """Return the answer with `mu'w - aversion/2 w'Sw` as objective."""
        certificate = replace(self.certificate, method=method) if method else self.certificate
        return Solution(
            self.weights, float(self.mu @ self.weights) - 0.5 * self.aversion * self._variance(), certificate
        )

    def as_variance(self) -> Solution:
        """Return the answer with the variance as objective; `mu` is zero."""
        return Solution(self.weights, self._variance(), self.certificate)

    def _variance(self) -> float:
        return 0.0 if self.sigma is None else float(self.weights @ self.sigma @ self.weights)


def solve_general(mu: Array, sigma: Array | None, aversion: float, limits: Limits) -> GeneralAnswer:
    """Return the maximiser of `mu'w - aversion/2 w'Sw` over all limits.

    Raises InfeasibleError, with the limits in conflict, where no portfolio meets them; ValueError where a limit of
    volatility or tracking error is set and `sigma` is None.
    """
    if sigma is None and not (limits.is_linear or limits.is_discrete):
        raise ValueError("limits of volatility or tracking error need a covariance")
    if limits.is_discrete:
        from compute.portfolio.solvers.cardinality import solve_discrete

        return solve_discrete(mu, sigma, aversion, limits)
    check_linear(limits)
    easy = _within_bounds(mu, sigma, aversion, limits)
    if easy is not None:
        return easy
    if limits.is_linear and (aversion == 0 or sigma is None):
        return _linear(mu, sigma, limits)
    from compute.portfolio.solvers.conic import solve_conic

    point = solve_conic(mu, sigma, aversion, limits)
    if point.is_infeasible and sigma is not None:
        raise InfeasibleError(risk_conflict(sigma, limits))
    found = polish(mu, sigma, aversion, limits, point.weights)
    return _told(mu, sigma, aversion, limits, found, point.iterations)


def exceeded(weights: Array, sigma: Array | None, limits: Limits) -> float:
    """Return by how much weights exceed any limit, of risk too; counts of assets are not looked at."""
    worst = violation_of(weights, limits)
    if sigma is None:
        return worst
    if limits.max_volatility is not None:
        worst = max(worst, volatility(weights, sigma) - limits.max_volatility)
    if limits.max_tracking_error is not None and limits.benchmark is not None:
        worst = max(worst, volatility(weights - limits.benchmark, sigma) - limits.max_tracking_error)
    return worst


def volatility(weights: Array, sigma: Array) -> float:
    """Return `sqrt(w'Sw)`."""
    return float(np.sqrt(max(float(weights @ sigma @ weights), 0.0)))


def _within_bounds(mu: Array, sigma: Array | None, aversion: float, limits: Limits) -> GeneralAnswer | None:
    """Return the answer over bounds and sum alone if it happens to meet the other limits."""
    if sigma is None or aversion == 0:
        weights, gradient, steps = best_vertex(mu, limits), -mu, 1
    else:
        point = solve_box(sigma, mu / aversion, limits)
        weights, steps = point.weights, point.steps
        gradient = aversion * (sigma @ weights) - mu
    if exceeded(weights, sigma, limits) > WITHIN:
        return None
    size, scale = _sizes(mu, sigma, aversion, weights)
    proof = certify_box(gradient, weights, limits, size, scale, steps, "active set, no other limit binding")
    return GeneralAnswer(weights, mu, sigma, aversion, proof)


def _linear(mu: Array, sigma: Array | None, limits: Limits) -> GeneralAnswer:
    """Return the largest return over linear limits: a vertex, proved by the prices of its rows."""
    form = linear_form(limits)
    size = float(np.abs(mu).max(initial=0.0)) or 1.0
    cost = np.zeros(form.lower.size)
    cost[: limits.n] = -mu / size
    vertex = LinearProgram(form, cost).solve()
    weights = np.clip(vertex.x[: limits.n], limits.lower, limits.upper)
    gap = max(-float(mu @ weights) - linear_bound(-mu, vertex.row_dual * size, form, limits), 0.0)
    binding = linear_binding(-mu, vertex.row_dual * size, form, weights, limits)
    found = Polished(weights, gap, violation_of(weights, limits), binding)
    return _told(mu, sigma, 0.0, limits, found, vertex.iterations, "simplex")


def _told(
    mu: Array,
    sigma: Array | None,
    aversion: float,
    limits: Limits,
    found: Polished,
    steps: int,
    method: str = "interior point, polished",
) -> GeneralAnswer:
    size, scale = _sizes(mu, sigma, aversion, found.weights)
    gap = relative(found.gap, size, scale)
    is_good = gap <= OPTIMAL and found.violation <= OPTIMAL
    proof = Certificate(
        status="optimal" if is_good else "limit",
        duality_gap=gap,
        violation=found.violation,
        binding=found.binding,
        iterations=steps,
        method=method,
    )
    return GeneralAnswer(found.weights, mu, sigma, aversion, proof)


def _sizes(mu: Array, sigma: Array | None, aversion: float, weights: Array) -> tuple[float, float]:
    """Return the size of the objective's parts at the answer, and at its largest."""
    if sigma is None:
        return abs(float(mu @ weights)), float(np.abs(mu).max(initial=0.0))
    size = abs(float(mu @ weights)) + 0.5 * aversion * float(weights @ sigma @ weights)
    return size, float(np.abs(mu).max(initial=0.0)) + 0.5 * aversion * float(np.diagonal(sigma).max())


def risk_conflict(sigma: Array, limits: Limits) -> Conflict:
    """Return which limits of risk stand against the others, and the least they must be raised to."""
    linear = replace(limits, max_volatility=None, max_tracking_error=None)
    if limits.max_volatility is not None:
        calm = solve_general(np.zeros(limits.n), sigma, 1.0, linear)
        least = volatility(calm.weights, sigma)
        if least > limits.max_volatility * (1 + 1e-9):
            return unreachable_volatility(limits.max_volatility, least)
    if limits.max_tracking_error is not None and limits.benchmark is not None:
        close = solve_general(sigma @ limits.benchmark, sigma, 1.0, linear)
        least = volatility(close.weights - limits.benchmark, sigma)
        if least > limits.max_tracking_error * (1 + 1e-9):
            return Conflict(
                (f"tracking error at most {limits.max_tracking_error:.6g}",),
                f"Every allowed portfolio strays further than {limits.max_tracking_error:.6g} per period from the "
                f"benchmark; the closest has a tracking error of {least:.6g}.",
                f"Raise the tracking error to {least:.6g}, or loosen the limits that keep weights from the benchmark.",
            )
    named = []
    if limits.max_volatility is not None:
        named.append(f"volatility at most {limits.max_volatility:.6g}")
    if limits.max_tracking_error is not None:
        named.append(f"tracking error at most {limits.max_tracking_error:.6g}")
    return Conflict(
        tuple(named),
        f"No allowed portfolio meets {' and '.join(named)} together, though each can be met alone.",
        "Raise one of them, or choose a calmer benchmark.",
    )
