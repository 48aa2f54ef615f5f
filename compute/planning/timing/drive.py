"""The front door: from a map and a robot to a timed trajectory among obstacles at rest, with its proof or its reason.

The path is planned a little wider than the robot, so that straight lines between samples, and a smoothed jerk, stay
clear; in a passage too narrow for that the robot turns slower instead.
"""

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from compute.planning.geometry.space import heights_taken, in_space
from compute.planning.route import Ground, Path, Route, find_route, prepare_ground, with_radius
from compute.planning.route.terrain import Array
from compute.planning.scene import Goal, Map, Robot, Start
from compute.planning.timing.course import Course, Smoothed
from compute.planning.timing.entry import enter
from compute.planning.timing.profile import SpeedLimits
from compute.planning.timing.sampling import sample
from compute.planning.validation import TOUCHING, Validation, validate_trajectory
from compute.schema import RequestError

MOST_MARGIN = 0.1  # of the radius: passages are not avoided for the sake of speed
ATTEMPTS = ((1, 1), (2, 1), (4, 1), (1, 4), (1, 16), (1, 64), (4, 64), (16, 256))
# times less acceleration and times more samples, until lines between samples keep clear; the first nearly always does
LEAST_MARGIN = 1e-9  # metres
DETOUR = 1.02  # of the shortest length: a margin that closes the shorter way is made smaller
MOST_SAMPLES = 200_000  # an hour at 50 Hz, 25 MB of JSON
SPARE = 0.999  # of the room in the narrowest passage that the margin may take


@dataclass(frozen=True)
class Trajectory:
    """A motion sampled at the control rate.

    Attributes
    ----------
    times : (n,) s, from 0; the last step may be shorter than the others
    positions, velocities : (n, 3)
    """

    times: Array
    positions: Array
    velocities: Array


@dataclass(frozen=True)
class Drive:
    """How a robot gets from start to goal among obstacles at rest.

    Attributes
    ----------
    status : that of the route, or "cannot_stop" where the start velocity leads into an obstacle whatever is done
    reason : a sentence, empty where there is a trajectory
    ground : the map made ready for the robot, without margin: serves further routes
    route : the shortest path of the robot itself, which bounds every length from below; or why there is none
    path : what is driven: a margin wider, and from where the start velocity lets it begin
    margin : metres by which it is wider
    trajectory, validation : None where there is no trajectory
    """

    status: Literal["found", "start_blocked", "goal_blocked", "no_path", "undecided", "cannot_stop"]
    reason: str
    ground: Ground
    route: Route
    path: Path | None = None
    margin: float = 0.0
    trajectory: Trajectory | None = None
    validation: Validation | None = None


def plan_drive(
    world: Map,
    robot: Robot,
    start: Start,
    goal: Goal,
    rate: float,
    n_alternatives: int = 0,
    ground: Ground | None = None,
) -> Drive:
    """Return a trajectory from start to rest at the goal, sampled `rate` times a second (oftener where contact asks for
    it), or why there is none. `ground` is the map made ready for the robot, where that was done before.

    The speed is as high as the limits allow on the shortest path. (Wider turns, by up to twice the radius, were tried:
    what they gain in speed they lose in length.) Raises RequestError where the start velocity exceeds the limits, or
    the way is one of more than `MOST_SAMPLES`.
    """
    begin, end, velocity = (in_space(row) for row in (start.position, goal.position, start.velocity))
    _check_velocity(velocity, robot)
    ground = ground or prepare_ground(world, robot.radius, heights_taken(robot, start, goal))
    route = find_route(ground, begin, end, n_alternatives)
    if route.path is None:
        return Drive(route.status, route.reason, ground, route)
    _check_samples(route.path.length / robot.max_velocity, rate)
    task = _Task(ground, begin, end, velocity, robot, rate)
    wide = _widened(task, route.path)
    done = _driven(world, task, wide)
    if done is None and wide.margin > 0:
        wide = _Wide(ground, 0.0)
        done = _driven(world, task, wide)
    if done is None:
        return Drive("cannot_stop", _too_fast(robot, velocity), ground, route)
    path, trajectory, validation = done
    return Drive("found", "", ground, route, path, wide.margin, trajectory, validation)


def _driven(world: Map, task: "_Task", wide: "_Wide") -> tuple[Path, Trajectory, Validation] | None:
    """Return what is driven, its samples and their validation; None where the start velocity allows nothing.

    Where lines between samples cut a corner all the same (few samples a second, much acceleration, no room beside it)
    it is driven slower, or else sampled more often.
    """
    done = None
    for less, more in ATTEMPTS:
        gentle = task.robot.model_copy(update={"max_acceleration": task.robot.max_acceleration / less})
        course = _course(replace(task, robot=gentle, rate=task.rate * more), wide)
        if course is None and done is None:
            break
        if course is None:
            continue
        trajectory = Trajectory(*sample(course, task.rate * more))
        checked = validate_trajectory(world, task.robot, trajectory.times, trajectory.positions, trajectory.velocities)
        if done is None or checked.is_collision_free:
            done = course.path, trajectory, checked
        if checked.is_collision_free or _is_moving(world, checked.clearance.owner):
            break
    return done


def _is_moving(world: Map, owner: int) -> bool:
    return owner >= 0 and world.obstacles[owner].motion is not None


@dataclass(frozen=True)
class _Task:
    """What is asked: places and velocity in space, (3,) each, and the ground for the robot itself."""

    ground: Ground
    begin: Array
    end: Array
    velocity: Array
    robot: Robot
    rate: float


@dataclass(frozen=True)
class _Wide:
    """The ground for a disc wider by a margin."""

    ground: Ground
    margin: float


def _check_velocity(velocity: Array, robot: Robot) -> None:
    speed = float(np.linalg.norm(velocity))
    if speed > robot.max_velocity * (1 + 1e-9):
        raise RequestError.at(
            "start",
            "velocity",
            msg=f"a start at {speed:.4g} m/s exceeds the robot's highest speed of {robot.max_velocity:g} m/s; lower "
            "it, or raise the limit",
        )


def _check_samples(seconds: float, rate: float) -> None:
    if seconds * rate <= MOST_SAMPLES:
        return
    fact = f"the way takes {seconds:.0f} s at the highest speed, {seconds * rate:.0f} samples where {MOST_SAMPLES} are"
    way_out = (
        f"sample at most {MOST_SAMPLES / seconds:.2g} times a second" if seconds <= MOST_SAMPLES else "go less far"
    )
    raise RequestError.at("control_rate", msg=f"{fact} allowed; {way_out}, or allow a higher speed")


def _margin_for(robot: Robot, rate: float) -> float:
    """Return the margin with which no limit need be lowered: chords of samples, and the means of a limited jerk."""
    a = robot.max_acceleration
    chords = a / rate**2 / 8
    means = 0.0 if robot.max_jerk is None else a**3 / (6 * robot.max_jerk**2)
    return min(chords + means, MOST_MARGIN * robot.radius)


def _widened(task: _Task, shortest: Path) -> _Wide:
    """Return the ground for a disc as much wider as is wanted and as start, goal and passages allow without detour."""
    ground = task.ground
    spare = ground.around.distance(np.array([task.begin[:2], task.end[:2]])).min() - ground.radius
    margin = min(_margin_for(task.robot, task.rate), SPARE * float(spare))
    while margin > LEAST_MARGIN:
        wide = _Wide(with_radius(ground, ground.radius + margin), margin)
        route = find_route(wide.ground, task.begin, task.end)
        if route.path is not None and route.path.length <= DETOUR * shortest.length + 2 * np.pi * margin:
            return wide
        width = route.barrier.width if route.barrier else np.inf
        margin = min(SPARE * (0.5 * width - ground.radius), margin / 8)
    return _Wide(ground, 0.0)


def _too_fast(robot: Robot, velocity: Array) -> str:
    speed = float(np.linalg.norm(velocity))
    return (
        f"at {speed:.3g} m/s the robot needs {speed**2 / (2 * robot.max_acceleration):.3g} m to stop and cannot help "
        "touching an obstacle; start slower or farther away, or allow more acceleration"
    )


def _limits(robot: Robot, rate: float, margin: float) -> tuple[SpeedLimits, float]:
    """Return limits whose chords and means stay within a margin, and the window that limits the jerk, 0 for none."""
    room = margin + 0.9 * TOUCHING
    a, window = robot.max_acceleration, 0.0
    if robot.max_jerk is not None:
        a = min(a, (6 * robot.max_jerk**2 * 0.9 * room) ** (1 / 3))
        window = 2 * a / robot.max_jerk
        room -= a * window**2 / 24
    return SpeedLimits(robot.max_velocity, a, min(a, 8 * room * rate**2)), window


def _course(task: _Task, wide: _Wide) -> Course | None:
    """Return the motion; with a limited jerk it is planned from where it is after half a window, and then smoothed."""
    limits, window = _limits(task.robot, task.rate, wide.margin)
    begin = task.begin + 0.5 * window * task.velocity
    course = enter(wide.ground, limits, begin, task.velocity, task.end, lead=task.begin)
    return course if course is None or window == 0 else Smoothed(course, window)
