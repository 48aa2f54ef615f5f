"""What the board draws of a result, as JSON: what `assets/scene_layers.js` reads, of plans and runs alike."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise
from typing import Any

from compute.planning.motion_plan.request import PlanRequest

MOST_ROWS = 2000  # moments of a motion that are sent: between them it is drawn along straight lines
Row = Sequence[float]
"""A time (s), then numbers at that time."""


@dataclass(frozen=True)
class Layers:
    """A result as the board draws it. Positions in metres, times in seconds.

    Attributes
    ----------
    kind : "plan" or "run"
    job : id
    scene : map, start and goal that it is the answer for
    radius : of the robot
    line : the statistics in one line
    duration : of the motion; 0 where there is none
    track : rows (t, x, y) of the robot
    believed : rows (t, x, y) of where it believed to be; empty where it knew
    beliefs : per mover, rows (t, x, y, standard deviation) and the radius that is drawn within
    path : points of the way
    compared : points of the way of the result it is compared with
    alternatives : points and length of other ways
    policies : points and probability, the most probable first
    clearance : the nearest place
    proof : why there is no way
    risks : rows (t, probability of touching something at that moment)
    accepted : probability that costs nothing
    collisions : time, obstacle, whose fault
    brakings : times at which the shield overruled
    searches : times at which the way was searched anew
    headings : rows (t, rad) of where the sensor looks
    sensor_range, field_of_view : m, degrees
    field : raster of the cost to go
    table : address of the motion as a table
    """

    kind: str
    job: str
    scene: Mapping[str, Any]
    radius: float
    line: str
    duration: float = 0.0
    track: Sequence[Row] = ()
    believed: Sequence[Row] = ()
    beliefs: Sequence[Mapping[str, Any]] = ()
    path: Sequence[Row] = ()
    compared: Sequence[Row] = ()
    alternatives: Sequence[Mapping[str, Any]] = ()
    policies: Sequence[Mapping[str, Any]] = ()
    clearance: Mapping[str, Any] | None = None
    proof: Mapping[str, Any] | None = None
    risks: Sequence[Row] = ()
    accepted: float = 0.0
    collisions: Sequence[Mapping[str, Any]] = ()
    brakings: Sequence[float] = ()
    searches: Sequence[float] = ()
    headings: Sequence[Row] = ()
    sensor_range: float | None = None
    field_of_view: float = 360.0
    field: Mapping[str, Any] | None = None
    table: str | None = None

    def as_json(self) -> dict[str, Any]:
        """Return what a store holds."""
        return asdict(self)


def scene_of(request: PlanRequest) -> dict[str, Any]:
    """Return map, start and goal as the board draws them."""
    return {name: getattr(request, name).model_dump(mode="json") for name in ("map", "start", "goal")}


def thinned(rows: Sequence[Row], most: int = MOST_ROWS) -> list[list[float]]:
    """Return at most about `most` of the rows, rounded to a tenth of a millimetre; the last among them."""
    step = max(1, -(-len(rows) // most))
    kept = [*rows[::step]]
    if rows and kept[-1] is not rows[-1]:
        kept.append(rows[-1])
    return [[round(value, 4) for value in row] for row in kept]


def length_of(points: Sequence[Row]) -> float:
    """Return the length of a polyline, m."""
    pairs = pairwise(points)
    return float(sum(((u[0] - v[0]) ** 2 + (u[1] - v[1]) ** 2) ** 0.5 for u, v in pairs))
