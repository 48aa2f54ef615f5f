"""Whole motions to choose from: quickest along the shortest path, searched in time, or inferred step by step."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from compute.job import Report
from compute.planning.execution.agent import Agent, Habits
from compute.planning.execution.shield import Motion
from compute.planning.geometry.space import in_space
from compute.planning.inference.preferences import Preferences
from compute.planning.inference.terrain import Terrain
from compute.planning.intervals.plan import Stepwise, Timed, plan_in_time
from compute.planning.motion_plan.foretold import Foretold
from compute.planning.motion_plan.request import PlanRequest
from compute.planning.route import Ground
from compute.planning.timing.drive import Trajectory
from compute.planning.timing.sampling import sample

Array = NDArray[np.float64]

DT = 0.1  # s between decisions of an inferred motion
SLOW = 0.25  # m/s: slower than this at the goal, an inferred motion brakes and is over
POLICIES = 400  # weighed at each step of an inferred motion
STEPS = 25

Kind = Literal["shortest", "timed", "inferred"]


@dataclass(frozen=True)
class Whole:
    """A motion from the start on, and which way it was found."""

    kind: Kind
    trajectory: Trajectory


def timed_motion(
    request: PlanRequest, terrain: Terrain, heights: tuple[float, float], begin: Array, end: Array
) -> tuple[Whole | None, Timed]:
    """Return the motion found by a search in time, and how the search ended; a robot that moves brakes first."""
    velocity = in_space(request.start.velocity)[:2]
    speed = float(np.hypot(*velocity))
    strongest = request.robot.max_acceleration
    braking = speed / strongest
    rest = Motion(begin[:2], velocity).stopping_point(strongest)
    timed = plan_in_time(
        request.map, request.robot, rest, end[:2], terrain, request.time_limit, request.goal.tolerance, heights, braking
    )
    if timed.motion is None:
        return None, timed
    motion = _Braked(Motion(begin[:2], velocity), braking, timed.motion)
    times, positions, velocities = sample(motion, request.control_rate)
    return Whole("timed", raised(times, positions, velocities, begin[2], end[2])), timed


@dataclass(frozen=True)
class _Braked:
    """A full brake from `start` that lasts `braking` s, and then a motion from rest."""

    start: Motion
    braking: float
    later: Stepwise

    @property
    def duration(self) -> float:
        """Seconds."""
        return self.braking + self.later.duration

    def at(self, times: Array) -> tuple[Array, Array]:
        """Return positions and velocities, (n, 2) each."""
        position, velocity = self.start.position, self.start.velocity
        t = np.minimum(times, self.braking)[:, None]
        slowing = -velocity / self.braking if self.braking > 0 else np.zeros(2)
        first = position + t * (velocity + 0.5 * t * slowing), velocity + t * slowing
        later = self.later.at(np.maximum(times - self.braking, 0.0))
        is_later = (times >= self.braking)[:, None]
        return np.where(is_later, later[0], first[0]), np.where(is_later, later[1], first[1])


def inferred_motion(
    request: PlanRequest, ground: Ground, terrain: Terrain, foretold: Foretold, begin: Array, end: Array, report: Report
) -> Whole | None:
    """Return the motion that active inference makes among what is foretold; None where it does not arrive in time."""
    robot, rng = request.robot, np.random.default_rng(request.seed)
    habits = Habits(policies=POLICIES, steps=STEPS, dt=DT, preferences=preferences_of(request))
    agent = Agent(ground, terrain, robot, end[:2], habits, rng)
    velocity = in_space(request.start.velocity)[:2]
    now, time = Motion(begin[:2], velocity), 0.0
    path = [now]
    while time < request.time_limit:
        report(time / request.time_limit, "Choosing step by step")
        away = float(np.hypot(*(now.position - end[:2])))
        stop = now.stopping_point(robot.max_acceleration)
        is_slow = float(np.hypot(*now.velocity)) <= SLOW
        if is_slow and max(away, float(np.hypot(*(stop - end[:2])))) <= request.goal.tolerance:
            while now.velocity.any():
                now = now.braked(DT, robot.max_acceleration)
                path.append(now)
            times = np.asarray(DT * np.arange(len(path)))
            positions = np.array([motion.position for motion in path])
            velocities = np.array([motion.velocity for motion in path])
            return Whole("inferred", raised(times, positions, velocities, begin[2], end[2]))
        now = agent.decide(now, foretold.at(time)).after
        time += DT
        path.append(now)
    return None


def preferences_of(request: PlanRequest) -> Preferences:
    """Return the preferences that a request's weights describe."""
    weights = request.weights
    return Preferences(
        haste=weights.haste,
        arrival=2 * weights.haste,
        accepted_risk=weights.accepted_risk,
        effort=weights.effort,
        collision=weights.collision,
        information=weights.information,
        ambiguity=weights.ambiguity,
    )


def raised(times: Array, positions: Array, velocities: Array, low: float, high: float) -> Trajectory:
    """Return a motion in the plane with its height, which changes with the length of the way that is gone."""
    gone = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(positions, axis=0), axis=1))])
    slope = (high - low) / gone[-1] if gone[-1] > 0 else 0.0
    z, climbing = low + slope * gone, slope * np.linalg.norm(velocities, axis=1)
    return Trajectory(times, np.column_stack([positions, z]), np.column_stack([velocities, climbing]))
