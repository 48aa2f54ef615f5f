"""Obstacles as arrays: discs, closed loops of edges and grids, in the frame in which they are drawn.

Shapes are exact; nothing is sampled. Which of them count (at the robot's heights, at rest or moving) is chosen here.
"""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from compute.planning.geometry.reach import count_steps_to_change
from compute.planning.scene import AnyObstacle, Circle, Grid, Polygon, Rectangle
from compute.planning.scene.grids import is_blocked

Array = NDArray[np.float64]
Index = NDArray[np.int64]
Cells = NDArray[np.uint8]
Reach = NDArray[np.int32]


class Shapes(NamedTuple):
    """Static shapes.

    Attributes
    ----------
    circles : (k, 3) centre and radius
    loops : (p + 1,) loop i has the edges `loops[i]` to `loops[i + 1]`
    edges : (m, 4) from (x0, y0) to (x1, y1), each loop anticlockwise: the obstacle lies on the left
    boxes : (p, 4) x0, y0, x1, y1 around each loop
    grids : (g, 3) lower left corner and side of a cell
    sizes : (g, 3) place of the first cell, columns, rows
    cells : 1 where blocked, row by row from the lowest, one grid after another
    reach : for each cell, the least Chebyshev distance in cells to one of the other kind
    circle_owner, loop_owner, grid_owner : place of the obstacle in the map
    """

    circles: Array
    loops: Index
    edges: Array
    boxes: Array
    grids: Array
    sizes: Index
    cells: Cells
    reach: Reach
    circle_owner: Index
    loop_owner: Index
    grid_owner: Index


def shapes_of(obstacles: Iterable[tuple[int, AnyObstacle]]) -> Shapes:
    """Return the shapes of `(place in the map, obstacle)`, where they are drawn."""
    circles: list[tuple[float, float, float]] = []
    loops: list[Array] = []
    grids: list[Grid] = []
    owners: tuple[list[int], list[int], list[int]] = ([], [], [])
    for owner, obstacle in obstacles:
        if isinstance(obstacle, Circle):
            circles.append((*obstacle.center, obstacle.radius))
            owners[0].append(owner)
        elif isinstance(obstacle, Grid):
            grids.append(obstacle)
            owners[2].append(owner)
        else:
            loops.append(outline(obstacle))
            owners[1].append(owner)
    blocked = [is_blocked(grid.cells, grid.rows) for grid in grids]
    return Shapes(
        circles=np.array(circles, dtype=np.float64).reshape(-1, 3),
        loops=np.cumsum([0, *(len(loop) for loop in loops)], dtype=np.int64),
        edges=_edges(loops),
        boxes=np.array([(*loop.min(axis=0), *loop.max(axis=0)) for loop in loops]).reshape(-1, 4),
        grids=np.array([(*grid.origin, grid.resolution) for grid in grids], dtype=np.float64).reshape(-1, 3),
        sizes=_sizes(blocked),
        cells=_joined([cells.astype(np.uint8).ravel() for cells in blocked], np.uint8),
        reach=_joined([count_steps_to_change(cells.astype(np.uint8)).ravel() for cells in blocked], np.int32),
        circle_owner=np.array(owners[0], dtype=np.int64),
        loop_owner=np.array(owners[1], dtype=np.int64),
        grid_owner=np.array(owners[2], dtype=np.int64),
    )


def outline(obstacle: Rectangle | Polygon) -> Array:
    """Return the vertices of an obstacle, (n, 2), anticlockwise."""
    if isinstance(obstacle, Polygon):
        vertices = np.asarray(obstacle.vertices, dtype=np.float64)
        x, y = vertices.T
        return vertices if np.sum(x * np.roll(y, -1) - np.roll(x, -1) * y) > 0 else vertices[::-1].copy()
    half = np.asarray(obstacle.size) / 2
    corners = np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)]) * half
    c, s = np.cos(obstacle.angle), np.sin(obstacle.angle)
    return np.asarray(np.asarray(obstacle.center) + corners @ np.array([(c, s), (-s, c)]))


def _edges(loops: Sequence[Array]) -> Array:
    if not loops:
        return np.empty((0, 4))
    return np.concatenate([np.hstack([loop, np.roll(loop, -1, axis=0)]) for loop in loops])


def _sizes(blocked: Sequence[NDArray[np.bool_]]) -> Index:
    places = np.cumsum([0, *(cells.size for cells in blocked)])[:-1]
    rows = [(place, cells.shape[1], cells.shape[0]) for place, cells in zip(places, blocked, strict=True)]
    return np.array(rows, dtype=np.int64).reshape(-1, 3)


def _joined(parts: Sequence[NDArray[Any]], kind: type[np.generic]) -> NDArray[Any]:
    return np.concatenate([np.empty(0, dtype=kind), *parts])
