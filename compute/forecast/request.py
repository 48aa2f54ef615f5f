"""What may be asked of a forecast: the request and the union of models. How a model forecasts is in its own file."""

from typing import Annotated

from pydantic import Field

from compute.forecast.auto_arima import AutoArima
from compute.forecast.ensemble import Best, Ensemble
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
from compute.forecast.regressors import MAX_REGRESSORS, Regressor
from compute.forecast.single import Single
from compute.schema import Record
from compute.series import SeriesReference

Model = Annotated[Single | Ensemble | Best, Field(discriminator="kind")]
"""Every forecasting model. A new one is a file with a record and its name in `single`."""


class ForecastRequest(Record):
    """Forecast one series."""

    series: SeriesReference = Field(title="Series", description="Values, or a column of a dataset.")
    horizon: Horizon = DEFAULT_HORIZON
    model: Model = Field(
        default=AutoArima(), title="Model", description="The model that forecasts, with its parameters."
    )
    levels: Levels = DEFAULT_LEVELS
    clean_outliers: CleanOutliers = False
    intervals: Intervals = DEFAULT_INTERVALS
    n_bootstrap: Paths = DEFAULT_PATHS
    bootstrap: Resampling = DEFAULT_RESAMPLING
    season_length: SeasonLength = None
    seed: Seed = 0
    regressors: tuple[Regressor, ...] = Field(
        default=(),
        max_length=MAX_REGRESSORS,
        title="Regressors",
        description="Series that explain this one, each with its values over the horizon; for ARIMA and automatic "
        "ARIMA.",
    )
