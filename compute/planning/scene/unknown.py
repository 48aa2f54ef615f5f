"""Parts of a map that a robot does not know before it sees them. What is known of a map is in `geometry.known`."""

from typing import Annotated

from pydantic import Field, field_validator

from compute.planning.scene.obstacles import Circle, Grid, Polygon, Rectangle
from compute.schema import Record

Area = Annotated[Circle | Rectangle | Polygon | Grid, Field(discriminator="kind")]


class Unknown(Record, title="Unknown area"):
    """An area of which is only believed how probably any place in it is occupied.

    Obstacles at rest whose middle lies in it, and blocked cells whose middle does, are there without being known.
    """

    area: Area = Field(title="Area", description="A shape, or the blocked cells of a grid.")
    probability: float = Field(
        default=0.05,
        gt=0,
        lt=1,
        title="Probability",
        description="Believed, before anything is seen, of a patch as wide as the robot to be occupied.",
    )
    renewal: float | None = Field(
        default=None,
        gt=0,
        le=1e6,
        title="Renewal",
        description="Time after which what was seen there is as unsure as before, because something may have come: "
        "a side street. What stands in it is known then. Empty: what is seen stays.",
        json_schema_extra={"unit": "s"},
    )

    @field_validator("area")
    @classmethod
    def _check_area(cls, area: Circle | Rectangle | Polygon | Grid) -> Circle | Rectangle | Polygon | Grid:
        if area.motion is not None:
            raise ValueError("an unknown area does not move; leave its motion empty")
        return area
