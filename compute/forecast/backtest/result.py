"""What a comparison of models answers. Every row can be drawn as a forecast of its own."""

from datetime import datetime

from compute.forecast.request import Model
from compute.forecast.result import Accuracy, Interval, IntervalCalibration, Replacement, Values
from compute.schema import Record


class FoldForecast(Record):
    """What a model would have said at one origin, and what came."""

    origin: int
    """Values that were known; the forecast begins with the one after them."""
    timestamps: tuple[datetime, ...] | None
    mean: Values
    intervals: tuple[Interval, ...]
    actual: Values


class Comparison(Record):
    """The winner against this row, on the folds both forecast."""

    probability_worse: float | None
    """Probability that this model errs more than the winner in the long run, 0..1; None with a single fold."""
    p_value: float | None
    """One-sided p value of Diebold & Mariano (1995), corrected by Harvey, Leybourne & Newbold (1997)."""
    is_distinguishable: bool


class LeaderboardRow(Accuracy):
    """One model: its errors on the folds, and its forecast from the end of the series."""

    rank: int | None
    """1 is the least error; None for a model that could not be measured, with `reason`."""
    model: Model
    kind: str
    description: str
    """The model as it was fitted to the whole series, such as `ARIMA(2,1,1)(0,1,1)[12] with drift`."""
    is_baseline: bool
    """True for the seasonal naive, which every model should beat."""
    fit_ms: float | None
    """Measured time of one fit to the whole series."""
    wins: int
    """Folds in which it erred least."""
    comparison: Comparison | None
    """None for the winner itself and for what could not be measured."""
    mean: Values
    intervals: tuple[Interval, ...]
    intervals_method: str
    calibration: IntervalCalibration | None
    fold_forecasts: tuple[FoldForecast, ...]
    notes: tuple[str, ...] = ()


class Winner(Record):
    """The first of the leaderboard, and how sure that is."""

    row: int
    runner_up: int | None
    probability_better: float | None
    """Probability that it errs less than the runner-up in the long run, 0..1; None where it cannot be said."""
    indistinguishable: tuple[int, ...]
    """Rows whose errors are not clearly larger: any of them may be the better choice."""
    sentence: str


class BacktestResult(Record):
    """A leaderboard of models on one series, the best first, those that failed last."""

    name: str
    season_length: int
    frequency: str | None
    history_timestamps: tuple[datetime, ...] | None
    history: Values
    timestamps: tuple[datetime, ...] | None
    """Times of the forecasts from the end of the series, (horizon,)."""
    horizon: int
    steps: int
    """Steps held out in each fold; fewer than the horizon when the series is short."""
    origins: tuple[int, ...]
    """Values known at each fold that every measured model could forecast."""
    ranked_by: str
    """`mase`, or `mae` where the series has no seasonal change to scale by."""
    rows: tuple[LeaderboardRow, ...]
    winner: Winner | None
    replaced: tuple[Replacement, ...] = ()
    """Outliers that no model saw; `history` has them as they were observed."""
    notes: tuple[str, ...] = ()
