"""Minus twice the exact log-likelihood of a complete sample, with everything linear profiled out.

The form of `likelihood.py` above: filters with zeros before the sample, and one system of the size of the model's
memory for what the unobserved past changes.
"""

import numpy as np
from numba import types

from compute.forecast.sarima.kernels.algebra import Solve
from compute.forecast.sarima.kernels.compilation import Counts, Matrix, Vector, pointer, stage
from compute.forecast.sarima.kernels.filters import ARMA, MA, RunFilter
from compute.forecast.sarima.kernels.presample import Presample

LOG_2PI = float(np.log(2 * np.pi))
PROJECT = types.float64(Counts, Vector, Matrix, Matrix, Matrix, Matrix, RunFilter, Presample, Solve)


@stage(PROJECT)
def project(o, x, columns, rows, effects, system, run_filter, presample_covariance, solve):  # type: ignore[no-untyped-def]
    """Filter the columns Y, (c, n), and find what they say of the unobserved past; return `log |I + V H'H|`.

    Infinity where the process is not stationary. Written are

    rows : (2c + 2, n) from zeros: the columns' errors, the impulse response h of 1/ma, then all of them once more,
        filtered backwards from their end
    effects : (r, r + c) `H'H` and `H'Y`, for H with h shifted by 0..r-1 in its columns
    system : (r, r + c) from zeros: in its last c columns the best estimates of the past, by each column of Y
    """
    count, n = columns.shape
    r = effects.shape[0]
    p, q, P, Q, m = o[0], o[1], o[2], o[3], o[4]
    for i in range(count):
        for t in range(n):
            rows[i, t] = columns[i, t]
    run_filter(o, x, rows, 0, count, ARMA)
    if r == 0:
        return 0.0
    ar, ma = np.zeros(p + m * P + 1), np.zeros(q + m * Q + 1)
    for j in range(P + 1):
        for i in range(p + 1):
            ar[j * m + i] += (-x[p + q + j - 1] if j else 1.0) * (-x[i - 1] if i else 1.0)
    for j in range(Q + 1):
        for i in range(q + 1):
            ma[j * m + i] += (x[p + q + P + j - 1] if j else 1.0) * (x[p + i - 1] if i else 1.0)
    covariance = np.empty((r, r))
    if not presample_covariance(ar, ma, covariance, solve):
        return np.inf
    rows[count, 0] = 1.0
    run_filter(o, x, rows, count, count + 1, MA)
    for i in range(count + 1):
        for t in range(n):
            rows[count + 1 + i, t] = rows[i, n - 1 - t]
    run_filter(o, x, rows, count + 1, 2 * count + 2, MA)
    for i in range(r):  # `H'H[i,j] = H'H[i-1,j-1] - h[n-i] h[n-j]`
        for j in range(r):
            if i and j:
                effects[i, j] = effects[i - 1, j - 1] - rows[count, n - i] * rows[count, n - j]
            else:
                effects[i, j] = rows[2 * count + 1, n - 1 - i - j]
        for j in range(count):
            effects[i, r + j] = rows[count + 1 + j, n - 1 - i]
    for i in range(r):
        system[i, i] = 1.0
        for k in range(r):
            factor = covariance[i, k]
            if factor != 0.0:
                for j in range(r + count):
                    system[i, j] += factor * effects[k, j]
    return solve(system)


Project = pointer(PROJECT)
DEVIANCE = types.float64(Counts, Vector, Matrix, Matrix, Project, RunFilter, Presample, Solve)


@stage(DEVIANCE)
def deviance(o, x, columns, slopes, project, run_filter, presample_covariance, solve):  # type: ignore[no-untyped-def]
    """Return -2 log-likelihood at admissible x, infinity where it cannot be computed.

    `columns`, (c, n), are the differenced series and what explains it linearly: ones for a mean, regressors. Their
    slopes are written to column 0 of `slopes`, (c - 1, c), their covariance over sigma2 behind it.
    """
    count, n = columns.shape
    r = min(max(o[0] + o[4] * o[2], o[1] + o[4] * o[3]), n)
    rows = np.zeros((2 * count + 2, n))
    effects, system = np.empty((r, r + count)), np.zeros((r, r + count))
    log_determinant = project(o, x, columns, rows, effects, system, run_filter, presample_covariance, solve)
    if not log_determinant < np.inf:
        return np.inf
    products = np.empty((count, count))
    for i in range(count):
        for j in range(count):
            total = 0.0
            for t in range(n):
                total += rows[i, t] * rows[j, t]
            for k in range(r):
                total -= effects[k, r + i] * system[k, r + j]
            products[i, j] = total
    total = products[0, 0]
    k = count - 1
    if k:
        normal = np.zeros((k, k + count))
        for i in range(k):
            for j in range(k):
                normal[i, j] = products[i + 1, j + 1]
            normal[i, k] = products[i + 1, 0]
            normal[i, count + i] = 1.0
        log_precision = solve(normal)
        if not log_precision < np.inf:
            return np.inf
        for i in range(k):
            total -= normal[i, k] * products[i + 1, 0]
            for j in range(count):
                slopes[i, j] = normal[i, k + j]
    value = n * (LOG_2PI + 1 + np.log(total / n)) + log_determinant
    return value if total > 0 and abs(value) < np.inf else np.inf


Deviance = pointer(DEVIANCE)
