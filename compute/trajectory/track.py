"""How a request names a track, and the arrays it becomes. Reading a dataset belongs to `services`."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

import numpy as np
from numpy.typing import NDArray
from pydantic import Discriminator, FailFast, Field, Tag, ValidationInfo, field_validator

from compute.schema import Record

MAX_POSITIONS = 100_000  # the filter walks them one by one: a few seconds
DIMENSIONS = (2, 3)
AXES = ("x", "y", "z")

Row = tuple[float | None, ...] | None


class InlineTrack(Record, title="Pasted positions"):
    """A track given in the request itself. Its first wrong row is reported."""

    positions: Annotated[tuple[Row, ...], FailFast()] = Field(
        min_length=1,
        max_length=MAX_POSITIONS,
        title="Positions",
        description="Rows of [x, y] or [x, y, z], all of one length; null where a position is missing.",
    )
    timestamps: Annotated[tuple[datetime, ...] | None, FailFast()] = Field(
        default=None,
        title="Timestamps",
        description="ISO 8601, one per position. Without times, positions are equally spaced.",
    )
    times: Annotated[tuple[float, ...] | None, FailFast()] = Field(
        default=None,
        title="Times",
        description="Seconds, one per position, instead of timestamps.",
        json_schema_extra={"unit": "s"},
    )
    name: str = Field(default="track", max_length=200, title="Name", description="Shown on charts and in exports.")

    @field_validator("positions")
    @classmethod
    def _check_dimension(cls, positions: tuple[Row, ...]) -> tuple[Row, ...]:
        first: int | None = None
        for number, row in enumerate(positions, 1):
            if row is None:
                continue
            if len(row) not in DIMENSIONS:
                raise ValueError(f"row {number} has {len(row)} coordinates; give 2 (x, y) or 3 (x, y, z)")
            first = first or len(row)
            if len(row) != first:
                raise ValueError(f"row {number} has {len(row)} coordinates, those before it {first}; give all the same")
        if first is None:
            raise ValueError("every position is missing; give at least two")
        return positions

    @field_validator("timestamps", "times")
    @classmethod
    def _check_length(cls, times: tuple[Any, ...] | None, info: ValidationInfo) -> tuple[Any, ...] | None:
        if times is None or "positions" not in info.data:
            return times
        if info.data.get("timestamps") is not None:
            raise ValueError("timestamps are given as well; give one of the two")
        if len(times) != len(info.data["positions"]):
            raise ValueError(f"{len(times)} times for {len(info.data['positions'])} positions; give one each or none")
        return times


class DatasetTrack(Record, title="Dataset"):
    """Number columns of a stored dataset, one per axis."""

    dataset: str = Field(
        min_length=1, max_length=100, title="Dataset", description="Id of an uploaded or bundled dataset."
    )
    columns: tuple[Annotated[str, Field(min_length=1, max_length=500)], ...] = Field(
        min_length=2,
        max_length=3,
        title="Columns",
        description="Names of its number columns with x and y, and z for a track in space.",
    )
    time_column: str | None = Field(
        default=None,
        min_length=1,
        max_length=500,
        title="Column of seconds",
        description="A number column with the time in seconds. Empty: the dataset's time column, if it has one.",
        json_schema_extra={"empty": "Times of the dataset"},
    )

    @field_validator("columns")
    @classmethod
    def _check_columns(cls, columns: tuple[str, ...]) -> tuple[str, ...]:
        if len(set(columns)) != len(columns):
            raise ValueError(f"columns {list(columns)} repeat a name; give a different column for each axis")
        return columns


def _form_of(value: Any) -> str:
    if isinstance(value, DatasetTrack) or (isinstance(value, dict) and ("dataset" in value or "columns" in value)):
        return "dataset"
    return "inline"


TrackReference = Annotated[
    Annotated[DatasetTrack, Tag("dataset")] | Annotated[InlineTrack, Tag("inline")], Discriminator(_form_of)
]
"""Either columns of a dataset or the positions themselves."""


@dataclass(frozen=True)
class Track:
    """A track ready to compute with.

    Attributes
    ----------
    positions : float64 (n, 2 or 3), NaN where a coordinate is missing
    times : float64 (n,) in seconds, or None
    timestamps : datetime64[ns] (n,) in UTC, or None; at most one of the two is given
    axes : name of each axis
    name : shown on charts and in exports
    """

    positions: NDArray[np.float64]
    times: NDArray[np.float64] | None = None
    timestamps: NDArray[np.datetime64] | None = None
    axes: tuple[str, ...] = AXES
    name: str = "track"
