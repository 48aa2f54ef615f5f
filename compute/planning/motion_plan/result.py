"""What a motion plan answers: metres, seconds, nats."""

from typing import Literal

from compute.planning.scene.units import Point
from compute.schema import Record

Position = tuple[float, float, float]
PlanStatus = Literal["reached", "no_path", "start_blocked", "goal_blocked", "timeout"]


class TrajectoryPoint(Record):
    """Where the robot is at a time, and how fast it goes."""

    time: float
    position: Position
    velocity: Position


class FreeEnergy(Record):
    """Expected free energy in nats: total = risk + ambiguity - novelty + collision + control."""

    total: float
    risk: float
    """Divergence from where the robot prefers to be: the way that is left, over the whole motion."""
    ambiguity: float
    """How unsure what is seen will be."""
    novelty: float
    """What is expected to be learned."""
    collision: float
    """Divergence from the accepted risk."""
    control: float


class WeighedPolicy(Record):
    """One of the policies that were weighed at the start."""

    positions: tuple[Point, ...]
    """Where it leads, at equal times up to the horizon."""
    probability: float
    """Among all policies that were weighed."""
    expected_free_energy: FreeEnergy


class Candidate(Record):
    """A whole motion that was considered."""

    kind: Literal["shortest", "timed", "inferred"]
    """Along the shortest path as fast as allowed; searched in time; chosen step by step by active inference."""
    duration: float
    is_collision_free: bool
    is_chosen: bool
    expected_free_energy: float
    reason: str
    """Why it was not chosen, or empty."""


class Proof(Record):
    """Why there is no path, to be checked link by link."""

    obstacles: tuple[str, ...]
    """Of the chain that parts start from goal."""
    width: float
    """Of its widest gap, m; 0 where nothing passes."""
    position: Point
    """The middle of that gap."""
    outline: tuple[Point, ...]
    """The chain as a closed polygon."""


class CostToGo(Record):
    """Lengths of the shortest ways to the goal among what is at rest, on a coarse raster to be drawn."""

    corner: Point
    """The place of the first value."""
    step: float
    """Between values, m."""
    columns: int
    rows: int
    values: tuple[float | None, ...]
    """Metres, row by row upwards; None where the robot cannot be."""


class PlanResult(Record):
    """A validated motion, or why there is none."""

    status: PlanStatus
    reason: str
    """A sentence; empty where the goal is reached."""
    trajectory: tuple[TrajectoryPoint, ...]
    path: tuple[Point, ...]
    """Points on the way that is driven."""
    path_length: float
    """Of the motion, in the plane."""
    lower_bound: float | None
    """No way among what is at rest is shorter."""
    alternatives: tuple[tuple[Point, ...], ...]
    """Other locally shortest paths, round obstacles in another way; the shorter first."""
    total_time: float
    is_collision_free: bool
    """Validated along the whole motion, between samples too, by code that shares nothing with the planner; never true
    where it leads through unknown areas."""
    violations: tuple[str, ...]
    """Limits of the robot that the motion breaks: none, or it would not be given."""
    min_clearance: float | None
    """Between the robot's edge and the nearest thing."""
    clearance_at: TrajectoryPoint | None
    nearest_obstacle: str | None
    collision_probability: float | None
    """Where positions of obstacles are uncertain: the share of drawn worlds in which the motion touches one; with what
    may stand in unknown areas on its way."""
    expected_free_energy: FreeEnergy | None
    policies: tuple[WeighedPolicy, ...]
    """The most probable ones, the most probable first."""
    policies_weighed: int
    candidates: tuple[Candidate, ...]
    stages: dict[str, float]
    """Milliseconds by stage."""
    planning_time_ms: float
    proof: Proof | None = None
    notes: tuple[str, ...] = ()
    cost_to_go: CostToGo | None = None
    risks: tuple[tuple[float, float], ...] = ()
    """Times and the probability that the robot touches an unsure obstacle just then."""
    device: str = "cpu"
    """What weighed the policies."""
    ground_cache: Literal["hit", "miss"] | None = None
    """Whether the map was made ready by an earlier plan; None where it is too large to be kept."""
