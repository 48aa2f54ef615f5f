"""Obstacles in known motion as arrays, and the distance to them at a time, for compiled searches."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from compute.planning.compilation import kernel
from compute.planning.geometry.distance import to_grid, to_loop
from compute.planning.geometry.moving import displacement_of
from compute.planning.geometry.shapes import Shapes, shapes_of
from compute.planning.scene import AnyObstacle

Array = NDArray[np.float64]
Index = NDArray[np.int64]


class Movers(NamedTuple):
    """Where moving obstacles are drawn, and how they are displaced.

    Attributes
    ----------
    shapes : of all of them; the owner of a shape is the mover's number
    first : (m + 1,) mover j has the timed shifts `first[j]` to `first[j + 1]`
    times : (n,) s
    shifts : (n, 2) displacement at those times
    velocities : (m, 2) after the last time, and before the first of one that never turns
    is_loop : (m,)
    fastest : (m,) highest speed of each
    """

    shapes: Shapes
    first: Index
    times: Array
    shifts: Array
    velocities: Array
    is_loop: NDArray[np.bool_]
    fastest: Array


def movers_of(obstacles: list[AnyObstacle]) -> Movers:
    """Return the arrays of obstacles that move."""
    displacements = [displacement_of(obstacle) for obstacle in obstacles]
    return Movers(
        shapes=shapes_of(enumerate(obstacles)),
        first=np.cumsum([0, *(d.times.size for d in displacements)], dtype=np.int64),
        times=np.concatenate([np.zeros(0), *(d.times for d in displacements)]),
        shifts=np.concatenate([np.zeros((0, 2)), *(d.shifts for d in displacements)]),
        velocities=np.array([d.velocity for d in displacements], dtype=np.float64).reshape(-1, 2),
        is_loop=np.array([d.loop for d in displacements], dtype=np.bool_),
        fastest=np.array([d.top_speed for d in displacements], dtype=np.float64),
    )


@kernel
def shift_at(movers: Movers, j: int, time: float) -> tuple[float, float]:
    """Return by how much mover j is displaced at a time."""
    begin, end = movers.first[j], movers.first[j + 1]
    times, shifts = movers.times[begin:end], movers.shifts[begin:end]
    last = times.size - 1
    t = time
    if movers.is_loop[j]:
        t = times[0] + (time - times[0]) % (times[last] - times[0])
    free = time - times[last] if not movers.is_loop[j] else 0.0
    dx, dy = free * movers.velocities[j, 0], free * movers.velocities[j, 1]
    if t <= times[0]:
        return shifts[0, 0] + dx, shifts[0, 1] + dy
    if t >= times[last]:
        return shifts[last, 0] + dx, shifts[last, 1] + dy
    i = np.searchsorted(times, t) - 1
    share = (t - times[i]) / (times[i + 1] - times[i])
    x = shifts[i, 0] + share * (shifts[i + 1, 0] - shifts[i, 0])
    y = shifts[i, 1] + share * (shifts[i + 1, 1] - shifts[i, 1])
    return x + dx, y + dy


@kernel
def spare_time(movers: Movers, x: float, y: float, time: float, radius: float, speed: float) -> float:
    """Return how long a disc at (x, y), at most so fast, cannot touch any mover: negative where it touches one now.

    Distances change no faster than both move, so the gap over the sum of the speeds is time to spare.
    """
    least = np.inf
    shapes = movers.shapes
    for k in range(shapes.circles.shape[0]):
        j = shapes.circle_owner[k]
        dx, dy = shift_at(movers, j, time)
        gap = np.hypot(x - dx - shapes.circles[k, 0], y - dy - shapes.circles[k, 1]) - shapes.circles[k, 2] - radius
        least = min(least, gap / (speed + movers.fastest[j]))
    for p in range(shapes.loop_owner.size):
        j = shapes.loop_owner[p]
        dx, dy = shift_at(movers, j, time)
        gap = to_loop(shapes.edges, shapes.loops[p], shapes.loops[p + 1], x - dx, y - dy) - radius
        least = min(least, gap / (speed + movers.fastest[j]))
    for g in range(shapes.grid_owner.size):
        j = shapes.grid_owner[g]
        dx, dy = shift_at(movers, j, time)
        gap = to_grid(shapes, g, x - dx, y - dy) - radius
        least = min(least, gap / (speed + movers.fastest[j]))
    return least
