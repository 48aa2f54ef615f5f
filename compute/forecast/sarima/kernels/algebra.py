"""Small dense systems, solved in place."""

import numpy as np
from numba import types

from compute.forecast.sarima.kernels.compilation import Matrix, pointer, stage

SOLVE = types.float64(Matrix)


@stage(SOLVE)
def solve(system):  # type: ignore[no-untyped-def]
    """Replace the right sides of `system`, (r, r + c), by the solutions; return the logarithm of the determinant.

    The first r columns are the matrix, which is used up. Gaussian elimination with row exchanges. NaN where the
    determinant is not positive.
    """
    r, columns = system.shape
    logarithm, sign = 0.0, 1.0
    for k in range(r):
        best = k
        for i in range(k + 1, r):
            if abs(system[i, k]) > abs(system[best, k]):
                best = i
        if best != k:
            sign = -sign
            for j in range(k, columns):
                system[k, j], system[best, j] = system[best, j], system[k, j]
        pivot = system[k, k]
        if pivot < 0:
            sign = -sign
        logarithm += np.log(abs(pivot))
        for i in range(k + 1, r):
            factor = system[i, k] / pivot
            if factor != 0.0:
                for j in range(k + 1, columns):
                    system[i, j] -= factor * system[k, j]
    for k in range(r - 1, -1, -1):
        for j in range(r, columns):
            system[k, j] /= system[k, k]
            for i in range(k):
                system[i, j] -= system[i, k] * system[k, j]
    return logarithm if sign > 0 else np.nan


Solve = pointer(SOLVE)
