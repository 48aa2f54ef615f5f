"""What a single forecast and a comparison of models are both asked for: how far, how sure, from which draws.

Each field is written once, here, with its bounds and its help; its default is the constant below it.
"""

from typing import Annotated, Literal, Protocol

from pydantic import AfterValidator, Field

MAX_LEVELS = 5  # more bands than this cannot be told apart on a fan chart
Wanted = Literal["auto", "analytic", "bootstrap", "conformal", "none"]
Bootstrap = Literal["iid", "block"]


def _sort_levels(levels: tuple[float, ...]) -> tuple[float, ...]:
    if len(set(levels)) != len(levels):
        raise ValueError(f"levels {list(levels)} repeat a value; give each level once")
    return tuple(sorted(levels))


Horizon = Annotated[
    int,
    Field(
        ge=1,
        le=10_000,
        title="Horizon",
        description="How many steps to look ahead.",
        json_schema_extra={"unit": "steps"},
    ),
]
DEFAULT_HORIZON = 12

Levels = Annotated[
    tuple[Annotated[float, Field(ge=1, le=99.9)], ...],
    Field(
        min_length=0,
        max_length=MAX_LEVELS,
        title="Levels",
        description="Nominal coverage of the prediction intervals.",
        json_schema_extra={"unit": "%"},
    ),
    AfterValidator(_sort_levels),
]
DEFAULT_LEVELS: tuple[float, ...] = (80, 95)

Intervals = Annotated[
    Wanted,
    Field(
        title="Intervals",
        description="Analytic: Gaussian errors. Bootstrap: resampled residuals, keeps their skew. Conformal: as wide "
        "as held-out errors show. Auto: conformal, with resampled residuals where these are clearly not Gaussian.",
    ),
]
DEFAULT_INTERVALS: Wanted = "auto"

Paths = Annotated[
    int,
    Field(
        ge=100,
        le=20_000,
        title="Bootstrap paths",
        description="Simulated futures for bootstrap intervals.",
        json_schema_extra={"unit": "paths"},
    ),
]
DEFAULT_PATHS = 1000

Resampling = Annotated[
    Bootstrap,
    Field(
        title="Resampling",
        description="How bootstrap intervals draw residuals. Iid: each alone. Block: in runs of neighbours, which "
        "keeps what the model left correlated, and times of large errors.",
    ),
]
DEFAULT_RESAMPLING: Bootstrap = "iid"

SeasonLength = Annotated[
    int | None,
    Field(
        ge=1,
        le=10_000,
        title="Season length",
        description="Steps in one season (12 for months in a year). "
        "Empty: taken from the timestamps' frequency, else from the values where they show one.",
        json_schema_extra={"unit": "steps"},
    ),
]

Seed = Annotated[int, Field(ge=0, le=2**32 - 1, title="Seed", description="Equal seeds give equal bootstraps.")]

CleanOutliers = Annotated[
    bool,
    Field(
        title="Clean outliers",
        description="Values that clearly do not belong are replaced by what was to be expected before the model sees "
        "them. The dataset stays as it is, and accuracy is measured on what was really observed.",
    ),
]


class ForecastOptions(Protocol):
    """The part of a request that every model of it shares."""

    @property
    def horizon(self) -> int: ...

    @property
    def levels(self) -> tuple[float, ...]: ...

    @property
    def intervals(self) -> Wanted: ...

    @property
    def n_bootstrap(self) -> int: ...

    @property
    def bootstrap(self) -> Bootstrap: ...

    @property
    def season_length(self) -> int | None: ...

    @property
    def seed(self) -> int: ...
