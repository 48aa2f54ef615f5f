"""What may be asked of a made-up scene, and what it is. How each kind is made is in its own file."""

from typing import Literal

from pydantic import Field

from compute.planning.scene.world import Goal, Map, Start
from compute.schema import Record, RequestError

MAX_CELLS = 40_000  # 200 x 200: made in half a second
MAX_ROOMS = 400  # each has up to four walls in two pieces, and a map holds 2000 obstacles
MOST_OF_CELL = 0.45  # that the robot's radius may be: passages are one cell wide
LEAST_ROOM = 2.5  # cells: a door, and wall on both sides of it

Kind = Literal["maze", "random", "rooms"]


class GenerateRequest(Record):
    """Make up a map with a start and a goal."""

    kind: Kind = Field(title="Kind", description="Passages of a maze, shapes at random, or rooms with doors.")
    width: float = Field(default=20.0, ge=2, le=10_000, title="Width", json_schema_extra={"unit": "m"})
    height: float = Field(default=20.0, ge=2, le=10_000, title="Height", json_schema_extra={"unit": "m"})
    seed: int = Field(default=0, ge=0, le=2**31 - 1, title="Seed", description="Equal seeds give equal scenes.")
    cell: float = Field(
        default=1.0,
        ge=0.01,
        le=1000,
        title="Cell",
        description="Width of the passages of a maze and of doors, and the scale of shapes. A maze is made of whole "
        "cells, an odd number of them each way.",
        json_schema_extra={"unit": "m"},
    )
    radius: float = Field(
        default=0.3,
        gt=0,
        le=1000,
        title="Radius",
        description="Of a robot for which there is a way.",
        json_schema_extra={"unit": "m"},
    )
    has_way: bool = Field(
        default=True, title="Has a way", description="Off: the goal is walled in, to see how that is proved."
    )
    loops: float = Field(
        default=0.0,
        ge=0,
        le=1,
        title="Loops",
        description="Of a maze: share of its walls that are opened, so that there is more than one way.",
    )
    density: float = Field(
        default=0.2,
        ge=0,
        le=0.6,
        title="Density",
        description="Of scattered shapes: the share of the ground they cover.",
    )
    room: float = Field(
        default=5.0,
        gt=0,
        le=10_000,
        title="Room",
        description="Of rooms: about how long their sides are.",
        json_schema_extra={"unit": "m"},
    )
    movers: int = Field(
        default=0, ge=0, le=50, title="Movers", description="Discs that go to and fro between what is at rest."
    )

    def check(self) -> None:
        """Raise RequestError where the numbers do not go together."""
        if self.radius > MOST_OF_CELL * self.cell:
            msg = f"a robot of radius {self.radius:g} m does not fit through passages of {self.cell:g} m; "
            raise RequestError.at("radius", msg=f"{msg}at most {MOST_OF_CELL * self.cell:.4g} m, or make cells larger")
        n_cells = self.width * self.height / self.cell**2
        if n_cells > MAX_CELLS:
            least = (self.width * self.height / MAX_CELLS) ** 0.5
            msg = f"{n_cells:.0f} cells exceed the {MAX_CELLS} of one scene; make them at least {least:.3g} m large"
            raise RequestError.at("cell", msg=f"{msg}, or the map smaller")
        if min(self.width, self.height) < 4 * self.cell:
            msg = f"cells of {self.cell:g} m are too large for a map of {self.width:g} x {self.height:g} m"
            raise RequestError.at("cell", msg=f"{msg}; make them at most {min(self.width, self.height) / 4:g} m")
        if self.kind == "rooms":
            self._check_rooms()

    def _check_rooms(self) -> None:
        if self.room < LEAST_ROOM * self.cell:
            msg = f"rooms of {self.room:g} m are too small for doors of {self.cell:g} m"
            raise RequestError.at("room", msg=f"{msg}; make them at least {LEAST_ROOM * self.cell:g} m")
        if self.width * self.height > MAX_ROOMS * self.room**2:
            least = (self.width * self.height / MAX_ROOMS) ** 0.5
            msg = f"rooms of {self.room:g} m would be more than {MAX_ROOMS}; make them at least {least:.3g} m"
            raise RequestError.at("room", msg=msg)


class GeneratedScene(Record):
    """A scene that was made up."""

    map: Map
    start: Start
    goal: Goal
