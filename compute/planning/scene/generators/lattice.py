"""Which places of a lattice over a map a disc may be at, and ways over it that meet as little as possible.

Neighbouring points are `step` apart: where a disc is `step / 2` farther than it must be from everything at both, it can
go straight from one to the other. So a way over free points is a way of the disc, exactly.
"""

import heapq
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from compute.planning.scene.grids import is_blocked
from compute.planning.scene.obstacles import AnyObstacle, Circle, Grid, Rectangle
from compute.planning.scene.units import Point

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]
Place = tuple[int, int]
MEETING = 1000.0  # what a step onto a blocked point costs: ways round are taken unless there is none


@dataclass(frozen=True)
class Lattice:
    """Points at `step * (i + 1/2)`, `columns` by `rows` of them, over a map whose lower left corner is at 0."""

    step: float
    columns: int
    rows: int

    @classmethod
    def over(cls, width: float, height: float, step: float) -> "Lattice":
        """Return the points of a lattice that lie in a map."""
        return cls(step, int(width / step), int(height / step))

    def at(self, point: Point) -> Place:
        """Return the row and column of the point nearest to a place."""
        i, j = (int(np.clip(round(value / self.step - 0.5), 0, n - 1))
                for value, n in zip(point, (self.columns, self.rows), strict=True))  # fmt: skip
        return j, i

    def point(self, place: Place) -> Point:
        """Return where a point is."""
        return (place[1] + 0.5) * self.step, (place[0] + 0.5) * self.step

    def edge(self, margin: float) -> Mask:
        """Return which points are nearer than `margin` to the edge of the lattice, (rows, columns)."""
        x, y = self._axes(0, self.columns, 0, self.rows)
        wide, high = self.columns * self.step, self.rows * self.step
        return np.asarray(np.minimum(np.minimum(x, wide - x), np.minimum(y, high - y)) < margin)

    def mark(self, mask: Mask, shape: Circle | Rectangle, margin: float) -> None:
        """Set the points that are nearer than `margin` to a shape."""
        reach = (shape.radius if isinstance(shape, Circle) else 0.5 * float(np.hypot(*shape.size))) + margin
        window = []
        for value, n in zip(shape.center, (self.columns, self.rows), strict=True):
            window += [max(int((value - reach) / self.step - 0.5), 0), min(int((value + reach) / self.step) + 1, n)]
        x, y = self._axes(*window)
        mask[window[2] : window[3], window[0] : window[1]] |= distance_to(shape, x, y) < margin

    def _axes(self, left: int, right: int, low: int, high: int) -> tuple[Array, Array]:
        x, y = (np.arange(a, b, dtype=np.float64) + 0.5 for a, b in ((left, right), (low, high)))
        return np.asarray(self.step * x[None]), np.asarray(self.step * y[:, None])


def distance_to(shape: Circle | Rectangle, x: Array, y: Array) -> Array:
    """Return the distance from points to a shape; 0 or less inside."""
    dx, dy = x - shape.center[0], y - shape.center[1]
    if isinstance(shape, Circle):
        return np.asarray(np.hypot(dx, dy) - shape.radius)
    c, s = np.cos(shape.angle), np.sin(shape.angle)
    out = np.abs(c * dx + s * dy) - shape.size[0] / 2, np.abs(c * dy - s * dx) - shape.size[1] / 2
    return np.asarray(np.hypot(np.maximum(out[0], 0), np.maximum(out[1], 0)) + np.minimum(np.maximum(*out), 0))


def blocked_by(lattice: Lattice, obstacles: Iterable[AnyObstacle], margin: float) -> Mask:
    """Return the points nearer than `margin` to an obstacle at rest or to the edge, (rows, columns)."""
    mask = lattice.edge(margin)
    for obstacle in obstacles:
        for shape in _simple(obstacle):
            lattice.mark(mask, shape, margin)
    return mask


def _simple(obstacle: AnyObstacle) -> Iterable[Circle | Rectangle]:
    """Yield the circles and rectangles that an obstacle is made of; nothing made up here has polygons."""
    if isinstance(obstacle, Circle | Rectangle):
        yield obstacle
    elif isinstance(obstacle, Grid):
        size = obstacle.resolution
        for j, i in np.argwhere(is_blocked(obstacle.cells, obstacle.rows)).tolist():
            yield Rectangle(center=((i + 0.5) * size, (j + 0.5) * size), size=(size, size))


def easiest_way(is_met: Mask, is_outside: Mask, start: Place, goal: Place) -> list[Place]:
    """Return the way between neighbours that meets the fewest marked points, and is short beside that (Dijkstra).

    It never goes outside, which start and goal are not.
    """
    rows, columns = is_met.shape
    cost = np.where(is_outside, np.inf, np.where(is_met, MEETING, 1.0)).tolist()
    best = {start: 0.0}
    came: dict[Place, Place] = {}
    queue = [(0.0, start)]
    while queue:
        spent, here = heapq.heappop(queue)
        if here == goal:
            break
        if spent > best[here]:
            continue
        j, i = here
        for there in ((j, i + 1), (j + 1, i), (j, i - 1), (j - 1, i)):
            if 0 <= there[0] < rows and 0 <= there[1] < columns:
                total = spent + cost[there[0]][there[1]]
                if total < best.get(there, np.inf):
                    best[there], came[there] = total, here
                    heapq.heappush(queue, (total, there))
    way = [goal]
    while way[-1] != start:
        way.append(came[way[-1]])
    return way[::-1]
