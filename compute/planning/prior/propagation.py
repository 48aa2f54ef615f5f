"""The length of the shortest path from the points of a raster to the goal, from the arcs to which it is known.

All points whose path first goes to one arc, or straight to the goal, hang together with it. So from the points about
each arc its paths are handed on from neighbour to neighbour, shortest first, as long as a straight line leads back to
the arc. Where none does, or it is very long, a path goes on from the neighbour itself, so that no region is missed,
however thin it begins.
Every length is that of a true path; only how near it is to the shortest there depends on the raster.
"""

import math

import numpy as np
from numpy.typing import NDArray

from compute.planning.compilation import kernel
from compute.planning.route.heap import pop, push
from compute.planning.route.roadmap import Roadmap
from compute.planning.route.search import Explored
from compute.planning.route.sight import is_clear
from compute.planning.route.tangents import leaving_turn, leg_to, on_arc
from compute.planning.route.terrain import Array, Index

FARTHEST = 2000  # steps of the raster that a straight line goes at most: looking along it costs as much as it is long


@kernel
def length_by(roadmap: Roadmap, explored: Explored, k: int, x: float, y: float) -> tuple[float, float, float]:
    """Return the length from a point to the goal by label k, infinite if it leads not there, and where it turns."""
    place = on_arc(roadmap.arcs, roadmap.middles, explored.nodes[k], explored.labels[k, 0])
    leg = leg_to(place, x - place.x, y - place.y, 0.0, 1.0)
    leaving = leaving_turn(place, leg)
    if leg.length < 0 or leaving < 0:
        return np.inf, 0.0, 0.0
    return explored.labels[k, 1] + place.rho * (leaving - place.turn) + leg.length, leg.x, leg.y


@kernel
def propagate(
    roadmap: Roadmap, explored: Explored, goal: Array, corner: Array, spacing: float, is_free: NDArray[np.bool_]
) -> tuple[Array, Index]:
    """Return the lengths from the points of a raster to the goal, infinite where no path is known, and their labels.

    Parameters
    ----------
    explored : the search from the goal to all arcs
    corner : (2,) place of the first point; (rows, columns) of `is_free` says where the disc may be
    """
    rows, columns = is_free.shape
    n_labels = explored.nodes.size
    lengths = np.full((rows, columns), np.inf)
    by = np.full((rows, columns), -1, dtype=np.int64)
    room = rows * columns + 64
    costs, items, size = np.empty(room), np.empty(room, dtype=np.int64), 0
    for k in range(-1, n_labels):  # the points about each arc, and about the goal
        if k < 0:
            cx, cy, reach = goal[0], goal[1], 1.5 * spacing
            label = n_labels
        else:
            arc = roadmap.arcs[explored.nodes[k] >> 1]
            cx, cy, reach = arc[0], arc[1], arc[2] + 1.5 * spacing
            label = k
        i0, i1 = int((cx - reach - corner[0]) / spacing), int((cx + reach - corner[0]) / spacing) + 1
        j0, j1 = int((cy - reach - corner[1]) / spacing), int((cy + reach - corner[1]) / spacing) + 1
        for j in range(max(j0, 0), min(j1, rows - 1) + 1):
            for i in range(max(i0, 0), min(i1, columns - 1) + 1):
                if is_free[j, i] and tries(roadmap, explored, goal, corner, spacing, lengths, by, label, i, j):
                    if size + 8 > room:
                        costs, items = np.concatenate((costs, costs)), np.concatenate((items, items))
                        room *= 2
                    size = push(costs, items, size, lengths[j, i], j * columns + i)
    while size > 0:
        cost, item = costs[0], items[0]
        size = pop(costs, items, size)
        j, i = item // columns, item % columns
        if cost > lengths[j, i]:
            continue
        for dj in range(-1, 2):
            for di in range(-1, 2):
                b, a = j + dj, i + di
                if b < 0 or b >= rows or a < 0 or a >= columns or not is_free[b, a] or by[b, a] == by[j, i]:
                    continue
                taken = tries(roadmap, explored, goal, corner, spacing, lengths, by, by[j, i], a, b)
                if lengths[b, a] > lengths[j, i] + spacing * math.hypot(di, dj) + 1e-9:
                    hop = n_labels + 1 + item
                    taken = tries(roadmap, explored, goal, corner, spacing, lengths, by, hop, a, b) or taken
                if taken:
                    if size + 8 > room:
                        costs, items = np.concatenate((costs, costs)), np.concatenate((items, items))
                        room *= 2
                    size = push(costs, items, size, lengths[b, a], b * columns + a)
    return lengths, by


@kernel
def tries(
    roadmap: Roadmap,
    explored: Explored,
    goal: Array,
    corner: Array,
    spacing: float,
    lengths: Array,
    by: Index,
    label: int,
    i: int,
    j: int,
) -> bool:
    """Take the way by a label at point (i, j) if it is free and shorter than the known one; return whether it was.

    After the arcs' labels comes that of the goal, and then those of the points themselves, row by row.
    """
    x, y = corner[0] + i * spacing, corner[1] + j * spacing
    point = label - explored.nodes.size - 1
    if point == -1:
        length, px, py = math.hypot(x - goal[0], y - goal[1]), goal[0], goal[1]
    elif point >= 0:
        b, a = point // lengths.shape[1], point % lengths.shape[1]
        px, py = corner[0] + a * spacing, corner[1] + b * spacing
        length = lengths[b, a] + math.hypot(x - px, y - py)
    else:
        length, px, py = length_by(roadmap, explored, label, x, y)
    if length >= lengths[j, i] - 1e-12 or math.hypot(x - px, y - py) > FARTHEST * spacing:
        return False
    if not is_clear(roadmap.terrain, x, y, px, py):
        return False
    lengths[j, i], by[j, i] = length, label
    return True
