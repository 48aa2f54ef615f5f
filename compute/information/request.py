"""What may be asked of the information between series, and within one. How it is estimated is in `run` and below."""

from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, Tag, ValidationInfo, field_validator

from compute.information.options import MAX_HISTORY, MAX_LAG, MAX_LAGS, Conditions, InformationRequest
from compute.schema import Record
from compute.series import SeriesReference

MAX_SERIES = 100  # 9 900 pairs: a matrix that still can be read, by zooming

History = Annotated[int, Field(ge=1, le=MAX_HISTORY, json_schema_extra={"unit": "values", "advanced": True})]
Embedding = Literal["given", "ragwitz", "cao"]


class LagRange(Record):
    """Lags from the first to the last."""

    first: int = Field(default=0, ge=-MAX_LAG, le=MAX_LAG, title="First", json_schema_extra={"unit": "steps"})
    last: int = Field(default=10, ge=-MAX_LAG, le=MAX_LAG, title="Last", json_schema_extra={"unit": "steps"})

    @property
    def every(self) -> tuple[int, ...]:
        """All lags of the range."""
        return tuple(range(self.first, self.last + 1))

    @field_validator("last")
    @classmethod
    def _check_order(cls, last: int, info: ValidationInfo) -> int:
        first = info.data.get("first", last)
        if last < first:
            raise ValueError(f"the last lag {last} is before the first, {first}; exchange them")
        if last - first >= MAX_LAGS:
            raise ValueError(f"{last - first + 1} lags exceed the {MAX_LAGS} of one chart; ask for fewer")
        return last


class DelayRange(LagRange):
    """Lags from the first to the last, all of the past."""

    first: int = Field(default=1, ge=1, le=MAX_LAG, title="First", json_schema_extra={"unit": "steps"})
    last: int = Field(default=10, ge=1, le=MAX_LAG, title="Last", json_schema_extra={"unit": "steps"})


class SeriesColumns(Record, title="Columns of a dataset"):
    """Number columns of a stored dataset, one series each."""

    dataset: str = Field(
        min_length=1, max_length=100, title="Dataset", description="Id of an uploaded or bundled dataset."
    )
    columns: tuple[Annotated[str, Field(min_length=1, max_length=500)], ...] | None = Field(
        default=None,
        min_length=2,
        max_length=MAX_SERIES,
        title="Columns",
        description="Names of number columns. Empty: all of them.",
    )

    @field_validator("columns")
    @classmethod
    def _refuse_repeats(cls, columns: tuple[str, ...] | None) -> tuple[str, ...] | None:
        if columns and len(set(columns)) != len(columns):
            raise ValueError(f"columns {list(columns)} repeat a name; name each column once")
        return columns


def _form_of(value: Any) -> str:
    return "columns" if isinstance(value, SeriesColumns | dict) else "list"


Listed = Annotated[
    tuple[SeriesReference, ...],
    Field(
        min_length=2,
        max_length=MAX_SERIES,
        title="List of series",
        description="Values, or columns of datasets.",
    ),
]
SeriesSet = Annotated[
    Annotated[SeriesColumns, Tag("columns")] | Annotated[Listed, Tag("list")], Discriminator(_form_of)
]
"""Columns of a dataset, or a list of series."""


class _TwoSeries(Record):
    x: SeriesReference = Field(title="First series", description="Looked at `lag` steps before the second.")
    y: SeriesReference = Field(title="Second series", description="Of equal length, or with times to join by.")
    conditions: Conditions = ()
    lags: LagRange = Field(
        default=LagRange(),
        title="Lags",
        description="Steps by which the first series leads; negative where the second does.",
    )


class MutualInformationRequest(InformationRequest, _TwoSeries):
    """How much one series tells about another, at each lag."""


class _PairOrMany(Record):
    source: SeriesReference | None = Field(
        default=None, title="Source", description="The series that may drive the other."
    )
    target: SeriesReference | None = Field(default=None, title="Target", description="The series that may be driven.")
    series: SeriesSet | None = Field(
        default=None,
        validate_default=True,
        title="Series",
        description="Two or more, instead of source and target: every pair is measured.",
    )

    @field_validator("series")
    @classmethod
    def _check_series(cls, series: SeriesSet | None, info: ValidationInfo) -> SeriesSet | None:
        given = [name for name in ("source", "target") if info.data.get(name) is not None]
        if series is not None and given:
            raise ValueError(f"{given[0]} and several series are both given; leave one of them out")
        if series is None and len(given) < 2 and {"source", "target"} <= set(info.data):
            raise ValueError("a source and a target are needed, or several series here")
        return series

    conditions: Conditions = ()
    lags: DelayRange = Field(
        default=DelayRange(), title="Lags", description="Steps from the source's last value to the target's next."
    )
    source_history: History = Field(
        default=1, title="Source history", description="Past values of the source that are looked at together."
    )
    target_history: History = Field(
        default=1, title="Target history", description="Past values of the target that are known already."
    )
    delay: int = Field(
        default=1,
        ge=1,
        le=100,
        title="Embedding delay",
        description="Steps between the values of a history.",
        json_schema_extra={"unit": "steps", "advanced": True},
    )
    embedding: Embedding = Field(
        default="given",
        title="Target history chosen",
        description="Given: as above. Ragwitz: the one that predicts the target best. Cao: delay from its mutual "
        "information, length where false neighbours end.",
        json_schema_extra={"advanced": True},
    )
    condition_on_others: bool = Field(
        default=False,
        title="Condition on all others",
        description="For several series: takes out of each pair what the other series tell (multivariate).",
        json_schema_extra={"advanced": True},
    )


class TransferEntropyRequest(InformationRequest, _PairOrMany):
    """How much the past of one series tells about the next value of another, beyond that one's own past.

    Either a source and a target, or several series for every pair of them.
    """


class _OneSeries(Record):
    series: SeriesReference = Field(title="Series", description="Values, or a column of a dataset.")
    max_history: int = Field(
        default=5,
        ge=1,
        le=MAX_HISTORY,
        title="Longest history",
        description="Histories of 1 to this many past values are looked at.",
        json_schema_extra={"unit": "values"},
    )
    max_delay: int = Field(
        default=10,
        ge=1,
        le=100,
        title="Longest delay",
        description="Delays from 1 to this are tried for an embedding.",
        json_schema_extra={"unit": "steps", "advanced": True},
    )
    delay: int | None = Field(
        default=1,
        ge=1,
        le=100,
        title="Embedding delay",
        description="Steps between the values of a history. Empty: the first minimum of the mutual information of "
        "the series with its own past.",
        json_schema_extra={"unit": "steps", "advanced": True},
    )


class InformationStorageRequest(InformationRequest, _OneSeries):
    """How uncertain a series is, and how much of its next value its own past tells."""
