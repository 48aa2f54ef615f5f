"""A robust split of a series into trend, season and remainder: medians only, so that outliers do not bend it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]

SHORTEST_WINDOW = 7  # of the trend, in steps; a shorter median would follow two outliers in a row
CYCLES = 5  # seasons over which a phase's usual deviation is taken, so that the season may change slowly


@dataclass(frozen=True)
class Parts:
    """A series as the sum of three: arrays (n,)."""

    trend: Values
    season: Values
    remainder: Values


def decompose(values: Values, season_length: int = 1) -> Parts:
    """Split a complete series. A season is looked for when there are at least three of them.

    The trend is a running median over an odd window no shorter than a season, smoothed by the mean over a season; the
    season is a running median over the same phase of five neighbouring cycles (a robust relative of the classical
    decomposition). The trend that is returned follows what the season leaves over seven steps.

    Parameters
    ----------
    values : float64 array (n,), without NaN
    season_length : steps in one season; 1 for none
    """
    has_season = season_length > 1 and values.size >= 3 * season_length
    window = max(SHORTEST_WINDOW, season_length + 1 - season_length % 2)
    season = np.zeros(values.size)
    # the first trend is bent by the season it does not know yet: once more without it
    for _ in range(2 if has_season else 0):
        trend = _mean_over_season(running_median(values - season, window), season_length)
        season = _season(values - trend, season_length)
    trend = running_median(values - season, SHORTEST_WINDOW)
    return Parts(trend, season, values - trend - season)


def running_median(values: Values, window: int) -> Values:
    """Return the median over `window` (odd) neighbours; near the ends over those there are, mirrored."""
    from scipy.ndimage import median_filter

    if values.size == 0:
        return values.copy()
    return np.asarray(median_filter(values, size=min(window, 2 * values.size - 1), mode="reflect"), dtype=np.float64)


def _mean_over_season(trend: Values, season_length: int) -> Values:
    """Return the centred mean over one season: nothing of that period is left in it, and straight lines stay straight.

    Beyond the ends the trend is continued by turning it around its last point.
    """
    half = season_length // 2
    padded = np.pad(trend, half, mode="reflect", reflect_type="odd")
    sums = np.concatenate([[0.0], np.cumsum(padded)])
    means = (sums[season_length:] - sums[:-season_length]) / season_length
    return np.asarray(means if season_length % 2 else (means[1:] + means[:-1]) / 2)


def _season(detrended: Values, season_length: int) -> Values:
    from scipy.ndimage import median_filter

    cycles = -(-detrended.size // season_length)
    padded = np.full(cycles * season_length, np.nan)
    padded[: detrended.size] = detrended
    table = padded.reshape(cycles, season_length)
    table[-1] = np.where(np.isnan(table[-1]), table[-2], table[-1])  # the last cycle may be cut short
    # mirrored at the ends: repeating the last cycle would make its outliers the season
    usual = median_filter(table, size=(min(CYCLES, 2 * cycles - 1), 1), mode="mirror")
    usual = usual - np.median(usual, axis=1, keepdims=True)
    return np.asarray(usual.reshape(-1)[: detrended.size], dtype=np.float64)
