"""Quasi-Newton maximisation of the likelihood over unbounded coordinates: the method of `optimiser.py` above."""

import numpy as np
from numba import types

from compute.forecast.sarima.kernels.algebra import Solve
from compute.forecast.sarima.kernels.compilation import Counts, Cube, Matrix, pointer, stage
from compute.forecast.sarima.kernels.coordinates import ToCoefficients
from compute.forecast.sarima.kernels.filters import RunFilter
from compute.forecast.sarima.kernels.likelihood import Deviance, Project
from compute.forecast.sarima.kernels.presample import Presample

DIFFERENCE, CENTRAL_DIFFERENCE = 1e-5, 1e-4  # of gradients, forward until these stop helping
DECREASE = 1e-5  # expected of the next step, in units of -2 log-likelihood, below which we have arrived
VALLEY = 2.0  # of -2 log-likelihood, above a minimum: within one standard error of it or two
MAX_STEP = 4.0  # in partial-autocorrelation space, where 1 is already a long way
RUNNING, CONVERGED, STUCK, IN_VALLEY = 0, 1, 2, 3  # IN_VALLEY + i: of minimum i

Parts = (Deviance, ToCoefficients, Project, RunFilter, Presample, Solve)
MINIMISE = types.int64(Counts, Matrix, Matrix, types.int64, types.int64, types.int64, Matrix, Cube, *Parts)


@stage(MINIMISE)
def minimise(  # type: ignore[no-untyped-def]
    o, columns, ends, slot, n_known, max_steps, slopes, hessians,
    deviance, to_coefficients, project, run_filter, presample_covariance, solve,
):  # fmt: skip
    """Move the end in row `slot` to a minimum nearby and return how that ended.

    Parameters
    ----------
    ends : (k, K + 1) of each search the unbounded point and, last, its deviance; the first `n_known` are minima,
        in whose valleys the search ends
    hessians : (k, K, K) inverse Hessians: a positive definite guess, or what was learned
    slopes : (c - 1, c) room for the deviance
    """
    size = ends.shape[1] - 1
    x, gradient, direction = np.empty(size), np.empty(size), np.empty(size)
    trial, moved, change = np.empty(size), np.empty(size), np.empty(size)
    coefficients, system = np.empty(size), np.empty((size, size + 1))
    for i in range(size):
        x[i] = ends[slot, i]
    to_coefficients(o, x, coefficients)
    value = deviance(o, coefficients, columns, slopes, project, run_filter, presample_covariance, solve)
    ends[slot, size] = value
    if not value < np.inf:
        return STUCK
    is_central, is_fresh, step_count = False, False, 0
    while True:
        for i in range(size):  # the gradient
            change[i] = -gradient[i]
            width = (CENTRAL_DIFFERENCE if is_central else DIFFERENCE) * max(1.0, abs(x[i]))
            kept, slope, sides = x[i], 0.0, 0
            for side in range(2):
                if side == 1 and sides == 1 and not is_central:
                    break
                signed = width if side == 0 else -width
                x[i] = kept + signed
                to_coefficients(o, x, coefficients)
                there = deviance(o, coefficients, columns, slopes, project, run_filter, presample_covariance, solve)
                if there < np.inf:
                    slope += (there - value) / signed
                    sides += 1
            x[i] = kept
            gradient[i] = slope / max(sides, 1)
            change[i] += gradient[i]
        if is_fresh:  # BFGS update of the inverse, where the curvature along the step is positive
            curvature, long, short = 0.0, 0.0, 0.0
            for i in range(size):
                curvature += moved[i] * change[i]
                long += moved[i] * moved[i]
                short += change[i] * change[i]
            if curvature > 1e-10 * np.sqrt(long * short):
                quadratic = 0.0
                for i in range(size):
                    direction[i] = 0.0
                    for j in range(size):
                        direction[i] += hessians[slot, i, j] * change[j]
                    quadratic += direction[i] * change[i]
                for i in range(size):
                    for j in range(size):
                        hessians[slot, i, j] += (1 + quadratic / curvature) * moved[i] * moved[j] / curvature
                        hessians[slot, i, j] -= (direction[i] * moved[j] + moved[i] * direction[j]) / curvature
        if step_count == max_steps:
            return RUNNING
        step_count += 1
        slope, largest = 0.0, 0.0
        for i in range(size):
            direction[i] = 0.0
            for j in range(size):
                direction[i] -= hessians[slot, i, j] * gradient[j]
            slope += direction[i] * gradient[i]
            largest = max(largest, abs(direction[i]))
        is_found, expected = False, -0.5 * slope
        if expected > DECREASE:
            step = min(1.0, MAX_STEP / largest)
            for _ in range(20):  # backtrack until the decrease is sufficient, interpolating quadratically
                for i in range(size):
                    trial[i] = x[i] + step * direction[i]
                to_coefficients(o, trial, coefficients)
                there = deviance(o, coefficients, columns, slopes, project, run_filter, presample_covariance, solve)
                if there <= value + 1e-4 * step * slope:
                    is_found = True
                    break
                bend = there - value - step * slope
                shorter = -slope * step * step / (2 * bend) if 0 < bend < np.inf else 0.0
                step = min(max(shorter, 0.1 * step), 0.5 * step)
        is_fresh = is_found
        if not is_found:
            if is_central:
                return CONVERGED if expected <= 100 * DECREASE else STUCK
            is_central = True
            continue
        value = there
        ends[slot, size] = value
        for i in range(size):
            moved[i] = trial[i] - x[i]
            x[i] = ends[slot, i] = trial[i]
        for known in range(n_known):
            for i in range(size):
                for j in range(size):
                    system[i, j] = hessians[known, i, j]
                system[i, size] = direction[i] = x[i] - ends[known, i]
            height = 0.0
            if solve(system) < np.inf:
                for i in range(size):
                    height += 0.5 * direction[i] * system[i, size]
                above = value - ends[known, size]
                if 0 <= height < VALLEY and 0 <= above <= 2 * height + DECREASE:
                    return IN_VALLEY + known


Minimise = pointer(MINIMISE)
