"""Counts of neighbours, by walking along one sorted axis.

Points are columns; distances are the largest of the coordinates' (maximum norm).
Differences are compared as they are, never `x + radius`: so no rounding moves a point across a border, and every way
to count agrees exactly with all distances written out. `times` are the rows' places in time, for the Theiler window:
points no more than `theiler` steps apart are no neighbours.
"""

import numpy as np
from numpy.typing import NDArray

from compute.information.compilation import kernel

Array = NDArray[np.float64]
Index = NDArray[np.int64]


def count_neighbours(points: Array, sides: Array, times: Index, theiler: int) -> Index:
    """Return how many other columns, (n,), lie strictly inside the box of half sides `sides`, (d, n), about each.

    `points` is (d, n) and its columns are in time order, `times` (n,) ascending.
    """
    n = points.shape[1]
    counts = np.empty(n, np.int64)
    if len(points):
        order = np.argsort(points[0])
        place = np.empty(n, np.int64)
        place[order] = np.arange(n)
        # np.take gives rows that are contiguous, indexing columns: loops over them run on vectors
        fill_counts(np.take(points, order, 1), np.take(sides, order, 1), times[order], place, theiler, counts)
        counts = counts[place]
    return counts


@kernel
def first_within(axis: Array, i: int, radius: float) -> int:
    """Return the first place of the ascending axis that lies less than `radius` below place `i`."""
    low, high = 0, i
    while low < high:
        middle = (low + high) // 2
        if axis[i] - axis[middle] < radius:
            high = middle
        else:
            low = middle + 1
    return low


@kernel
def last_within(axis: Array, i: int, radius: float) -> int:
    """Return the last place of the ascending axis that lies less than `radius` above place `i`."""
    low, high = i, axis.size - 1
    while low < high:
        middle = (low + high + 1) // 2
        if axis[middle] - axis[i] < radius:
            low = middle
        else:
            high = middle - 1
    return low


@kernel
def count_plane(axis: Array, i: int, first: int, last: int, radius: float) -> int:
    """Return how many of the places `first` to `last` lie less than `radius` from place `i` along another axis."""
    centre = axis[i]
    count = 0
    for j in range(first, last + 1):
        count += abs(axis[j] - centre) < radius
    return count


@kernel
def count_box(points: Array, radii: Array, i: int, first: int, last: int) -> int:
    """Return how many of the columns `first` to `last` lie inside the box about column `i`, itself included."""
    if points.shape[0] == 1:
        return last - first + 1
    if points.shape[0] == 2:
        return count_plane(points[1], i, first, last, radii[1, i])
    count = 0
    for j in range(first, last + 1):
        inside = True
        for row in range(1, points.shape[0]):
            inside = inside and abs(points[row, j] - points[row, i]) < radii[row, i]
        count += inside
    return count


@kernel
def is_inside(points: Array, radii: Array, i: int, j: int) -> bool:
    """Return whether column `j` lies inside the box about column `i`."""
    inside = True
    for row in range(points.shape[0]):
        inside = inside and abs(points[row, j] - points[row, i]) < radii[row, i]
    return inside


@kernel
def count_near_in_time(points: Array, radii: Array, times: Index, order: Index, at: int, theiler: int) -> int:
    """Return how many columns inside the box about column `order[at]` are too close in time, itself included."""
    i = order[at]
    count = 1
    before = at - 1
    while before >= 0 and times[i] - times[order[before]] <= theiler:
        count += is_inside(points, radii, i, order[before])
        before -= 1
    after = at + 1
    while after < order.size and times[order[after]] - times[i] <= theiler:
        count += is_inside(points, radii, i, order[after])
        after += 1
    return count


@kernel
def fill_counts(points: Array, radii: Array, times: Index, order: Index, theiler: int, counts: Index) -> None:
    """Fill `counts`, (n,), with how many other columns lie strictly inside the box of half sides `radii`, (d, n).

    `points` are sorted by their first coordinate; `order`, (n,), are the columns in time order.
    """
    for at in range(order.size):
        i = order[at]
        first = first_within(points[0], i, radii[0, i])
        last = last_within(points[0], i, radii[0, i])
        near = count_near_in_time(points, radii, times, order, at, theiler) if theiler > 0 else 1
        counts[i] = max(count_box(points, radii, i, first, last) - near, 0)  # a box without a size lacks its own point
