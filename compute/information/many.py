"""One target, many sources: Kraskov's first estimator where only the source changes from one to the next.

What is known, the target with its conditions, stays; so its neighbour lists are made once. A point's nearest
neighbours in the joint space are found by going down its list until the known part alone is farther than the k-th;
how much of the list is nearer is the count of the space without the source. Many sources go down the list side by side,
one in each lane, without a branch between them: processors compare several at once. Counts of source and conditions
come from sets of bits (`boxes`). All differences are compared as the tree compares them, so that values are the same.
"""

import numpy as np
from numpy.typing import NDArray

from compute.information.boxes import Bits, count_common, end_inside, fill_sets, first_inside
from compute.information.compilation import kernel
from compute.information.counting import first_within, last_within

Array = NDArray[np.float64]
Index = NDArray[np.int64]

LANES = 64  # sources side by side; a constant, so that loops over them have no checks in them
BEYOND = 1 + 1e-12  # so that a neighbour just at the bound is inside
TOGETHER = 4  # entries of a list, and ranks, between reading the nearest from memory and writing them
OFTEN = 8  # entries of a list between two looks at how many sources need more
FEW = LANES // 10  # sources that go on alone: the deepest of all would keep the others waiting


@kernel
def levels_of(padded: Array) -> int:
    """Return how many steps a search in one of the rows takes."""
    levels = 0
    while (1 << levels) <= padded.shape[1]:
        levels += 1
    return levels


@kernel
def arrange(sources: Array, arranged: Array) -> None:
    """Fill `arranged`, (n, dx, lanes), with `sources`, (s, dx, n); lanes left over hold the last again."""
    last = sources.shape[0] - 1
    for at in range(sources.shape[2]):
        for row in range(sources.shape[1]):
            for s in range(LANES):
                arranged[at, row, s] = sources[min(s, last), row, at]


@kernel
def measure_lanes(sources: Array, i: int, j: int, apart: float, lane: Array) -> None:
    """Fill `lane` with the distance of columns i and j for each source, at least `apart`."""
    for s in range(LANES):
        distance = abs(sources[i, 0, s] - sources[j, 0, s])
        lane[s] = distance if distance > apart else apart
    for row in range(1, sources.shape[1]):
        for s in range(LANES):
            distance = abs(sources[i, row, s] - sources[j, row, s])
            lane[s] = distance if distance > lane[s] else lane[s]


@kernel
def enter_lanes(nearest: Array, lanes: Array) -> None:
    """Put distances, (4, lanes), among the four ascending nearest, (4, lanes); what these displace takes their place.

    Written out, so that the four stay in registers.
    """
    for s in range(LANES):
        first, second, third, fourth = nearest[0, s], nearest[1, s], nearest[2, s], nearest[3, s]
        for entry in range(TOGETHER):
            new = lanes[entry, s]
            first, new = (new, first) if new < first else (first, new)
            second, new = (new, second) if new < second else (second, new)
            third, new = (new, third) if new < third else (third, new)
            fourth, new = (new, fourth) if new < fourth else (fourth, new)
            lanes[entry, s] = new
        nearest[0, s], nearest[1, s], nearest[2, s], nearest[3, s] = first, second, third, fourth


@kernel
def enter_some(sources: Array, i: int, places: Index, apart: Array, at: int, nearest: Array, lanes: Array) -> None:
    """Put the four columns from `at`, or as many as there are, among the nearest; `lanes` is used up."""
    for entry in range(TOGETHER):
        if at + entry < places.size:
            measure_lanes(sources, i, places[at + entry], apart[at + entry], lanes[entry])
        else:
            lanes[entry] = np.inf
    for rank in range(0, nearest.shape[0], TOGETHER):
        enter_lanes(nearest[rank : rank + TOGETHER], lanes)


@kernel
def count_above(values: Array, bound: float) -> int:
    """Return how many of the values exceed the bound."""
    count = 0
    for s in range(LANES):
        count += values[s] > bound
    return count


@kernel
def go_down(sources: Array, i: int, places: Index, apart: Array, k: int, nearest: Array, lanes: Array) -> int:
    """Fill `nearest` from the columns `places`, ascending in what is known, until few sources need more of them.

    Returns how many columns were looked at.
    """
    nearest[:] = np.inf
    for at in range(0, places.size, TOGETHER):
        if at % OFTEN == 0 and count_above(nearest[k - 1], apart[at]) <= FEW:
            return at
        enter_some(sources, i, places, apart, at, nearest, lanes)
    return places.size


@kernel
def measure_one(sources: Array, s: int, i: int, j: int, apart: float) -> float:
    """Return the distance of columns i and j for one source, at least `apart`."""
    distance = apart
    for row in range(sources.shape[1]):
        distance = max(distance, abs(sources[i, row, s] - sources[j, row, s]))
    return distance


@kernel
def enter_one(nearest: Array, distance: float) -> None:
    """Put a distance that is below the last of the ascending nearest, (k,), among them."""
    at = nearest.size - 1
    while at > 0 and nearest[at - 1] > distance:
        nearest[at] = nearest[at - 1]
        at -= 1
    nearest[at] = distance


@kernel
def go_on(sources: Array, s: int, i: int, places: Index, apart: Array, at: int, nearest: Array) -> int:
    """Go on down the list for one source; return how many columns were looked at."""
    while at < places.size and apart[at] < nearest[-1]:
        distance = measure_one(sources, s, i, places[at], apart[at])
        if distance < nearest[-1]:
            enter_one(nearest, distance)
        at += 1
    return at


@kernel
def look_around(known: Array, sources: Array, s: int, i: int, nearest: Array) -> int:
    """Fill `nearest` for one source from a run that holds all within its bound; return the count without the source."""
    bound = nearest[-1] * BEYOND
    first, last = first_within(known[0], i, bound), last_within(known[0], i, bound)
    nearest[:] = np.inf
    for is_counting in (False, True):
        count = 0
        for j in range(first, last + 1):
            apart = 0.0
            for row in range(known.shape[0]):
                apart = max(apart, abs(known[row, i] - known[row, j]))
            if is_counting:
                count += j != i and apart < nearest[-1]
            elif j != i and apart < nearest[-1]:
                distance = measure_one(sources, s, i, j, apart)
                if distance < nearest[-1]:
                    enter_one(nearest, distance)
    return count


@kernel
def fill_radii(
    known: Array, lists: Index, distances: Array, sources: Array, k: int, radii: Array, with_target: Index
) -> None:
    """Fill the distance to the k-th neighbour of each column for each source, and the counts without the source.

    Columns are sorted by the first row of `known`: the conditions, then the target. `lists`, (n, m), are its neighbours
    in that space, ascending, `distances` how far they are, padded. `sources` are (n, dx, lanes), `radii` and
    `with_target` (s, n), where s is no more than there are lanes.
    """
    n, size = known.shape[1], lists.shape[1]
    levels = levels_of(distances)
    ranks = (k + TOGETHER - 1) // TOGETHER * TOGETHER
    lanes, nearest, own = np.empty((TOGETHER, LANES)), np.empty((ranks, LANES)), np.empty(k)
    for i in range(n):
        together = go_down(sources, i, lists[i], distances[i], k, nearest, lanes)
        for s in range(radii.shape[0]):
            looked = together
            own[-1] = nearest[k - 1, s]
            if looked < size and distances[i, looked] < own[-1]:
                for rank in range(k):
                    own[rank] = nearest[rank, s]
                looked = go_on(sources, s, i, lists[i], distances[i], looked, own)
            if looked == size and size < n - 1 and own[-1] > distances[i, size - 1]:
                with_target[s, i] = look_around(known, sources, s, i, own)
            else:
                with_target[s, i] = end_inside(distances[i], levels, 0.0, own[-1])
            radii[s, i] = own[-1]


@kernel
def fill_values(
    source: Array,
    ranked: Index,
    conditions: Array,
    ascending: Array,
    sets: Bits,
    radii: Array,
    with_target: Index,
    table: Array,
    k: int,
    values: Array,
) -> None:
    """Fill `values`, (n,), with the information of each column for one source, in nats.

    `source`, (dx, n), and `ranked`, (dx, n), its columns ascending in each row; `conditions`, (dz, n), sorted by their
    first row, and `ascending`, each row of them sorted and padded. `sets`, (axes, n + 1, words), hold those of all
    conditions but the first; those of the source are filled here. `table` holds the digamma of 1, 2, ...
    """
    (dx, n), dz = source.shape, conditions.shape[0]
    fixed = max(dz - 1, 0)
    ladder = np.full((dx, ascending.shape[1]), np.inf)
    for row in range(dx):
        for rank in range(n):
            ladder[row, rank] = source[row, ranked[row, rank]]
        if dz > 0:
            fill_sets(ranked[row], sets[fixed + row])
    levels = levels_of(ladder)
    firsts, ends = np.empty(fixed + dx, np.int64), np.empty(fixed + dx, np.int64)
    for i in range(n):
        radius = radii[i]
        near = both = 1  # the point itself: all there is where more than k points are equal
        for row in range(dx):
            firsts[fixed + row] = first_inside(ladder[row], levels, source[row, i], radius)
            ends[fixed + row] = end_inside(ladder[row], levels, source[row, i], radius)
        if dz == 0:
            near, both = n, max(ends[0] - firsts[0], 1)
        elif radius > 0:
            low = first_inside(ascending[0], levels, conditions[0, i], radius)
            high = end_inside(ascending[0], levels, conditions[0, i], radius)
            for row in range(fixed):
                firsts[row] = first_inside(ascending[row + 1], levels, conditions[row + 1, i], radius)
                ends[row] = end_inside(ascending[row + 1], levels, conditions[row + 1, i], radius)
            near = count_common(sets, firsts, ends, low, high, fixed) if fixed > 0 else high - low
            both = count_common(sets, firsts, ends, low, high, fixed + dx)
        values[i] = table[k - 1] + table[near - 1] - table[both - 1] - table[with_target[i]]


@kernel
def fill_all_values(
    sources: Array,
    ranked: Index,
    conditions: Array,
    ascending: Array,
    fixed: Bits,
    radii: Array,
    with_target: Index,
    table: Array,
    k: int,
    values: Array,
) -> None:
    """Fill `values`, (s, n), as `fill_values` does for each of `sources`, (s, dx, n); `fixed`: sets of conditions."""
    dx, n = sources.shape[1:]
    sets = np.empty((fixed.shape[0] + dx, n + 1, fixed.shape[2]), np.uint64)
    sets[: fixed.shape[0]] = fixed
    for s in range(sources.shape[0]):
        fill_values(sources[s], ranked[s], conditions, ascending, sets, radii[s], with_target[s], table, k, values[s])
