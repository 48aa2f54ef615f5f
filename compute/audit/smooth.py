"""A robust split of a series into trend, season and remainder: medians only, so that outliers do not bend it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]

SHORTEST_WINDOW = 7  # of the trend, in steps; a shorter median would follow two outliers in a row
CYCLES = 7  # seasons over which a phase's usual deviation is taken, so that the season may change slowly


@dataclass(frozen=True)
class Parts:
    """A series as the sum of three: arrays (n,)."""

    trend: Values
    season: Values
    remainder: Values


def decompose(values: Values, season_length: int = 1) -> Parts:
    """Split a complete series. A season is looked for when there are at least three of them.

    The trend is a running median over an odd window no shorter than a season, the season a running median over the
    same phase of seven neighbouring cycles (a robust relative of the classical decomposition).

    Parameters
    ----------
    values : float64 array (n,), without NaN
    season_length : steps in one season; 1 for none
    """
    has_season = season_length > 1 and values.size >= 3 * season_length
    window = max(SHORTEST_WINDOW, season_length + 1 - season_length % 2) if has_season else SHORTEST_WINDOW
    trend = running_median(values, window)
    if not has_season:
        return Parts(trend, np.zeros(values.size), values - trend)
    season = _season(values - trend, season_length)
    # what the season explains must not pull at the trend: once more without it
    trend = running_median(values - season, SHORTEST_WINDOW)
    return Parts(trend, season, values - trend - season)


def running_median(values: Values, window: int) -> Values:
    """Return the median over `window` (odd) neighbours; near the ends over those there are, mirrored."""
    from scipy.ndimage import median_filter

    if values.size == 0:
        return values.copy()
    return np.asarray(median_filter(values, size=min(window, 2 * values.size - 1), mode="reflect"), dtype=np.float64)


def _season(detrended: Values, season_length: int) -> Values:
    from scipy.ndimage import median_filter

    cycles = -(-detrended.size // season_length)
    padded = np.full(cycles * season_length, np.nan)
    padded[: detrended.size] = detrended
    table = padded.reshape(cycles, season_length)
    table[-1] = np.where(np.isnan(table[-1]), table[-2], table[-1])  # the last cycle may be cut short
    usual = median_filter(table, size=(CYCLES, 1), mode="nearest")
    usual = usual - np.median(usual, axis=1, keepdims=True)
    return np.asarray(usual.reshape(-1)[: detrended.size], dtype=np.float64)
