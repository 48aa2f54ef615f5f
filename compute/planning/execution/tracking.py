"""Follows a given plan: its acceleration, corrected in proportion to the errors of position and velocity."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from compute.planning.execution.agent import Decision
from compute.planning.execution.sensing import Scan
from compute.planning.execution.shield import Motion, is_safe, kept_radius
from compute.planning.geometry.surroundings import Surroundings
from compute.planning.inference.beliefs import Foresight
from compute.planning.motion_plan.request import PlanRequest
from compute.planning.motion_plan.result import PlanResult
from compute.planning.scene import Robot
from compute.planning.timing.drive import Trajectory

Array = NDArray[np.float64]

PROPORTIONAL = 2.0  # 1/s^2
DERIVATIVE = 0.5  # 1/s
NOTHING = np.zeros((0, 1, 2), dtype=np.float32)
SLOW = 1e-6  # m/s: a plan at rest turns nowhere
REACH = 1.0  # s of the plan that are searched for where the robot is after it braked
ROUNDNESS = 0.02  # m beyond the errors of its place that a plan is kept clear: turns are driven in steps
SHARES = (1.0, 0.3, 0.0)  # of that room, until there is a plan


@dataclass
class Tracker:
    """A proportional-derivative controller with the plan's own acceleration fed forward, under the same shield.

    Where the shield brakes, the plan goes on later from where the robot is nearest to it.

    Attributes
    ----------
    spare : m that the shield keeps clear beyond the robot's radius
    time : s of the plan that have been followed
    """

    trajectory: Trajectory
    around: Surroundings
    robot: Robot
    dt: float
    spare: float = 0.0
    time: float = 0.0

    def decide(self, now: Motion, movers: Foresight, scan: Scan | None = None) -> Decision:
        """Return the next motion; neither movers nor scans are looked at: the plan has seen to it."""
        position, velocity = self.at(self.time)
        _, later = self.at(self.time + self.dt)
        feed = fed_forward((later - velocity) / self.dt, velocity, now.velocity)
        push = feed + PROPORTIONAL * (position - now.position) + DERIVATIVE * (velocity - now.velocity)
        after = now.accelerated(push, self.dt, self.robot.max_velocity, self.robot.max_acceleration)
        kept = kept_radius(self.around, now.position, self.robot.radius, self.spare)
        is_kept = is_safe(self.around, now, after, kept, self.robot.max_acceleration)
        self.time += self.dt
        if not is_kept:
            after = now.braked(self.dt, self.robot.max_acceleration)
            self.time = self._nearest(after.position)
        return Decision(after, NOTHING, np.zeros(0), np.zeros(5), not is_kept, False)

    def at(self, time: float) -> tuple[Array, Array]:
        """Return where the plan is at a time, (2,), and how fast it goes; at rest at its end."""
        times = self.trajectory.times
        return tuple(  # type: ignore[return-value]
            np.array([np.interp(time, times, rows[:, axis]) for axis in range(2)])
            for rows in (self.trajectory.positions, self.trajectory.velocities)
        )

    def _nearest(self, place: Array) -> float:
        """Return when the plan comes nearest to a place, at most a second before or after now."""
        trajectory = self.trajectory
        first, last = np.searchsorted(trajectory.times, [self.time - REACH, self.time + REACH])
        begin = min(int(first), len(trajectory.times) - 1)
        away = np.linalg.norm(trajectory.positions[begin : int(last) + 1, :2] - place, axis=1)
        return float(trajectory.times[begin + int(away.argmin())])


def fed_forward(acceleration: Array, planned: Array, velocity: Array) -> Array:
    """Return the plan's acceleration, (2,), for a robot at another speed: slower ones turn along the same curve."""
    speed = float(np.hypot(*planned))
    if speed < SLOW:
        return acceleration
    along = acceleration @ planned / speed**2 * planned
    return np.asarray(along + min(1.0, float(np.hypot(*velocity)) / speed) ** 2 * (acceleration - along))


def roomy_plan(
    request: PlanRequest, room: float, make: Callable[[PlanRequest], PlanResult]
) -> tuple[PlanResult, float]:
    """Return the plan to follow for a robot that errs by `room` m, and how much of that it keeps clear of everything.

    Where there is no way so wide, it is planned with less.
    """
    radius = request.robot.radius
    for share in SHARES:
        wide = request.robot.model_copy(update={"radius": radius + share * (room + ROUNDNESS)})
        plan = make(request.model_copy(update={"robot": wide}))
        if plan.status == "reached":
            break
    return plan, share * room


def trajectory_of(plan: PlanResult) -> Trajectory:
    """Return the samples of a plan."""
    rows = plan.trajectory
    return Trajectory(
        np.array([row.time for row in rows]),
        np.array([row.position for row in rows]),
        np.array([row.velocity for row in rows]),
    )
