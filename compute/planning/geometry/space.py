"""Places and velocities of a request as points of space, and the heights that a robot's motion takes."""

import numpy as np
from numpy.typing import NDArray

from compute.planning.scene import Goal, Robot, Start


def in_space(position: tuple[float, ...] | None) -> NDArray[np.float64]:
    """Return (x, y, z); z is 0 where none is given, and all are where nothing is."""
    return np.array([*(position or (0.0, 0.0)), 0.0][:3], dtype=np.float64)


def heights_taken(robot: Robot, start: Start, goal: Goal) -> tuple[float, float]:
    """Return the lowest and highest z that the robot takes between start and goal."""
    low, high = sorted((float(in_space(start.position)[2]), float(in_space(goal.position)[2])))
    return low - robot.radius, high + robot.radius
