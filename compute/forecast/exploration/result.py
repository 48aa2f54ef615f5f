"""What a look at one series answers."""

from datetime import datetime
from typing import Literal

from compute.forecast.result import Values
from compute.schema import Record


class Summary(Record):
    """The series in numbers, over its observed values."""

    count: int
    missing: int
    mean: float
    standard_deviation: float
    minimum: float
    median: float
    maximum: float


class Decomposition(Record):
    """The series as the sum of its parts, (n,) each; the parts span missing values, the remainder does not."""

    trend: Values
    seasonal: Values
    remainder: Values
    trend_strength: float | None
    """Share of what varies without the season that is trend, 0..1 (Wang, Smith & Hyndman 2006)."""
    seasonal_strength: float | None
    """Share of what varies without the trend that is season, 0..1."""


class Period(Record):
    """A period that stands out."""

    period: float
    """In steps."""
    share: float
    """Of the variance around the trend, 0..1."""
    p_value: float
    """Chance of a peak as high in white noise (Fisher's test)."""


class Spectrum(Record):
    """Share of the variance around the trend at each period, longest first."""

    periods: Values
    shares: Values
    peaks: tuple[Period, ...]


class Correlogram(Record):
    """Autocorrelation of the series at lags 0, 1, ..., and of its changes."""

    acf: Values
    pacf: Values
    acf_of_changes: Values
    confidence: float | None
    """Half-width of the 95 % band of white noise."""


class QuantilePlot(Record):
    """Residuals against what Gaussian ones would be: on the diagonal where they are."""

    theoretical: Values
    sample: Values
    jarque_bera_p: float | None


class OneStep(Record):
    """What a model of the series expected at each step, one step ahead, and how unsure it was, (n,)."""

    description: str
    fitted: Values
    lower: Values
    upper: Values


class Outlier(Record):
    """A single value that does not belong, or a level that shifts for good."""

    kind: Literal["outlier", "level_shift"]
    index: int
    timestamp: datetime | None
    value: float | None
    size: float
    """How far the value, or the level from here on, was moved, in the series' unit."""
    score: float
    """Size over its standard error."""


class ExploreResult(Record):
    """One series taken apart."""

    name: str
    season_length: int
    frequency: str | None
    timestamps: tuple[datetime, ...] | None
    values: Values
    summary: Summary
    decomposition: Decomposition | None
    spectrum: Spectrum | None
    correlogram: Correlogram | None
    one_step: OneStep | None
    quantiles: QuantilePlot | None
    outliers: tuple[Outlier, ...]
    cleaned: Values
    """The series with its outliers taken out; level shifts stay."""
    notes: tuple[str, ...] = ()
