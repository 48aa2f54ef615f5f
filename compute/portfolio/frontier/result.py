"""What a frontier answers. Weights are fractions of the capital; returns and risks are fractions per year."""

from datetime import datetime
from typing import Literal

from compute.portfolio.frontier.pareto_set import ParetoSet
from compute.portfolio.optimization.result import AssetFacts, FrontierPath
from compute.portfolio.resampling.options import FrontierBands
from compute.schema import Record


class FrontierPoint(Record):
    """One efficient portfolio."""

    expected_return: float
    volatility: float
    sharpe_ratio: float | None
    weights: dict[str, float]


class FrontierResult(Record):
    """The frontier from the least variance to the highest return, with what is marked on it."""

    points: tuple[FrontierPoint, ...]
    min_variance: FrontierPoint
    max_sharpe: FrontierPoint | None
    """None where no portfolio earns more than the risk-free rate."""
    assets: tuple[AssetFacts, ...]
    path: FrontierPath | None
    """All turning points; None where the limits make it none, or too many to be of use."""
    is_exact: bool
    """True for the whole path by the critical line, False for single optima at each return."""
    pareto: ParetoSet | None = None
    """Where turnovers were asked for; None with a note where there are none."""
    bands: FrontierBands | None = None
    """Where resamples were asked for; None with a note where there are none."""
    risk_free_rate: float
    periods_per_year: float
    observations: int | None
    start: datetime | None = None
    end: datetime | None = None
    moments_cache: Literal["hit", "miss"] | None = None
    definitions: dict[str, str]
    notes: tuple[str, ...] = ()
