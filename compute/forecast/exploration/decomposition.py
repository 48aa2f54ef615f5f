"""Trend, season and remainder by STL (Cleveland, Cleveland, McRae & Terpenning 1990); without a season, the trend."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from compute.forecast.exploration.loess import smooth, smooth_at
from compute.forecast.progress import portion
from compute.job import Report, ignore_progress

Array = NDArray[np.float64]

SEASONAL_WINDOW = 7  # seasons that a place of the season is smoothed over: the least that Cleveland et al. recommend
INNER, INNER_ROBUST, OUTER_ROBUST = 5, 2, 15
TREND_SHARE = 0.3  # of the series, in the window of the trend where there is no season


@dataclass(frozen=True)
class Parts:
    """What a series is made of: `values = trend + seasonal + remainder`, (n,) each."""

    trend: Array
    seasonal: Array
    remainder: Array


def decompose(values: Array, season_length: int, robust: bool, report: Report = ignore_progress) -> Parts:
    """Return the parts of `values`, (n,) without NaN; without two whole seasons the season is zero.

    Robust fits give values far from the rest less weight, so that these stay in the remainder.
    """
    if season_length < 2 or values.size < 2 * season_length:
        return _without_season(values, robust)
    trend = np.zeros(values.size)
    robustness: Array | None = None
    seasonal = np.zeros(values.size)
    outer = OUTER_ROBUST if robust else 0
    for turn in range(outer + 1):
        part = portion(report, turn / (outer + 1), (turn + 1) / (outer + 1))
        for inner in range(INNER_ROBUST if robust else INNER):
            part(inner / INNER, "Separating trend and season")
            seasonal = _season(values - trend, season_length, robustness)
            trend = smooth(values - seasonal, trend_window(season_length), robustness)
        robustness = _weights(values - trend - seasonal)
    return Parts(trend, seasonal, values - trend - seasonal)


def trend_window(season_length: int) -> int:
    """Return the least odd number of values that keeps the season out of the trend (equation 3.2 of the paper)."""
    return _odd(1.5 * season_length / (1 - 1.5 / SEASONAL_WINDOW))


def strength(part: Array, remainder: Array) -> float | None:
    """Return how much of what varies is the part, 0..1 (Wang, Smith & Hyndman 2006); None where nothing varies."""
    whole = float(np.var(part + remainder))
    return max(0.0, 1 - float(np.var(remainder)) / whole) if whole > 0 else None


def _season(detrended: Array, m: int, robustness: Array | None) -> Array:
    """Return the seasonal part: each place of the season smoothed over the seasons, less what is left of a trend."""
    n = detrended.size
    cycle = np.empty(n + 2 * m)
    for place in range(m):
        values = detrended[place::m]
        weights = None if robustness is None else robustness[place::m]
        places = np.arange(-1.0, values.size + 1)
        cycle[place::m] = smooth_at(values, places, SEASONAL_WINDOW, weights)
    low = _moving_mean(_moving_mean(_moving_mean(cycle, m), m), 3)
    return np.asarray(cycle[m : m + n] - smooth(low, _odd(m + 1)))


def _weights(remainder: Array) -> Array:
    """Return bisquare weights of values by their remainder over six times its median size."""
    size = np.abs(remainder)
    limit = 6 * float(np.median(size))
    if limit == 0:
        return np.ones(size.size)
    relative = np.minimum(size / limit, 1.0)
    return np.where(size <= 0.001 * limit, 1.0, np.where(size <= 0.999 * limit, (1 - relative**2) ** 2, 0.0))


def _without_season(values: Array, robust: bool) -> Parts:
    window = _odd(max(TREND_SHARE * values.size, 5))
    trend = smooth(values, window)
    for _ in range(INNER_ROBUST if robust else 0):
        trend = smooth(values, window, _weights(values - trend))
    return Parts(trend, np.zeros(values.size), values - trend)


def _moving_mean(values: Array, length: int) -> Array:
    sums = np.concatenate([[0.0], np.cumsum(values)])
    return np.asarray((sums[length:] - sums[:-length]) / length)


def _odd(least: float) -> int:
    window = int(np.ceil(least))
    return window + 1 - window % 2
