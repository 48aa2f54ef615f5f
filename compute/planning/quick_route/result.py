"""What a quick route answers: metres."""

from typing import Literal

from compute.planning.motion_plan.result import Proof
from compute.planning.scene.units import Point
from compute.schema import Record

RouteStatus = Literal["reached", "no_path", "start_blocked", "goal_blocked", "timeout"]


class OtherRoute(Record):
    """A locally shortest way that goes round obstacles differently."""

    path: tuple[Point, ...]
    length: float


class RouteResult(Record):
    """The shortest way, or why there is none. The words are those of a plan."""

    status: RouteStatus
    """`timeout`: a passage is as wide as the robot to nine digits, and it is not decided whether it fits."""
    reason: str
    """A sentence; empty where there is a way."""
    path: tuple[Point, ...]
    """Points of it, arcs among them."""
    length: float | None
    """Of the exact way; its points cut arcs a little short."""
    lower_bound: float | None
    """No way is shorter: that of the exact way itself."""
    alternatives: tuple[OtherRoute, ...]
    """The shorter first."""
    min_clearance: float | None
    """Between the robot's edge and the nearest thing at rest, by code that shares nothing with the search."""
    proof: Proof | None
    planning_time_ms: float
    """That the search took, the map made ready included where it was new."""
