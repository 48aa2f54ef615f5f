"""Forecasts at given coefficients, and how they change with them: what the uncertainty of an estimate means ahead."""

import numpy as np
from numba import types

from compute.forecast.sarima.kernels.algebra import Solve
from compute.forecast.sarima.kernels.compilation import Counts, Matrix, Vector, pointer, stage
from compute.forecast.sarima.kernels.filters import AR, RunFilter
from compute.forecast.sarima.kernels.likelihood import Project
from compute.forecast.sarima.kernels.presample import Presample

LOOK_AHEAD = types.boolean(
    Counts, Vector, Matrix, Vector, Vector, types.float64, Matrix, Project, RunFilter, Presample, Solve
)


@stage(LOOK_AHEAD)
def look_ahead(  # type: ignore[no-untyped-def]
    o, x, columns, difference, levels, mean, ahead, project, run_filter, presample_covariance, solve
):
    """Write the forecast and the psi weights, (2, horizon), to `ahead`; return whether there is a forecast.

    Parameters
    ----------
    columns : (1, n) the differenced series less `mean`
    difference : (lost + 1,) the polynomial that differences
    levels : (p + m P + lost,) or more of the last values before differencing
    """
    p, q, P, Q, m = o[0], o[1], o[2], o[3], o[4]
    n, horizon = columns.shape[1], ahead.shape[1]
    r = min(max(p + m * P, q + m * Q), n)
    rows, effects, system = np.zeros((4, n)), np.empty((r, r + 1)), np.zeros((r, r + 1))
    if not project(o, x, columns, rows, effects, system, run_filter, presample_covariance, solve) < np.inf:
        return False
    degree = difference.size - 1 + p + m * P
    whole = np.zeros((1, degree + 1))
    constant = mean
    for t in range(difference.size):
        whole[0, t] = difference[t]
    run_filter(o, x, whole, 0, 1, AR)
    total = 1.0
    for i in range(p):
        total -= x[i]
    constant *= total
    total = 1.0
    for i in range(P):
        total -= x[p + q + i]
    constant *= total
    ma = np.zeros(q + m * Q + 1)
    for j in range(Q + 1):
        for i in range(q + 1):
            ma[j * m + i] += (x[p + q + P + j - 1] if j else 1.0) * (x[p + i - 1] if i else 1.0)
    errors = np.zeros(ma.size)  # `errors[k]` is that of k steps before the end
    for back in range(1, min(ma.size - 1, n) + 1):
        t = n - back
        errors[back] = rows[0, t]
        for i in range(min(t + 1, r)):
            errors[back] -= rows[1, t - i] * system[i, r]
    for h in range(horizon):
        value, weight = constant, ma[h] if h < ma.size else 0.0
        for lag in range(1, degree + 1):
            if lag <= h:
                value -= whole[0, lag] * ahead[0, h - lag]
                weight -= whole[0, lag] * ahead[1, h - lag]
            else:
                value -= whole[0, lag] * levels[levels.size + h - lag]
        for lag in range(h + 1, ma.size):
            value += ma[lag] * errors[lag - h]
        ahead[0, h] = value
        ahead[1, h] = weight
    return True


LookAhead = pointer(LOOK_AHEAD)
