"""Rational filters of lag polynomials over rows of time, forwards and backwards."""

import numpy as np
from numpy.typing import NDArray
from scipy.signal import lfilter

Array = NDArray[np.float64]


def run_filter(numerator: Array, denominator: Array, rows: Array) -> Array:
    """Return `numerator(B) / denominator(B)` applied to the rows, (..., n), with zeros before their start."""
    if rows.size == 0 or (numerator.size == 1 and denominator.size == 1):
        return rows
    if denominator.size == 1 and rows.ndim == 2:
        return np.array([np.convolve(row, numerator)[: row.size] for row in rows])  # lfilter does it far slower
    return np.asarray(lfilter(numerator, denominator, rows, axis=-1))


def run_backwards(numerator: Array, denominator: Array, rows: Array) -> Array:
    """Return the adjoint of the filter: the same, from the end of the rows to their start."""
    return run_filter(numerator, denominator, rows[..., ::-1])[..., ::-1]


def impulse_response(numerator: Array, denominator: Array, n: int) -> Array:
    """Return the first n weights of `numerator(B) / denominator(B)`, (n,)."""
    impulse = np.zeros((1, n))
    impulse[0, 0] = 1.0
    return np.asarray(run_filter(numerator, denominator, impulse)[0])
