"""Classical decomposition by centred moving averages, and the test whether a series has a season at all."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from compute.forecast.diagnostics import autocorrelations

Array = NDArray[np.float64]

SEASONAL = 1.6448536269514722  # one-sided 90 % point of Assimakopoulos & Nikolopoulos (2000) for the autocorrelation
LEAST_FACTOR = 0.01  # of a multiplicative season: below it dividing by the factor only makes noise


@dataclass(frozen=True)
class Decomposition:
    """Seasonal factors (multiplicative, mean 1) or terms (additive, mean 0) by place: that of value t is t mod m."""

    factors: Array
    is_multiplicative: bool

    def adjust(self, values: Array) -> Array:
        """Return the values, (n,), without their season."""
        season = np.resize(self.factors, values.size)
        return values / season if self.is_multiplicative else values - season


def decompose(values: Array, m: int, is_multiplicative: bool) -> Decomposition | None:
    """Return the classical decomposition of `values`, (n,), NaN where missing; None where a place cannot be measured.

    With fewer than two seasons of moving averages the trend is a straight line (as R's `ets` starts).
    """
    trend = moving_average(values, m) if values.size >= 3 * m else fit_line(values)
    if is_multiplicative and not (np.nanmin(values) > 0 and np.nanmin(trend) > 0):
        return None
    detrended = values / trend if is_multiplicative else values - trend
    padded = np.append(detrended, np.full(-values.size % m, np.nan)).reshape(-1, m)
    is_seen = ~np.isnan(padded)
    count = is_seen.sum(axis=0)
    if not count.all():
        return None
    factors = np.where(is_seen, padded, 0.0).sum(axis=0) / count
    factors = factors / factors.mean() if is_multiplicative else factors - factors.mean()
    return Decomposition(factors, is_multiplicative)


def moving_average(values: Array, m: int) -> Array:
    """Return the centred moving average of m steps (2 x m where m is even), (n,), NaN at the ends.

    Missing values are left out, each place of the season being filled from the line through its window.
    """
    weights = np.full(m, 1 / m) if m % 2 else np.concatenate([[0.5], np.ones(m - 1), [0.5]]) / m
    whole = interpolate(values)
    trend = np.full(values.size, np.nan)
    half = weights.size // 2
    trend[half : values.size - half] = np.convolve(whole, weights, mode="valid")
    return trend


def fit_line(values: Array) -> Array:
    """Return the least squares line through the observed values, (n,)."""
    time = np.arange(values.size, dtype=np.float64)
    is_seen = ~np.isnan(values)
    if is_seen.sum() < 2:
        return np.full(values.size, np.nanmean(values))
    x, y = time[is_seen], values[is_seen]
    slope = float(((x - x.mean()) * (y - y.mean())).sum() / ((x - x.mean()) ** 2).sum())
    return np.asarray(y.mean() + slope * (time - x.mean()))


def interpolate(values: Array) -> Array:
    """Return the values with missing ones on the straight line between their neighbours, (n,)."""
    is_seen = ~np.isnan(values)
    if is_seen.all():
        return values
    time = np.arange(values.size)
    return np.interp(time, time[is_seen], values[is_seen])


def is_seasonal(values: Array, m: int) -> bool:
    """Return whether the autocorrelation at lag m is significant at 90 % (Assimakopoulos & Nikolopoulos 2000).

    The limit is Bartlett's, `1.645 sqrt((1 + 2 sum r_i^2) / n)` over the lags before m; two seasons are needed.
    """
    seen = int(np.count_nonzero(~np.isnan(values)))
    if m < 2 or values.size < 2 * m or np.nanmax(values) <= np.nanmin(values):
        return False
    r = autocorrelations(values, m)
    return bool(abs(r[m]) > SEASONAL * np.sqrt((1 + 2 * float(np.sum(r[1:m] ** 2))) / seen))
