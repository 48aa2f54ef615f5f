"""Where moving obstacles are: their displacement from where they are drawn, as a function of time."""

from dataclasses import dataclass

import numpy as np

from compute.planning.geometry.shapes import Array, outline
from compute.planning.scene import AnyObstacle, Circle, ConstantVelocity, Grid, Polygon, Rectangle, Track


@dataclass(frozen=True)
class Displacement:
    """A piecewise linear motion.

    Attributes
    ----------
    times : (n,) increasing
    shifts : (n, 2) displacement at those times
    velocity : (2,) after the last time; before the first, the negative way round, when it never turns
    loop : whether it starts again after the last time
    """

    times: Array
    shifts: Array
    velocity: Array
    loop: bool

    def at(self, times: Array) -> Array:
        """Return displacements, (n, 2)."""
        t = np.asarray(times, dtype=np.float64)
        if self.loop:
            t = self.times[0] + np.mod(t - self.times[0], self.times[-1] - self.times[0])
        along = [np.interp(t, self.times, self.shifts[:, axis]) for axis in range(2)]
        free = (t - self.times[-1])[:, None] * self.velocity
        return np.asarray(np.stack(along, axis=1) + free)

    @property
    def top_speed(self) -> float:
        """The highest speed, m/s."""
        if self.times.size < 2:
            return float(np.hypot(*self.velocity))
        speeds = np.linalg.norm(np.diff(self.shifts, axis=0), axis=1) / np.diff(self.times)
        return float(max(speeds.max(), np.hypot(*self.velocity)))

    def breaks(self, begin: float, end: float) -> Array:
        """Return the times strictly between `begin` and `end` at which the velocity changes, increasing."""
        times = self.times
        if self.loop:
            period = times[-1] - times[0]
            first, last = np.floor((begin - times[0]) / period), np.ceil((end - times[0]) / period)
            times = np.unique(times[:, None] + period * np.arange(first, last + 1))
        return np.asarray(times[(times > begin) & (times < end)])


def displacement_of(obstacle: AnyObstacle) -> Displacement:
    """Return how an obstacle moves; one without motion stays."""
    motion = obstacle.motion
    none = np.zeros(2)
    if isinstance(motion, Track):
        rows = np.asarray(motion.waypoints, dtype=np.float64)
        return Displacement(rows[:, 0], rows[:, 1:] - middle_of(obstacle), none, motion.loop)
    velocity = np.asarray(motion.velocity, dtype=np.float64) if isinstance(motion, ConstantVelocity) else none
    return Displacement(np.zeros(1), np.zeros((1, 2)), velocity, False)


def middle_of(obstacle: AnyObstacle) -> Array:
    """Return the point that waypoints speak of, (2,): the centre, the mean of the vertices, the middle of a grid."""
    if isinstance(obstacle, Circle | Rectangle):
        return np.asarray(obstacle.center, dtype=np.float64)
    if isinstance(obstacle, Polygon):
        return np.asarray(outline(obstacle).mean(axis=0))
    assert isinstance(obstacle, Grid)
    return np.asarray(obstacle.origin) + 0.5 * obstacle.resolution * np.asarray(obstacle.shape, dtype=np.float64)
