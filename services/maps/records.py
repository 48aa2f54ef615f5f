"""What is said of a map to keep it, and what is kept."""

from datetime import datetime
from typing import Any, Literal

from pydantic import Field, ValidationError, field_validator

from compute.planning.scene import Goal, Map, Robot, Start
from compute.schema import Record, RequestError, field_problems

MAX_NAME = 120
MAX_SOURCE = 200


class NewMap(Record):
    """Keep a map under a name, with where from, where to and for which robot, if that belongs to it."""

    name: str = Field(min_length=1, max_length=MAX_NAME, title="Name", description="No other map may have it.")
    map: Map = Field(title="Map")
    start: Start | None = Field(default=None, title="Start")
    goal: Goal | None = Field(default=None, title="Goal")
    robot: Robot | None = Field(default=None, title="Robot")
    source: str = Field(
        default="drawn", min_length=1, max_length=MAX_SOURCE, title="Source", description="Where it comes from."
    )

    @field_validator("name", "source")
    @classmethod
    def _plain(cls, text: str) -> str:
        text = text.strip()
        if not text or not text.isprintable():
            raise ValueError("this needs letters, and no control characters; choose other words")
        return text


class MapSummary(Record):
    """A map in a list."""

    id: str
    name: str
    source: str
    """Where it comes from, and for bundled ones under which licence."""
    width: float = Field(json_schema_extra={"unit": "m"})
    height: float = Field(json_schema_extra={"unit": "m"})
    obstacles: int
    """How many."""
    kind: Literal["bundled", "saved"]


class KeptMap(MapSummary):
    """A map with all that is in it."""

    map: Map
    start: Start | None
    goal: Goal | None
    robot: Robot | None
    created_at: datetime | None
    """None for bundled ones."""


def parse_map(data: Any) -> NewMap:
    """Return JSON as a map to keep; raise RequestError with each field that is wrong."""
    try:
        return NewMap.model_validate(data)
    except ValidationError as error:
        raise RequestError(field_problems(error, data)) from error
