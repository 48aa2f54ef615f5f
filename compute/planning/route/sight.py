"""Whether a disc can go straight from one point to another: exact, with contact allowed."""

import math

from compute.planning.compilation import kernel
from compute.planning.geometry.distance import point_to_edge
from compute.planning.route.terrain import Array, Terrain


@kernel
def is_edge_in_way(x0: float, y0: float, x1: float, y1: float, edge: Array, reach: float) -> bool:
    """Return whether a segment comes nearer than `reach` to an edge."""
    ax, ay, bx, by = edge[0], edge[1], edge[2], edge[3]
    if (
        max(x0, x1) <= min(ax, bx) - reach
        or min(x0, x1) >= max(ax, bx) + reach
        or max(y0, y1) <= min(ay, by) - reach
        or min(y0, y1) >= max(ay, by) + reach
    ):
        return False
    squared = reach * reach
    dx, dy, ex, ey = x1 - x0, y1 - y0, bx - ax, by - ay
    to_a, to_b = dx * (ay - y0) - dy * (ax - x0), dx * (by - y0) - dy * (bx - x0)
    to_0, to_1 = ex * (y0 - ay) - ey * (x0 - ax), ex * (y1 - ay) - ey * (x1 - ax)
    length = dx * dx + dy * dy
    far = squared * length
    if to_a * to_b > 0 and to_a * to_a >= far and to_b * to_b >= far:
        return False
    if to_a * to_b < 0 and to_0 * to_1 < 0:
        return True
    return (
        point_to_edge(ax, ay, x0, y0, x1, y1) < squared
        or point_to_edge(bx, by, x0, y0, x1, y1) < squared
        or point_to_edge(x0, y0, ax, ay, bx, by) < squared
        or point_to_edge(x1, y1, ax, ay, bx, by) < squared
    )


@kernel
def is_clear(terrain: Terrain, x0: float, y0: float, x1: float, y1: float) -> bool:
    """Return whether the disc touches nothing by more than rounding on a straight way; both ends lie in free space."""
    inset = terrain.radius - terrain.slack
    bounds = terrain.bounds
    if (
        min(x0, x1) < bounds[0] + inset
        or max(x0, x1) > bounds[2] - inset
        or min(y0, y1) < bounds[1] + inset
        or max(y0, y1) > bounds[3] - inset
    ):
        return False
    side, rows, m = terrain.frame[2], terrain.rows, terrain.edges.shape[0]
    u0, v0 = (x0 - terrain.frame[0]) / side, (y0 - terrain.frame[1]) / side
    u1, v1 = (x1 - terrain.frame[0]) / side, (y1 - terrain.frame[1]) / side
    step = 1 if u1 >= u0 else -1
    slope = (v1 - v0) / (u1 - u0) if abs(u1 - u0) > 1e-12 else 0.0
    i, last = math.floor(u0), math.floor(u1)
    while True:
        va, vb = v0, v1
        if slope != 0.0:
            va, vb = v0 + (i - u0) * slope, v0 + (i + 1 - u0) * slope
            low, high = min(va, vb), max(va, vb)
            low, high = max(low, min(v0, v1)), min(high, max(v0, v1))
        else:
            low, high = min(va, vb), max(va, vb)
        for j in range(int(low - 1e-9), int(high + 1e-9) + 1):
            bucket = i * rows + j
            for place in range(terrain.first[bucket], terrain.first[bucket + 1]):
                k = terrain.members[place]
                if k < m:
                    if is_edge_in_way(x0, y0, x1, y1, terrain.edges[k], inset):
                        return False
                else:
                    c = terrain.circles[k - m]
                    reach = c[2] + inset
                    if point_to_edge(c[0], c[1], x0, y0, x1, y1) < reach * reach:
                        return False
        if i == last:
            return True
        i += step
