"""A motion at the control rate."""

import numpy as np

from compute.planning.route.terrain import Array
from compute.planning.timing.course import Course


def sample(course: Course, rate: float) -> tuple[Array, Array, Array]:
    """Return times, (n,), positions and velocities, (n, 3), from the beginning to rest at the end.

    Samples are 1 / rate apart but for the last, which is at the end: half to one and a half of that after the one
    before it.
    """
    n = int(np.floor(course.duration * rate - 0.5)) + 1
    times = np.concatenate([np.arange(max(n, 1)) / rate, [course.duration]])
    if times[-1] <= 0:
        times = times[:1]
    positions, velocities = course.at(times)
    velocities[-1] = 0.0
    return times, positions, velocities
