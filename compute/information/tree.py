"""A k-d tree without pointers: nearest neighbours of all of its own points, in the maximum norm.

Node `j` of level `l` holds the columns from `j n / 2^l` to `(j + 1) n / 2^l`, rounded down, of points in tree order; it
was split at their median along the axis of widest spread. Nodes are numbered as in a heap: 1 is the root, 2 i and
2 i + 1 are the halves of i. A search begins in the leaf of its own point, which gives a close bound at once, and
climbs, looking into the other half of each node that is near enough (Friedman, Bentley and Finkel 1977, bottom up).
"""

import numpy as np
from numpy.typing import NDArray

from compute.information.compilation import kernel

Array = NDArray[np.float64]
Index = NDArray[np.int64]

LEAF = 8  # columns of a leaf, at most twice: a handful of comparisons cost less than another level
DEEPEST = 64  # nodes waiting on the way down: one per level


def find_neighbours(points: Array, times: Index, k: int, theiler: int) -> tuple[Array, Index]:
    """Return the distances, ascending, and the columns of the k nearest neighbours of each column, (n, k).

    `points`, (d, n), are left as they are; `times`, (n,), are their places in time.
    """
    n = points.shape[1]
    levels = max(0, int(np.log2(n / LEAF)))
    inside, order = np.array(points, order="C"), np.arange(n)
    boxes = build(inside, order, levels)
    distances, places = np.empty((n, k)), np.empty((n, k), np.int64)
    nearest_neighbours(inside, times[order], boxes, levels, theiler, distances, places)
    found, nearby = np.empty((n, k)), np.empty((n, k), np.int64)
    found[order], nearby[order] = distances, order[places]
    return found, nearby


@kernel
def swap(points: Array, order: Index, i: int, j: int) -> None:
    """Exchange two columns."""
    for row in range(points.shape[0]):
        points[row, i], points[row, j] = points[row, j], points[row, i]
    order[i], order[j] = order[j], order[i]


@kernel
def split(points: Array, order: Index, low: int, high: int, middle: int, axis: int) -> None:
    """Reorder columns `low` to `high` (without) so that those before `middle` are no larger along the axis (Hoare)."""
    values = points[axis]
    high -= 1
    while low < high:
        pivot = values[(low + high) // 2]
        i, j = low, high
        while i <= j:
            while values[i] < pivot:
                i += 1
            while values[j] > pivot:
                j -= 1
            if i <= j:
                swap(points, order, i, j)
                i += 1
                j -= 1
        if middle <= j:
            high = j
        elif middle >= i:
            low = i
        else:
            return


@kernel
def bound(points: Array, low: int, high: int, box: Array) -> int:
    """Fill `box`, (2, d), with the least and largest coordinates of columns `low` to `high`; return the widest axis."""
    widest, width = 0, -1.0
    for row in range(points.shape[0]):
        least = largest = points[row, low]
        for j in range(low + 1, high):
            least = min(least, points[row, j])
            largest = max(largest, points[row, j])
        box[0, row], box[1, row] = least, largest
        if largest - least > width:
            widest, width = row, largest - least
    return widest


@kernel
def build(points: Array, order: Index, levels: int) -> Array:
    """Put the columns of `points` and their numbers in tree order; return the box of each node, (nodes, 2, d)."""
    n = points.shape[1]
    boxes = np.empty((2 << levels, 2, points.shape[0]))
    for level in range(levels + 1):
        for j in range(1 << level):
            low, high = j * n >> level, (j + 1) * n >> level
            axis = bound(points, low, high, boxes[(1 << level) + j])
            if level < levels:
                split(points, order, low, high, (2 * j + 1) * n >> (level + 1), axis)
    return boxes


@kernel
def gap(points: Array, i: int, boxes: Array, node: int) -> float:
    """Return how far column `i` is from the box of a node, 0 inside."""
    distance = 0.0
    for row in range(points.shape[0]):
        value = points[row, i]
        distance = max(distance, boxes[node, 0, row] - value, value - boxes[node, 1, row])
    return distance


@kernel
def scan(
    points: Array, times: Index, theiler: int, i: int, low: int, high: int, distances: Array, places: Index
) -> float:
    """Let columns `low` to `high` (without) among the nearest of column `i`; return how far the last of these is."""
    last = distances.shape[1] - 1
    worst: float = distances[i, last]
    for j in range(low, high):
        distance = 0.0
        for row in range(points.shape[0]):
            distance = max(distance, abs(points[row, i] - points[row, j]))
        if distance < worst and j != i and abs(times[i] - times[j]) > theiler:
            at = last
            while at > 0 and distances[i, at - 1] > distance:
                distances[i, at] = distances[i, at - 1]
                places[i, at] = places[i, at - 1]
                at -= 1
            distances[i, at] = distance
            places[i, at] = j
            worst = distances[i, last]
    return worst


@kernel
def nearest_neighbours(
    points: Array, times: Index, boxes: Array, levels: int, theiler: int, distances: Array, places: Index
) -> None:
    """Fill `distances` and `places`, (n, k), with the nearest columns of each column, in tree order, ascending.

    Where fewer than k are admitted the rest is infinite.
    """
    n = points.shape[1]
    leaves = 1 << levels
    waiting = np.empty(DEEPEST, np.int64)
    distances[:] = np.inf
    for leaf in range(leaves):
        low, high = leaf * n >> levels, (leaf + 1) * n >> levels
        for i in range(low, high):
            worst = scan(points, times, theiler, i, low, high, distances, places)
            node = leaves + leaf
            while node > 1:
                waiting[0] = node ^ 1
                count = 1
                while count > 0:
                    count -= 1
                    other = waiting[count]
                    if gap(points, i, boxes, other) >= worst:
                        continue
                    if other >= leaves:
                        first, end = (other - leaves) * n >> levels, (other - leaves + 1) * n >> levels
                        worst = scan(points, times, theiler, i, first, end, distances, places)
                    else:
                        waiting[count] = 2 * other
                        waiting[count + 1] = 2 * other + 1
                        count += 2
                node >>= 1
