"""Neighbour lists of what stays the same while sources change; what is done with them is compiled in `many`."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import digamma

from compute.information.many import LANES, fill_means
from compute.information.tree import find_neighbours

Array = NDArray[np.float64]
Index = NDArray[np.int64]

SPARE = 12  # times as long as an average point needs: where a list ends early all columns are compared
MOST_ENTRIES = 8_000_000  # of all lists together, 128 MB


@dataclass(frozen=True)
class NeighbourLists:
    """A target and its conditions, sorted by the first condition.

    Attributes
    ----------
    order : (n,) rows in that order
    known : (dz + 1, n) conditions, then the target
    lists, distances : (n, m) nearest columns of each, ascending
    table : digamma of 1, 2, ...
    k : neighbours
    """

    order: Index
    known: Array
    lists: Index
    distances: Array
    table: Array
    k: int

    def means(self, sources: Array) -> Array:
        """Return the mean information, (s,), of each source, (s, dx, n)."""
        starts = range(0, len(sources), LANES)
        return np.concatenate([self._means_of(sources[start : start + LANES]) for start in starts])

    def _means_of(self, sources: Array) -> Array:
        """Return the means of sources that fill the lanes or fewer; lanes left over hold the last of them again."""
        count = len(sources)
        sources = sources[np.minimum(np.arange(LANES), count - 1)]
        side_by_side = np.ascontiguousarray(sources[:, :, self.order].transpose(2, 1, 0))
        means = np.empty(LANES)
        ascending = np.empty((0, 0)) if len(self.known) > 1 else np.sort(sources[:, 0], axis=1)
        fill_means(self.known, self.lists, self.distances, side_by_side, ascending, self.table, self.k, means)
        return means[:count]


def make_lists(y: Array, z: Array, dx: int, k: int) -> NeighbourLists | None:
    """Return the lists of a target (1, n) and conditions (dz, n) for sources of `dx` rows; None where too large."""
    n = y.shape[1]
    known = np.concatenate([z, y])
    expected = n * (k / n) ** (len(known) / (len(known) + dx))
    length = min(n - 1, int(SPARE * expected) + k + 8)
    if n * length > MOST_ENTRIES:
        return None
    order = np.argsort(known[0], kind="stable")
    ordered = np.ascontiguousarray(known[:, order])
    distances, places = find_neighbours(ordered, np.arange(n), length, 0)
    table = digamma(np.arange(1, n + 2, dtype=np.float64))
    return NeighbourLists(order, ordered, places, distances, table, k)
