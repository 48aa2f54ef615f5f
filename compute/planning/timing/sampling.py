"""A motion at the control rate."""

from typing import Protocol

import numpy as np

from compute.planning.route.terrain import Array

SHORT = 1e-9  # of all samples: a last step that is shorter is left out


class Timed(Protocol):
    """A motion as a function of time."""

    @property
    def duration(self) -> float:
        """Seconds."""

    def at(self, times: Array) -> tuple[Array, Array]:
        """Return positions and velocities, (n, d) each, at times from 0 to the duration."""


def sample(course: Timed, rate: float) -> tuple[Array, Array, Array]:
    """Return times, (n,), positions and velocities, (n, d), from the beginning to rest at the end.

    Samples are 1 / rate apart, and the last one, at the end, at most that after the one before it: a longer step would
    cut corners farther than the margin allows.
    """
    n = int(np.ceil(course.duration * rate * (1 - SHORT)))
    times = np.concatenate([np.arange(max(n, 1)) / rate, [course.duration]])
    if times[-1] <= 0:
        times = times[:1]
    positions, velocities = course.at(times)
    velocities[-1] = 0.0
    return times, positions, velocities
