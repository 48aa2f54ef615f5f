"""Coefficients of a seasonal ARMA and the unbounded coordinates in which each is stationary and invertible."""

import numpy as np
from numba import types

from compute.forecast.sarima.kernels.compilation import Counts, Vector, pointer, stage

MAX_PARTIAL = 1 - 1e-6  # as in `polynomials.py`
TO_COEFFICIENTS = types.void(Counts, Vector, Vector)
TO_PARTIALS = types.boolean(Counts, Vector, Vector)


@stage(TO_COEFFICIENTS)
def to_coefficients(o, free, x):  # type: ignore[no-untyped-def]
    """Write the coefficients x at the unbounded point `free`, (K,): partial autocorrelations are `tanh(free)`."""
    start = 0
    for block in range(4):
        count = o[block]
        for i in range(count):
            x[start + i] = min(max(np.tanh(free[start + i]), -MAX_PARTIAL), MAX_PARTIAL)
        for k in range(1, count):
            last = x[start + k]
            for i in range((k + 1) // 2):
                j = k - 1 - i
                low, high = x[start + i], x[start + j]
                x[start + i] = low - last * high
                x[start + j] = high - last * low
        for i in range(count if block % 2 == 1 else 0):  # moving averages have the opposite sign
            x[start + i] = -x[start + i]
        start += count


@stage(TO_PARTIALS)
def to_partials(o, x, partials):  # type: ignore[no-untyped-def]
    """Write the partial autocorrelations of every factor, (K,); return whether all are inside (-1, 1)."""
    start = 0
    for block in range(4):
        count = o[block]
        sign = -1.0 if block % 2 == 1 else 1.0
        for i in range(count):
            partials[start + i] = sign * x[start + i]
        for k in range(count - 1, -1, -1):
            last = partials[start + k]
            if not abs(last) <= MAX_PARTIAL:
                return False
            scale = 1.0 / (1.0 - last * last)
            for i in range((k + 1) // 2):
                j = k - 1 - i
                low, high = partials[start + i], partials[start + j]
                partials[start + i] = (low + last * high) * scale
                partials[start + j] = (high + last * low) * scale
        start += count
    return True


ToCoefficients, ToPartials = pointer(TO_COEFFICIENTS), pointer(TO_PARTIALS)
