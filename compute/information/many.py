"""One target, many sources: means of Kraskov's first estimator, where only the source changes from one to the next.

What is known, the target with its conditions, stays; so its neighbour lists are made once. A point's nearest
neighbours in the joint space are found by going down its list until the known part alone is farther than the k-th;
how much of the list is nearer is the count of the space without the source. Counts of source and conditions come from
a run along the first condition; without conditions, from the sorted source. Many sources go down the list side by side,
one in each lane, without a branch between them: processors compare several at once. All differences are compared as the
tree compares them, so that the means are the same.
"""

import numpy as np
from numpy.typing import NDArray

from compute.information.compilation import kernel
from compute.information.counting import first_within, last_within

Array = NDArray[np.float64]
Index = NDArray[np.int64]

LANES = 64  # sources side by side; a constant, so that loops over them have no checks in them
BEYOND = 1 + 1e-12  # so that a neighbour just at the bound is inside
OFTEN = 8  # entries of a list between two looks at whether any source needs more


@kernel
def measure_lanes(sources: Array, i: int, j: int, apart: float, lane: Array) -> None:
    """Fill `lane` with the distance of columns i and j for each source, at least `apart`."""
    for s in range(LANES):
        lane[s] = apart
    for row in range(sources.shape[1]):
        for s in range(LANES):
            distance = abs(sources[i, row, s] - sources[j, row, s])
            lane[s] = distance if distance > lane[s] else lane[s]


@kernel
def enter_lanes(nearest: Array, lane: Array) -> None:
    """Put the distance of each lane among its ascending nearest, (k, lanes); `lane` is used up."""
    for rank in range(nearest.shape[0]):
        for s in range(LANES):
            held, new = nearest[rank, s], lane[s]
            nearest[rank, s] = new if new < held else held
            lane[s] = held if new < held else new


@kernel
def largest(values: Array) -> float:
    """Return the largest of the values."""
    found: float = values[0]
    for s in range(1, LANES):
        found = values[s] if values[s] > found else found
    return found


@kernel
def go_down(sources: Array, i: int, places: Index, apart: Array, nearest: Array, lane: Array) -> int:
    """Fill `nearest` from the columns `places`, ascending in what is known; return how many had to be looked at."""
    nearest[:] = np.inf
    bound = np.inf
    for at in range(places.size):
        if at % OFTEN == 0:
            bound = largest(nearest[-1])
        if apart[at] >= bound:
            return at
        measure_lanes(sources, i, places[at], apart[at], lane)
        enter_lanes(nearest, lane)
    return places.size


@kernel
def look_around(known: Array, sources: Array, i: int, nearest: Array, lane: Array, places: Index, apart: Array) -> int:
    """Fill `nearest` from a run that holds all within its bounds; return how many are in `places`, `apart`."""
    bound = largest(nearest[-1]) * BEYOND
    found = 0
    for j in range(first_within(known[0], i, bound), last_within(known[0], i, bound) + 1):
        distance = 0.0
        for row in range(known.shape[0]):
            distance = max(distance, abs(known[row, i] - known[row, j]))
        if j != i and distance < bound:
            places[found], apart[found] = j, distance
            found += 1
    nearest[:] = np.inf
    for at in range(found):
        measure_lanes(sources, i, places[at], apart[at], lane)
        enter_lanes(nearest, lane)
    return found


@kernel
def count_lanes(apart: Array, radii: Array, counts: Index) -> None:
    """Fill `counts` with how many of the distances are below the radius of each lane."""
    for s in range(LANES):
        counts[s] = 0
    for at in range(apart.size):
        for s in range(LANES):
            counts[s] += 1 if apart[at] < radii[s] else 0


@kernel
def count_run(known: Array, sources: Array, i: int, radii: Array, lane: Array, near: Index, both: Index) -> None:
    """Fill `near` with how many others are within each radius in the conditions, `both` in the source as well."""
    near[:], both[:] = -1, -1
    widest = largest(radii)
    for j in range(first_within(known[0], i, widest), last_within(known[0], i, widest) + 1):
        apart = abs(known[0, i] - known[0, j])
        for row in range(1, known.shape[0] - 1):
            apart = max(apart, abs(known[row, i] - known[row, j]))
        if apart < widest:
            measure_lanes(sources, i, j, apart, lane)
            for s in range(LANES):
                near[s] += 1 if apart < radii[s] else 0
                both[s] += 1 if lane[s] < radii[s] else 0


@kernel
def count_sorted(ascending: Array, value: float, radius: float) -> int:
    """Return how many other values lie less than `radius` from `value`, which is one of them."""
    low, high = 0, ascending.size
    while low < high:
        middle = (low + high) // 2
        if value - ascending[middle] < radius:
            high = middle
        else:
            low = middle + 1
    first = low
    high = ascending.size
    while low < high:
        middle = (low + high) // 2
        if ascending[middle] - value < radius:
            low = middle + 1
        else:
            high = middle
    return low - first - 1


@kernel
def fill_means(
    known: Array, lists: Index, distances: Array, sources: Array, ascending: Array, table: Array, k: int, means: Array
) -> None:
    """Fill `means`, (s,), with the information of each source, in nats.

    Columns are sorted by the first row of `known`: the conditions, then the target. `lists` and `distances`, (n, m),
    are its neighbours in that space, ascending. `sources` are (n, dx, s); `ascending`, (s, n), are the sorted sources
    where there are no conditions. `table` holds the digamma of 1, 2, ...
    """
    n = known.shape[1]
    lane, nearest = np.empty(LANES), np.empty((k, LANES))
    with_target, near, with_source = np.empty(LANES, np.int64), np.empty(LANES, np.int64), np.empty(LANES, np.int64)
    places, apart = np.empty(n, np.int64), np.empty(n)
    means[:] = 0.0
    for i in range(n):
        looked = go_down(sources, i, lists[i], distances[i], nearest, lane)
        radii = nearest[k - 1]
        if looked == lists.shape[1] and looked < n - 1 and largest(radii) > distances[i, looked - 1]:
            looked = look_around(known, sources, i, nearest, lane, places, apart)
            count_lanes(apart[:looked], radii, with_target)
        else:
            count_lanes(distances[i, :looked], radii, with_target)
        if known.shape[0] > 1:
            count_run(known, sources, i, radii, lane, near, with_source)
        else:
            near[:] = n - 1
            for s in range(LANES):
                with_source[s] = count_sorted(ascending[s], sources[i, 0, s], radii[s])
        for s in range(LANES):
            means[s] += table[near[s]] - table[with_source[s]] - table[with_target[s]]
    for s in range(LANES):
        means[s] = table[k - 1] + means[s] / n
