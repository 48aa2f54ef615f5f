"""What may be asked of a forecast: the request and the union of models. How a model forecasts is in its own file."""

from typing import Annotated, Literal

from pydantic import Field, field_validator

from compute.forecast.arima import Arima
from compute.forecast.ets import Ets
from compute.forecast.naive import Drift, Naive, SeasonalNaive
from compute.schema import Record
from compute.series import SeriesReference

Model = Annotated[Arima | Naive | SeasonalNaive | Drift | Ets, Field(discriminator="kind")]
"""Every forecasting model. A new one is a file with a record and its name here."""

Level = Annotated[float, Field(ge=1, le=99.9)]
MAX_LEVELS = 5  # more bands than this cannot be told apart on a fan chart


class ForecastRequest(Record):
    """Forecast one series."""

    series: SeriesReference = Field(title="Series", description="Values, or a column of a dataset.")
    horizon: int = Field(
        default=12,
        ge=1,
        le=10_000,
        title="Horizon",
        description="How many steps to look ahead.",
        json_schema_extra={"unit": "steps"},
    )
    model: Model = Field(default=Arima(), title="Model", description="The model that forecasts, with its parameters.")
    levels: tuple[Level, ...] = Field(
        default=(80, 95),
        min_length=0,
        max_length=MAX_LEVELS,
        title="Levels",
        description="Nominal coverage of the prediction intervals.",
        json_schema_extra={"unit": "%"},
    )
    intervals: Literal["auto", "analytic", "bootstrap", "conformal", "none"] = Field(
        default="auto",
        title="Intervals",
        description="Analytic: Gaussian errors. Bootstrap: resampled residuals, keeps their skew. Conformal: as wide "
        "as held-out errors show. Auto: conformal, with resampled residuals where these are clearly not Gaussian.",
    )
    n_bootstrap: int = Field(
        default=1000,
        ge=100,
        le=20_000,
        title="Bootstrap paths",
        description="Simulated futures for bootstrap intervals.",
        json_schema_extra={"unit": "paths"},
    )
    season_length: int | None = Field(
        default=None,
        ge=1,
        le=10_000,
        title="Season length",
        description="Steps in one season (12 for months in a year). "
        "Empty: taken from the timestamps' frequency, else 1.",
        json_schema_extra={"unit": "steps"},
    )
    seed: int = Field(default=0, ge=0, le=2**32 - 1, title="Seed", description="Equal seeds give equal bootstraps.")

    @field_validator("levels")
    @classmethod
    def _sort_levels(cls, levels: tuple[float, ...]) -> tuple[float, ...]:
        if len(set(levels)) != len(levels):
            raise ValueError(f"levels {list(levels)} repeat a value; give each level once")
        return tuple(sorted(levels))
