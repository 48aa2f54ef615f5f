"""What a run tells: metres, seconds, nats."""

from typing import Literal

from pydantic import AliasChoices, Field

from compute.planning.motion_plan.result import FreeEnergy
from compute.planning.scene.units import Point
from compute.schema import Record

RunStatus = Literal["reached", "collision", "timeout", "no_plan"]


class BelievedMover(Record):
    """What the robot believed of a moving obstacle that it has seen."""

    obstacle: str
    position: Point
    velocity: Point
    deviation: float
    """Standard deviation of the position, m."""
    manoeuvring: float = Field(validation_alias=AliasChoices("manoeuvring", "stopping"))
    """Probability that it turns, speeds up or slows down."""


class RunFrame(Record):
    """One moment of a run."""

    time: float
    position: Point
    velocity: Point
    believed: Point
    """Where the robot believed to be."""
    heading: float
    """Where its sensor looks, rad."""
    movers: tuple[BelievedMover, ...]
    expected_free_energy: FreeEnergy | None
    """Of what was chosen next; None at the end, and where a plan is tracked."""
    is_braking: bool
    """Whether the shield overruled what was chosen."""
    is_new_way: bool = False
    """Whether a way to the goal was searched anew."""


class RunCollision(Record):
    """When the robot touched something."""

    time: float
    obstacle: str
    is_robots_fault: bool
    """Whether the robot was moving; one that stands is run into."""


class ExecuteResult(Record):
    """How a run ended, moment by moment."""

    status: RunStatus
    reason: str
    """A sentence; empty where the goal is reached."""
    frames: tuple[RunFrame, ...]
    collisions: tuple[RunCollision, ...]
    """At most one: it ends a run."""
    replans: int
    """Searches for the way."""
    brakings: int
    """Choices that the shield overruled."""
    min_clearance: float | None
    clearance_time: float | None
    nearest_obstacle: str | None
    total_time: float
    path_length: float
    lower_bound: float | None
    """No way to within the tolerance of the goal, among what is at rest, is shorter."""
    tracking_error: float | None
    """Root mean square distance from the plan that was tracked."""
    notes: tuple[str, ...] = ()
