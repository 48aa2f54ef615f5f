"""What may be asked of datasets as jobs: importing a file, repairing what the audit found."""

from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, Tag

from compute.schema import Record


class UploadSource(Record):
    """A file that was uploaded before."""

    upload: str = Field(pattern=r"^[0-9a-f]{32}$", title="Upload", description="Id that the upload route answered.")


class SampleSource(Record):
    """A series that ships with the application."""

    sample: str = Field(min_length=1, max_length=60, title="Sample", description="Name of a bundled sample.")


def _form_of(value: Any) -> str:
    return "sample" if isinstance(value, SampleSource) or (isinstance(value, dict) and "sample" in value) else "upload"


Source = Annotated[
    Annotated[UploadSource, Tag("upload")] | Annotated[SampleSource, Tag("sample")], Discriminator(_form_of)
]


class ImportRequest(Record):
    """Parse a file into a dataset. What is left empty is found out from the file."""

    source: Source = Field(title="Source", description="An upload or a bundled sample.")
    name: str | None = Field(
        default=None, min_length=1, max_length=200, title="Name", description="Empty: the file's name."
    )
    time_column: str | None = Field(
        default=None, max_length=500, title="Time column", description="Empty: the column that reads as times."
    )
    day_first: bool | None = Field(
        default=None,
        title="Day first",
        description="Whether 03/04/2025 is the 3rd of April. Empty: decided by the column.",
    )
    decimal_comma: bool | None = Field(
        default=None, title="Decimal comma", description="Whether 1,5 is one and a half. Empty: decided by the file."
    )


class ColumnRepair(Record):
    """A repair of one column."""

    column: str = Field(min_length=1, max_length=500, title="Column")


class SortByTime(Record):
    """Put rows in time order."""

    kind: Literal["sort_by_time"] = "sort_by_time"


class DropMissingTimes(Record):
    """Leave out rows that have no time."""

    kind: Literal["drop_missing_times"] = "drop_missing_times"


class AggregateDuplicates(Record):
    """Merge rows that share a time into one; of texts the first row's is kept."""

    kind: Literal["aggregate_duplicates"] = "aggregate_duplicates"
    method: Literal["mean", "sum", "first", "last", "max", "min"] = Field(default="mean", title="Method")


class FillGaps(Record):
    """Insert rows for the times that are missing in the regular grid, their values empty."""

    kind: Literal["fill_gaps"] = "fill_gaps"


class Interpolate(ColumnRepair):
    """Fill missing values of a column; before the first and after the last value its only neighbour is repeated."""

    kind: Literal["interpolate"] = "interpolate"
    method: Literal["linear", "previous", "seasonal"] = Field(default="linear", title="Method")


class DropColumn(ColumnRepair):
    """Leave a column out."""

    kind: Literal["drop_column"] = "drop_column"


class TextToNumber(ColumnRepair):
    """Read a text column as numbers; what cannot be read becomes missing."""

    kind: Literal["text_to_number"] = "text_to_number"


class ReplaceOutliers(ColumnRepair):
    """Replace suspected outliers by interpolation."""

    kind: Literal["replace_outliers"] = "replace_outliers"


Repair = Annotated[
    SortByTime
    | DropMissingTimes
    | AggregateDuplicates
    | FillGaps
    | Interpolate
    | DropColumn
    | TextToNumber
    | ReplaceOutliers,
    Field(discriminator="kind"),
]


class RepairRequest(Record):
    """Make a new version of a dataset with repairs applied in the given order."""

    dataset: str = Field(min_length=1, max_length=100, title="Dataset", description="Id of the dataset to repair.")
    repairs: tuple[Repair, ...] = Field(
        min_length=1, max_length=50, title="Repairs", description="Applied one after another."
    )
    name: str | None = Field(
        default=None, min_length=1, max_length=200, title="Name", description="Empty: the old name."
    )
