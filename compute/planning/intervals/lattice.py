"""Search in time for a robot of limited acceleration: A* over positions, velocities and steps of time.

Accelerations are held for one step and are none or as strong as the limit allows along either axis, so positions and
velocities stay on a lattice and the motion between two states is exact: every edge is checked along its whole course,
against shapes at rest and moving ones, by conservative advancement. Where the robot rests it may wait. The first way
found is the quickest on the lattice; exhausting the states proves that the lattice has none within the horizon.
"""

import math
from typing import NamedTuple

import numpy as np
from numba import types
from numba.typed import Dict
from numpy.typing import NDArray

from compute.planning.compilation import kernel
from compute.planning.geometry.distance import to_bounds, to_shapes
from compute.planning.geometry.shapes import Shapes
from compute.planning.inference.terrain import Raster, look_up
from compute.planning.intervals.movers import Movers, spare_time
from compute.planning.route.heap import pop, push

Array = NDArray[np.float64]
Index = NDArray[np.int64]

SHORTEST = 1e-3  # s: gaps are walked through by such steps at least
EFFORT = 1e-3  # s that a step of acceleration costs: of two equally quick ways the calmer one
FOUND, EXHAUSTED, TOO_MANY = 0, 1, 2  # the last: states were left out, so nothing is proved
REACH = 2048  # lattice points to either side of the start


class Lattice(NamedTuple):
    """The steps of the search.

    Attributes
    ----------
    origin : (2,) where it begins
    begin : s, the time of the first state
    step : s
    push : m/s^2 along either axis
    fastest : m/s
    radius : m, of the robot
    goal : (2,)
    near : m from the goal that count as there, at rest
    horizon : steps
    most : states
    """

    origin: Array
    begin: float
    step: float
    push: float
    fastest: float
    radius: float
    goal: Array
    near: float
    horizon: int
    most: int


@kernel
def is_free(
    lattice: Lattice, shapes: Shapes, bounds: Array, movers: Movers, start: Array, force: Array, begin: float
) -> bool:
    """Return whether one step from `start` (x, y, vx, vy) at a constant acceleration, (2,), touches nothing."""
    dt = lattice.step
    speed = max(math.hypot(start[2], start[3]), math.hypot(start[2] + force[0] * dt, start[3] + force[1] * dt))
    t = 0.0
    while True:
        x = start[0] + t * (start[2] + 0.5 * t * force[0])
        y = start[1] + t * (start[3] + 0.5 * t * force[1])
        still, _ = to_shapes(shapes, x, y)
        gap = min(still, to_bounds(bounds, x, y)) - lattice.radius
        if gap < 0.0:
            return False
        spare = min(gap / max(speed, 1e-9), spare_time(movers, x, y, begin + t, lattice.radius, speed))
        if spare < 0.0:
            return False
        if t >= dt:
            return True
        t = min(t + max(spare, SHORTEST), dt)


@kernel
def find(
    lattice: Lattice,
    shapes: Shapes,
    bounds: Array,
    movers: Movers,
    value: Raster,
    corner: Array,
    spacing: float,
) -> tuple[int, Index, int]:
    """Return how the search ended, the states from start to goal, (k, 4) as lattice numbers, and how many it saw."""
    dt = lattice.step
    unit_v = lattice.push * dt
    unit_x = 0.5 * unit_v * dt
    most = lattice.most
    states = np.empty((most, 4), dtype=np.int64)  # ix, iy, ivx, ivy
    when = np.empty(most, dtype=np.int64)
    cost = np.empty(most)
    parent = np.full(most, -1, dtype=np.int64)
    keys = np.empty(8 * most)
    items = np.empty(8 * most, dtype=np.int64)
    seen = Dict.empty(key_type=types.int64, value_type=types.int64)
    n, size, room, is_cut = 1, 0, items.size, False
    states[0], when[0], cost[0] = 0, 0, 0.0
    size = push(keys, items, size, 0.0, 0)
    start, force = np.empty(4), np.empty(2)
    while size > 0:
        k = items[0]
        size = pop(keys, items, size)
        ix, iy, ivx, ivy = states[k]
        x, y = lattice.origin[0] + unit_x * ix, lattice.origin[1] + unit_x * iy
        if ivx == 0 and ivy == 0 and math.hypot(x - lattice.goal[0], y - lattice.goal[1]) <= lattice.near:
            return FOUND, trace(states, parent, k), n
        if when[k] >= lattice.horizon:
            continue
        start[0], start[1], start[2], start[3] = x, y, unit_v * ivx, unit_v * ivy
        for a in range(-1, 2):
            for b in range(-1, 2):
                jvx, jvy = ivx + a, ivy + b
                if math.hypot(unit_v * jvx, unit_v * jvy) > lattice.fastest * (1 + 1e-9):
                    continue
                jx, jy, time = ix + ivx + jvx, iy + ivy + jvy, when[k] + 1
                if abs(jx) >= REACH or abs(jy) >= REACH:
                    is_cut = True
                    continue
                place = ((jx + REACH) * 2 * REACH + jy + REACH) * 4096 + (jvx + 32) * 64 + jvy + 32
                name = place * 4096 + time
                if name in seen:
                    continue
                force[0], force[1] = lattice.push * a, lattice.push * b
                if not is_free(lattice, shapes, bounds, movers, start, force, lattice.begin + when[k] * dt):
                    continue
                seen[name] = n
                if n >= most or size >= room - 9:
                    return TOO_MANY, trace(states, parent, k), n
                states[n, 0], states[n, 1], states[n, 2], states[n, 3] = jx, jy, jvx, jvy
                when[n], parent[n] = time, k
                cost[n] = cost[k] + dt + (EFFORT if a != 0 or b != 0 else 0.0)
                px, py = lattice.origin[0] + unit_x * jx, lattice.origin[1] + unit_x * jy
                way = max(look_up(value, corner, spacing, px, py) - lattice.near - spacing, 0.0)
                speed = math.hypot(unit_v * jvx, unit_v * jvy)
                left = max(
                    least_time(way, speed, lattice.fastest, math.sqrt(2.0) * lattice.push),
                    least_along(lattice.goal[0] - px, unit_v * jvx, lattice),
                    least_along(lattice.goal[1] - py, unit_v * jvy, lattice),
                )
                size = push(keys, items, size, cost[n] + left, n)
                n += 1
    return TOO_MANY if is_cut else EXHAUSTED, np.empty((0, 4), dtype=np.int64), n


@kernel
def least_time(way: float, speed: float, fastest: float, strongest: float) -> float:
    """Return the least time for a way that begins at `speed` and ends at rest, whichever turns it takes."""
    braking = speed * speed / (2 * strongest)
    if way <= braking:
        return speed / strongest
    peak = math.sqrt(strongest * way + 0.5 * speed * speed)
    if peak <= fastest:
        return (2 * peak - speed) / strongest
    rising = (fastest * fastest - speed * speed) / (2 * strongest)
    cruise = (way - rising - fastest * fastest / (2 * strongest)) / fastest
    return (2 * fastest - speed) / strongest + cruise


@kernel
def least_along(offset: float, speed: float, lattice: Lattice) -> float:
    """Return the least time along one axis, where only `push` accelerates: to rest within `near` of `offset`."""
    way = max(abs(offset) - lattice.near, 0.0)
    speed = speed if offset >= 0.0 else -speed
    if speed >= 0.0:
        return least_time(way, speed, lattice.fastest, lattice.push)
    turning = -speed / lattice.push
    return turning + least_time(way + 0.5 * -speed * turning, 0.0, lattice.fastest, lattice.push)


@kernel
def trace(states: Index, parent: Index, k: int) -> Index:
    """Return the states that lead to state k, the first first."""
    length, at = 1, k
    while parent[at] >= 0:
        at = parent[at]
        length += 1
    found = np.empty((length, 4), dtype=np.int64)
    at = k
    for i in range(length - 1, -1, -1):
        found[i] = states[at]
        at = parent[at]
    return found
