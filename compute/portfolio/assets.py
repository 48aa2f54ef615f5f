"""How a request names assets, and the arrays they become. Reading a dataset belongs to `services`."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Discriminator, FailFast, Field, Tag, field_validator

from compute.schema import Record

MAX_ASSETS = 2000  # a covariance of 32 MB; the web answers of more are no longer quick to read
MAX_PERIODS = 100_000
MAX_MOMENTS = 500  # assets whose covariance is given in the request itself

AssetName = Annotated[str, Field(min_length=1, max_length=200)]
Cells = Annotated[tuple[float | None, ...], Field(min_length=1, max_length=MAX_PERIODS), FailFast()]
Table = dict[AssetName, Cells]
Missing = Literal["common", "fill", "pairwise"]

_PERIODS = Field(
    default=None,
    ge=0.1,
    le=10_000_000,
    title="Periods per year",
    description="What returns are annualised with. Empty: from the times (252 for business days), else 252.",
    json_schema_extra={"unit": "1/year", "advanced": True},
)
_TIMESTAMPS = Field(
    default=None,
    min_length=1,
    max_length=MAX_PERIODS,
    title="Timestamps",
    description="ISO 8601, one per row, increasing.",
)


class History(Record):
    """What all histories of assets have in common."""

    missing: Missing = Field(
        default="common",
        title="Missing values",
        description="Common: only rows in which every asset has a value. Fill: a gap is no change. Pairwise: each pair "
        "of assets over the rows both have.",
        json_schema_extra={"advanced": True},
    )
    periods_per_year: float | None = _PERIODS


class PriceTable(History, title="Prices"):
    """Prices in the request itself, a list per asset, all of one length; null where one is missing."""

    prices: Table = Field(
        min_length=1,
        max_length=MAX_ASSETS,
        title="Prices",
        description="A line of names, then a line of prices per period. Missing ones stay empty.",
    )
    timestamps: Annotated[tuple[datetime, ...] | None, FailFast()] = _TIMESTAMPS


class ReturnTable(History, title="Returns"):
    """Simple returns in the request itself, as fractions (0.01 is 1 %)."""

    returns: Table = Field(
        min_length=1,
        max_length=MAX_ASSETS,
        title="Returns",
        description="A line of names, then a line of simple returns per period, as fractions (0.01 is 1 %).",
    )
    timestamps: Annotated[tuple[datetime, ...] | None, FailFast()] = _TIMESTAMPS


class DatasetAssets(History, title="Dataset"):
    """Number columns of a stored dataset, one asset each."""

    dataset: str = Field(
        min_length=1, max_length=100, title="Dataset", description="Id of an uploaded or bundled dataset."
    )
    columns: tuple[Annotated[str, Field(min_length=1, max_length=500)], ...] | None = Field(
        default=None,
        min_length=1,
        max_length=MAX_ASSETS,
        title="Assets",
        description="Names of number columns. Empty: all of them.",
        json_schema_extra={"empty": "All columns"},
    )
    values: Literal["auto", "prices", "returns"] = Field(
        default="auto",
        title="Values are",
        description="Automatic: returns where some are negative and all lie between -1 and 1, else prices.",
        json_schema_extra={"advanced": True},
    )
    start: date | None = Field(
        default=None, title="From", description="First day that counts.", json_schema_extra={"empty": "The first"}
    )
    end: date | None = Field(
        default=None, title="To", description="Last day that counts.", json_schema_extra={"empty": "The last"}
    )

    @field_validator("columns")
    @classmethod
    def _refuse_repeats(cls, columns: tuple[str, ...] | None) -> tuple[str, ...] | None:
        seen: set[str] = set()
        for name in columns or ():
            if name in seen:
                raise ValueError(f"column {name!r} is named twice; name each column once")
            seen.add(name)
        return columns


class GivenMoments(Record, title="Estimates"):
    """Expected returns and covariance instead of a history: the estimators are then left out."""

    expected_returns: dict[AssetName, float] = Field(
        min_length=1,
        max_length=MAX_MOMENTS,
        title="Expected returns",
        description="A line per asset: its name and its expected return as a fraction per year.",
    )
    covariance: Annotated[tuple[tuple[float, ...], ...], FailFast()] = Field(
        min_length=1,
        max_length=MAX_MOMENTS,
        title="Covariance",
        description="A line per asset, in the same order, of covariances of returns per year.",
    )
    periods_per_year: float | None = Field(
        default=None,
        ge=0.1,
        le=10_000_000,
        title="Periods per year",
        description="Where both are per period instead of per year: how many periods a year has.",
        json_schema_extra={"unit": "1/year", "empty": "Both are per year"},
    )


def _form_of(value: Any) -> str:
    for schema, tag, keys in (
        (DatasetAssets, "dataset", ("dataset", "columns")),
        (ReturnTable, "pasted_returns", ("returns",)),
        (GivenMoments, "moments", ("expected_returns", "covariance")),
    ):
        if isinstance(value, schema) or (isinstance(value, dict) and any(key in value for key in keys)):
            return tag
    return "pasted_prices"


AssetHistory = Annotated[
    Annotated[DatasetAssets, Tag("dataset")]
    | Annotated[PriceTable, Tag("pasted_prices")]
    | Annotated[ReturnTable, Tag("pasted_returns")],
    Discriminator(_form_of),
]
"""Assets with a history: what a backtest or a historical risk needs."""

Assets = Annotated[
    Annotated[DatasetAssets, Tag("dataset")]
    | Annotated[PriceTable, Tag("pasted_prices")]
    | Annotated[ReturnTable, Tag("pasted_returns")]
    | Annotated[GivenMoments, Tag("moments")],
    Discriminator(_form_of),
]
"""Assets with a history, or with moments that are given."""


@dataclass(frozen=True)
class Values:
    """A table of assets as it was given, before anything was judged.

    Attributes
    ----------
    names : of the assets, (n,)
    values : float64 (T, n), NaN where missing: prices or simple returns
    timestamps : datetime64[ns] (T,) in UTC, or None
    kind : what the values are; "auto" where their size is to tell
    """

    names: tuple[str, ...]
    values: NDArray[np.float64]
    timestamps: NDArray[np.datetime64] | None = None
    kind: Literal["auto", "prices", "returns"] = "prices"
