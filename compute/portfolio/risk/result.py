"""What a measurement of risk answers. Losses are positive; fractions of the value unless called an amount."""

from datetime import datetime

from compute.portfolio.risk.factors import FactorContribution
from compute.portfolio.risk.performance import Relative
from compute.portfolio.risk.request import Method
from compute.schema import Record

Curve = tuple[float, ...]


class TailRisk(Record):
    """Value at risk and its conditional mean by one method; None with the reason where it could not be computed."""

    method: Method
    var: float | None
    cvar: float | None
    var_amount: float | None
    cvar_amount: float | None
    definition: str
    reason: str | None = None


class Drawdown(Record):
    """One fall below the highest value so far."""

    start: datetime | None
    """Of the peak; None before the first time, or without times."""
    trough: datetime | None
    end: datetime | None
    """When the peak was reached again; None where it was not, or without times."""
    start_period: int
    """Number of the period at the peak; -1 for before the first."""
    trough_period: int
    end_period: int | None
    depth: float
    length: int
    """Periods from the peak to the end, or to the last period."""


class Contribution(Record):
    """What one asset or group brings to the risk."""

    name: str
    weight: float
    marginal: float | None
    """Change of the annual volatility per unit of weight; None for a group."""
    component: float
    """Part of the annual volatility; they sum to it."""
    percent: float
    """Share of the volatility; they sum to 1."""
    cvar_percent: float
    """Share of the CVaR of one period, historical or of given moments normal; they sum to 1."""


class Rolling(Record):
    """Figures over the last `window` periods, from the first period that has so many."""

    window: int
    first: int
    """Number of the period of the first value."""
    volatility: Curve
    sharpe: tuple[float | None, ...]
    beta: tuple[float | None, ...] | None = None
    """Against the benchmark; None without one."""


class StressWindow(Record):
    """The worst stretch of so many periods in the history."""

    periods: int
    start: datetime | None
    end: datetime | None
    portfolio_return: float
    amount: float
    benchmark_return: float | None = None


class ShockLoss(Record):
    """What a shock would do."""

    name: str
    portfolio_return: float
    amount: float
    moves: dict[str, float]
    """Of every asset that is held, the given ones among them."""


class CorrelationStress(Record):
    """The risk if all correlations moved some way to 1."""

    share: float
    """How far: 0 as they are, 1 all assets as one."""
    volatility: float
    var: float
    """Gaussian, over the horizon."""


class CrisisLoss(Record):
    """What the portfolio would have returned in a crisis that the history covers."""

    name: str
    start: datetime
    """End of the first period after the peak of the market."""
    end: datetime
    periods: int
    portfolio_return: float
    amount: float
    max_drawdown: float
    benchmark_return: float | None = None


class Measured(Record):
    """Figures of a history, as `Performance` has them; None where only moments are given and they say nothing of it."""

    total_return: float | None = None
    annual_return: float | None = None
    mean_return: float | None = None
    volatility: float | None = None
    downside_deviation: float | None = None
    sharpe: float | None = None
    sortino: float | None = None
    calmar: float | None = None
    omega: float | None = None
    skew: float | None = None
    kurtosis: float | None = None
    max_drawdown: float | None = None
    average_drawdown: float | None = None
    ulcer_index: float | None = None
    win_rate: float | None = None
    best_period: float | None = None
    worst_period: float | None = None


class RiskResult(Measured, Relative):
    """What the portfolio may lose, what it lost, and why. Weights are restored each period."""

    weights: dict[str, float]
    cash: float
    confidence: float
    horizon_periods: float
    value: float
    var: dict[str, float | None]
    cvar: dict[str, float | None]
    tails: tuple[TailRisk, ...]
    cdar: float | None
    """None without a history, as are the curves and what is read from them."""
    timestamps: tuple[datetime, ...] | None
    wealth: Curve
    """What 1 grew to after each period."""
    drawdown: Curve
    drawdowns: tuple[Drawdown, ...]
    """The deepest falls first."""
    contributions: tuple[Contribution, ...]
    group_contributions: tuple[Contribution, ...]
    factor_contributions: tuple[FactorContribution, ...] = ()
    """Where factors were asked for; what they do not explain comes last."""
    factor_r_squared: float | None = None
    """Share of the variance that the factors explain."""
    correlation: tuple[tuple[float | None, ...], ...] | None
    """Of the assets held, in the order of `correlation_names`."""
    correlation_names: tuple[str, ...] = ()
    """All assets held; of more than a map can show those that bring most of the risk."""
    rolling: Rolling | None
    """None where the history is shorter than the window."""
    worst_windows: tuple[StressWindow, ...]
    crises: tuple[CrisisLoss, ...] = ()
    """Those that the history covers, in the order of time."""
    shocks: tuple[ShockLoss, ...]
    correlation_stress: tuple[CorrelationStress, ...]
    benchmark: str | None
    risk_free_rate: float
    periods_per_year: float
    observations: int | None
    start: datetime | None
    end: datetime | None
    definitions: dict[str, str]
    notes: tuple[str, ...] = ()
