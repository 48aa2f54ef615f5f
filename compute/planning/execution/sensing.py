"""A range sensor on the robot, turned the way it drives: how far it sees along each of its rays."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from compute.planning.geometry.rays import look_along
from compute.planning.geometry.surroundings import Surroundings

Array = NDArray[np.float64]

FINEST = math.radians(0.5)  # between rays
FARTHEST = 20.0  # m that a sensor without a limit reaches


@dataclass(frozen=True)
class Lidar:
    """What the sensor can do.

    Attributes
    ----------
    reach : m
    field_of_view : rad, half of it to either side of the heading
    """

    reach: float = FARTHEST
    field_of_view: float = 2 * math.pi

    def scan(self, around: Surroundings, place: Array, heading: float) -> "Scan":
        """Return what is seen from a place, (2,), of what stands `around` it."""
        n = max(2, math.ceil(self.field_of_view / FINEST))
        angles = heading + self.field_of_view * ((np.arange(n) + 0.5) / n - 0.5)
        return Scan(angles, look_along(around, place, angles, self.reach), self.reach)

    def is_within(self, heading: float, away: Array) -> NDArray[np.bool_]:
        """Return whether the sensor looks towards vectors from the robot, (n, 2), and as far."""
        turned = np.angle(np.exp(1j * (np.arctan2(away[:, 1], away[:, 0]) - heading)))
        is_near = np.hypot(away[:, 0], away[:, 1]) <= self.reach
        return np.asarray(is_near & (np.abs(turned) <= 0.5 * self.field_of_view + 1e-9))


@dataclass(frozen=True)
class Scan:
    """One look around.

    Attributes
    ----------
    angles : (n,) of the rays, rad
    ranges : (n,) m that they go, at most `reach`
    """

    angles: Array
    ranges: Array
    reach: float
