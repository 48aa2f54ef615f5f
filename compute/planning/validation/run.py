"""Is a path free, is a trajectory? Continuously, for the whole motion, and from the request's own records.

Validation shares no code with the planner. Between samples a trajectory is the straight line at constant velocity that
every player draws; obstacles move as their records say. Every distance is then one of a line or an arc to a shape, in
closed form in the obstacle's frame: nothing is sampled, so nothing is missed.
"""

from collections.abc import Sequence

import numpy as np

from compute.planning.scene import AnyObstacle, Map, Robot
from compute.planning.validation.clearance import extent, least
from compute.planning.validation.limits import find_violations
from compute.planning.validation.solids import Array, solids_of, timed_shifts
from compute.planning.validation.verdict import Clearance, Validation

Numbered = tuple[int, AnyObstacle]


def validate_path(world: Map, radius: float, pieces: Array, heights: tuple[float, float] | None = None) -> Clearance:
    """Return the clearance of a disc of `radius` along a path, to the edge of the map and to obstacles at rest.

    Parameters
    ----------
    pieces : (n, 6) lines `0, x0, y0, x1, y1, 0` and arcs `1, cx, cy, radius, begin, sweep`, one after another
    heights : lowest and highest z of the robot; obstacles entirely below or above do not count
    """
    still = [
        (place, obstacle)
        for place, obstacle in enumerate(world.obstacles)
        if obstacle.motion is None and _is_at(obstacle, heights)
    ]
    edge, piece, fraction = _to_edge(world, pieces)
    distance, at, where, owner = least(solids_of(still), pieces, edge)
    if at >= 0:
        edge, piece, fraction = distance, at, where
    lengths = np.where(pieces[:, 0] == 0, np.hypot(pieces[:, 3] - pieces[:, 1], pieces[:, 4] - pieces[:, 2]),
                       pieces[:, 3] * np.abs(pieces[:, 5]))  # fmt: skip
    position = _point(pieces[piece], fraction)
    along = float(lengths[:piece].sum() + fraction * lengths[piece])
    return Clearance(float(edge - radius), position, along, int(owner), world.name_of(int(owner)))


def validate_trajectory(world: Map, robot: Robot, times: Array, positions: Array, velocities: Array) -> Validation:
    """Return whether a trajectory keeps clear of everything, moving or not, and within the robot's limits.

    Parameters
    ----------
    times : (n,) seconds, increasing
    positions, velocities : (n, 2) or (n, 3); without z the robot is at the height of every obstacle
    """
    if len(times) == 1:
        times, positions, velocities = (np.repeat(a, 2, axis=0) for a in (times, positions, velocities))
        times = times + np.array([0.0, 1e-9])
    planar = np.ascontiguousarray(positions[:, :2])
    pieces = _lines(planar[:-1], planar[1:])
    best, piece, fraction = _to_edge(world, pieces)
    owner, position = -1, _point(pieces[piece], fraction)
    when = float(times[piece] + fraction * (times[piece + 1] - times[piece]))
    for group in _groups(world.obstacles):
        spans, lines = _relative(group[0][1], robot.radius, times, positions)
        distance, at, where, who = least(solids_of(group), lines, best)
        if at >= 0:
            best, owner = distance, who
            when = float(spans[at, 0] + where * (spans[at, 1] - spans[at, 0]))
            position = (float(np.interp(when, times, planar[:, 0])), float(np.interp(when, times, planar[:, 1])))
    clearance = Clearance(float(best - robot.radius), position, when, int(owner), world.name_of(int(owner)))
    return Validation(clearance, find_violations(times, positions, velocities, robot))


def _groups(obstacles: Sequence[AnyObstacle]) -> list[list[Numbered]]:
    """Return those at rest at all heights together, and each of the others by itself."""
    still: list[Numbered] = []
    others: list[list[Numbered]] = []
    for place, obstacle in enumerate(obstacles):
        if obstacle.motion is None and obstacle.height_range is None:
            still.append((place, obstacle))
        else:
            others.append([(place, obstacle)])
    return ([still] if still else []) + others


def _relative(obstacle: AnyObstacle, radius: float, times: Array, positions: Array) -> tuple[Array, Array]:
    """Return the spans of time, (m, 2), and the lines, (m, 6), of a robot as seen from an obstacle while at its height.

    A robot at rest makes lines without length. Spans are cut where the obstacle turns and where heights overlap.
    """
    turns, shifts = timed_shifts(obstacle, float(times[0]), float(times[-1]))
    moments = np.unique(np.concatenate([times, turns]))
    xy = np.stack([np.interp(moments, times, positions[:, i]) for i in range(2)], axis=1)
    xy -= np.stack([np.interp(moments, turns, shifts[:, i]) for i in range(2)], axis=1)
    begin, end = np.zeros(len(moments) - 1), np.ones(len(moments) - 1)
    if obstacle.height_range is not None and positions.shape[1] == 3:
        z = np.interp(moments, times, positions[:, 2])
        begin, end = _overlap(z[:-1], z[1:], obstacle.height_range[0] - radius, obstacle.height_range[1] + radius)
    kept = begin <= end
    first, moved, step = xy[:-1][kept], np.diff(xy, axis=0)[kept], np.diff(moments)[kept]
    begin, end = begin[kept], end[kept]
    spans = np.stack([moments[:-1][kept] + begin * step, moments[:-1][kept] + end * step], axis=1)
    return spans, _lines(first + begin[:, None] * moved, first + end[:, None] * moved)


def _overlap(z0: Array, z1: Array, low: float, high: float) -> tuple[Array, Array]:
    """Return the fractions of lines from z0 to z1 that lie between two heights; begin > end where none does."""
    rise = z1 - z0
    is_level = np.abs(rise) < 1e-12
    rise = np.where(is_level, 1.0, rise)
    a, b = (low - z0) / rise, (high - z0) / rise
    begin, end = np.maximum(np.minimum(a, b), 0.0), np.minimum(np.maximum(a, b), 1.0)
    is_in = (z0 >= low) & (z0 <= high)
    return np.where(is_level, np.where(is_in, 0.0, 1.0), begin), np.where(is_level, np.where(is_in, 1.0, 0.0), end)


def _to_edge(world: Map, pieces: Array) -> tuple[float, int, float]:
    """Return the least distance of pieces to the edge of the map, the piece and the fraction of it."""
    x0, y0 = world.origin
    corner = np.array([x0, y0, -(x0 + world.width), -(y0 + world.height)])
    boxes = np.array([extent(piece) for piece in pieces]) * (1, 1, -1, -1) - corner
    piece = int(np.argmin(boxes.min(axis=1)))
    side = int(np.argmin(boxes[piece]))
    fractions = np.linspace(0, 1, 2 if pieces[piece, 0] == 0 else 201)
    reached = [_point(pieces[piece], float(f))[side % 2] * (1 if side < 2 else -1) for f in fractions]
    return float(boxes.min()), piece, float(fractions[int(np.argmin(reached))])


def _lines(starts: Array, ends: Array) -> Array:
    zeros = np.zeros((len(starts), 1))
    return np.ascontiguousarray(np.hstack([zeros, starts, ends, zeros]))


def _point(piece: Array, fraction: float) -> tuple[float, float]:
    if piece[0] == 0:
        return (
            float(piece[1] + fraction * (piece[3] - piece[1])),
            float(piece[2] + fraction * (piece[4] - piece[2])),
        )
    angle = piece[4] + fraction * piece[5]
    return float(piece[1] + piece[3] * np.cos(angle)), float(piece[2] + piece[3] * np.sin(angle))


def _is_at(obstacle: AnyObstacle, heights: tuple[float, float] | None) -> bool:
    low, high = obstacle.height_range or (-np.inf, np.inf)
    return heights is None or (low < heights[1] and heights[0] < high)
