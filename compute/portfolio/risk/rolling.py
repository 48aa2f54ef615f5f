"""Figures over a window that moves along the returns. The first window - 1 periods have none."""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def rolling_moments(returns: Array, window: int) -> tuple[Array, Array]:
    """Return mean and standard deviation (over window - 1) of each window of (T,) returns, (T - window + 1,) each."""
    views = np.lib.stride_tricks.sliding_window_view(returns, window)
    return views.mean(axis=1), views.std(axis=1, ddof=1)


def rolling_beta(returns: Array, benchmark: Array, window: int) -> Array:
    """Return the beta in each window, (T - window + 1,); NaN where the benchmark does not move."""
    own = np.lib.stride_tricks.sliding_window_view(returns, window)
    other = np.lib.stride_tricks.sliding_window_view(benchmark, window)
    centred = other - other.mean(axis=1, keepdims=True)
    squares = np.einsum("tw,tw->t", centred, centred)
    shared = np.einsum("tw,tw->t", own - own.mean(axis=1, keepdims=True), centred)
    return np.asarray(np.divide(shared, squares, out=np.full_like(shared, np.nan), where=squares > 1e-20))
