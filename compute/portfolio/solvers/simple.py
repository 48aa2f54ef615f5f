"""Weights by rule, without an optimum: equal, and in inverse proportion to volatility."""

import numpy as np

from compute.portfolio.limits import Array, Limits
from compute.portfolio.solution import Certificate, Conflict, Solution, UndefinedError
from compute.portfolio.solvers.box import Mask, solve_box
from compute.portfolio.solvers.certificate import box_violation
from compute.portfolio.solvers.feasibility import check_box
from compute.portfolio.solvers.mean_variance import checked_covariance


def equal_weight(limits: Limits) -> Solution:
    """Return equal weights, or the allowed weights nearest to them; `objective` is the squared distance moved.

    Raises InfeasibleError where no portfolio meets the limits.
    """
    check_box(limits)
    return nearest(np.full(limits.n, limits.net / limits.n), limits, "equal weights")


def inverse_volatility(sigma: Array, limits: Limits) -> Solution:
    """Return weights in proportion to 1/volatility, or the allowed weights nearest to them; `objective` as above.

    `sigma` (n, n). Raises InfeasibleError where no portfolio meets the limits; UndefinedError for an asset without
    risk.
    """
    check_box(limits)
    variances = np.diagonal(checked_covariance(sigma, limits))
    refuse_riskless(variances, limits)
    inverse = 1.0 / np.sqrt(variances)
    return nearest(limits.net * inverse / inverse.sum(), limits, "inverse volatility")


def nearest(weights: Array, limits: Limits, method: str) -> Solution:
    """Return the allowed portfolio nearest to `weights` (n,) in the sum of squares, and say if it was moved."""
    violation = box_violation(weights, limits)
    if limits.is_box and violation <= 1e-12:
        return Solution(weights, 0.0, Certificate("optimal", 0.0, violation, (), 1, method))
    moved = f"{method}, moved to the nearest within the limits"
    if not limits.is_box:
        from compute.portfolio.solvers.general import solve_general

        answer = solve_general(weights, np.eye(limits.n), 1.0, limits).as_solution(moved)
        distance = float(np.sum((answer.weights - weights) ** 2))
        return Solution(answer.weights, distance, answer.certificate)
    point = solve_box(np.eye(limits.n), weights, limits)
    distance = float(np.sum((point.weights - weights) ** 2))
    proof = Certificate("optimal", 0.0, box_violation(point.weights, limits), (), point.steps, moved)
    return Solution(point.weights, distance, proof)


def refuse_riskless(variances: Array, limits: Limits, used: Mask | None = None) -> None:
    """Raise UndefinedError where an asset (of those `used`, (n,)) has no variance, which these rules divide by."""
    is_flat = variances <= 1e-16 * float(variances.max(initial=0.0))
    flat = np.flatnonzero(is_flat if used is None else is_flat & used)
    if flat.size:
        name = limits.assets[int(flat[0])]
        way = "" if used is None else ", give it a risk budget of 0"
        conflict = Conflict(
            (f"{name} has no risk",),
            f"{name} has no risk, and this rule divides by each asset's risk.",
            f"Leave {name} out{way}, or choose the minimum variance.",
        )
        raise UndefinedError(conflict)
