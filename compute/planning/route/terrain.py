"""What the search for a path looks at: edges and discs in buckets, for one radius of the robot.

A bucket lists what comes within the robot's radius of it, so that a line through buckets meets everything in its way.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from compute.planning.compilation import kernel
from compute.planning.geometry.shapes import Shapes
from compute.planning.geometry.surroundings import Surroundings
from compute.planning.route.outlines import edges_of

Array = NDArray[np.float64]
Index = NDArray[np.int64]

MAX_BUCKETS = 1_000_000
ROUNDING = 1e-10  # of the size of coordinates: distances this much below the radius still count as contact


class Terrain(NamedTuple):
    """Everything at rest, for a disc of one radius.

    Attributes
    ----------
    edges : (m, 4) obstacles on the left; the last four are the edges of the map
    edge_owner : (m,) place of the obstacle in the map, -1 for the edge of the map
    circles : (k, 3) centre and radius
    circle_owner : (k,)
    bounds : (4,) x0, y0, x1, y1 of the map
    frame : (3,) lower left corner of the first bucket, and the side of each
    columns, rows : numbers of buckets
    first : (columns rows + 1,) bucket b lists `members[first[b] : first[b + 1]]`
    members : edges by their number, discs by m plus theirs
    radius : of the robot
    slack : by which a distance may fall short of the radius and still be contact
    """

    edges: Array
    edge_owner: Index
    circles: Array
    circle_owner: Index
    bounds: Array
    frame: Array
    columns: int
    rows: int
    first: Index
    members: Index
    radius: float
    slack: float


def survey(around: Surroundings, radius: float) -> Terrain:
    """Return the terrain of what is at rest, for a robot of `radius`."""
    x0, y0, x1, y1 = around.bounds
    fence = np.array([(x0, y0, x1, y0), (x1, y0, x1, y1), (x1, y1, x0, y1), (x0, y1, x0, y0)])
    grids, owners = _grid_edges(around.still)
    still = around.still
    edges = np.concatenate([still.edges, grids, fence])
    owner = np.concatenate([np.repeat(still.loop_owner, np.diff(still.loops)), owners, np.full(4, -1, dtype=np.int64)])
    n = len(edges) + len(still.circles)
    area = (x1 - x0 + 2 * radius) * (y1 - y0 + 2 * radius)
    side = max(np.sqrt(area / (4 * n + 256)), radius / 2, np.sqrt(area / MAX_BUCKETS))
    frame = np.array([x0 - radius, y0 - radius, side])
    columns = int((x1 - x0 + 2 * radius) / side) + 1
    rows = int((y1 - y0 + 2 * radius) / side) + 1
    first, members = fill_buckets(edges, still.circles, frame, columns, rows, radius)
    slack = ROUNDING * float(np.abs(around.bounds).max())
    return Terrain(
        edges, owner, still.circles, still.circle_owner, around.bounds, frame, columns, rows, first, members,
        float(radius), slack,
    )  # fmt: skip


def _grid_edges(still: Shapes) -> tuple[Array, Index]:
    edges, owners = [np.empty((0, 4))], [np.empty(0, dtype=np.int64)]
    for corner, (place, columns, rows), owner in zip(still.grids, still.sizes, still.grid_owner, strict=True):
        cells = still.cells[place : place + columns * rows].reshape(rows, columns)
        found = edges_of(cells) * corner[2] + np.tile(corner[:2], 2)
        edges.append(found)
        owners.append(np.full(len(found), owner, dtype=np.int64))
    return np.concatenate(edges), np.concatenate(owners)


@kernel
def fill_buckets(
    edges: Array, circles: Array, frame: Array, columns: int, rows: int, radius: float
) -> tuple[Index, Index]:
    """Return where each bucket's list begins, and the lists one after another.

    An edge is listed along its line: in each column where it, widened by the radius, can be.
    """
    m = edges.shape[0]
    n = m + circles.shape[0]
    first = np.zeros(columns * rows + 1, dtype=np.int64)
    members = np.empty(0, dtype=np.int64)
    side = frame[2]
    for sweep in range(2):
        for k in range(n):
            if k < m:
                x0, y0, x1, y1, reach = edges[k, 0], edges[k, 1], edges[k, 2], edges[k, 3], radius
            else:
                x0, y0, x1, y1 = circles[k - m, 0], circles[k - m, 1], circles[k - m, 0], circles[k - m, 1]
                reach = radius + circles[k - m, 2]
            if x0 > x1:
                x0, y0, x1, y1 = x1, y1, x0, y0
            reach *= 1 + 1e-9
            i0, i1 = int((x0 - reach - frame[0]) // side), int((x1 + reach - frame[0]) // side)
            for i in range(max(i0, 0), min(i1, columns - 1) + 1):
                low, high = min(y0, y1), max(y0, y1)
                if x1 - x0 > side:
                    a = (frame[0] + i * side - reach - x0) / (x1 - x0)
                    b = (frame[0] + (i + 1) * side + reach - x0) / (x1 - x0)
                    ya, yb = y0 + max(a, 0.0) * (y1 - y0), y0 + min(b, 1.0) * (y1 - y0)
                    low, high = min(ya, yb), max(ya, yb)
                j0, j1 = int((low - reach - frame[1]) // side), int((high + reach - frame[1]) // side)
                for j in range(max(j0, 0), min(j1, rows - 1) + 1):
                    bucket = i * rows + j
                    if sweep == 0:
                        first[bucket + 1] += 1
                    else:
                        members[first[bucket]] = k
                        first[bucket] += 1
        if sweep == 0:
            first = np.cumsum(first)
            members = np.empty(first[-1], dtype=np.int64)
    return np.concatenate((np.zeros(1, dtype=np.int64), first[:-1])), members
