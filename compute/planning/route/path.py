"""A path of lines and arcs, with exact lengths, positions and directions along it."""

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from compute.planning.route.roadmap import Roadmap
from compute.planning.route.search import Found
from compute.planning.route.terrain import Array

SHORT = 1e-12  # metres or radians: pieces below it are left out


@dataclass(frozen=True)
class Path:
    """Pieces one after another, each beginning where the one before it ends, in the same direction.

    Attributes
    ----------
    pieces : (n, 6) lines `0, x0, y0, x1, y1, 0` and arcs `1, cx, cy, radius, begin, sweep`; angles in radians, a
        positive sweep anticlockwise. At least one piece: a path without length is a line without length.
    """

    pieces: Array

    @cached_property
    def lengths(self) -> Array:
        """Length of each piece, (n,)."""
        p = self.pieces
        return np.where(p[:, 0] == 0, np.hypot(p[:, 3] - p[:, 1], p[:, 4] - p[:, 2]), p[:, 3] * np.abs(p[:, 5]))

    @property
    def length(self) -> float:
        """Metres from one end to the other."""
        return float(self.lengths.sum())

    @cached_property
    def ends(self) -> Array:
        """Length from the start to the end of each piece, (n,)."""
        return np.asarray(np.cumsum(self.lengths))

    @cached_property
    def curvatures(self) -> Array:
        """Curvature of each piece, (n,), 1/m: zero for lines, positive anticlockwise."""
        p = self.pieces
        return np.where(p[:, 0] == 0, 0.0, np.sign(p[:, 5]) / np.where(p[:, 0] == 0, 1.0, p[:, 3]))

    def at(self, along: Array) -> tuple[Array, Array]:
        """Return positions and directions of unit length, (m, 2) each, at lengths from the start, (m,)."""
        along = np.clip(along, 0.0, self.length)
        k = np.minimum(np.searchsorted(self.ends, along, side="right"), len(self.pieces) - 1)
        _, a, b, c, d, e = self.pieces[k].T
        length = np.where(self.lengths[k] > 0, self.lengths[k], 1.0)
        f = np.clip((along - (self.ends[k] - self.lengths[k])) / length, 0.0, 1.0)
        is_line = self.pieces[k, 0] == 0
        angle, sense = d + f * e, np.sign(e)
        x = np.where(is_line, a + f * (c - a), a + c * np.cos(angle))
        y = np.where(is_line, b + f * (d - b), b + c * np.sin(angle))
        dx = np.where(is_line, (c - a) / length, -sense * np.sin(angle))
        dy = np.where(is_line, (d - b) / length, sense * np.cos(angle))
        return np.stack([x, y], axis=1), np.stack([dx, dy], axis=1)

    def polyline(self, deviation: float) -> Array:
        """Return points, (m, 2), on the path whose chords stay within `deviation` metres of it."""
        stops = [0.0]
        for piece, end, length in zip(self.pieces, self.ends, self.lengths, strict=True):
            parts = 1
            if piece[0] == 1:
                step = 2 * math.acos(max(1 - deviation / piece[3], 0.0))
                parts = max(math.ceil(abs(piece[5]) / step), 1)
            stops.extend(end - length + length * (k + 1) / parts for k in range(parts))
        return self.at(np.array(stops))[0]


def path_of(roadmap: Roadmap, found: Found, start: Array, goal: Array) -> Path:
    """Return the path that a search found."""
    pieces: list[tuple[float, ...]] = []
    here = (float(start[0]), float(start[1]))
    for node, (arrival, departure) in zip(found.nodes, found.turns, strict=True):
        x, y, rho, begin, width, _ = roadmap.arcs[node >> 1]
        is_clockwise = bool(node & 1)
        first = begin + (width - arrival if is_clockwise else arrival)
        sweep = (arrival - departure) if is_clockwise else (departure - arrival)
        there = (x + rho * math.cos(first), y + rho * math.sin(first))
        if math.dist(here, there) > SHORT:
            pieces.append((0, *here, *there, 0))
        here = there
        if abs(sweep) > SHORT:
            pieces.append((1, x, y, rho, first, sweep))
            here = (x + rho * math.cos(first + sweep), y + rho * math.sin(first + sweep))
    end = (float(goal[0]), float(goal[1]))
    if not pieces or math.dist(here, end) > SHORT:
        pieces.append((0, *here, *end, 0))
    return Path(np.array(pieces, dtype=np.float64))
