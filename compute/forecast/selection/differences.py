"""How often a series must be differenced: a test of stationarity, and the strength of its season."""

import numpy as np
from numpy.typing import NDArray

from compute.stationarity import rejects_stationarity

Array = NDArray[np.float64]

STRONG = 0.64  # of seasonal strength, from where a seasonal difference forecasts better (Hyndman & Athanasopoulos)
FEWEST = 10  # values below which the test says nothing
ROUNDING = 1e-11  # of a series' size


def choose_differences(values: Array, max_d: int) -> int:
    """Return the fewest differences after which the test does not reject stationarity, at most `max_d`.

    `values`, (n,), are complete. A constant series needs none.
    """
    size = float(np.abs(values).max())
    d = 0
    while d < max_d and values.size > FEWEST and np.ptp(values) > ROUNDING * size and rejects_stationarity(values):
        values = np.diff(values)
        d += 1
    return d


def choose_seasonal_differences(values: Array, m: int, max_D: int) -> int:
    """Return 1 where the season of `values`, (n,), is strong and seen at least twice, else 0."""
    return int(max_D > 0 and values.size > 2 * m and seasonal_strength(values, m) > STRONG)


def seasonal_strength(values: Array, m: int) -> float:
    """Return `1 - Var(remainder) / Var(detrended)`, 0..1, for a moving-average trend and seasonal means.

    Wang, Smith & Hyndman 2006; the original decomposes by STL.
    """
    if values.size < 2 * m + 1:
        return 0.0
    weights = np.ones(m) / m if m % 2 else np.concatenate([[0.5], np.ones(m - 1), [0.5]]) / m
    half = (weights.size - 1) // 2
    trend = np.convolve(values, weights, "valid")
    detrended = values[half : half + trend.size] - trend
    places = (np.arange(detrended.size) + half) % m
    seen = np.bincount(places, minlength=m)
    seasonal = np.bincount(places, detrended, m) / np.maximum(seen, 1)
    total = float(detrended.var())
    size = float(np.abs(values).max())
    if total <= (ROUNDING * size) ** 2:
        return 0.0
    return max(0.0, 1 - float((detrended - seasonal[places]).var()) / total)
