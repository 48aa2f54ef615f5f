"""Follows a given plan: its acceleration, corrected in proportion to the errors of position and velocity."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from compute.planning.execution.agent import Decision
from compute.planning.execution.sensing import Scan
from compute.planning.execution.shield import Motion, is_safe
from compute.planning.geometry.surroundings import Surroundings
from compute.planning.inference.beliefs import Foresight
from compute.planning.scene import Robot
from compute.planning.timing.drive import Trajectory

Array = NDArray[np.float64]

PROPORTIONAL = 2.0  # 1/s^2
DERIVATIVE = 0.5  # 1/s
NOTHING = np.zeros((0, 1, 2), dtype=np.float32)


@dataclass
class Tracker:
    """A proportional-derivative controller with the plan's own acceleration fed forward, under the same shield."""

    trajectory: Trajectory
    around: Surroundings
    robot: Robot
    dt: float
    time: float = 0.0

    def decide(self, now: Motion, movers: Foresight, scan: Scan | None = None) -> Decision:
        """Return the next motion; neither movers nor scans are looked at: the plan has seen to it."""
        position, velocity = self.at(self.time)
        _, later = self.at(self.time + self.dt)
        feed = (later - velocity) / self.dt
        push = feed + PROPORTIONAL * (position - now.position) + DERIVATIVE * (velocity - now.velocity)
        self.time += self.dt
        after = now.accelerated(push, self.dt, self.robot.max_velocity, self.robot.max_acceleration)
        is_kept = is_safe(self.around, now, after, self.robot.radius, self.robot.max_acceleration)
        if not is_kept:
            after = now.braked(self.dt, self.robot.max_acceleration)
        return Decision(after, NOTHING, np.zeros(0), np.zeros(5), not is_kept, False)

    def at(self, time: float) -> tuple[Array, Array]:
        """Return where the plan is at a time, (2,), and how fast it goes; at rest at its end."""
        times = self.trajectory.times
        return tuple(  # type: ignore[return-value]
            np.array([np.interp(time, times, rows[:, axis]) for axis in range(2)])
            for rows in (self.trajectory.positions, self.trajectory.velocities)
        )
