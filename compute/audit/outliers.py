"""Values that do not belong: far from where trend and season put them, and far beyond the series' own roughness."""

import numpy as np
from numpy.typing import NDArray

from compute.audit.fill import interpolate
from compute.audit.scale import scale_down
from compute.audit.smooth import SHORTEST_WINDOW, decompose
from compute.job import Report, ignore_progress

Values = NDArray[np.float64]
Positions = NDArray[np.int64]

SCALES = 7.0  # robust standard deviations; a clean Gaussian series of a million values has none beyond 5.5
CLEARLY = 2.0  # times farther off than the farthest value that is not suspected: rough series have no such step
FEW, SHARE = 5, 0.01  # of a series, at most, are outliers; more of them are how the series is
VISIBLE = 0.03  # of the range of the values: what is smaller cannot be seen on a chart
ROUNDING = 1e-9  # of the largest value: what arithmetic alone can do
MIN_VALUES = 12
BLOCK = 500_000  # values looked at together, for flat memory
MAX_ROUNDS = 10
EDGE = 3.0  # times farther off must a value be near both ends, where the trend is known from one side only
MAD_TO_SIGMA = 1.4826  # of a Gaussian


def find_outliers(values: Values, season_length: int = 1, report: Report = ignore_progress) -> Positions:
    """Return the positions of suspected outliers, increasing; none in series of fewer than 12 observed values.

    A value is suspected when its remainder after trend and season (`decompose`) exceeds seven robust standard
    deviations (median absolute deviation), and when a clear step parts the remainders that do, at most one in a
    hundred or five, from all others. The step is ours: without it every series of the M3 competition that moves
    abruptly would be full of outliers.

    Parameters
    ----------
    values : float64 array (n,), NaN where missing
    season_length : steps in one season; 1 for none
    """
    found = [np.zeros(0, dtype=np.int64)]
    for start in range(0, values.size, BLOCK):
        report(start / values.size, "looking for outliers")
        found.append(start + _find(values[start : start + BLOCK], season_length))
    return np.concatenate(found)


def without_outliers(values: Values, season_length: int = 1) -> Values:
    """Return the values with suspected outliers replaced by interpolation, until none is suspected any more.

    At most ten rounds are made: in a series that is flat but for a few values, what is left of them halves each time.
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
    values, _ = scale_down(values)
    complete = interpolate(values)
    parts = decompose(complete, season_length)
    distances = np.abs(parts.remainder)
    edge = max(SHORTEST_WINDOW, season_length if season_length > 1 else 0) // 2
    distances[:edge] /= EDGE
    distances[values.size - edge :] /= EDGE
    seen = np.sort(distances[observed])[::-1]
    visible = VISIBLE * float(np.ptp(values[observed]))
    floor = max(SCALES * _roughness(seen, complete - parts.season), visible, ROUNDING)
    most = min(max(FEW, int(SHARE * count)), count - 1)
    # the last place where the distances, from the largest down, fall by a clear step
    steps = np.flatnonzero((seen[:most] > floor) & (seen[:most] > CLEARLY * seen[1 : most + 1]))
    if steps.size == 0:
        return np.zeros(0, dtype=np.int64)
    return np.flatnonzero(observed & (distances >= seen[steps[-1]]))


def _roughness(distances: Values, deseasoned: Values) -> float:
    """Return the robust standard deviation of the remainders, or that of the steps where it is larger.

    A running median follows a steady climb exactly, whatever the size of its steps: most remainders are nothing, and
    the few others would all stand out.
    """
    steps = np.diff(deseasoned)
    of_steps = MAD_TO_SIGMA * float(np.median(np.abs(steps - np.median(steps)))) / np.sqrt(2)
    return float(max(MAD_TO_SIGMA * np.median(distances), np.mean(distances) / 2, of_steps))
