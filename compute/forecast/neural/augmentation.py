"""More series like a short one: its trend and season with the remainder drawn anew in blocks (Bergmeir et al. 2016)."""

import numpy as np
from numpy.typing import NDArray

from compute.forecast.neural.track import Track

Array = NDArray[np.float64]

SHORT = 300  # values; longer series have windows enough of their own
N_COPIES = 4
MIN_BLOCK = 6


def bootstrap_copies(track: Track, season: int, rng: np.random.Generator) -> list[Track]:
    """Return copies of what may be learned from, with another remainder each; none of a series that is long."""
    n = track.n_learned
    if n > SHORT or n < 2 * max(season, MIN_BLOCK):
        return []
    smooth = decompose(track.values[:n], season)
    remainder = track.values[:n] - smooth
    block = max(MIN_BLOCK, season)
    return [
        Track(smooth + draw_blocks(remainder, block, rng), track.observed[:n], track.sign, track.scale, n)
        for _ in range(N_COPIES)
    ]


def decompose(values: Array, season: int) -> Array:
    """Return trend plus season, (n,): a moving average over a season, and the mean of each place around it."""
    width = max(season, MIN_BLOCK) | 1  # odd, so that it is centred
    padded = np.pad(values, width // 2, mode="reflect", reflect_type="odd")
    trend = np.convolve(padded, np.full(width, 1 / width), mode="valid")
    place = np.arange(values.size) % season
    means = np.bincount(place, weights=values - trend) / np.bincount(place)
    return np.asarray(trend + (means[place] if season > 1 else 0.0))


def draw_blocks(remainder: Array, block: int, rng: np.random.Generator) -> Array:
    """Return a remainder of the same length from blocks that begin anywhere."""
    starts = rng.integers(0, remainder.size - block + 1, size=-(-remainder.size // block))
    return np.asarray(remainder[(starts[:, None] + np.arange(block)).ravel()[: remainder.size]])
