"""What may be asked of a batch: the same as of one forecast, for a collection of series."""

from typing import Annotated, Any

from pydantic import Discriminator, Field, Tag, field_validator

from compute.forecast.arima import Arima
from compute.forecast.options import (
    DEFAULT_HORIZON,
    DEFAULT_INTERVALS,
    DEFAULT_LEVELS,
    DEFAULT_PATHS,
    DEFAULT_RESAMPLING,
    Horizon,
    Intervals,
    Levels,
    Paths,
    Resampling,
    SeasonLength,
    Seed,
)
from compute.forecast.request import Model
from compute.schema import Record
from compute.series import InlineSeries

MAX_INLINE_SERIES = 20_000  # what a body of 64 MiB holds at some hundred values each; more belongs in a dataset
MAX_COLUMNS = 10_000

DatasetId = Annotated[
    str, Field(min_length=1, max_length=100, title="Dataset", description="Id of an uploaded or bundled dataset.")
]
ColumnName = Annotated[str, Field(min_length=1, max_length=500)]


class DatasetColumns(Record, title="One series per column"):
    """Number columns of a stored dataset, one series each."""

    dataset: DatasetId
    columns: tuple[ColumnName, ...] | None = Field(
        default=None,
        min_length=1,
        max_length=MAX_COLUMNS,
        title="Columns",
        description="Names of number columns. Empty: all of them.",
    )

    @field_validator("columns")
    @classmethod
    def _refuse_repeats(cls, columns: tuple[str, ...] | None) -> tuple[str, ...] | None:
        repeated = next((name for i, name in enumerate(columns or ()) if name in (columns or ())[:i]), None)
        if repeated is not None:
            raise ValueError(f"column {repeated!r} is named twice; name each column once")
        return columns


class DatasetGroups(Record, title="One series per id"):
    """A stored dataset in long form: one row per series and time, told apart by an id."""

    dataset: DatasetId
    id_column: ColumnName = Field(title="Id column", description="Name of the column that tells series apart.")
    value_column: ColumnName = Field(title="Value column", description="Name of the number column with the values.")


def _form_of(value: Any) -> str:
    if isinstance(value, DatasetGroups) or (
        isinstance(value, dict) and ("id_column" in value or "value_column" in value)
    ):
        return "groups"
    if isinstance(value, DatasetColumns | dict):
        return "columns"
    return "inline"


Inline = Annotated[
    tuple[InlineSeries, ...],
    Field(
        fail_fast=True, min_length=1, max_length=MAX_INLINE_SERIES, title="Pasted series", description="In the request."
    ),
]
SeriesCollection = Annotated[
    Annotated[DatasetColumns, Tag("columns")]
    | Annotated[DatasetGroups, Tag("groups")]
    | Annotated[Inline, Tag("inline")],
    Discriminator(_form_of),
]
"""Columns of a dataset, groups of its rows, or a list of series."""


class BatchForecastRequest(Record):
    """Forecast many series with one model."""

    series: SeriesCollection = Field(
        title="Series",
        description="Columns of a dataset, rows of a dataset told apart by an id, or a list of series.",
    )
    horizon: Horizon = DEFAULT_HORIZON
    model: Model = Field(default=Arima(), title="Model", description="The model that is fitted to each series.")
    levels: Levels = DEFAULT_LEVELS
    intervals: Intervals = DEFAULT_INTERVALS
    n_bootstrap: Paths = DEFAULT_PATHS
    bootstrap: Resampling = DEFAULT_RESAMPLING
    season_length: SeasonLength = None
    seed: Seed = 0
    accuracy: bool = Field(
        default=False,
        title="Accuracy",
        description="Also measures each series' errors on its own held-out ends.",
    )
