"""A binary heap of numbered costs in two arrays, for compiled loops."""

import numpy as np

from compute.planning.compilation import kernel
from compute.planning.route.terrain import Array, Index


@kernel
def push(costs: Array, items: Index, size: int, cost: float, item: int) -> int:
    """Add an item at its cost and return the new size; the arrays have room for it."""
    k = size
    while k > 0:
        above = (k - 1) >> 1
        if costs[above] <= cost:
            break
        costs[k], items[k] = costs[above], items[above]
        k = above
    costs[k], items[k] = cost, item
    return size + 1


@kernel
def pop(costs: Array, items: Index, size: int) -> int:
    """Take the first item, `items[0]` before the call, away and return the new size."""
    size -= 1
    cost, item = costs[size], items[size]
    k = 0
    while True:
        below = 2 * k + 1
        if below >= size:
            break
        if below + 1 < size and costs[below + 1] < costs[below]:
            below += 1
        if costs[below] >= cost:
            break
        costs[k], items[k] = costs[below], items[below]
        k = below
    costs[k], items[k] = cost, item
    return size


@kernel
def grown(values: Array) -> Array:
    """Return a copy with twice the room."""
    return np.concatenate((values, np.empty_like(values)))
