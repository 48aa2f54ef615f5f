"""The map, the robot, and from where to where: what a plan is asked for. What else a request holds is its own."""

from typing import Annotated

from pydantic import Field, field_validator

from compute.planning.scene.grids import MAX_CELLS
from compute.planning.scene.obstacles import AnyObstacle, Grid
from compute.planning.scene.units import Coordinate, Point, Size
from compute.planning.scene.unknown import Unknown
from compute.schema import Record

MAX_OBSTACLES = 2000
MAX_UNKNOWN = 100
FASTEST = 1000.0

Position = Annotated[tuple[Coordinate, ...], Field(min_length=2, max_length=3)]
Speed = Annotated[float, Field(ge=-FASTEST, le=FASTEST)]
Limit = Annotated[float, Field(ge=1e-3, le=1e6)]


class Robot(Record):
    """A disc and how it may move. With heights it is a cylinder, its radius above and below its position."""

    radius: Size = Field(title="Radius", json_schema_extra={"unit": "m"})
    max_velocity: Limit = Field(title="Highest speed", json_schema_extra={"unit": "m/s"})
    max_acceleration: Limit = Field(title="Highest acceleration", json_schema_extra={"unit": "m/s²"})
    max_jerk: Limit | None = Field(
        default=None, title="Highest jerk", description="Empty: no limit.", json_schema_extra={"unit": "m/s³"}
    )


class Start(Record):
    """Where the robot is, and how fast it goes."""

    position: Position = Field(title="Position", json_schema_extra={"unit": "m"})
    velocity: Annotated[tuple[Speed, ...], Field(min_length=2, max_length=3)] | None = Field(
        default=None, title="Velocity", description="Empty: at rest.", json_schema_extra={"unit": "m/s"}
    )


class Goal(Record):
    """Where it is to come to rest."""

    position: Position = Field(title="Position", json_schema_extra={"unit": "m"})
    tolerance: float = Field(
        default=0.1,
        gt=0,
        le=1e6,
        title="Tolerance",
        description="A plan ends within this distance of the goal.",
        json_schema_extra={"unit": "m"},
    )


class Map(Record):
    """A rectangular workspace that the robot does not leave, and what stands in it."""

    width: Size = Field(title="Width", json_schema_extra={"unit": "m"})
    height: Size = Field(title="Height", json_schema_extra={"unit": "m"})
    origin: Point = Field(
        default=(0.0, 0.0), title="Origin", description="The lower left corner.", json_schema_extra={"unit": "m"}
    )
    obstacles: tuple[AnyObstacle, ...] = Field(default=(), max_length=MAX_OBSTACLES, title="Obstacles")
    unknown: tuple[Unknown, ...] = Field(
        default=(),
        max_length=MAX_UNKNOWN,
        title="Unknown areas",
        description="Of which the robot does not know beforehand what is there.",
    )

    @field_validator("obstacles")
    @classmethod
    def _check_obstacles(cls, obstacles: tuple[AnyObstacle, ...]) -> tuple[AnyObstacle, ...]:
        ids = [obstacle.id for obstacle in obstacles if obstacle.id is not None]
        twice = sorted({name for name in ids if ids.count(name) > 1}) if len(set(ids)) < len(ids) else []
        if twice:
            raise ValueError(f"two obstacles have the id {twice[0]!r}; give each its own, or none")
        n_cells = sum(obstacle.shape[0] * obstacle.shape[1] for obstacle in obstacles if isinstance(obstacle, Grid))
        if n_cells > MAX_CELLS:
            raise ValueError(f"the grids have {n_cells} cells in all, beyond {MAX_CELLS}; use a coarser resolution")
        return obstacles

    def name_of(self, index: int) -> str:
        """Return the id of an obstacle, or its kind and place in the list (from 1); the bounds are index -1."""
        if index < 0:
            return "the edge of the map"
        obstacle = self.obstacles[index]
        return obstacle.id or f"{obstacle.kind} {index + 1}"
