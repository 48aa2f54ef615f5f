"""Maximum likelihood from several starts: the search of `estimation.py` above, for one complete sample or many."""

import numpy as np
from numba import types

from compute.forecast.sarima.kernels.algebra import Solve
from compute.forecast.sarima.kernels.compilation import Counts, Cube, Matrix, Vector, pointer, stage
from compute.forecast.sarima.kernels.coordinates import ToCoefficients, ToPartials
from compute.forecast.sarima.kernels.css import Css
from compute.forecast.sarima.kernels.filters import RunFilter
from compute.forecast.sarima.kernels.likelihood import Deviance, Project
from compute.forecast.sarima.kernels.optimiser import RUNNING, Minimise
from compute.forecast.sarima.kernels.presample import Presample
from compute.forecast.sarima.kernels.starts import MAX_STARTS, ChooseStarts

MAX_STEPS, PROBE_STEPS, MAX_PROBES = 100, 8, 4
PROMISING = 6.0  # of -2 log-likelihood, behind the best, that a probe may still make up for
CSS_STEPS, CSS_TOLERANCE = 12, 1e-2  # gained of -2 log-likelihood by the last step
DIFFERENT = 0.05  # in some coefficient, for two starts to be worth a search each
STEEP = 4.0  # coordinates beyond it lie where the surface no longer slopes

_Parts = (Deviance, ToCoefficients, Project, RunFilter, Presample, Solve)
ENTER = types.void(Counts, Vector, Vector, Matrix, types.int64, Cube, Css, ToCoefficients, ToPartials, RunFilter, Solve)
SEARCH = types.int64(
    Counts, Matrix, Vector, Vector, Matrix, Cube, types.int64,
    ChooseStarts, pointer(ENTER), Minimise, Css, ToPartials, *_Parts,
)  # fmt: skip


@stage(ENTER)
def enter(  # type: ignore[no-untyped-def]
    o, series, x, ends, slot, hessians, css, to_coefficients, to_partials, run_filter, solve
):
    """Write the unbounded point of x, (K,), to row `slot` of the ends, and the inverse of its least-squares curvature.

    That is twice the information, carried to the unbounded coordinates.
    """
    size = x.size
    information, slopes = np.zeros((size, size)), np.empty((size, size))
    point, moved, system = x.copy(), np.empty(size), np.zeros((size, 2 * size))
    free, ahead = np.empty(size), np.empty(size)
    to_partials(o, x, free)
    for i in range(size):
        free[i] = ends[slot, i] = min(max(np.arctanh(free[i]), -STEEP), STEEP)
    to_coefficients(o, free, point)
    variance = max(css(o, series, point, information, 1, 1.0, run_filter, to_partials, solve) / series.size, 1e-300)
    for i in range(size):
        kept = free[i]
        free[i] = kept + 1e-6
        to_coefficients(o, free, ahead)
        free[i] = kept - 1e-6
        to_coefficients(o, free, moved)
        free[i] = kept
        for j in range(size):
            slopes[i, j] = (ahead[j] - moved[j]) / 2e-6
    largest = 0.0
    for i in range(size):
        for j in range(size):
            for k in range(size):
                for other in range(size):
                    system[i, j] += 2 * slopes[i, k] * information[k, other] * slopes[j, other] / variance
        largest = max(largest, system[i, i])
        system[i, size + i] = 1.0
    for i in range(size):
        system[i, i] += max(1e-6 * largest, 1e-8)
    is_sound = solve(system) < np.inf
    for i in range(size):
        for j in range(size):
            hessians[slot, i, j] = system[i, size + j] if is_sound else (1.0 if i == j else 0.0) / series.size


Enter = pointer(ENTER)


@stage(SEARCH)
def search(  # type: ignore[no-untyped-def]
    o, columns, series, x, ends, hessians, n_probes, choose_starts, enter, minimise, css, to_partials,
    deviance, to_coefficients, project, run_filter, presample_covariance, solve,
):  # fmt: skip
    """Write the best end to row 0 of `ends`, (1 + MAX_PROBES, K + 1), and return how its search ended.

    The most promising start is followed to the end, `n_probes` others for a few steps, and those that may still lead
    further to their ends. `x`, (K,), is room.
    """
    size = x.size
    slopes = np.empty((columns.shape[0] - 1, columns.shape[0]))
    starts = np.zeros((2 * MAX_STARTS, size))
    count = choose_starts(o, series, starts[:MAX_STARTS], to_coefficients, to_partials, solve)
    information = np.zeros((size, size))
    values = np.empty(2 * MAX_STARTS)
    for i in range(count - 1, -1, -1):  # the regions also as they are, behind
        for j in range(size):
            starts[MAX_STARTS + i, j] = starts[i, j]
        css(o, series, starts[i], information, CSS_STEPS, CSS_TOLERANCE / series.size, run_filter, to_partials, solve)
    for i in range(2 * MAX_STARTS):
        is_there = i < count or MAX_STARTS + 2 <= i < MAX_STARTS + count
        values[i] = np.inf
        for k in range(i if is_there else 0):
            distance = 0.0
            for j in range(size):
                distance = max(distance, abs(starts[k, j] - starts[i, j]))
            if distance < DIFFERENT and values[k] < np.inf:
                is_there = False
        if is_there:
            values[i] = deviance(o, starts[i], columns, slopes, project, run_filter, presample_covariance, solve)
    chosen = 0
    status = RUNNING
    while chosen <= n_probes:
        best = 0
        for i in range(2 * MAX_STARTS):
            if values[i] < values[best]:
                best = i
        if not values[best] < np.inf:
            break
        values[best] = np.inf
        for j in range(size):
            x[j] = starts[best, j]
        enter(o, series, x, ends, chosen, hessians, css, to_coefficients, to_partials, run_filter, solve)
        ended = minimise(
            o, columns, ends, chosen, min(chosen, 1), MAX_STEPS if chosen == 0 else PROBE_STEPS, slopes, hessians,
            deviance, to_coefficients, project, run_filter, presample_covariance, solve,
        )  # fmt: skip
        if chosen == 0:
            status = ended
            chosen = 1
        elif ended == RUNNING or ends[chosen, size] < ends[0, size]:
            chosen += 1
        else:
            n_probes -= 1
    for i in range(1, chosen):
        if ends[i, size] < ends[0, size] + PROMISING:
            ended = minimise(
                o, columns, ends, i, 1, MAX_STEPS, slopes, hessians,
                deviance, to_coefficients, project, run_filter, presample_covariance, solve,
            )  # fmt: skip
            if ends[i, size] < ends[0, size] and ended < 3:
                status = ended
                for j in range(size + 1):
                    ends[0, j], ends[i, j] = ends[i, j], ends[0, j]
                for j in range(size):
                    for k in range(size):
                        hessians[0, j, k], hessians[i, j, k] = hessians[i, j, k], hessians[0, j, k]
    return status


Search = pointer(SEARCH)
