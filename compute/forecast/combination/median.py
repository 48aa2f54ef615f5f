"""The median of several forecasts at each step, of those that are known."""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def median_of(table: Array) -> Array:
    """Return the median over the first axis of (members, steps), (steps,): of known values, NaN where none is."""
    counts = (~np.isnan(table)).sum(axis=0)
    ordered = np.sort(table, axis=0)  # NaN last
    columns = np.arange(table.shape[1])
    low, high = ordered[np.maximum(counts - 1, 0) // 2, columns], ordered[np.maximum(counts, 1) // 2, columns]
    return np.asarray((low + np.where(counts > 1, high, low)) / 2)
