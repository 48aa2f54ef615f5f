"""Quasi-Newton minimisation of a smooth function of a few unbounded variables."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Objective = Callable[[Array], float]

MAX_STEPS = 100
DIFFERENCE = 1e-5  # forward differences; errors of about 1e-5 of the curvature in the gradient
DECREASE = 1e-6  # expected of the next step, in units of -2 log-likelihood, below which we have arrived
MAX_STEP = 4.0  # in partial-autocorrelation space, where 1 is already a long way


@dataclass(frozen=True)
class Minimum:
    """Where the search ended."""

    point: Array
    value: float
    has_converged: bool


def minimise(objective: Objective, start: Array, inverse_hessian: Array) -> Minimum:
    """Return a local minimum near `start` (BFGS, Nocedal & Wright 2006, algorithm 6.1).

    Parameters
    ----------
    objective : may return infinity, where the point is refused
    start : (K,) with a finite value
    inverse_hessian : (K, K) positive definite guess
    """
    x, value = start, objective(start)
    if x.size == 0 or not np.isfinite(value):
        return Minimum(x, value, x.size == 0)
    initial = inverse_hessian
    gradient = _gradient(objective, x, value)
    has_restarted = False
    for _ in range(MAX_STEPS):
        direction = -inverse_hessian @ gradient
        expected = -0.5 * float(gradient @ direction)
        trial = _search(objective, x, value, gradient, direction) if expected > DECREASE else None
        if trial is None:
            # A gradient of rounding errors, or a metric gone bad: a fresh metric decides which.
            if has_restarted or expected <= 0.1 * DECREASE:
                return Minimum(x, value, expected <= 100 * DECREASE)
            inverse_hessian, has_restarted = initial, True
            continue
        x_next, value_next = trial
        gradient_next = _gradient(objective, x_next, value_next)
        inverse_hessian = _update(inverse_hessian, x_next - x, gradient_next - gradient)
        has_restarted = False
        x, value, gradient = x_next, value_next, gradient_next
    return Minimum(x, value, False)


def invert_information(information: Array) -> Array:
    """Return a positive definite inverse of a symmetric matrix that may be singular: the metric to start with."""
    values, vectors = np.linalg.eigh(information)
    floor = max(float(values.max(initial=0.0)) * 1e-6, 1e-8)
    return np.asarray((vectors / np.maximum(values, floor)) @ vectors.T)


def _search(
    objective: Objective, x: Array, value: float, gradient: Array, direction: Array
) -> tuple[Array, float] | None:
    """Backtrack until the decrease is sufficient (Armijo), interpolating quadratically."""
    slope = float(gradient @ direction)
    step = min(1.0, MAX_STEP / float(np.abs(direction).max()))
    for _ in range(20):
        trial = x + step * direction
        trial_value = objective(trial)
        if trial_value <= value + 1e-4 * step * slope:
            return trial, trial_value
        curvature = trial_value - value - step * slope
        shorter = -slope * step**2 / (2 * curvature) if np.isfinite(curvature) and curvature > 0 else 0.0
        step = min(max(shorter, 0.1 * step), 0.5 * step)
    return None


def _gradient(objective: Objective, x: Array, value: float) -> Array:
    gradient = np.zeros(x.size)
    for i in range(x.size):
        step = DIFFERENCE * max(1.0, abs(float(x[i])))
        moved = x.copy()
        moved[i] += step
        ahead = objective(moved)
        if not np.isfinite(ahead):
            moved[i] = x[i] - step
            ahead, step = objective(moved), -step
        gradient[i] = (ahead - value) / step if np.isfinite(ahead) else 0.0
    return gradient


def _update(inverse_hessian: Array, moved: Array, gradient_change: Array) -> Array:
    """BFGS update of the inverse, skipped where the curvature along the step is not positive."""
    curvature = float(moved @ gradient_change)
    if curvature <= 1e-10 * float(np.linalg.norm(moved) * np.linalg.norm(gradient_change)):
        return inverse_hessian
    rho = 1.0 / curvature
    left = np.eye(moved.size) - rho * np.outer(moved, gradient_change)
    return np.asarray(left @ inverse_hessian @ left.T + rho * np.outer(moved, moved))
