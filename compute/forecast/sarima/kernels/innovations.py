"""One pass over time for a complete sample: the recursive least squares of `innovations.py` above."""

import numpy as np
from numba import types

from compute.forecast.sarima.kernels.compilation import Counts, Matrix, Vector, pointer, stage
from compute.forecast.sarima.kernels.filters import ARMA, MA, RunFilter

PASS_OVER = types.void(Counts, Vector, Matrix, Vector, Matrix, types.int64, RunFilter)


@stage(PASS_OVER)
def pass_over(o, x, rows, past, covariance, end, run_filter):  # type: ignore[no-untyped-def]
    """Replace `rows`, (4, n), by errors of prediction, their variances over sigma2, raw errors and the response h.

    Row 0 is the differenced series less its mean, the others are zero. `past`, (r,), is zero, and `covariance`, (r, r),
    that of the unobserved past; both become what is known of it at `end`, from where on it no longer acts.
    """
    n, r = rows.shape[1], past.size
    run_filter(o, x, rows, 0, 1, ARMA)
    rows[3, 0] = 1.0
    run_filter(o, x, rows, 3, 4, MA)
    gain = np.empty(r)
    for t in range(n):
        rows[2, t] = rows[0, t]
        rows[1, t] = 1.0
        if t >= end:
            continue
        seen = min(t + 1, r)  # unknowns that act by now, with weights h[t - i]
        variance, error = 1.0, rows[0, t]
        for i in range(r):
            gain[i] = 0.0
        for j in range(seen):
            weight = rows[3, t - j]
            if weight != 0.0:
                for i in range(r):
                    gain[i] += weight * covariance[j, i]
                error -= weight * past[j]
        for j in range(seen):
            variance += rows[3, t - j] * gain[j]
        rows[0, t] = error
        rows[1, t] = variance
        for i in range(r):
            factor = gain[i] / variance
            past[i] += factor * error
            if factor != 0.0:
                for j in range(r):
                    covariance[i, j] -= factor * gain[j]


PassOver = pointer(PASS_OVER)
