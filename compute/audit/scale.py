"""Numbers of any size brought into -1..1, so that sums and differences of them cannot overflow."""

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]


def scale_down(values: Values) -> tuple[Values, int]:
    """Return the values times a power of two that brings them into -1..1, and that power's negative exponent.

    A power of two changes no digit. NaN stays; without any number the values stay as they are.

    Parameters
    ----------
    values : float64 array (n,), finite or NaN
    """
    present = values[~np.isnan(values)]
    if present.size == 0:
        return values, 0
    exponent = int(np.frexp(np.abs(present).max())[1])
    return np.ldexp(values, -exponent), exponent


def scale_up(values: Values, exponent: int) -> Values:
    """Undo `scale_down`; NaN where the result is too large to hold."""
    with np.errstate(over="ignore"):
        scaled = np.ldexp(values, exponent)
    return np.where(np.isinf(scaled), np.nan, scaled)
