"""Motions as functions of time: turning in, along a path at its profile's speeds, and smoothed to a limited jerk."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from compute.planning.route.path import Path
from compute.planning.route.terrain import Array
from compute.planning.timing.profile import Profile

FINE = 16  # parts of a smoothing window over which positions are summed, by Simpson's rule


class Course(Protocol):
    """A motion from time 0 to `duration`; before and after it goes on at the velocity it has there."""

    @property
    def duration(self) -> float:
        """Seconds."""

    @property
    def path(self) -> Path:
        """What it follows, in the plane, once it has turned in."""

    def at(self, times: Array) -> tuple[Array, Array]:
        """Return positions and velocities, (n, 3) each."""


@dataclass(frozen=True)
class AlongPath:
    """Along a path, the height changing with the length of the way.

    Attributes
    ----------
    path : in the plane; without length for a motion straight up or down
    profile : of the length along the path; along z where the path has no length
    heights : z at the start and at the end
    """

    path: Path
    profile: Profile
    heights: tuple[float, float]

    @property
    def duration(self) -> float:
        return self.profile.duration

    def at(self, times: Array) -> tuple[Array, Array]:
        along, speed = self.profile.at(times)
        xy, direction = self.path.at(along)
        low, high = self.heights
        if self.path.length <= 0:
            sense = np.sign(high - low)
            zero = np.zeros_like(xy)
            return np.column_stack([xy, low + sense * along]), np.column_stack([zero, sense * speed])
        slope = (high - low) / self.path.length
        return (
            np.column_stack([xy, low + slope * along]),
            np.column_stack([direction * speed[:, None], slope * speed]),
        )


@dataclass(frozen=True)
class TurningIn:
    """From one velocity to another at constant acceleration, and then on along another course.

    Attributes
    ----------
    position, before, after : (3,) where it begins, and the velocities before and after
    turning : seconds it takes
    then : the course that begins where it ends
    """

    position: Array
    before: Array
    after: Array
    turning: float
    then: AlongPath

    @property
    def duration(self) -> float:
        return self.turning + self.then.duration

    @property
    def path(self) -> Path:
        return self.then.path

    def at(self, times: Array) -> tuple[Array, Array]:
        t = np.minimum(times, self.turning)[:, None]
        push = (self.after - self.before) / max(self.turning, 1e-12)
        first = self.position + self.before * t + 0.5 * push * t * t, self.before + push * t
        later = self.then.at(np.maximum(times - self.turning, 0.0))
        is_later = (times > self.turning)[:, None]
        return np.where(is_later, later[0], first[0]), np.where(is_later, later[1], first[1])


@dataclass(frozen=True)
class Smoothed:
    """The mean of a course over a sliding window: what bounds its acceleration by a bounds the jerk by 2 a / window.

    Means keep to every limit of what they are taken of, and stay within a window² / 24 of it. Before its beginning the
    course is continued at its first velocity, so it begins half a window earlier than what is smoothed.
    """

    course: Course
    window: float

    @property
    def duration(self) -> float:
        return self.course.duration + self.window

    @property
    def path(self) -> Path:
        return self.course.path

    def at(self, times: Array) -> tuple[Array, Array]:
        half = 0.5 * self.window
        centre = np.asarray(times) - half
        weights = np.where(np.arange(FINE + 1) % 2 == 1, 4.0, 2.0)
        weights[[0, -1]] = 1.0
        offsets = np.linspace(-half, half, FINE + 1)
        around = np.stack([self._extended(centre + offset) for offset in offsets])
        mean = np.tensordot(weights / weights.sum(), around, axes=1)
        return mean, (around[-1] - around[0]) / self.window

    def _extended(self, times: Array) -> Array:
        inside = np.clip(times, 0.0, self.course.duration)
        positions, velocities = self.course.at(inside)
        return np.asarray(positions + velocities * np.minimum(times, 0.0)[:, None])
