"""What may be asked of a comparison of models."""

from pydantic import Field, field_validator

from compute.forecast.auto_arima import AutoArima
from compute.forecast.ensemble import Ensemble
from compute.forecast.ets import Ets
from compute.forecast.naive import SeasonalNaive
from compute.forecast.options import (
    DEFAULT_HORIZON,
    DEFAULT_INTERVALS,
    DEFAULT_LEVELS,
    DEFAULT_PATHS,
    DEFAULT_RESAMPLING,
    CleanOutliers,
    Horizon,
    Intervals,
    Levels,
    Paths,
    Resampling,
    SeasonLength,
    Seed,
)
from compute.forecast.request import Model
from compute.forecast.theta import Theta
from compute.schema import Record
from compute.series import SeriesReference

MAX_MODELS = 12  # more lines than this cannot be told apart on a chart
MAX_FOLDS = 50


class BacktestRequest(Record):
    """Let several models forecast the past of one series, and rank them by what they got wrong."""

    series: SeriesReference = Field(title="Series", description="Values, or a column of a dataset.")
    horizon: Horizon = DEFAULT_HORIZON
    models: tuple[Model, ...] = Field(
        default=(SeasonalNaive(), Theta(), Ets(), AutoArima(), Ensemble()),
        min_length=2,
        max_length=MAX_MODELS,
        title="Models",
        description="Each is fitted anew at every fold. The seasonal naive is always added, as the baseline.",
        json_schema_extra={"control": "kinds"},
    )
    folds: int = Field(
        default=5,
        ge=1,
        le=MAX_FOLDS,
        title="Folds",
        description="Origins in the past to forecast from; fewer where the series is short.",
    )
    step: int | None = Field(
        default=None,
        ge=1,
        le=10_000,
        title="Step",
        description="Distance between origins. Empty: folds do not overlap where the series is long enough.",
        json_schema_extra={"unit": "steps"},
    )
    levels: Levels = DEFAULT_LEVELS
    intervals: Intervals = DEFAULT_INTERVALS
    n_bootstrap: Paths = DEFAULT_PATHS
    bootstrap: Resampling = DEFAULT_RESAMPLING
    season_length: SeasonLength = None
    seed: Seed = 0
    clean_outliers: CleanOutliers = False

    @field_validator("models")
    @classmethod
    def _refuse_repeats(cls, models: tuple[Model, ...]) -> tuple[Model, ...]:
        for i, model in enumerate(models):
            if model in models[:i]:
                raise ValueError(
                    f"model {i + 1} repeats an earlier one; give each model once, or change its parameters"
                )
        return models
