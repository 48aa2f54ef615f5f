"""One series as a network reads it: gaps filled for the inputs, mirrored so that it leans upwards, and its scale."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Track:
    """A series without gaps.

    Attributes
    ----------
    values : (n,) filled and, where the series leans down, mirrored at zero
    observed : (n,) whether each value was observed
    sign : -1 where the series was mirrored, else 1: a network then treats a series and its mirror image alike
    scale : mean absolute seasonal difference of what may be learned from; 0 for a series that repeats itself
    n_learned : values that may be learned from; those behind are for validation or were added later
    """

    values: Array
    observed: Mask
    sign: float
    scale: float
    n_learned: int

    def extended(self, values: Array, season: int) -> "Track":
        """Return the track of the same series with more values behind it, sign and scale as they were learned."""
        filled = fill_gaps(values, season)
        return Track(self.sign * filled, ~np.isnan(values), self.sign, self.scale, self.n_learned)


def make_track(values: Array, season: int, n_held: int = 0) -> Track:
    """Return the track of `values`, (n,), NaN where missing, the last `n_held` kept for validation."""
    n_learned = values.size - n_held
    filled = fill_gaps(values, season)
    sign = lean(filled[:n_learned])
    return Track(sign * filled, ~np.isnan(values), sign, change_scale(values[:n_learned], season), n_learned)


def fill_gaps(values: Array, season: int) -> Array:
    """Return `values` with what is missing interpolated, on top of the mean season where there is one."""
    is_missing = np.isnan(values)
    if not is_missing.any():
        return values.copy()
    times = np.arange(values.size)
    profile = np.zeros(values.size)
    if 1 < season <= values.size // 2:
        profile = _mean_season(values, season)[times % season]
    rest = values - profile
    rest[is_missing] = np.interp(times[is_missing], times[~is_missing], rest[~is_missing])
    return np.where(is_missing, rest + profile, values)


def lean(values: Array) -> float:
    """Return -1 where the series has its tail below the mean, else 1."""
    centred = values - values.mean()
    size = np.abs(centred).max(initial=0.0)
    return -1.0 if size > 0 and np.mean((centred / size) ** 3) < 0 else 1.0


def change_scale(values: Array, season: int) -> float:
    """Return the mean absolute seasonal difference of the observed values, 0 where there is none."""
    changes = np.abs(values[season:] - values[:-season])
    observed = changes[~np.isnan(changes)]
    return float(observed.mean()) if observed.size else 0.0


def _mean_season(values: Array, season: int) -> Array:
    """Return the mean of each place in the season, (season,), that of the whole where a place was never observed."""
    place = np.arange(values.size) % season
    seen = ~np.isnan(values)
    counts = np.bincount(place[seen], minlength=season)
    sums = np.bincount(place[seen], weights=values[seen], minlength=season)
    return np.where(counts > 0, sums / np.maximum(counts, 1), values[seen].mean())
