"""Neighbour lists of what stays the same while sources change; what is done with them is compiled in `many`."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import digamma

from compute.information.boxes import Bits, fill_sets, pad, words_of
from compute.information.many import LANES, arrange, fill_all_values, fill_radii
from compute.information.tree import find_neighbours

Array = NDArray[np.float64]
Index = NDArray[np.int64]

SPARE = 12  # times as long as an average point needs: where a list ends early all columns are compared
MOST_ENTRIES = 8_000_000  # of all lists together, 128 MB
MOST_WORDS = 8_000_000  # of all sets of bits together, 64 MB; each thread has its own


@dataclass(frozen=True)
class NeighbourLists:
    """A target and its conditions, sorted by the first condition.

    Attributes
    ----------
    order : (n,) rows in that order
    known : (dz + 1, n) conditions, then the target
    lists : (n, m) nearest columns of each, ascending
    distances : how far they are, padded
    ascending : each condition, sorted and padded
    sets : (dz - 1, n + 1, words) of their ranks
    table : digamma of 1, 2, ...
    k : neighbours
    """

    order: Index
    known: Array
    lists: Index
    distances: Array
    ascending: Array
    sets: Bits
    table: Array
    k: int

    def local(self, sources: Array) -> Array:
        """Return the information of each row, (s, n), for each source, (s, dx, n)."""
        starts = range(0, len(sources), LANES)
        return np.concatenate([self._local_of(sources[start : start + LANES]) for start in starts])

    def _local_of(self, sources: Array) -> Array:
        """Return the values of sources that fill the lanes or fewer."""
        count, dx, n = sources.shape
        ordered = np.take(sources, self.order, axis=2)
        arranged = np.empty((n, dx, LANES))
        arrange(ordered, arranged)
        radii, with_target = np.empty((count, n)), np.empty((count, n), np.int64)
        fill_radii(self.known, self.lists, self.distances, arranged, self.k, radii, with_target)
        ranked, values, found = np.argsort(ordered, axis=2), np.empty((count, n)), np.empty((count, n))
        fixed = (self.known[:-1], self.ascending, self.sets)
        fill_all_values(ordered, ranked, *fixed, radii, with_target, self.table, self.k, values)
        found[:, self.order] = values
        return found


def make_lists(y: Array, z: Array, dx: int, k: int) -> NeighbourLists | None:
    """Return the lists of a target (1, n) and conditions (dz, n) for sources of `dx` rows; None where too large."""
    n = y.shape[1]
    known = np.concatenate([z, y])
    expected = n * (k / n) ** (len(known) / (len(known) + dx))
    length = min(n - 1, int(SPARE * expected) + k + 8)
    axes = len(z) - 1 + dx if len(z) else 0  # that have sets: all but the first
    if n * length > MOST_ENTRIES or axes * n * words_of(n) > MOST_WORDS:
        return None
    order = np.argsort(known[0], kind="stable")
    ordered = np.ascontiguousarray(known[:, order])
    distances, places = find_neighbours(ordered, np.arange(n), length, 0)
    table = digamma(np.arange(1, n + 2, dtype=np.float64))
    ranked = np.argsort(ordered[:-1], axis=1)
    sets = np.empty((max(len(z) - 1, 0), n + 1, words_of(n) if axes else 0), np.uint64)
    for rank, filled in zip(ranked[1:], sets, strict=True):
        fill_sets(rank, filled)
    ascending = pad(np.take_along_axis(ordered[:-1], ranked, axis=1))
    return NeighbourLists(order, ordered, places, pad(distances), ascending, sets, table, k)
