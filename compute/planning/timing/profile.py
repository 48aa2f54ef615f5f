"""The fastest speeds along a path of lines and arcs under limits of speed and acceleration.

Forward and backward passes in the plane of arc length and squared speed (Bobrow, Dubowsky & Gibson 1985): on a path of
known curvature k, tangential acceleration a and speed v obey a^2 + (k v^2)^2 <= a_max^2, so turning takes from speeding
up. Between two nodes the tangential acceleration is constant.
"""

import math
from dataclasses import dataclass

import numpy as np

from compute.planning.compilation import kernel
from compute.planning.route.path import Path
from compute.planning.route.terrain import Array

NODES = 1000  # along a path, at least; a finer division gains less than 0.1 % of time
PARTS = 8  # of each piece, at least


@dataclass(frozen=True)
class SpeedLimits:
    """What bounds speed along a path.

    Attributes
    ----------
    speed : m/s
    acceleration : m/s², of the whole vector
    turning : m/s²: the square of the speed times the curvature stays below it; at most the acceleration
    """

    speed: float
    acceleration: float
    turning: float


@dataclass(frozen=True)
class Profile:
    """Speeds and times at nodes along a path; the tangential acceleration is constant between them.

    Attributes
    ----------
    along : (n,) metres from the start, increasing
    speeds : (n,) m/s
    times : (n,) s
    """

    along: Array
    speeds: Array
    times: Array

    @property
    def duration(self) -> float:
        """Seconds from one end to the other."""
        return float(self.times[-1])

    def at(self, times: Array) -> tuple[Array, Array]:
        """Return how far along the path, and how fast, at times from 0 to the duration, (m,)."""
        t = np.clip(times, 0.0, self.times[-1])
        k = np.clip(np.searchsorted(self.times, t, side="right") - 1, 0, max(len(self.times) - 2, 0))
        if len(self.times) < 2:
            return np.zeros_like(t), np.zeros_like(t)
        passed, step = t - self.times[k], self.times[k + 1] - self.times[k]
        gain = (self.speeds[k + 1] - self.speeds[k]) / np.where(step > 0, step, 1.0)
        speed = self.speeds[k] + gain * passed
        return self.along[k] + 0.5 * (self.speeds[k] + speed) * passed, np.maximum(speed, 0.0)


def fastest_profile(path: Path, limits: SpeedLimits, start_speed: float = 0.0) -> Profile | None:
    """Return the fastest profile from `start_speed` to rest; None where the path is too short or turns too soon.

    A path without length takes no time.
    """
    if path.length <= 0:
        return Profile(np.zeros(1), np.zeros(1), np.zeros(1)) if start_speed <= 0 else None
    along, curvature = _nodes(path)
    highest = np.full(len(along), limits.speed**2)
    bound = limits.turning / np.maximum(curvature, 1e-12)
    highest[:-1] = np.minimum(highest[:-1], bound)
    highest[1:] = np.minimum(highest[1:], bound)
    if start_speed**2 > highest[0] * (1 + 1e-9):
        return None
    highest[0], highest[-1] = min(start_speed**2, highest[0]), 0.0
    squares = passes(np.diff(along), curvature, highest, limits.acceleration)
    if squares[0] < highest[0] * (1 - 1e-9):
        return None
    speeds = np.sqrt(squares)
    steps = 2 * np.diff(along) / (speeds[1:] + speeds[:-1])
    return Profile(along, speeds, np.concatenate([[0.0], np.cumsum(steps)]))


def _nodes(path: Path) -> tuple[Array, Array]:
    """Return nodes along a path, (n,), and the curvature between them, (n - 1,)."""
    parts = np.maximum(np.ceil(NODES * path.lengths / path.length).astype(np.int64), PARTS)
    starts = path.ends - path.lengths
    shares = [start + length * np.arange(n) / n for start, length, n in zip(starts, path.lengths, parts, strict=True)]
    along = np.concatenate([*shares, [path.length]])
    return along, np.repeat(np.abs(path.curvatures), parts)


@kernel
def passes(steps: Array, curvature: Array, highest: Array, acceleration: float) -> Array:
    """Return the greatest squared speeds at nodes, (n,), that need no more than the acceleration between them.

    Parameters
    ----------
    steps, curvature : (n - 1,) metres between nodes, and 1/m
    highest : (n,) squared speeds that may not be exceeded
    """
    squares = highest.copy()
    n = squares.size
    for sweep in range(2):
        for m in range(n - 1):
            a, b, cell = (m, m + 1, m) if sweep == 0 else (n - 1 - m, n - 2 - m, n - 2 - m)
            push = math.sqrt(max(acceleration**2 - (curvature[cell] * squares[a]) ** 2, 0.0))
            reached = squares[a] + 2 * push * steps[cell]
            # the push that is left at the speed this reaches is enough at every lower one
            push = math.sqrt(max(acceleration**2 - (curvature[cell] * min(reached, squares[b])) ** 2, 0.0))
            squares[b] = min(squares[b], squares[a] + 2 * push * steps[cell])
    return squares
