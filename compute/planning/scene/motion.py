"""How an obstacle moves when that is known. Where it may be when it is not is a matter of beliefs, not of scenes."""

from typing import Annotated, Any

from pydantic import Discriminator, FailFast, Field, Tag, model_validator

from compute.planning.scene.units import Coordinate, Point
from compute.schema import Record

MAX_WAYPOINTS = 10_000
MAX_SPEED = 1000.0
LAST_TIME = 1e6

Velocity = Annotated[float, Field(ge=-MAX_SPEED, le=MAX_SPEED)]
Time = Annotated[float, Field(ge=-LAST_TIME, le=LAST_TIME)]


class ConstantVelocity(Record, title="Constant velocity"):
    """From where it is drawn, at time 0, straight on for ever."""

    velocity: tuple[Velocity, Velocity] = Field(
        title="Velocity", description="Of the obstacle along x and y.", json_schema_extra={"unit": "m/s"}
    )


class Track(Record, title="Track"):
    """Along straight lines between timed positions; at rest before the first and after the last."""

    waypoints: Annotated[tuple[tuple[Time, Coordinate, Coordinate], ...], FailFast()] = Field(
        min_length=1,
        max_length=MAX_WAYPOINTS,
        title="Waypoints",
        description="Rows [t, x, y], times increasing: where the obstacle's centre is (the mean of a polygon's "
        "vertices, the middle of a grid).",
    )
    loop: bool = Field(
        default=False, title="Loop", description="Start again after the last waypoint, which must be where it began."
    )

    @model_validator(mode="after")
    def _check_order(self) -> "Track":
        for number, (before, after) in enumerate(zip(self.waypoints, self.waypoints[1:], strict=False), 2):
            if after[0] <= before[0]:
                raise ValueError(
                    f"waypoint {number} is at {after[0]:g} s, not after {before[0]:g} s; give increasing times"
                )
            speed = _distance(before[1:], after[1:]) / (after[0] - before[0])
            if speed > MAX_SPEED:
                raise ValueError(
                    f"waypoint {number} asks for {speed:.3g} m/s, beyond {MAX_SPEED:g} m/s; give it more time"
                )
        return self

    @model_validator(mode="after")
    def _check_loop(self) -> "Track":
        if self.loop and (len(self.waypoints) < 2 or _distance(self.waypoints[0][1:], self.waypoints[-1][1:]) > 1e-9):
            raise ValueError(
                "the loop does not end where it begins; repeat the first position as the last waypoint, with its time"
            )
        return self


def _distance(first: Point, second: Point) -> float:
    return float(((first[0] - second[0]) ** 2 + (first[1] - second[1]) ** 2) ** 0.5)


def _form_of(value: Any) -> str:
    if isinstance(value, ConstantVelocity) or (isinstance(value, dict) and "velocity" in value):
        return "velocity"
    return "track"


Motion = Annotated[
    Annotated[ConstantVelocity, Tag("velocity")] | Annotated[Track, Tag("track")], Discriminator(_form_of)
]
