"""Obstacles as validation reads them, from the request's own records: discs, outlines and cells."""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from compute.planning.scene import AnyObstacle, Circle, ConstantVelocity, Grid, Polygon, Rectangle
from compute.planning.scene.grids import is_blocked

Array = NDArray[np.float64]


class Solids(NamedTuple):
    """Obstacles where they are drawn.

    Attributes
    ----------
    discs : (k, 4) centre, radius, owner
    edges : (m, 5) from, to, number of their outline
    outlines : (p,) owner of each
    lattices : (g, 7) lower left corner, side of a cell, columns, rows, place of the first cell, owner
    cells : whether blocked, one grid after another
    """

    discs: Array
    edges: Array
    outlines: Array
    lattices: Array
    cells: NDArray[np.bool_]


def solids_of(obstacles: list[tuple[int, AnyObstacle]]) -> Solids:
    """Return the solids of `(place in the map, obstacle)`."""
    discs: list[tuple[float, ...]] = []
    edges: list[tuple[float, ...]] = []
    outlines: list[int] = []
    lattices: list[tuple[float, ...]] = []
    cells = [np.empty(0, dtype=np.bool_)]
    for owner, obstacle in obstacles:
        if isinstance(obstacle, Circle):
            discs.append((*obstacle.center, obstacle.radius, owner))
        elif isinstance(obstacle, Grid):
            first = sum(part.size for part in cells)
            lattices.append((*obstacle.origin, obstacle.resolution, *obstacle.shape, first, owner))
            cells.append(is_blocked(obstacle.cells, obstacle.rows).ravel())
        else:
            corners = obstacle.vertices if isinstance(obstacle, Polygon) else _corners(obstacle)
            for a, b in zip(corners, (*corners[1:], corners[0]), strict=True):
                edges.append((*a, *b, len(outlines)))
            outlines.append(owner)
    return Solids(
        np.array(discs, dtype=np.float64).reshape(-1, 4),
        np.array(edges, dtype=np.float64).reshape(-1, 5),
        np.array(outlines, dtype=np.float64),
        np.array(lattices, dtype=np.float64).reshape(-1, 7),
        np.concatenate(cells),
    )


def _corners(rectangle: Rectangle) -> tuple[tuple[float, float], ...]:
    (x, y), (width, height) = rectangle.center, rectangle.size
    c, s = math.cos(rectangle.angle) / 2, math.sin(rectangle.angle) / 2
    right, up = (width * c, width * s), (-height * s, height * c)
    signs = ((-1, -1), (1, -1), (1, 1), (-1, 1))
    return tuple((x + a * right[0] + b * up[0], y + a * right[1] + b * up[1]) for a, b in signs)


def timed_shifts(obstacle: AnyObstacle, begin: float, end: float) -> tuple[Array, Array]:
    """Return times from `begin` to `end` between which the obstacle moves straight on, and how far it is displaced.

    Returns
    -------
    times : (n,) increasing, the first and the last among them
    shifts : (n, 2)
    """
    motion = obstacle.motion
    if motion is None:
        return np.array([begin, end]), np.zeros((2, 2))
    if isinstance(motion, ConstantVelocity):
        times = np.array([begin, end])
        return times, times[:, None] * np.asarray(motion.velocity)
    rows = np.asarray(motion.waypoints, dtype=np.float64)
    if motion.loop:
        period = rows[-1, 0] - rows[0, 0]
        first, last = (math.floor((time - rows[0, 0]) / period) for time in (begin, end))
        rounds = [rows[:-1] + np.array([k * period, 0.0, 0.0]) for k in range(first, last + 1)]
        rows = np.concatenate([*rounds, rows[-1:] + np.array([last * period, 0.0, 0.0])])
    inside = rows[(rows[:, 0] > begin) & (rows[:, 0] < end), 0]
    times = np.concatenate([[begin], inside, [end]])
    drawn = _middle(obstacle)
    return times, np.stack([np.interp(times, rows[:, 0], rows[:, i + 1]) - drawn[i] for i in range(2)], axis=1)


def _middle(obstacle: AnyObstacle) -> tuple[float, float]:
    if isinstance(obstacle, Polygon):
        n = len(obstacle.vertices)
        return sum(v[0] for v in obstacle.vertices) / n, sum(v[1] for v in obstacle.vertices) / n
    if isinstance(obstacle, Grid):
        (x, y), (nx, ny), side = obstacle.origin, obstacle.shape, obstacle.resolution
        return x + nx * side / 2, y + ny * side / 2
    return obstacle.center
