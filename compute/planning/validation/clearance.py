"""The least distance from the pieces of a path to solids, exact along the whole of every piece.

Only what can come nearer than the nearest so far is measured, so a path costs little more than its nearest solids.
"""

import math

import numpy as np

from compute.planning.compilation import kernel
from compute.planning.validation.closed_forms import along_arc, piece_to_edge, piece_to_point
from compute.planning.validation.solids import Array, Solids

NOBODY = -1
JOINED = 1e-9  # metres: a piece that begins where one ended that touched nothing does not begin inside a solid


@kernel
def extent(piece: Array) -> tuple[float, float, float, float]:
    """Return a box (x0, y0, x1, y1) that holds a piece."""
    if piece[0] == 0:
        return (
            min(piece[1], piece[3]), min(piece[2], piece[4]), max(piece[1], piece[3]), max(piece[2], piece[4]),
        )  # fmt: skip
    x0, y0, x1, y1 = np.inf, np.inf, -np.inf, -np.inf
    for end in range(2):
        angle = piece[4] + end * piece[5]
        x, y = piece[1] + piece[3] * math.cos(angle), piece[2] + piece[3] * math.sin(angle)
        x0, y0, x1, y1 = min(x0, x), min(y0, y), max(x1, x), max(y1, y)
    for dx, dy in ((1.0, 0.0), (0.0, 1.0), (-1.0, 0.0), (0.0, -1.0)):
        if along_arc(piece[4], piece[5], dx, dy) >= 0:
            x, y = piece[1] + dx * piece[3], piece[2] + dy * piece[3]
            x0, y0, x1, y1 = min(x0, x), min(y0, y), max(x1, x), max(y1, y)
    return x0, y0, x1, y1


@kernel
def piece_end(piece: tuple[float, float, float, float, float, float], end: int) -> tuple[float, float]:
    """Return where a piece begins (0) or ends (1)."""
    if piece[0] == 0:
        return (piece[1], piece[2]) if end == 0 else (piece[3], piece[4])
    angle = piece[4] + end * piece[5]
    return piece[1] + piece[3] * math.cos(angle), piece[2] + piece[3] * math.sin(angle)


@kernel
def is_inside(solids: Solids, x: float, y: float) -> int:
    """Return the owner of an outline or a blocked cell around a point, -1 where there is none."""
    n_outlines = solids.outlines.size
    odd = np.zeros(n_outlines, dtype=np.bool_)
    for m in range(solids.edges.shape[0]):
        ax, ay, bx, by = solids.edges[m, 0], solids.edges[m, 1], solids.edges[m, 2], solids.edges[m, 3]
        if (ay <= y) != (by <= y) and (x - ax) * (by - ay) * (1 if by > ay else -1) < (y - ay) * (bx - ax) * (
            1 if by > ay else -1
        ):
            odd[int(solids.edges[m, 4])] = not odd[int(solids.edges[m, 4])]
    for p in range(n_outlines):
        if odd[p]:
            return int(solids.outlines[p])
    for g in range(solids.lattices.shape[0]):
        i = math.floor((x - solids.lattices[g, 0]) / solids.lattices[g, 2])
        j = math.floor((y - solids.lattices[g, 1]) / solids.lattices[g, 2])
        nx, ny, first = int(solids.lattices[g, 3]), int(solids.lattices[g, 4]), int(solids.lattices[g, 5])
        if 0 <= i < nx and 0 <= j < ny and solids.cells[first + j * nx + i]:
            return int(solids.lattices[g, 6])
    return NOBODY


@kernel
def least(solids: Solids, pieces: Array, best: float) -> tuple[float, int, float, int]:
    """Return the least distance below `best` between pieces and solids.

    Parameters
    ----------
    pieces : (n, 6) lines `0, x0, y0, x1, y1, 0` and arcs `1, cx, cy, radius, begin, sweep`, angles in radians
    best : distances from here on are of no interest

    Returns
    -------
    distance, piece, fraction, owner : the piece is -1 where nothing is nearer than `best`
    """
    at, fraction, owner = -1, 0.0, NOBODY
    last_x, last_y = np.inf, np.inf
    for n in range(pieces.shape[0]):
        piece = (pieces[n, 0], pieces[n, 1], pieces[n, 2], pieces[n, 3], pieces[n, 4], pieces[n, 5])
        x0, y0, x1, y1 = extent(pieces[n])
        x, y = piece_end(piece, 0)
        if best > 0 and math.hypot(x - last_x, y - last_y) > JOINED:
            around = is_inside(solids, x, y)
            if around != NOBODY:
                best, at, fraction, owner = 0.0, n, 0.0, around
        last_x, last_y = piece_end(piece, 1)
        for k in range(solids.discs.shape[0]):
            cx, cy, radius = solids.discs[k, 0], solids.discs[k, 1], solids.discs[k, 2]
            if max(max(x0 - cx, cx - x1), max(y0 - cy, cy - y1)) - radius < best:
                d, t = piece_to_point(piece, cx, cy)
                if d - radius < best:
                    best, at, fraction, owner = d - radius, n, t, int(solids.discs[k, 3])
        for m in range(solids.edges.shape[0]):
            ax, ay, bx, by = solids.edges[m, 0], solids.edges[m, 1], solids.edges[m, 2], solids.edges[m, 3]
            if max(max(x0 - max(ax, bx), min(ax, bx) - x1), max(y0 - max(ay, by), min(ay, by) - y1)) < best:
                d, t = piece_to_edge(piece, ax, ay, bx, by)
                if d < best:
                    best, at, fraction, owner = d, n, t, int(solids.outlines[int(solids.edges[m, 4])])
        for g in range(solids.lattices.shape[0]):
            gx, gy, side = solids.lattices[g, 0], solids.lattices[g, 1], solids.lattices[g, 2]
            nx, ny, first = int(solids.lattices[g, 3]), int(solids.lattices[g, 4]), int(solids.lattices[g, 5])
            low_i, high_i = max(0.0, (x0 - best - gx) / side - 1), min(nx - 1.0, (x1 + best - gx) / side)
            low_j, high_j = max(0.0, (y0 - best - gy) / side - 1), min(ny - 1.0, (y1 + best - gy) / side)
            for j in range(math.floor(low_j), math.floor(high_j) + 1):
                for i in range(math.floor(low_i), math.floor(high_i) + 1):
                    if not solids.cells[first + j * nx + i]:
                        continue
                    ax, ay = gx + i * side, gy + j * side
                    bx, by = ax + side, ay + side
                    if max(max(x0 - bx, ax - x1), max(y0 - by, ay - y1)) >= best:
                        continue
                    for e in range(4):
                        d, t = piece_to_edge(
                            piece,
                            bx if e == 1 or e == 2 else ax,
                            by if e >= 2 else ay,
                            bx if e <= 1 else ax,
                            by if e == 1 or e == 2 else ay,
                        )
                        if d < best:
                            best, at, fraction, owner = d, n, t, int(solids.lattices[g, 6])
    return best, at, fraction, owner
