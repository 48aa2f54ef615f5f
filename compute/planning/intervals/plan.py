"""The front door of plans in time: the quickest motion on a lattice among known movers, or that there is none."""

from dataclasses import dataclass
from math import ceil, sqrt
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from compute.planning.geometry.distance import bounds_of, to_all
from compute.planning.geometry.shapes import Shapes, shapes_of
from compute.planning.geometry.surroundings import EVERY_HEIGHT, is_met
from compute.planning.inference.terrain import Terrain
from compute.planning.intervals.lattice import EXHAUSTED, FOUND, Lattice, find
from compute.planning.intervals.movers import movers_of
from compute.planning.scene import Map, Robot

Array = NDArray[np.float64]

SPEEDS = 2  # steps of acceleration along one axis from rest to the highest speed, at least
SPARE = 2e-3  # m by which the robot is taken to be larger: chords of samples stay clear
MOST_STATES = 400_000  # some seconds

Status = Literal["found", "no_path", "timeout"]


@dataclass(frozen=True)
class Stepwise:
    """A motion of constant accelerations, each held for one step.

    Attributes
    ----------
    origin : (2,)
    velocity : (2,) at the beginning
    step : s
    accelerations : (k, 2)
    """

    origin: Array
    velocity: Array
    step: float
    accelerations: Array

    @property
    def duration(self) -> float:
        """Seconds."""
        return self.step * len(self.accelerations)

    def at(self, times: Array) -> tuple[Array, Array]:
        """Return positions and velocities, (n, 2) each, at times from 0 to the duration."""
        dt, a = self.step, self.accelerations
        velocities = np.concatenate([self.velocity[None], self.velocity + dt * np.cumsum(a, axis=0)])
        positions = np.concatenate([
            self.origin[None], self.origin + np.cumsum(0.5 * dt * (velocities[1:] + velocities[:-1]), axis=0)
        ])  # fmt: skip
        k = np.clip((np.asarray(times) / dt).astype(np.int64), 0, max(len(a) - 1, 0))
        t = (np.clip(times, 0.0, self.duration) - dt * k)[:, None]
        push = a[k] if len(a) else np.zeros((len(k), 2))
        return positions[k] + t * (velocities[k] + 0.5 * t * push), velocities[k] + t * push


@dataclass(frozen=True)
class Timed:
    """What is known of the ways in time.

    Attributes
    ----------
    status : "no_path" where every state within the horizon was looked at; "timeout" where there were too many
    reason : a sentence, empty where a motion was found
    motion : the quickest on the lattice
    states : that were looked at
    """

    status: Status
    reason: str
    motion: Stepwise | None
    states: int


def plan_in_time(
    world: Map,
    robot: Robot,
    start: Array,
    goal: Array,
    terrain: Terrain,
    horizon: float,
    tolerance: float,
    heights: tuple[float, float] = EVERY_HEIGHT,
    begin: float = 0.0,
    most: int = MOST_STATES,
) -> Timed:
    """Return a motion from rest at `start` to rest within `tolerance` of `goal`, (2,) each, or why there is none.

    Parameters
    ----------
    terrain : whose value guides the search: the length of the way among what is at rest
    horizon : s within which the goal must be reached
    heights : lowest and highest z of the robot; obstacles wholly below or above do not count
    begin : s, the time at which the robot rests at `start`
    """
    blocking = [(place, obstacle) for place, obstacle in enumerate(world.obstacles) if is_met(obstacle, heights)]
    push = robot.max_acceleration / sqrt(2)
    shapes = shapes_of((place, obstacle) for place, obstacle in blocking if obstacle.motion is None)
    edge = bounds_of(world.origin, world.width, world.height)
    start, goal = (np.ascontiguousarray(each, dtype=np.float64) for each in (start, goal))
    step = _step(robot, push, start, goal, tolerance, shapes, edge)
    lattice = Lattice(
        origin=start,
        begin=begin,
        step=step,
        push=push,
        fastest=robot.max_velocity,
        radius=robot.radius + SPARE,
        goal=goal,
        near=tolerance,
        horizon=ceil(horizon / step),
        most=most,
    )
    ended, states, seen = find(
        lattice,
        shapes,
        edge,
        movers_of([obstacle for _, obstacle in blocking if obstacle.motion is not None]),
        terrain.value,
        terrain.corner,
        terrain.step,
    )
    if ended == FOUND:
        velocities = push * step * states[:, 2:]
        accelerations = np.diff(velocities, axis=0) / step
        return Timed("found", "", Stepwise(lattice.origin, np.zeros(2), step, accelerations), int(seen))
    if ended == EXHAUSTED:
        reason = (
            f"no motion reaches the goal within {horizon:g} s among what moves: {seen} states in steps of {step:.3g} s "
            "were looked at, and no others are left; allow more time"
        )
        return Timed("no_path", reason, None, int(seen))
    reason = f"the search was given up after {seen} states without an answer; shorten the way, or lower the horizon"
    return Timed("timeout", reason, None, int(seen))


def _step(robot: Robot, push: float, start: Array, goal: Array, tolerance: float, shapes: Shapes, edge: Array) -> float:
    """Return the step of time: a part of that to the highest speed, for which there is a place of rest near the goal.

    From rest to rest are whole multiples of push step^2 along either axis. Steps that leave no goal without such a
    place are short, and the search among them long: longer ones do where a place happens to be near and free.
    """
    to_fastest = robot.max_velocity / push
    always = _parts(to_fastest, sqrt(sqrt(2) * tolerance / push))
    for parts in range(_parts(to_fastest, sqrt(2 * sqrt(2) * tolerance / push)), always):
        apart = push * (to_fastest / parts) ** 2
        corner = np.floor((goal - start) / apart)
        rests = start + apart * (corner + np.array([[0, 0], [0, 1], [1, 0], [1, 1]]))
        gaps, _ = to_all(shapes, edge, rests)
        if np.any((np.hypot(*(rests - goal).T) <= tolerance) & (gaps >= robot.radius + SPARE)):
            return to_fastest / parts
    return to_fastest / always


def _parts(whole: float, longest: float) -> int:
    return max(SPEEDS, ceil(whole / longest))
