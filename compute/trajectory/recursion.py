"""Linear recursions over many rows in compiled code: each is the solution of one triangular banded system."""

import numpy as np
from numpy.typing import NDArray
from scipy.linalg.lapack import dtbtrs

Array = NDArray[np.float64]


def recur(steps: Array, shifts: Array) -> Array:
    """Return z with z_0 = shifts_0 and z_k = steps_k z_(k-1) + shifts_k.

    Forward substitution, so it rounds as a loop would.

    Parameters
    ----------
    steps : (m - 1, s, s), the first leads from row 0 to row 1
    shifts : (m, s, c), c recursions that share their steps
    """
    m, s, c = shifts.shape
    bands = np.zeros((2 * s, m * s))
    bands[0] = 1.0
    for i in range(s):
        for j in range(s):
            bands[s + i - j, j : (m - 1) * s : s] = -steps[:, i, j]
    solved, _ = dtbtrs(bands, shifts.reshape(m * s, c), uplo="L", diag="U")
    return np.asarray(solved).reshape(m, s, c)


def recur_back(steps: Array, shifts: Array) -> Array:
    """Return z with z_last = shifts_last and z_k = steps_k z_(k+1) + shifts_k; shapes as in `recur`."""
    return recur(steps[::-1], shifts[::-1])[::-1]
