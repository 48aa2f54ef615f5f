"""What a comparison of estimators answers: scores on unseen periods, each with how sure it is."""

from datetime import datetime
from typing import Literal

from pydantic import Field

from compute.schema import Record


class Score(Record):
    """A figure over all folds together."""

    value: float
    standard_error: float
    """By leaving out one fold at a time (jackknife)."""
    behind: float
    """By how much the best pair is better; 0 for the best."""
    behind_error: float
    """Standard error of `behind`, fold by fold, which is what tells whether the difference means anything."""


class EstimatorScore(Record):
    """One pair of estimators."""

    expected_returns: str
    """Kind of the estimator, with its number in the request where a kind is asked for more than once."""
    covariance: str
    log_likelihood: Score | None
    """Mean per period and asset of the normal log density; None where an estimate is singular."""
    volatility: Score
    """Realised by the portfolios of least variance, per year; the less the better."""
    foretold_volatility: float
    """What was expected of these portfolios, per year; an honest estimate is near what was realised."""
    sharpe_ratio: Score | None
    """Realised by the portfolios of highest Sharpe ratio, per year; None where they did not move."""
    fallbacks: int
    """Folds without a portfolio above the risk-free rate, which held least variance."""
    reason: str | None = None
    """Why a score is missing."""


class Fold(Record):
    """Rows that were foretold and those learnt from; the last ones are not included."""

    test: tuple[int, int]
    train: tuple[tuple[int, int], ...]
    start: datetime | None = None
    """Time of the first period foretold."""
    end: datetime | None = None


class EstimatorsResult(Record):
    """Estimators by how well they foretold, the highest likelihood first."""

    scores: tuple[EstimatorScore, ...]
    folds: tuple[Fold, ...]
    best: dict[Literal["log_likelihood", "volatility", "sharpe_ratio"], str]
    """The best pair of each score, in words."""
    periods_per_year: float
    observations: int
    definitions: dict[str, str] = Field(default_factory=dict)
    notes: tuple[str, ...] = ()


DEFINITIONS = {
    "log_likelihood": "Mean over unseen periods of the log density of a normal distribution with the estimated mean "
    "and covariance, divided by the number of assets.",
    "volatility": "Standard deviation of the unseen returns of the portfolios of least variance, weights restored each "
    "period, times the root of periods per year.",
    "foretold_volatility": "Root of the mean of the variances that the estimates gave these portfolios, per year.",
    "sharpe_ratio": "Mean less the risk-free rate over standard deviation of the unseen returns of the portfolios of "
    "highest Sharpe ratio, per year.",
    "standard_error": "Jackknife over folds: root of (F - 1) / F times the sum of squared deviations of the figure "
    "without each fold.",
}
