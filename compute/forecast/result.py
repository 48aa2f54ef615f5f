"""What a forecast answers. Drawing it belongs to `components/figures`, writing it as CSV to `services`."""

from datetime import datetime

from pydantic import Field

from compute.schema import Record

Values = tuple[float | None, ...]


class Interval(Record):
    """A prediction interval at every step of the horizon."""

    level: float
    """Nominal coverage in %."""
    lower: Values
    upper: Values


class FittedModel(Record):
    """The model after estimation."""

    kind: str
    description: str
    """For example `ARIMA(2,1,1)(0,1,1)[12] with drift`."""
    parameters: dict[str, float | None]
    standard_errors: dict[str, float | None] = Field(default_factory=dict)
    log_likelihood: float | None = None
    aic: float | None = None
    aicc: float | None = None
    bic: float | None = None
    sigma2: float | None = None
    """Variance of the one-step errors."""
    converged: bool | None = None


class StepErrors(Record):
    """How errors grow with the horizon: one value per held-out step, over the folds; None where none was observed."""

    mae: Values
    rmse: Values
    crps: Values
    coverage: dict[str, Values] = Field(default_factory=dict)


class Accuracy(Record):
    """Errors on held-out folds of this very series (rolling origin); None where they cannot be measured, with why."""

    folds: int
    horizon: int | None = None
    """Steps held out in each fold; fewer than were asked for when the series is short."""
    reason: str | None = None
    """Why there is no measurement, when there is none."""
    mae: float | None = None
    rmse: float | None = None
    smape: float | None = None
    """In %, 0..200."""
    mase: float | None = None
    """Scaled by the in-sample mean absolute seasonal difference of each fold's training part."""
    coverage: dict[str, float | None] = Field(default_factory=dict)
    """Share of held-out values inside each interval, 0..1, by nominal level (`"95"`)."""
    crps: float | None = None
    """Mean continuous ranked probability score of the forecast distribution, in the series' unit; the absolute error
    of a forecast without spread."""
    msis: dict[str, float | None] = Field(default_factory=dict)
    """Mean scaled interval score by nominal level: width plus 2/alpha times what fell outside, scaled as `mase`."""
    by_step: StepErrors | None = None
    """The same errors step by step, over the folds."""


class Diagnostics(Record):
    """Whether anything is left in the residuals."""

    ljung_box_p: float | None = None
    ljung_box_lags: int | None = None
    jarque_bera_p: float | None = None
    acf: Values = ()
    """Autocorrelation of the residuals at lags 0, 1, ..."""
    pacf: Values = ()
    confidence: float | None = None
    """Half-width of the 95 % band of a white-noise autocorrelation."""


class IntervalCalibration(Record):
    """By how much held-out errors changed the model's own intervals."""

    factor: float
    """Spread of the errors over the model's own: above 1 the intervals were widened."""
    degrees: float
    """Degrees of freedom of Student's t that the intervals are taken from: few where little was held out."""
    windows: int
    """Held-out folds it was learned from; 0: what is known of series this short."""


class RegressorPath(Record):
    """A series that explained the forecast one, as the model saw it."""

    name: str
    past: Values
    """On the steps of the history, (n,)."""
    future: Values
    """Over the horizon, known or supposed, (horizon,)."""


class Replacement(Record):
    """A value of the history that did not belong and was replaced before the model saw it."""

    index: int
    timestamp: datetime | None
    value: float
    """As it was observed."""
    replacement: float
    """What was to be expected there, which the model saw instead."""
    score: float
    """How far off it was, in standard errors."""


class Anomaly(Record):
    """A value of the history outside the model's one-step-ahead interval."""

    index: int
    timestamp: datetime | None
    value: float
    expected: float
    """What the model foretold one step before."""
    lower: float
    upper: float
    score: float
    """Distance from what was expected, in standard deviations of a one-step error; negative below."""


class Anomalies(Record):
    """The history against the model's own one-step-ahead intervals, as wide as its errors inside the sample are."""

    level: float
    """Nominal coverage of the intervals in %: the widest that was asked for."""
    checked: int
    """Values that the model foretold."""
    count: int
    """Of these outside their interval."""
    share: float
    """Of the checked values outside, 0..1."""
    expected_share: float
    """That chance alone puts outside if the errors are Gaussian, 0..1."""
    listed: tuple[Anomaly, ...]
    """Those outside, in time order; the furthest ones where they are very many."""


class NetworkCache(Record):
    """How many trainings of networks were known from an earlier job. (A whole known result is `metadata.cache`.)"""

    remembered: int
    trained: int


class ForecastResult(Record):
    """A forecast with its uncertainty, its measured accuracy and what the model left unexplained."""

    name: str
    season_length: int
    frequency: str | None
    """ISO 8601 duration of one step (`P1M`, `PT1H`), or None when steps are only numbered."""
    history_timestamps: tuple[datetime, ...] | None
    history: Values
    timestamps: tuple[datetime, ...] | None
    """Times of the forecast, (horizon,)."""
    mean: Values
    intervals: tuple[Interval, ...]
    intervals_method: str
    """`analytic`, `bootstrap`, `conformal` or `none`: what was asked for, or the shape that `auto` chose."""
    fitted: Values
    """One-step-ahead predictions inside the sample, (n,); None before the model can predict."""
    residuals: Values
    calibration: IntervalCalibration | None = None
    """Set when the intervals were widened or narrowed by held-out errors (`auto` and `conformal`)."""
    model: FittedModel
    accuracy: Accuracy
    baseline: dict[str, Accuracy]
    """The same folds forecast by reference models: `seasonal_naive`."""
    diagnostics: Diagnostics
    regressors: tuple[RegressorPath, ...] = ()
    replaced: tuple[Replacement, ...] = ()
    """Outliers that the model did not see; `history` has them as they were observed, `residuals` as they were seen."""
    anomalies: Anomalies | None = None
    """None where no interval was asked for, or the model foretells nothing one step ahead."""
    networks: NetworkCache | None = None
    """None where the model has no networks, or none are kept."""
    notes: tuple[str, ...] = ()
    """What a reader must know: values that were missing, a choice that was made, a warning."""
