"""Quasi-Newton minimisation of a smooth function of a few unbounded variables."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.linalg import LinAlgError
from numpy.typing import NDArray

Array = NDArray[np.float64]
Objective = Callable[[Array], float]

MAX_STEPS = 100
DIFFERENCE = 1e-5  # of forward differences: a gradient error of about 1e-5 of the curvature
CENTRAL_DIFFERENCE = 1e-4  # of central ones, for the last steps and the proof of arrival
DECREASE = 1e-5  # expected of the next step, in units of -2 log-likelihood, below which we have arrived
VALLEY = 2.0  # of -2 log-likelihood, above a minimum: within one standard error of it or two
MAX_STEP = 4.0  # in partial-autocorrelation space, where 1 is already a long way


@dataclass(frozen=True, eq=False)
class Minimum:
    """Where a search ended, and what it learned of the curvature there."""

    point: Array
    value: float
    has_converged: bool
    inverse_hessian: Array


def minimise(
    objective: Objective,
    start: Array,
    inverse_hessian: Array,
    max_steps: int = MAX_STEPS,
    known: Sequence[Minimum] = (),
) -> Minimum:
    """Return a local minimum near `start` (BFGS, Nocedal & Wright 2006, algorithm 6.1).

    Gradients are forward differences until these stop helping, central ones from there on. A search that comes into
    the valley of a known minimum ends there.

    Parameters
    ----------
    objective : may return infinity, where the point is refused
    start : (K,) with a finite value
    inverse_hessian : (K, K) positive definite guess
    """
    x, value = start, objective(start)
    if x.size == 0 or not np.isfinite(value):
        return Minimum(x, value, x.size == 0, inverse_hessian)
    is_central = False
    gradient = _gradient(objective, x, value, is_central)
    for _ in range(max_steps):
        direction = -inverse_hessian @ gradient
        expected = -0.5 * float(gradient @ direction)
        trial = _search(objective, x, value, gradient, direction) if expected > DECREASE else None
        if trial is None and is_central:
            return Minimum(x, value, expected <= 100 * DECREASE, inverse_hessian)
        if trial is None:
            is_central = True
            gradient = _gradient(objective, x, value, is_central)
            continue
        moved, x, value = trial[0] - x, trial[0], trial[1]
        for minimum in known:
            if _is_in_valley(minimum, x, value):
                return minimum
        previous, gradient = gradient, _gradient(objective, x, value, is_central)
        inverse_hessian = _update(inverse_hessian, moved, gradient - previous)
    return Minimum(x, value, False, inverse_hessian)


def _is_in_valley(minimum: Minimum, x: Array, value: float) -> bool:
    """Return whether x is near the minimum, by its curvature, and as high above it as that curvature says."""
    away = x - minimum.point
    try:
        height = 0.5 * float(away @ np.linalg.solve(minimum.inverse_hessian, away))
    except LinAlgError:
        return False
    return 0 <= height < VALLEY and 0 <= value - minimum.value <= 2 * height + DECREASE


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


def _gradient(objective: Objective, x: Array, value: float, is_central: bool) -> Array:
    gradient = np.zeros(x.size)
    for i in range(x.size):
        step = (CENTRAL_DIFFERENCE if is_central else DIFFERENCE) * max(1.0, abs(float(x[i])))
        ahead = _shifted(objective, x, i, step)
        if np.isfinite(ahead) and not is_central:
            gradient[i] = (ahead - value) / step
            continue
        behind = _shifted(objective, x, i, -step)
        if np.isfinite(ahead) and np.isfinite(behind):
            gradient[i] = (ahead - behind) / (2 * step)
        elif np.isfinite(behind):
            gradient[i] = (value - behind) / step
        elif np.isfinite(ahead):
            gradient[i] = (ahead - value) / step
    return gradient


def _shifted(objective: Objective, x: Array, i: int, step: float) -> float:
    moved = x.copy()
    moved[i] += step
    return objective(moved)


def _update(inverse_hessian: Array, moved: Array, gradient_change: Array) -> Array:
    """BFGS update of the inverse, skipped where the curvature along the step is not positive."""
    curvature = float(moved @ gradient_change)
    if curvature <= 1e-10 * float(np.linalg.norm(moved) * np.linalg.norm(gradient_change)):
        return inverse_hessian
    rho = 1.0 / curvature
    left = np.eye(moved.size) - rho * np.outer(moved, gradient_change)
    return np.asarray(left @ inverse_hessian @ left.T + rho * np.outer(moved, moved))
