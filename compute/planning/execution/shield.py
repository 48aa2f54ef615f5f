"""The braking shield: a motion is only begun when a full brake after it still ends clear of everything at rest.

By induction a robot that starts where it can stop never touches what does not move, whatever the policies propose.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from compute.planning.geometry.surroundings import Surroundings

Array = NDArray[np.float64]

TOUCH = 1e-6  # m that rounding may take of the clearance
SMALLEST_STEP = 1e-4  # m: where a disc nearly touches, free space is walked through by such steps


@dataclass(frozen=True)
class Motion:
    """Where a robot is and how fast it goes."""

    position: Array
    velocity: Array

    def accelerated(self, acceleration: Array, dt: float, max_velocity: float, max_acceleration: float) -> "Motion":
        """Return the motion `dt` later, acceleration and speed clamped to the limits; the way there is a line."""
        a = _clamped(acceleration, max_acceleration)
        velocity = _clamped(self.velocity + dt * a, max_velocity)
        return Motion(self.position + 0.5 * dt * (self.velocity + velocity), velocity)

    def braked(self, dt: float, max_acceleration: float) -> "Motion":
        """Return the motion after braking as hard as possible for `dt`."""
        speed = float(np.hypot(*self.velocity))
        if speed == 0:
            return self
        lasting = min(dt, speed / max_acceleration)
        direction = self.velocity / speed
        gone = speed * lasting - 0.5 * max_acceleration * lasting**2
        return Motion(self.position + gone * direction, (speed - max_acceleration * lasting) * direction)

    def stopping_point(self, max_acceleration: float) -> Array:
        """Return where a full brake ends, (2,)."""
        speed = float(np.hypot(*self.velocity))
        return self.position + self.velocity * (speed / (2 * max_acceleration))


def is_clear(around: Surroundings, begin: Array, end: Array, radius: float) -> bool:
    """Return whether a disc can go straight from one point to another clear of what is at rest.

    Distances change no faster than places do, so each one measured frees a stretch of the way as long as itself.
    """
    length = float(np.hypot(*(end - begin)))
    direction = (end - begin) / length if length > 0 else np.zeros(2)
    gone = 0.0
    while True:
        free = float(around.distance((begin + gone * direction)[None])[0]) - radius
        if free < -TOUCH:
            return False
        if gone >= length:
            return True
        gone = min(gone + max(free, SMALLEST_STEP), length)


def kept_radius(around: Surroundings, place: Array, radius: float, spare: float) -> float:
    """Return the radius that a disc at `place` keeps clear: its own and some to spare, if there is so much about it.

    Where there is less, it may go on as long as it comes no nearer to anything: a robot that is unsure of its place
    does not freeze where it believes to be too near.
    """
    if spare <= 0:
        return radius
    return min(radius + spare, float(around.distance(place[None])[0]))


def is_safe(around: Surroundings, before: Motion, after: Motion, radius: float, max_acceleration: float) -> bool:
    """Return whether the way from one motion to the next is clear, and that of a full brake after it."""
    return is_clear(around, before.position, after.position, radius) and is_clear(
        around, after.position, after.stopping_point(max_acceleration), radius
    )


def _clamped(vector: Array, largest: float) -> Array:
    size = float(np.hypot(*vector))
    return vector if size <= largest else vector * (largest / size)
