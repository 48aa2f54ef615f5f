"""From a start velocity onto a path: without one it begins along the path, with one it turns in first.

Turning in takes the velocity to one along the path, at constant full acceleration; where it ends the path begins. The
path depends on where that is, so the two are found in turn. Several speeds are tried; stopping first is one of them.
"""

from itertools import pairwise

import numpy as np

from compute.planning.route import Ground, Path, find_route
from compute.planning.route.sight import is_clear
from compute.planning.route.terrain import Array
from compute.planning.timing.course import AlongPath, Course, TurningIn
from compute.planning.timing.profile import SpeedLimits, fastest_profile

STILL = 1e-9  # m/s
SHARES = (1.0, 0.75, 0.5, 0.25, 0.0)  # of the start speed that the path begins with
ROUNDS = 8  # of finding the path and where it begins in turn
SETTLED = 1e-9  # m/s
TANGENTS = 100  # that are tried between two searches; each is nearer to where the turn ends
CHORDS = 64  # of a turn, each checked exactly


def enter(ground: Ground, limits: SpeedLimits, begin: Array, velocity: Array, end: Array, lead: Array) -> Course | None:
    """Return the fastest course found from `begin` at `velocity` to rest at `end`, (3,) each; None where none is clear.

    `lead` is where the robot comes from, straight on: the way from there to `begin` must be clear as well.
    """
    if not is_clear(ground.roadmap.terrain, lead[0], lead[1], begin[0], begin[1]):
        return None
    if np.linalg.norm(velocity) <= STILL:
        route = find_route(ground, begin, end)
        return None if route.path is None else _along(route.path, limits, begin[2], end[2], 0.0)
    courses = [_turn_in(ground, limits, begin, velocity, end, share) for share in SHARES]
    found = [course for course in courses if course is not None]
    return min(found, key=lambda course: course.duration) if found else None


def _along(path: Path, limits: SpeedLimits, low: float, high: float, speed: float) -> AlongPath | None:
    """Return the fastest way along a path, in the plane and in height, from a speed in space to rest."""
    rise = abs(high - low)
    if path.length <= 0:
        line = Path(np.array([[0.0, 0.0, 0.0, rise, 0.0, 0.0]]))
        profile = fastest_profile(line, limits, speed)
        return None if profile is None else AlongPath(path, profile, (low, high))
    steep = float(np.hypot(1.0, rise / path.length))
    flat = SpeedLimits(limits.speed / steep, limits.acceleration / steep, limits.turning / steep)
    profile = fastest_profile(path, flat, speed / steep)
    return None if profile is None else AlongPath(path, profile, (low, high))


def _turn_in(
    ground: Ground, limits: SpeedLimits, begin: Array, velocity: Array, end: Array, share: float
) -> TurningIn | None:
    """Return the course that keeps a share of the start speed; None where it is not clear, or nothing settles."""
    speed = share * float(np.linalg.norm(velocity))
    after = speed * velocity / np.linalg.norm(velocity)
    for _ in range(ROUNDS):
        turning = float(np.linalg.norm(after - velocity)) / limits.acceleration
        there = begin + 0.5 * turning * (velocity + after)
        if not _is_turn_clear(ground, begin, velocity, after, turning):
            return None
        route = find_route(ground, there, end)
        if route.path is None:
            return None
        ahead = _direction(route.path, there[2], end[2])
        if np.linalg.norm(speed * ahead - after) <= SETTLED:
            then = _along(route.path, limits, there[2], end[2], speed)
            return None if then is None else TurningIn(begin, velocity, after, turning, then)
        after = speed * ahead
        if begin[2] == end[2] == there[2]:
            after = _settle(route.path, begin, velocity, after, limits.acceleration)
    return None


def _settle(path: Path, begin: Array, velocity: Array, after: Array, acceleration: float) -> Array:
    """Return the velocity, (3,), after a turn that ends on the tangent from there to where the path first turns.

    It saves searches: as long as the path turns first about the same, only the tangent moves with the turn.
    """
    speed = float(np.linalg.norm(after))
    for _ in range(TANGENTS):
        turning = float(np.linalg.norm(after - velocity)) / acceleration
        there = begin + 0.5 * turning * (velocity + after)
        ahead = speed * np.append(tangent_of(path, there[:2]), 0.0)
        if np.linalg.norm(ahead - after) <= 0.1 * SETTLED:
            break
        after = ahead
    return after


def tangent_of(path: Path, place: Array) -> Array:
    """Return the direction, (2,), from a place to where a path first turns, or to its end when it does not."""
    first, second = path.pieces[0], path.pieces[1] if len(path.pieces) > 1 else None
    if first[0] == 1:
        return np.asarray(path.at(np.zeros(1))[1][0])
    if second is None:
        way = first[3:5] - place
        return np.asarray(way / max(float(np.hypot(*way)), 1e-12))
    way = second[1:3] - place
    distance = max(float(np.hypot(*way)), float(second[3]))
    sine = -np.sign(second[5]) * second[3] / distance
    cosine = np.sqrt(1 - sine * sine)
    return np.array([cosine * way[0] - sine * way[1], sine * way[0] + cosine * way[1]]) / distance


def _direction(path: Path, low: float, high: float) -> Array:
    """Return the direction in space, (3,), in which a path begins."""
    if path.length <= 0:
        return np.array([0.0, 0.0, np.sign(high - low)])
    ahead = np.append(path.at(np.zeros(1))[1][0], (high - low) / path.length)
    return np.asarray(ahead / np.linalg.norm(ahead))


def _is_turn_clear(ground: Ground, begin: Array, before: Array, after: Array, turning: float) -> bool:
    """Return whether the disc touches nothing while its velocity changes evenly; the chords are checked exactly."""
    t = np.linspace(0, turning, CHORDS + 1)[:, None]
    places = begin + before * t + 0.5 * (after - before) / max(turning, 1e-12) * t * t
    terrain = ground.roadmap.terrain
    return all(is_clear(terrain, a[0], a[1], b[0], b[1]) for a, b in pairwise(places))
