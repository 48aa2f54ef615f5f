"""Values for places where none was observed."""

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from compute.audit.scale import scale_down, scale_up
from compute.audit.smooth import decompose

Values = NDArray[np.float64]
FillMethod = Literal["linear", "previous", "seasonal"]
SEASON_ROUNDS = 3  # after the third nothing changes that could be seen


def interpolate(
    values: Values,
    method: FillMethod = "linear",
    times: NDArray[np.datetime64] | None = None,
    season_length: int = 1,
) -> Values:
    """Return the values with the missing ones filled; those observed are untouched.

    `linear` draws a line between the neighbours, along the times when there are any. `previous` repeats the last
    observed value. `seasonal` adds the usual deviation of that phase of the season to the line; it is `linear` where
    there are fewer than three full seasons. Before the first and after the last observation there is one neighbour
    only, and its value is taken (with its season, if seasonal). Without any observation nothing is filled, nor is a
    value that would be too large to hold.

    Parameters
    ----------
    values : float64 array (n,), NaN where missing
    method : as above
    times : datetime64[ns] array (n,), increasing, or None for equal steps
    season_length : steps in one season, for `seasonal`
    """
    missing = np.isnan(values)
    if not missing.any() or missing.all():
        return values.copy()
    observed = np.flatnonzero(~missing)
    filled = values.copy()
    if method == "previous":
        last = np.maximum.accumulate(np.where(missing, -1, np.arange(values.size)))
        filled[missing] = values[np.where(last < 0, observed[0], last)][missing]
        return filled
    axis = np.arange(values.size, dtype=np.float64) if times is None else _seconds(times)
    scaled, exponent = scale_down(values)
    made = np.where(missing, np.interp(axis, axis[observed], scaled[observed]), scaled)
    # each round knows the season better, because the holes of the round before were filled better
    for _ in range(SEASON_ROUNDS if method == "seasonal" and season_length > 1 else 0):
        season = decompose(made, season_length).season
        made[missing] = (np.interp(axis, axis[observed], (scaled - season)[observed]) + season)[missing]
    filled[missing] = scale_up(made, exponent)[missing]
    return filled


def _seconds(times: NDArray[np.datetime64]) -> Values:
    """Return seconds since the first time: differences of nanoseconds since 1970 do not fit into a float."""
    return np.asarray((times - times[0]).astype("timedelta64[ns]").astype(np.int64) / 1e9)
