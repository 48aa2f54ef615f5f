"""The boundary of the blocked cells of a grid: its longest straight edges, and the corners a path may turn about."""

import numpy as np
from numpy.typing import NDArray

from compute.planning.compilation import kernel

Array = NDArray[np.float64]


@kernel
def edges_of(cells: NDArray[np.uint8]) -> Array:
    """Return the edges, (m, 4), in cells: each as long as it is straight, blocked cells on its left.

    Parameters
    ----------
    cells : (rows, columns) 1 where blocked; what lies outside is free
    """
    edges = np.empty((64, 4))
    n = 0
    for axis in range(2):
        long, wide = (cells.shape[1], cells.shape[0]) if axis == 0 else (cells.shape[0], cells.shape[1])
        for line in range(wide + 1):
            kind, begin = 0, 0
            for k in range(long + 1):
                now = 0
                if k < long:
                    before, after = 0, 0
                    if line > 0:
                        before = cells[line - 1, k] if axis == 0 else cells[k, line - 1]
                    if line < wide:
                        after = cells[line, k] if axis == 0 else cells[k, line]
                    now = after - before
                if now == kind:
                    continue
                if kind != 0:
                    if n == edges.shape[0]:
                        edges = np.concatenate((edges, np.empty_like(edges)))
                    forward = (kind > 0) == (axis == 0)
                    a, b = (begin, k) if forward else (k, begin)
                    if axis == 0:
                        edges[n, 0], edges[n, 1], edges[n, 2], edges[n, 3] = a, line, b, line
                    else:
                        edges[n, 0], edges[n, 1], edges[n, 2], edges[n, 3] = line, a, line, b
                    n += 1
                kind, begin = now, k
    return edges[:n]


@kernel
def corners_of(cells: NDArray[np.uint8]) -> Array:
    """Return the convex corners, (n, 3): place in cells, and the angle at which the quarter turn about it begins.

    Where two blocked cells meet only at a corner nothing passes, and there is none.
    """
    corners = np.empty((64, 3))
    n, rows, columns = 0, cells.shape[0], cells.shape[1]
    for j in range(rows + 1):
        for i in range(columns + 1):
            sw = cells[j - 1, i - 1] if j > 0 and i > 0 else 0
            se = cells[j - 1, i] if j > 0 and i < columns else 0
            nw = cells[j, i - 1] if j < rows and i > 0 else 0
            ne = cells[j, i] if j < rows and i < columns else 0
            if sw + se + nw + ne != 1:
                continue
            if n == corners.shape[0]:
                corners = np.concatenate((corners, np.empty_like(corners)))
            quarter = 0 if sw else 1 if se else 2 if ne else 3
            corners[n, 0], corners[n, 1], corners[n, 2] = i, j, quarter * np.pi / 2
            n += 1
    return corners[:n]
