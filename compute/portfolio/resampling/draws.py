"""Which periods a resample consists of: each on its own, or in blocks of random length that wrap around."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

Indices = NDArray[np.int64]


def draw_periods(periods: int, count: int, block: float, seed: int, size: int) -> Iterator[Indices]:
    """Yield the rows of `count` resamples of `periods` rows each, `size` resamples (b, periods) at a time.

    With mean block length 1 rows are independent (Efron 1979); above, each row is followed by the next one but with
    probability 1 / block by a new start, and the last row by the first (stationary bootstrap, Politis and Romano 1994).
    """
    generator = np.random.default_rng(seed)
    for first in range(0, count, size):
        shape = (min(size, count - first), periods)
        rows = generator.integers(0, periods, size=shape)
        if block > 1:
            is_start = generator.random(shape) < 1.0 / block
            is_start[:, 0] = True
            places = np.arange(periods)
            began = np.maximum.accumulate(np.where(is_start, places, 0), axis=1)
            rows = (np.take_along_axis(rows, began, axis=1) + places - began) % periods
        yield rows


def counts_of(rows: Indices, periods: int) -> NDArray[np.float64]:
    """Return how often each period occurs in each resample, (b, periods), of rows (b, any)."""
    places = rows + periods * np.arange(len(rows))[:, None]
    return np.bincount(places.ravel(), minlength=len(rows) * periods).reshape(len(rows), periods).astype(np.float64)
