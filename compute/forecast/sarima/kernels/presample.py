"""Covariance of what the unobserved past adds to the first values: see `presample.py` above for the formula."""

import numpy as np
from numba import types

from compute.forecast.sarima.kernels.algebra import Solve
from compute.forecast.sarima.kernels.compilation import Matrix, Vector, pointer, stage
from compute.forecast.sarima.presample import SMALLEST_PIVOT

PRESAMPLE = types.boolean(Vector, Vector, Matrix, Solve)


@stage(PRESAMPLE)
def presample_covariance(ar, ma, covariance, solve):  # type: ignore[no-untyped-def]
    """Write the covariance over sigma2, (r, r); return whether there is one: the process must be stationary.

    `ar`, `ma` are the whole polynomials, lowest power first; most coefficients are zero where there is a season, and
    only the others, the taps, are visited.
    """
    p, q, r = ar.size - 1, ma.size - 1, covariance.shape[0]
    taps = np.empty(p + q + 2, dtype=np.int64)  # autoregressive ones first, then moving-average ones, less one each
    n_ar = 0
    for lag in range(1, p + 1):
        if ar[lag] != 0.0:
            taps[n_ar] = lag - 1
            n_ar += 1
    n_taps = n_ar
    for lag in range(1, q + 1):
        if ma[lag] != 0.0:
            taps[n_taps] = lag - 1
            n_taps += 1
    for i in range(r):
        for j in range(r):
            covariance[i, j] = 0.0
    for a in range(n_ar, n_taps):
        for b in range(n_ar, n_taps):
            for back in range(min(taps[a], taps[b]) + 1):
                if taps[a] - back < r and taps[b] - back < r:
                    covariance[taps[a] - back, taps[b] - back] += ma[taps[a] + 1] * ma[taps[b] + 1]
    if n_ar == 0:
        return True
    psi = np.zeros(q + 1)
    for t in range(q + 1):
        psi[t] = ma[t]
        for a in range(n_ar):
            if taps[a] < t:
                psi[t] -= ar[taps[a] + 1] * psi[t - taps[a] - 1]
    system = np.zeros((p + 1, p + 2))  # of the autocovariances 0..p, as in `autocovariances` above
    for k in range(p + 1):
        system[k, k] += 1.0
        for a in range(n_ar):
            system[k, abs(k - taps[a] - 1)] += ar[taps[a] + 1]
        if k == 0:
            system[0, p + 1] = 1.0
        for b in range(n_ar, n_taps):
            if taps[b] + 1 >= k:
                system[k, p + 1] += ma[taps[b] + 1] * psi[taps[b] + 1 - k]
    solve(system)
    for k in range(p + 1):
        if not abs(system[k, k]) > SMALLEST_PIVOT:
            return False
    if not (system[0, p + 1] > 0 and system[0, p + 1] < np.inf):
        return False
    past, errors = np.empty(p), np.empty(q)
    for i in range(min(p, r)):  # covariance of row i's regression with w_(-1-j), and with e_(-1-j)
        for j in range(p):
            past[j] = 0.0
        for j in range(q):
            errors[j] = 0.0
        for a in range(n_ar):
            back, weight = taps[a] - i, -ar[taps[a] + 1]
            if back >= 0:
                for j in range(p):
                    past[j] += weight * system[abs(back - j), p + 1]
                for j in range(back, q):
                    errors[j] += weight * psi[j - back]
        for k in range(r):
            for a in range(n_ar):
                if taps[a] >= k:
                    covariance[i, k] -= ar[taps[a] + 1] * past[taps[a] - k]
            cross = 0.0
            for b in range(n_ar, n_taps):
                if taps[b] >= k:
                    cross += ma[taps[b] + 1] * errors[taps[b] - k]
            covariance[i, k] += cross
            covariance[k, i] += cross
    return True


Presample = pointer(PRESAMPLE)
