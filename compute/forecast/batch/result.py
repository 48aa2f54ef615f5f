"""What a batch answers: a forecast or a reason per series, and what was learned from all of them together."""

from datetime import datetime
from typing import Literal

from pydantic import Field

from compute.forecast.result import Interval, Values
from compute.schema import Record


class SeriesAccuracy(Record):
    """Errors of one series' forecasts from origins in its own past."""

    folds: int
    horizon: int
    """Steps held out after each origin; fewer than were asked for when the series is short."""
    mae: float | None = None
    rmse: float | None = None
    mase: float | None = None
    """Scaled by the mean absolute seasonal difference before the origin."""


class SeriesForecast(Record):
    """The forecast of one series, or why there is none."""

    name: str
    status: Literal["done", "failed"]
    reason: str | None = None
    """Why there is no forecast, when there is none."""
    timestamps: tuple[datetime, ...] | None = None
    """Times of the forecast, (horizon,); None when steps are only numbered."""
    mean: Values = ()
    intervals: tuple[Interval, ...] = ()
    model: str | None = None
    """The fitted model, for example `ARIMA(2,1,1)`."""
    season_length: int | None = None
    frequency: str | None = None
    """ISO 8601 duration of one step (`P1M`, `PT1H`), or None when steps are only numbered."""
    estimates: Literal["fitted", "continued", "remembered"] | None = None
    """Where the estimates come from: computed anew, from those of the series' known beginning, or kept from before."""
    accuracy: SeriesAccuracy | None = None
    notes: tuple[str, ...] = ()


class PooledWidth(Record):
    """How much wider than the models' own the intervals are, learned from held-out errors of all series together."""

    series: int
    """Series whose held-out errors were used."""
    windows: int
    """Held-out stretches, over all series."""
    factor: dict[str, Values]
    """By level (`"95"`), at each step: width over the model's own, above 1 where they were widened."""
    coverage: dict[str, float | None] = Field(default_factory=dict)
    """Share of held-out values inside the intervals, 0..1, by level; each half of the series measured with the factors
    of the other half. None where it cannot be measured, with the reason below."""
    reason: str | None = None
    """Why there is no coverage, when there is none."""
    own_coverage: dict[str, float | None] = Field(default_factory=dict)
    """The same for the models' own intervals."""


class ModelCache(Record):
    """How often estimates were known from an earlier job. (A whole result that was known is `metadata.cache`.)"""

    remembered: int
    """Series known with exactly these values."""
    continued: int
    """Series of which a beginning was known, and estimation started from its estimates."""
    fitted: int
    """Series that were estimated from nothing."""


class BatchSummary(Record):
    """The batch in numbers."""

    series: int
    done: int
    failed: int
    horizon: int
    intervals_method: str
    """`analytic`, `bootstrap`, `auto`, `conformal` as asked for, `none` without intervals."""
    calibration: Literal["pooled", "own", "none"]
    """Whether the width of intervals was learned from all series, from each alone, or is the models' own."""
    pooled: PooledWidth | None = None
    model_cache: ModelCache | None = None
    seconds: float | None = None
    """Wall-clock time of computing all series."""
    processes: int = 1
    """Processes that worked at the same time."""
    device: str = "cpu"
    """What fitted the series: the processors, or a GPU (`cuda:0`)."""


class BatchForecastResult(Record):
    """Forecasts of many series with one model."""

    summary: BatchSummary
    series: tuple[SeriesForecast, ...]
    """In the order of the request: its list, the dataset's columns, or first appearance of the ids."""
    notes: tuple[str, ...] = ()
