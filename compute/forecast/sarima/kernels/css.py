"""Conditional least squares by Levenberg-Marquardt, its derivatives computed by filters: see `css.py` above."""

import numpy as np
from numba import types

from compute.forecast.sarima.kernels.algebra import Solve
from compute.forecast.sarima.kernels.compilation import Counts, Matrix, Vector, pointer, stage
from compute.forecast.sarima.kernels.coordinates import ToPartials
from compute.forecast.sarima.kernels.filters import AR, MA, RunFilter

MAX_TRIALS = 8  # dampings tried for one step
CSS = types.float64(Counts, Vector, Vector, Matrix, types.int64, types.float64, RunFilter, ToPartials, Solve)


@stage(CSS)
def css(o, series, x, information, max_steps, tolerance, run_filter, to_partials, solve):  # type: ignore[no-untyped-def]
    """Move x, (K,), to the least-squares estimate and return the sum of squares there.

    `series`, (n,), is the differenced one less its mean. `information`, (K, K), becomes J'J of the errors' derivatives
    at the last x but one step. The search ends when a step gains less than `tolerance` of the sum of squares.
    """
    n, size, m = series.size, x.size, o[4]
    lost = min(o[0] + m * o[2], n)
    rows = np.empty((size + 1, n))  # errors, and their derivatives
    base, trial, partials = np.empty(n), x.copy(), np.empty(size)
    gradient, system = np.empty(size), np.empty((size, size + 1))
    best, damping, steps, refusals = np.inf, 1e-3, 0, 0
    while True:
        is_better = False
        if to_partials(o, trial, partials):
            for t in range(n):
                rows[0, t] = series[t]
            run_filter(o, trial, rows, 0, 1, AR)
            for t in range(lost):
                rows[0, t] = 0.0
            run_filter(o, trial, rows, 0, 1, MA)
            total = 0.0
            for t in range(n):
                total += rows[0, t] * rows[0, t]
            is_better = total < best
        if is_better:
            gain = best - total
            best = total
            for i in range(size):
                x[i] = trial[i]
            if steps == max_steps or gain <= tolerance * best:
                return best
            steps += 1
            refusals = 0
            damping *= 0.2
            row, start = 1, 0
            for block in range(4):
                other = (block + 2) % 4
                other_start = 0
                for before in range(other):
                    other_start += o[before]
                spacing, other_spacing = (1, m) if block < 2 else (m, 1)
                sign = -1.0 if block % 2 == 0 else 1.0
                if o[block]:
                    for t in range(n):
                        base[t] = -series[t] if block % 2 == 0 else -rows[0, t]
                    for j in range(o[other]):
                        shift = (j + 1) * other_spacing
                        for t in range(shift, n):
                            value = series[t - shift] if block % 2 == 0 else rows[0, t - shift]
                            base[t] -= sign * x[other_start + j] * value
                for i in range(o[block]):
                    shift = (i + 1) * spacing
                    first = min(max(shift, lost), n)
                    for t in range(first):
                        rows[row, t] = 0.0
                    for t in range(first, n):
                        rows[row, t] = base[t - shift]
                    row += 1
                start += o[block]
            run_filter(o, x, rows, 1, size + 1, MA)
            for i in range(size):
                for j in range(-1, i + 1):
                    total = 0.0
                    for t in range(n):
                        total += rows[i + 1, t] * rows[j + 1, t]
                    if j < 0:
                        gradient[i] = total
                    else:
                        information[i, j] = information[j, i] = total
        else:
            refusals += 1
            damping = max(damping, 1e-4) * 8
            if refusals > MAX_TRIALS or best == np.inf:
                return best
        for i in range(size):
            for j in range(size):
                system[i, j] = information[i, j]
            system[i, i] += damping * information[i, i] + 1e-300
            system[i, size] = -gradient[i]
        if not solve(system) < np.inf:
            return best
        for i in range(size):
            trial[i] = x[i] + system[i, size]


Css = pointer(CSS)
