"""Counts in equal bins: as many as asked for, or as Freedman and Diaconis (1981) advise for each series.

Unasked, no more than leave a few points in every cell of all series together: more would count noise.
"""

from dataclasses import dataclass

import numpy as np

from compute.information.estimators.counts import CountLink, count_entropy
from compute.information.estimators.estimator import Array, Link, Window

POINTS_PER_CELL = 5


@dataclass(frozen=True)
class Binned:
    """The estimator: `bins` or None, for so many series together (`dimensions`)."""

    bins: int | None = None
    dimensions: int = 2
    correction: bool = True
    is_counted = True

    def encode(self, values: Array, seed: int) -> Array:
        """Return the number of the bin of each value, from 0; NaN where missing."""
        seen = values[~np.isnan(values)]
        low, high = float(seen.min()), float(seen.max())
        bins = self.bins or self._advised(seen)
        return np.minimum(np.floor((values - low) / (high - low) * bins), bins - 1)

    def link(self, y: Array, z: Array, window: Window) -> Link:
        """Return the link to `y` beyond `z`."""
        return CountLink(y, z, correction=self.correction)

    def entropy(self, y: Array, window: Window) -> float:
        """Return the entropy of the bins."""
        return count_entropy(y, correction=self.correction)

    def _advised(self, seen: Array) -> int:
        upper, lower = np.quantile(seen, [0.75, 0.25])
        width = 2 * float(upper - lower) / np.cbrt(seen.size)
        most = int((seen.size / POINTS_PER_CELL) ** (1 / self.dimensions))
        advised = int(np.ceil(min(np.ptp(seen) / width, most))) if width > 0 else most
        return max(2, min(advised, most))
