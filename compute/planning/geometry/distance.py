"""The signed distance from points to the union of static shapes: the one distance that planning goes by.

Outside it is exact. Inside it is the negative depth in the obstacle in which a point lies deepest, exact for each
obstacle by itself. Either way no two points differ by more than they are apart. Moving obstacles are in `moving`.
"""

import math

import numpy as np

from compute.planning.compilation import kernel
from compute.planning.geometry.shapes import Array, Index, Shapes

NO_OWNER = -1  # the bounds of the map


@kernel
def point_to_edge(x: float, y: float, x0: float, y0: float, x1: float, y1: float) -> float:
    """Return the squared distance from a point to a segment."""
    dx, dy, px, py = x1 - x0, y1 - y0, x - x0, y - y0
    length = dx * dx + dy * dy
    t = (px * dx + py * dy) / length if length > 0 else 0.0
    t = min(max(t, 0.0), 1.0)
    px -= t * dx
    py -= t * dy
    return px * px + py * py


@kernel
def to_loop(edges: Array, first: int, last: int, x: float, y: float) -> float:
    """Return the signed distance to a loop of edges; inside, a ray along x crosses it an odd number of times."""
    best, is_inside = np.inf, False
    for e in range(first, last):
        x0, y0, x1, y1 = edges[e, 0], edges[e, 1], edges[e, 2], edges[e, 3]
        best = min(best, point_to_edge(x, y, x0, y0, x1, y1))
        if (y0 > y) != (y1 > y) and x < x0 + (y - y0) / (y1 - y0) * (x1 - x0):
            is_inside = not is_inside
    return -math.sqrt(best) if is_inside else math.sqrt(best)


@kernel
def to_box(box: Array, x: float, y: float) -> float:
    """Return the distance to a box (x0, y0, x1, y1) along the axis on which it is farther, 0 inside."""
    beyond: float = max(max(box[0] - x, x - box[2]), max(box[1] - y, y - box[3]))
    return max(beyond, 0.0)


@kernel
def to_grid(shapes: Shapes, g: int, x: float, y: float) -> float:
    """Return the signed distance to the blocked cells of a grid, infinite where none is blocked.

    From the point's cell, rings of cells are searched outwards until no nearer one can follow; `reach` says where to
    begin. Inside a blocked cell the free ones are searched, and what lies outside the grid is free.
    """
    side = shapes.grids[g, 2]
    u, v = (x - shapes.grids[g, 0]) / side, (y - shapes.grids[g, 1]) / side
    place, nx, ny = shapes.sizes[g, 0], shapes.sizes[g, 1], shapes.sizes[g, 2]
    i, j = math.floor(u), math.floor(v)
    is_within = 0 <= i < nx and 0 <= j < ny
    kind = shapes.cells[place + j * nx + i] if is_within else 0
    ring = shapes.reach[place + j * nx + i] if is_within else max(max(-i, i - nx + 1), max(-j, j - ny + 1))
    outward = min(min(u, nx - u), min(v, ny - v))
    best = outward * outward if kind == 1 else np.inf
    last = max(max(i + 1, nx - i), max(j + 1, ny - j))
    while ring <= last and (ring - 1.0) * (ring - 1.0) < best:
        for b in range(max(j - ring, 0), min(j + ring, ny - 1) + 1):
            is_side = b == j - ring or b == j + ring
            step = 1 if is_side else 2 * ring
            a = i - ring
            if is_side and a < 0:
                a = 0
            while a <= min(i + ring, nx - 1):
                if a >= 0 and shapes.cells[place + b * nx + a] != kind:
                    ex = max(max(a - u, u - a - 1), 0.0)
                    ey = max(max(b - v, v - b - 1), 0.0)
                    best = min(best, ex * ex + ey * ey)
                a += step
        ring += 1
    distance: float = side * math.sqrt(best)
    return -distance if kind == 1 else distance


@kernel
def to_shapes(shapes: Shapes, x: float, y: float) -> tuple[float, int]:
    """Return the signed distance from a point to the nearest shape, infinite without shapes, and its owner."""
    best, owner = np.inf, NO_OWNER
    for k in range(shapes.circles.shape[0]):
        dx, dy, radius = x - shapes.circles[k, 0], y - shapes.circles[k, 1], shapes.circles[k, 2]
        squared, reach = dx * dx + dy * dy, best + radius
        if reach > 0 and squared < reach * reach:
            best, owner = math.sqrt(squared) - radius, shapes.circle_owner[k]
    for p in range(shapes.loop_owner.size):
        beyond = to_box(shapes.boxes[p], x, y)
        if beyond > 0 and beyond >= best:
            continue
        d = to_loop(shapes.edges, shapes.loops[p], shapes.loops[p + 1], x, y)
        if d < best:
            best, owner = d, shapes.loop_owner[p]
    for g in range(shapes.grid_owner.size):
        d = to_grid(shapes, g, x, y)
        if d < best:
            best, owner = d, shapes.grid_owner[g]
    return best, owner


@kernel
def is_within(shapes: Shapes, x: float, y: float) -> bool:
    """Return whether a point lies inside a loop or a blocked cell. Discs are not asked: their distance is as quick."""
    for p in range(shapes.loop_owner.size):
        if to_box(shapes.boxes[p], x, y) <= 0 and to_loop(shapes.edges, shapes.loops[p], shapes.loops[p + 1], x, y) < 0:
            return True
    for g in range(shapes.grid_owner.size):
        i = math.floor((x - shapes.grids[g, 0]) / shapes.grids[g, 2])
        j = math.floor((y - shapes.grids[g, 1]) / shapes.grids[g, 2])
        place, nx, ny = shapes.sizes[g, 0], shapes.sizes[g, 1], shapes.sizes[g, 2]
        if 0 <= i < nx and 0 <= j < ny and shapes.cells[place + j * nx + i] == 1:
            return True
    return False


@kernel
def to_bounds(bounds: Array, x: float, y: float) -> float:
    """Return the signed distance to the outside of the map (x0, y0, x1, y1), positive within."""
    inward: float = min(min(x - bounds[0], bounds[2] - x), min(y - bounds[1], bounds[3] - y))
    return inward


@kernel
def to_all(shapes: Shapes, bounds: Array, points: Array) -> tuple[Array, Index]:
    """Return the signed distances from (n, 2) points to shapes and bounds, (n,), and the owners of the nearest."""
    distances, owners = np.empty(points.shape[0]), np.empty(points.shape[0], dtype=np.int64)
    for n in range(points.shape[0]):
        d, owner = to_shapes(shapes, points[n, 0], points[n, 1])
        edge = to_bounds(bounds, points[n, 0], points[n, 1])
        distances[n], owners[n] = (d, owner) if d < edge else (edge, NO_OWNER)
    return distances, owners


def bounds_of(origin: tuple[float, float], width: float, height: float) -> Array:
    """Return (x0, y0, x1, y1) of a workspace."""
    return np.array([*origin, origin[0] + width, origin[1] + height], dtype=np.float64)
