"""Whether a matrix is a covariance: symmetric, and with no portfolio of negative variance."""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

TOLERANCE = 1e-10  # of the largest eigenvalue: sums of products round by less


def least_eigenvalue(matrix: Array) -> tuple[float, float]:
    """Return the least and the largest eigenvalue of a symmetric matrix (n, n)."""
    values = np.linalg.eigvalsh(matrix)
    return float(values[0]), float(values[-1])


def is_covariance(matrix: Array) -> bool:
    """True when a symmetric matrix has no eigenvalue below 0, but for rounding."""
    low, high = least_eigenvalue(matrix)
    return low >= -TOLERANCE * max(high, 0.0)


def nearest_covariance(matrix: Array) -> Array:
    """Return the matrix with its negative eigenvalues cut off and its variances as they were.

    Higham (1988, theorem 3.2) in the Frobenius norm, rescaled to the given diagonal.
    """
    values, vectors = np.linalg.eigh(matrix)
    made = (vectors * np.maximum(values, 0.0)) @ vectors.T
    wanted, got = np.sqrt(np.maximum(np.diag(matrix), 0.0)), np.sqrt(np.maximum(np.diag(made), 0.0))
    scale = np.divide(wanted, got, out=np.zeros_like(wanted), where=got > 0)
    return np.asarray(made * np.outer(scale, scale))
