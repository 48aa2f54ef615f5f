"""Series as estimators look at them: of one size, ties told apart."""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def standardise(values: Array) -> Array:
    """Return values, NaN where missing, with mean 0 and standard deviation 1 (n - 1 in the denominator)."""
    centred = values - np.nanmean(values)
    return np.asarray(centred / np.nanstd(centred, ddof=1))


def tell_apart(values: Array, noise: float, seed: int) -> Array:
    """Return values of standard deviation 1 with Gaussian noise added where any two are equal; else as they are."""
    seen = np.sort(values[~np.isnan(values)])
    if noise == 0 or not np.any(np.diff(seen) == 0):
        return values
    return np.asarray(values + np.random.default_rng(seed).normal(scale=noise, size=values.size))
