"""Values that do not belong: far from where trend and season put them, and far beyond the series' own roughness."""

import numpy as np
from numpy.typing import NDArray

from compute.audit.fill import interpolate
from compute.audit.smooth import SHORTEST_WINDOW, decompose

Values = NDArray[np.float64]
Positions = NDArray[np.int64]

SCALES = 7.0  # robust standard deviations; a clean Gaussian series of a million values has none beyond 5.5
TAIL = 2.0  # times the largest one percent of remainders: series that are rough by nature are not full of outliers
TAIL_SHARE = 0.01
FEW = 5  # of a short series may be outliers without setting that measure themselves
MIN_VALUES = 12
BLOCK = 500_000  # values looked at together, for flat memory
MAX_ROUNDS = 10
EDGE = 2.0  # times the limit near both ends, where the trend is known from one side only
MAD_TO_SIGMA = 1.4826  # of a Gaussian


def find_outliers(values: Values, season_length: int = 1) -> Positions:
    """Return the positions of suspected outliers, increasing; none in series of fewer than 12 observed values.

    A value is suspected when its remainder after trend and season (`decompose`) exceeds both seven robust standard
    deviations (median absolute deviation) and twice the 99th percentile of all remainders.

    Parameters
    ----------
    values : float64 array (n,), NaN where missing
    season_length : steps in one season; 1 for none
    """
    found = [
        start + _find(values[start : start + BLOCK], season_length) for start in range(0, max(values.size, 1), BLOCK)
    ]
    return np.concatenate(found)


def without_outliers(values: Values, season_length: int = 1) -> Values:
    """Return the values with suspected outliers replaced by interpolation, until none is suspected any more.

    Missing values stay missing, all others stay as they are.

    Parameters
    ----------
    values : float64 array (n,), NaN where missing
    season_length : steps in one season; 1 for none
    """
    mended = values.copy()
    for _ in range(MAX_ROUNDS):
        positions = find_outliers(mended, season_length)
        if positions.size == 0:
            break
        mended[positions] = np.nan
        mended[positions] = interpolate(mended, "seasonal", season_length=season_length)[positions]
    return mended


def _find(values: Values, season_length: int) -> Positions:
    observed = ~np.isnan(values)
    count = int(observed.sum())
    if count < MIN_VALUES:
        return np.zeros(0, dtype=np.int64)
    parts = decompose(interpolate(values), season_length)
    distances = np.abs(parts.remainder)
    seen = distances[observed]
    scale = max(MAD_TO_SIGMA * float(np.median(seen)), float(np.mean(seen)) / 2)
    tail = float(np.quantile(seen, 1 - max(TAIL_SHARE, FEW / count)))
    limit = max(SCALES * scale, TAIL * tail, 1e-9 * float(np.abs(values[observed]).max()))
    limits = np.full(values.size, limit)
    edge = max(SHORTEST_WINDOW, season_length if season_length > 1 else 0) // 2
    limits[:edge] = limits[values.size - edge :] = EDGE * limit
    return np.flatnonzero(observed & (distances > limits))
