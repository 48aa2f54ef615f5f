"""Locally weighted straight lines through equally spaced values (Cleveland 1979), at every place at once."""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

BLOCK = 2_000_000  # weights held at once: 16 MB


def smooth(values: Array, window: int, robustness: Array | None = None) -> Array:
    """Return the loess of degree 1 at each of the places 0..n-1, (n,).

    Parameters
    ----------
    values : (n,) without NaN
    window : odd number of nearest values in a local line; beyond n the weights flatten as in Cleveland et al. (1990)
    robustness : (n,) weights of the values, or None for all 1
    """
    places = np.arange(values.size, dtype=np.float64)
    return smooth_at(values, places, window, robustness)


def smooth_at(values: Array, places: Array, window: int, robustness: Array | None = None) -> Array:
    """Return the loess at `places`, (k,), which may lie one step beyond either end of the values."""
    n = values.size
    length = min(window, n)
    starts = np.clip(np.round(places).astype(np.intp) - (length - 1) // 2, 0, n - length)
    if window > n:
        starts[:] = 0
    weights = np.ones(n) if robustness is None else robustness
    smoothed = np.empty(places.size)
    block = max(1, BLOCK // length)
    for first in range(0, places.size, block):
        chosen = slice(first, first + block)
        smoothed[chosen] = _lines(values, weights, places[chosen], starts[chosen], length, window)
    return smoothed


def _lines(
    values: Array, robustness: Array, places: Array, starts: NDArray[np.intp], length: int, window: int
) -> Array:
    """Return the local line of each place at that place: tricube weights, no slope where they are all at one spot."""
    n = values.size
    index = starts[:, None] + np.arange(length)  # (places, length)
    distance = np.abs(index - places[:, None])
    reach = np.maximum(places - starts, starts + length - 1 - places)[:, None]
    if window > n:
        reach = reach + (window - n) // 2
    relative = np.divide(distance, reach, out=np.zeros_like(distance), where=reach > 0)
    weights = np.where(distance <= 0.999 * reach, (1 - np.minimum(relative, 1) ** 3) ** 3, 0.0)
    weights = np.where(distance <= 0.001 * reach, 1.0, weights) * robustness[index]
    total = weights.sum(axis=1, keepdims=True)
    lost = total[:, 0] <= 0
    weights = np.divide(weights, total, out=np.full_like(weights, 1 / length), where=total > 0)
    centre = (weights * index).sum(axis=1)
    offset = index - centre[:, None]
    spread = (weights * offset**2).sum(axis=1)
    has_slope = np.sqrt(spread) > 0.001 * (n - 1)
    slope = np.divide(places - centre, spread, out=np.zeros(places.size), where=has_slope & (spread > 0))
    fitted: Array = (weights * (1 + slope[:, None] * offset) * values[index]).sum(axis=1)
    return np.where(lost, values[np.clip(np.round(places).astype(np.intp), 0, n - 1)], fitted)
