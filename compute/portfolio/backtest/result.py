"""What a walk through the past answers. Weights and returns are fractions, amounts in the currency of the capital."""

from datetime import datetime
from typing import Literal

from compute.portfolio.risk.performance import Performance, Relative
from compute.portfolio.risk.result import Curve, Drawdown, Rolling
from compute.schema import Record

Reason = Literal["start", "calendar", "drift"]


class Rebalancing(Record):
    """One time at which was traded."""

    timestamp: datetime | None
    """End of the last period whose returns were known."""
    period: int
    """Number of the first period that the new weights earn, in the curves."""
    reason: Reason
    value: float
    """Before costs."""
    turnover: float
    """Sum of all changes of weights, bought and sold."""
    cost: float
    trades: int
    status: Literal["optimal", "fallback", "kept"]
    """`fallback`: minimum variance, `kept`: the weights held before, where the strategy had no answer."""


class Trade(Record):
    """One asset bought or sold."""

    timestamp: datetime | None
    period: int
    asset: str
    side: Literal["buy", "sell"]
    amount: float
    weight_before: float
    weight_after: float
    cost: float


class WeightsPath(Record):
    """Weights after each rebalancing."""

    names: tuple[str, ...]
    periods: tuple[int, ...]
    weights: tuple[Curve, ...]
    """(rebalancings, n)."""


class StrategySummary(Performance):
    """One strategy under the same limits and costs."""

    strategy: str
    equity: Curve
    average_turnover: float
    total_cost: float
    final_value: float


class PortfolioBacktestResult(Performance, Relative):
    """What the strategy would have earned after costs, and how."""

    strategy: str
    timestamps: tuple[datetime, ...] | None
    """Of the curves: the start, then the end of each period, (P + 1,)."""
    equity: Curve
    """(P + 1,) after costs, beginning with the capital."""
    benchmark_equity: Curve
    drawdown: Curve
    """(P + 1,) fraction below the highest value so far."""
    drawdowns: tuple[Drawdown, ...]
    """The deepest falls first; their periods count from the first one that was earned."""
    rolling: Rolling | None
    weights: WeightsPath
    rebalancings: tuple[Rebalancing, ...]
    trades: tuple[Trade, ...]
    trade_count: int
    """Of all trades; the list may hold fewer."""
    turnover: float
    """Sum of all changes of weights per year, without the first purchase."""
    average_turnover: float
    """Mean sum of changes of weights per rebalancing, without the first purchase."""
    costs: float
    """In money, all of them."""
    initial_capital: float
    final_value: float
    strategies: tuple[StrategySummary, ...]
    """This one and those it is compared with."""
    benchmark: str
    benchmark_performance: Performance
    solved_together: bool
    """Whether all rebalancings were solved at once."""
    risk_free_rate: float
    periods_per_year: float
    start: datetime | None
    end: datetime | None
    definitions: dict[str, str]
    notes: tuple[str, ...] = ()
