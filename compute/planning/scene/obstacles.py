"""What stands in the way: circles, rectangles, polygons and grids of cells; each may move, and be only so high.

One kind of shape, one record. What makes a polygon simple is in `polygons`, how a grid is written in `grids`.
"""

from typing import Annotated, Literal

from pydantic import FailFast, Field, field_validator, model_validator

from compute.planning.scene.grids import check_cells, check_rows, check_size
from compute.planning.scene.motion import Motion
from compute.planning.scene.polygons import MAX_VERTICES, check_simple, without_closing_vertex
from compute.planning.scene.units import Heights, Point, Size
from compute.schema import Record

Cells = Annotated[tuple[Literal[0, 1], ...], FailFast()]  # the first wrong one is reported: millions need no millions


class Obstacle(Record):
    """What all obstacles share."""

    id: str | None = Field(
        default=None, min_length=1, max_length=100, title="Name", description="By which reasons speak of it."
    )
    motion: Motion | None = Field(default=None, title="Motion", description="Empty: it stands still.")
    uncertainty: float = Field(
        default=0.0,
        ge=0,
        le=1000,
        title="Uncertainty",
        description="Standard deviation of its position, along x and y alike.",
        json_schema_extra={"unit": "m"},
    )
    height_range: Heights | None = Field(
        default=None,
        title="Heights",
        description="Bottom and top, [z0, z1]. It blocks only robots at these heights; empty: all.",
        json_schema_extra={"unit": "m"},
    )

    @field_validator("height_range")
    @classmethod
    def _check_heights(cls, heights: Heights | None) -> Heights | None:
        if heights is not None and heights[0] >= heights[1]:
            raise ValueError(f"the bottom, {heights[0]:g} m, is not below the top, {heights[1]:g} m; swap them")
        return heights


class Circle(Obstacle, title="Circle"):
    """A disc."""

    kind: Literal["circle"] = "circle"
    center: Point = Field(title="Centre", json_schema_extra={"unit": "m"})
    radius: Size = Field(title="Radius", json_schema_extra={"unit": "m"})


class Rectangle(Obstacle, title="Rectangle"):
    """A rectangle, turned about its centre."""

    kind: Literal["rectangle"] = "rectangle"
    center: Point = Field(title="Centre", json_schema_extra={"unit": "m"})
    size: tuple[Size, Size] = Field(title="Size", description="Lengths of its sides.", json_schema_extra={"unit": "m"})
    angle: float = Field(
        default=0.0,
        ge=-1000,
        le=1000,
        title="Angle",
        description="By which it is turned, anticlockwise.",
        json_schema_extra={"unit": "rad"},
    )


class Polygon(Obstacle, title="Polygon"):
    """A polygon without holes whose boundary does not cross itself, in either order."""

    kind: Literal["polygon"] = "polygon"
    vertices: tuple[Point, ...] = Field(
        min_length=3, max_length=MAX_VERTICES, title="Vertices", json_schema_extra={"unit": "m"}
    )

    @field_validator("vertices")
    @classmethod
    def _check_vertices(cls, vertices: tuple[Point, ...]) -> tuple[Point, ...]:
        kept = without_closing_vertex(vertices)
        check_simple(kept)
        return kept


class Grid(Obstacle, title="Grid"):
    """Square cells, blocked or free: a drawing, a MovingAI map, an occupancy map."""

    kind: Literal["grid"] = "grid"
    cells: Annotated[tuple[Cells, ...] | None, FailFast()] = Field(
        default=None,
        title="Cells",
        description="Rows of 0 (free) and 1 (blocked); the first row lies at the origin, the lowest on the map.",
    )
    rows: tuple[str, ...] | None = Field(
        default=None,
        title="Rows",
        description="Instead of cells, lines of text as they are seen: the first row is the highest on the map. "
        "`.`, `G`, `S`, `0` and blanks are free; `#`, `@`, `O`, `T`, `W` and `1` are blocked.",
    )
    origin: Point = Field(
        default=(0.0, 0.0), title="Origin", description="Its lower left corner.", json_schema_extra={"unit": "m"}
    )
    resolution: Size = Field(
        default=1.0, title="Resolution", description="Side of a cell.", json_schema_extra={"unit": "m"}
    )

    @field_validator("cells", "rows", mode="before")
    @classmethod
    def _check_size(cls, lines: object) -> object:
        check_size(lines)
        return lines

    @model_validator(mode="after")
    def _check_form(self) -> "Grid":
        if (self.cells is None) == (self.rows is None):
            raise ValueError("a grid has either cells or rows; give one of the two")
        if self.cells is not None:
            check_cells(self.cells)
        if self.rows is not None:
            check_rows(self.rows)
        return self

    @property
    def shape(self) -> tuple[int, int]:
        """Columns and rows."""
        lines = self.cells if self.cells is not None else self.rows or ()
        return len(lines[0]), len(lines)


AnyObstacle = Annotated[Circle | Rectangle | Polygon | Grid, Field(discriminator="kind")]
