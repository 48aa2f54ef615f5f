"""The arcs on which a path may turn: about convex corners and discs, where the robot's centre touches nothing else.

A shortest path of a disc is made of straight lines and of such arcs (tangent graph: Liu & Arimoto 1992).
"""

import math

import numpy as np
from numpy.typing import NDArray

from compute.planning.compilation import kernel
from compute.planning.geometry.distance import is_within
from compute.planning.geometry.shapes import Shapes
from compute.planning.geometry.surroundings import Surroundings
from compute.planning.route.outlines import corners_of
from compute.planning.route.sight import is_clear
from compute.planning.route.terrain import Terrain

Array = NDArray[np.float64]

FULL = 2 * math.pi
FLAT = 1e-9  # radians: a corner that turns by less is none
THIN = 1e-8  # radians: between two cuts this close nothing is decided anew


def turning_sites(around: Surroundings, radius: float) -> Array:
    """Return what a path can turn about: (n, 5) centre, radius of the arc, first angle, width of the turn."""
    still = around.still
    parts = [np.empty((0, 5))]
    for first, last in zip(still.loops, still.loops[1:], strict=False):
        parts.append(_loop_corners(still.edges[first:last], radius))
    for corner, (place, columns, rows) in zip(still.grids, still.sizes, strict=True):
        found = corners_of(still.cells[place : place + columns * rows].reshape(rows, columns))
        sites = np.full((len(found), 5), np.pi / 2)
        sites[:, :2] = corner[:2] + corner[2] * found[:, :2]
        sites[:, 2], sites[:, 3] = radius, found[:, 2]
        parts.append(sites)
    discs = np.empty((len(still.circles), 5))
    discs[:, :3] = still.circles + np.array([0, 0, radius])
    discs[:, 3], discs[:, 4] = -np.pi, FULL
    return np.concatenate([*parts, discs])


def _loop_corners(edges: Array, radius: float) -> Array:
    """Return the sites at the convex corners of a loop; the turn begins at the normal of the edge that arrives."""
    after = edges[:, 2:] - edges[:, :2]
    before = np.roll(after, 1, axis=0)
    turn = np.arctan2(before[:, 0] * after[:, 1] - before[:, 1] * after[:, 0], np.sum(before * after, axis=1))
    normal = np.arctan2(-before[:, 0], before[:, 1])
    sites = np.column_stack([edges[:, :2], np.full(len(edges), radius), normal, turn])
    return np.asarray(sites[turn > FLAT])


@kernel
def cuts_of_circle(x: float, y: float, rho: float, ox: float, oy: float, reach: float, cuts: Array, n: int) -> int:
    """Add the angles at which the circle about (x, y) crosses another, and return how many there are now."""
    d = math.hypot(ox - x, oy - y)
    if d < 1e-12 or d > rho + reach or d < abs(rho - reach):
        return n
    base, half = math.atan2(oy - y, ox - x), math.acos((rho * rho + d * d - reach * reach) / (2 * rho * d))
    cuts[n], cuts[n + 1] = base - half, base + half
    return n + 2


@kernel
def cuts_of_line(x: float, y: float, rho: float, nx: float, ny: float, offset: float, cuts: Array, n: int) -> int:
    """Add the angles at which the circle about (x, y) crosses the line `normal . p = offset`."""
    cosine = (offset - (nx * x + ny * y)) / rho
    if abs(cosine) >= 1:
        return n
    base, half = math.atan2(ny, nx), math.acos(cosine)
    cuts[n], cuts[n + 1] = base - half, base + half
    return n + 2


@kernel
def free_arcs(terrain: Terrain, shapes: Shapes, sites: Array) -> Array:
    """Return the free parts of the sites' turns: (n, 6) centre, radius, first angle, width, site.

    Cuts are taken where the circle meets whatever lies nearby, and between two cuts the middle decides.
    """
    arcs = np.empty((sites.shape[0] + 16, 6))
    count = 0
    radius, side, m = terrain.radius, terrain.frame[2], terrain.edges.shape[0]
    cuts = np.empty(64)
    seen = np.full(m + terrain.circles.shape[0], -1, dtype=np.int64)  # the last site for which a member was cut
    for s in range(sites.shape[0]):
        x, y, rho, begin, width = sites[s, 0], sites[s, 1], sites[s, 2], sites[s, 3], sites[s, 4]
        n = 0
        for axis in range(4):
            sign = 1.0 if axis < 2 else -1.0
            nx, ny = (1.0, 0.0) if axis % 2 == 0 else (0.0, 1.0)
            n = cuts_of_line(x, y, rho, nx, ny, terrain.bounds[axis] + sign * radius, cuts, n)
        i0, i1 = int((x - rho - terrain.frame[0]) // side), int((x + rho - terrain.frame[0]) // side)
        j0, j1 = int((y - rho - terrain.frame[1]) // side), int((y + rho - terrain.frame[1]) // side)
        for i in range(max(i0, 0), min(i1, terrain.columns - 1) + 1):
            for j in range(max(j0, 0), min(j1, terrain.rows - 1) + 1):
                bucket = i * terrain.rows + j
                for place in range(terrain.first[bucket], terrain.first[bucket + 1]):
                    k = terrain.members[place]
                    if seen[k] == s:
                        continue
                    seen[k] = s
                    if n + 16 > cuts.size:
                        cuts = np.concatenate((cuts, np.empty_like(cuts)))
                    if k >= m:
                        c = terrain.circles[k - m]
                        n = cuts_of_circle(x, y, rho, c[0], c[1], c[2] + radius, cuts, n)
                        continue
                    ax, ay, bx, by = terrain.edges[k, 0], terrain.edges[k, 1], terrain.edges[k, 2], terrain.edges[k, 3]
                    n = cuts_of_circle(x, y, rho, ax, ay, radius, cuts, n)
                    n = cuts_of_circle(x, y, rho, bx, by, radius, cuts, n)
                    length = math.hypot(bx - ax, by - ay)
                    nx, ny = (by - ay) / length, (ax - bx) / length
                    offset = nx * ax + ny * ay
                    n = cuts_of_line(x, y, rho, nx, ny, offset + radius, cuts, n)
                    n = cuts_of_line(x, y, rho, nx, ny, offset - radius, cuts, n)
        places = np.empty(n + 2)
        kept = 1
        places[0] = 0.0
        for k in range(n):
            turn = (cuts[k] - begin) % FULL
            if THIN < turn < width - THIN:
                places[kept] = turn
                kept += 1
        places[kept] = width
        places = np.sort(places[: kept + 1])
        opened, was_free, first = 0.0, False, count
        for k in range(kept):
            a, b = places[k], places[k + 1]
            if b - a > THIN:
                angle = begin + 0.5 * (a + b)
                px, py = x + rho * math.cos(angle), y + rho * math.sin(angle)
                is_free = is_clear(terrain, px, py, px, py) and not is_within(shapes, px, py)
                if is_free and not was_free:
                    opened = a
                if was_free and not is_free:
                    count = add_arc(arcs, count, x, y, rho, begin + opened, a - opened, s)
                was_free = is_free
            if count + 2 > arcs.shape[0]:
                arcs = np.concatenate((arcs, np.empty_like(arcs)))
        if was_free:
            count = add_arc(arcs, count, x, y, rho, begin + opened, width - opened, s)
        if width == FULL and count - first > 1 and was_free and arcs[first, 3] == begin:
            arcs[count - 1, 4] += arcs[first, 4]  # the last goes on as the first
            count -= 1
            for column in range(6):
                arcs[first, column] = arcs[count, column]
    return arcs[:count]


@kernel
def add_arc(arcs: Array, count: int, x: float, y: float, rho: float, begin: float, width: float, site: int) -> int:
    """Write an arc and return how many there are now."""
    if width <= FLAT:
        return count
    arcs[count, 0], arcs[count, 1], arcs[count, 2] = x, y, rho
    arcs[count, 3], arcs[count, 4], arcs[count, 5] = begin, width, site
    return count + 1
