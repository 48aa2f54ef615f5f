"""Distances from a piece of a path to a point, an edge and a box, in closed form; each with where on the piece it is.

A piece is a line or an arc; "where" is the fraction of the piece behind the nearest point, 0 to 1. The planner's own
distances are in `compute.planning.geometry` and share nothing with these.
"""

import math

from compute.planning.compilation import kernel

Nearest = tuple[float, float]
"""Distance, and the fraction of the piece where it is."""


@kernel
def line_to_point(x0: float, y0: float, x1: float, y1: float, px: float, py: float) -> Nearest:
    """Return the distance between a segment and a point."""
    dx, dy = x1 - x0, y1 - y0
    length = dx * dx + dy * dy
    t = ((px - x0) * dx + (py - y0) * dy) / length if length > 0 else 0.0
    t = min(1.0, max(0.0, t))
    return math.hypot(x0 + t * dx - px, y0 + t * dy - py), t


@kernel
def line_to_edge(x0: float, y0: float, x1: float, y1: float, ax: float, ay: float, bx: float, by: float) -> Nearest:
    """Return the distance between two segments: 0 where they cross, else that of an end of one to the other."""
    dx, dy, ex, ey = x1 - x0, y1 - y0, bx - ax, by - ay
    across = dx * ey - dy * ex
    if across != 0.0:
        t = ((ax - x0) * ey - (ay - y0) * ex) / across
        u = ((ax - x0) * dy - (ay - y0) * dx) / across
        if 0.0 <= t <= 1.0 and 0.0 <= u <= 1.0:
            return 0.0, t
    best, where = line_to_point(x0, y0, x1, y1, ax, ay)
    d, t = line_to_point(x0, y0, x1, y1, bx, by)
    if d < best:
        best, where = d, t
    d, t = line_to_point(ax, ay, bx, by, x0, y0)
    if d < best:
        best, where = d, 0.0
    d, t = line_to_point(ax, ay, bx, by, x1, y1)
    if d < best:
        best, where = d, 1.0
    return best, where


@kernel
def along_arc(begin: float, sweep: float, dx: float, dy: float) -> float:
    """Return the fraction of an arc at which it looks in the direction (dx, dy); -1 where it never does."""
    turn = math.atan2(dy, dx) - begin
    turn = turn % (2 * math.pi) if sweep > 0 else -(-turn % (2 * math.pi))
    if abs(sweep) <= 0.0:
        return -1.0
    fraction = turn / sweep
    return fraction if fraction <= 1.0 else -1.0


@kernel
def arc_to_point(cx: float, cy: float, radius: float, begin: float, sweep: float, px: float, py: float) -> Nearest:
    """Return the distance between an arc and a point."""
    where = along_arc(begin, sweep, px - cx, py - cy)
    if where >= 0:
        return abs(math.hypot(px - cx, py - cy) - radius), where
    first = math.hypot(cx + radius * math.cos(begin) - px, cy + radius * math.sin(begin) - py)
    end = begin + sweep
    last = math.hypot(cx + radius * math.cos(end) - px, cy + radius * math.sin(end) - py)
    return (first, 0.0) if first <= last else (last, 1.0)


@kernel
def arc_to_edge(
    cx: float, cy: float, radius: float, begin: float, sweep: float, ax: float, ay: float, bx: float, by: float
) -> Nearest:
    """Return the distance between an arc and a segment.

    It is 0 where they cross; else it is at an end of either, or where the arc runs parallel to the segment.
    """
    ex, ey = bx - ax, by - ay
    length = math.hypot(ex, ey)
    ux, uy = ex / length, ey / length
    along = (cx - ax) * ux + (cy - ay) * uy
    off = (cx - ax) * uy - (cy - ay) * ux  # the centre lies this far to the right of the segment's line
    best, where = arc_to_point(cx, cy, radius, begin, sweep, ax, ay)
    d, t = arc_to_point(cx, cy, radius, begin, sweep, bx, by)
    if d < best:
        best, where = d, t
    for end in range(2):
        angle = begin + end * sweep
        d, t = line_to_point(ax, ay, bx, by, cx + radius * math.cos(angle), cy + radius * math.sin(angle))
        if d < best:
            best, where = d, float(end)
    if 0 <= along <= length:
        for side in (-1.0, 1.0):
            t = along_arc(begin, sweep, side * uy, -side * ux)
            if t >= 0 and abs(off + side * radius) < best:
                best, where = abs(off + side * radius), t
    if abs(off) < radius:
        half = math.sqrt(radius * radius - off * off)
        for side in (-1.0, 1.0):
            s = along + side * half
            if 0 <= s <= length:
                t = along_arc(begin, sweep, ax + s * ux - cx, ay + s * uy - cy)
                if t >= 0:
                    return 0.0, t
    return best, where


@kernel
def piece_to_point(piece: tuple[float, float, float, float, float, float], px: float, py: float) -> Nearest:
    """Return the distance between a piece (see `pieces`) and a point."""
    kind, a, b, c, d, e = piece
    return line_to_point(a, b, c, d, px, py) if kind == 0 else arc_to_point(a, b, c, d, e, px, py)


@kernel
def piece_to_edge(
    piece: tuple[float, float, float, float, float, float], ax: float, ay: float, bx: float, by: float
) -> Nearest:
    """Return the distance between a piece (see `pieces`) and a segment."""
    kind, a, b, c, d, e = piece
    return line_to_edge(a, b, c, d, ax, ay, bx, by) if kind == 0 else arc_to_edge(a, b, c, d, e, ax, ay, bx, by)
