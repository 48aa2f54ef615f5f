"""How a request names a time series, and the array it becomes. Reading a dataset belongs to `services`."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

import numpy as np
from numpy.typing import NDArray
from pydantic import Discriminator, FailFast, Field, Tag, model_validator

from compute.schema import Record

MAX_INLINE_VALUES = 1_000_000  # larger series belong in a dataset, which is parsed once and stored as columns


class InlineSeries(Record, title="Pasted values"):
    """A series given in the request itself. Its first wrong value is reported: a million need no million errors."""

    values: Annotated[tuple[float | None, ...], FailFast()] = Field(
        min_length=1,
        max_length=MAX_INLINE_VALUES,
        title="Values",
        description="Observations in time order; null where one is missing.",
    )
    timestamps: Annotated[tuple[datetime, ...] | None, FailFast()] = Field(
        default=None,
        title="Timestamps",
        description="ISO 8601, one per value, increasing. Without them steps are numbered.",
    )
    name: str = Field(default="series", max_length=200, title="Name", description="Shown on charts and in exports.")

    @model_validator(mode="after")
    def _check_lengths(self) -> "InlineSeries":
        if self.timestamps is not None and len(self.timestamps) != len(self.values):
            raise ValueError(
                f"{len(self.timestamps)} timestamps for {len(self.values)} values; give one timestamp per value or none"
            )
        return self


class DatasetColumn(Record, title="Dataset"):
    """A number column of a stored dataset."""

    dataset: str = Field(
        min_length=1, max_length=100, title="Dataset", description="Id of an uploaded or bundled dataset."
    )
    column: str = Field(min_length=1, max_length=500, title="Column", description="Name of a number column in it.")


def _form_of(value: Any) -> str:
    if isinstance(value, DatasetColumn) or (isinstance(value, dict) and ("dataset" in value or "column" in value)):
        return "dataset"
    return "inline"


SeriesReference = Annotated[
    Annotated[DatasetColumn, Tag("dataset")] | Annotated[InlineSeries, Tag("inline")], Discriminator(_form_of)
]
"""Either a column of a dataset or the values themselves."""


@dataclass(frozen=True)
class Series:
    """A series ready to compute with.

    Attributes
    ----------
    values : float64 array (n,), NaN where an observation is missing
    timestamps : datetime64[ns] array (n,) in UTC, or None when steps are only numbered
    name : shown on charts and in exports
    """

    values: NDArray[np.float64]
    timestamps: NDArray[np.datetime64] | None = None
    name: str = "series"
