"""A run: the world as it truly is, the robot's observations of it, and what came of its decisions."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from compute.planning.execution.agent import Decision
from compute.planning.execution.sensing import Lidar, Scan
from compute.planning.execution.shield import Motion, is_clear
from compute.planning.geometry.surroundings import Surroundings
from compute.planning.inference.beliefs import Movers, Sensing

Array = NDArray[np.float64]

STILL = 1e-3  # m/s below which a robot counts as standing
TURNING = 0.1  # m/s from which on it looks where it goes
Where = Callable[[float], Array]
"""True centres of the movers at a time, (m, 2)."""


@dataclass(frozen=True)
class Truth:
    """What is really there.

    Attributes
    ----------
    around : everything at rest
    where : of the movers
    radii : (m,) of the discs that hold them
    radius : of the robot
    """

    around: Surroundings
    where: Where
    radii: Array
    radius: float

    def gap_to_movers(self, begin: Array, end: Array, time: float, dt: float) -> tuple[float, int]:
        """Return the least gap between robot and movers while both go straight for one step, and the mover."""
        if not self.radii.size:
            return np.inf, -1
        first, last = self.where(time), self.where(time + dt)
        apart = begin - first
        change = (end - begin) - (last - first)
        size = np.maximum((change**2).sum(axis=1), 1e-30)
        share = np.clip(-(apart * change).sum(axis=1) / size, 0, 1)
        gaps = np.linalg.norm(apart + share[:, None] * change, axis=1) - self.radii - self.radius
        return float(gaps.min()), int(gaps.argmin())


class Mind(Protocol):
    """Whatever decides."""

    def decide(self, now: Motion, movers: Movers, scan: Scan | None = None) -> Decision:
        """Return what to do about a motion, beliefs about movers, and what a scan tells of the map."""


@dataclass(frozen=True)
class Frame:
    """One moment of a run.

    Attributes
    ----------
    time : s
    motion : where the robot truly is
    believed : (2,) where it believes to be
    heading : rad, where its sensor looks
    movers : its beliefs about the movers
    decision : what it chose next; None at the end
    """

    time: float
    motion: Motion
    believed: Array
    heading: float
    movers: Movers
    decision: Decision | None


@dataclass(frozen=True)
class Collision:
    """When the robot touched a mover, and whether it was moving: standing, it is not at fault."""

    time: float
    mover: int
    is_robots_fault: bool


@dataclass(frozen=True)
class Run:
    """How a run ended.

    Attributes
    ----------
    is_reached : whether the goal was, within the tolerance
    collision : with which a run ends, None without
    min_gap : least gap to anything, m
    length : m that were driven
    brakings : decisions that the shield overruled
    searches : for a way to the goal
    """

    frames: tuple[Frame, ...]
    is_reached: bool
    collision: Collision | None
    min_gap: float
    length: float
    brakings: int
    searches: int


@dataclass(frozen=True)
class Conditions:
    """How a run is made.

    Attributes
    ----------
    sensing : how movers are seen, and how their velocity is believed to wander
    pose_noise : standard deviation of where the robot believes to be, m
    sight : m within which movers are seen, where nothing at rest is between
    lidar : how the map is seen, and movers then too; None where it is known
    dt : s between decisions
    time_limit : s
    tolerance : m from the goal that count as there
    """

    sensing: Sensing = field(default_factory=Sensing)
    pose_noise: float = 0.0
    sight: float = np.inf
    lidar: Lidar | None = None
    dt: float = 0.1
    time_limit: float = 60.0
    tolerance: float = 0.1


def simulate(
    truth: Truth,
    agent: Mind,
    start: Motion,
    goal: Array,
    conditions: Conditions,
    rng: np.random.Generator,
    watch: Callable[[Frame], None] = lambda frame: None,
) -> Run:
    """Drive until the goal is reached, something is touched, or time is over; `watch` sees every frame."""
    now, time, gap, length = start, 0.0, np.inf, 0.0
    heading = float(np.arctan2(*(goal - start.position)[::-1]))
    is_seen = _in_sight(truth, now.position, heading, 0.0, conditions)
    movers = Movers.seen(_observe(truth, 0.0, conditions, rng), truth.radii, conditions.sensing, is_seen)
    frames: list[Frame] = []
    collision: Collision | None = None
    while True:
        believed = now.position + conditions.pose_noise * rng.standard_normal(2)
        is_over = collision is not None or time >= conditions.time_limit
        is_over = is_over or bool(np.hypot(*(now.position - goal)) <= conditions.tolerance)
        scan = conditions.lidar.scan(truth.around, now.position, heading) if conditions.lidar else None
        decision = None if is_over else agent.decide(Motion(believed, now.velocity), movers, scan)
        frames.append(Frame(time, now, believed, heading, movers, decision))
        watch(frames[-1])
        if decision is None:
            break
        moved = decision.after.position - believed
        after = Motion(now.position + moved, decision.after.velocity)
        nearest, mover = truth.gap_to_movers(now.position, after.position, time, conditions.dt)
        gap = min(gap, nearest, float(truth.around.distance(after.position[None])[0]) - truth.radius)
        if nearest < 0:
            is_moving = bool(np.hypot(*now.velocity) > STILL)
            collision = Collision(time + conditions.dt, mover, is_moving)
        length += float(np.hypot(*moved))
        now, time = after, time + conditions.dt
        if np.hypot(*now.velocity) > TURNING:
            heading = float(np.arctan2(now.velocity[1], now.velocity[0]))
        is_seen = _in_sight(truth, now.position, heading, time, conditions)
        movers = movers.advanced(conditions.dt).updated(_observe(truth, time, conditions, rng), is_seen)
    decisions = [frame.decision for frame in frames if frame.decision is not None]
    return Run(
        frames=tuple(frames),
        is_reached=collision is None and bool(np.hypot(*(now.position - goal)) <= conditions.tolerance),
        collision=collision,
        min_gap=gap,
        length=length,
        brakings=sum(decision.is_braking for decision in decisions),
        searches=sum(decision.is_new_way for decision in decisions),
    )


def _observe(truth: Truth, time: float, conditions: Conditions, rng: np.random.Generator) -> Array:
    where = truth.where(time)
    return where + conditions.sensing.noise * rng.standard_normal(where.shape)


def _in_sight(truth: Truth, position: Array, heading: float, time: float, conditions: Conditions) -> NDArray[np.bool_]:
    """Return which movers the robot sees: within range and view, and nothing at rest between the centres."""
    where = truth.where(time)
    if conditions.lidar is not None:
        is_near = conditions.lidar.is_within(heading, where - position)
    else:
        is_near = np.hypot(*(where - position).T) <= conditions.sight
    if conditions.lidar is not None or np.isfinite(conditions.sight):
        for j in np.flatnonzero(is_near):
            is_near[j] = is_clear(truth.around, position, where[j], radius=0.0)
    return np.asarray(is_near, dtype=np.bool_)
