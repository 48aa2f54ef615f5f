"""From a walk to the records of a result: rebalancings, trades and weights over time."""

from datetime import datetime

import numpy as np

from compute.portfolio.backtest.result import Rebalancing, Trade, WeightsPath
from compute.portfolio.backtest.simulation import LEAST_TRADE, Costs, Event, Walk
from compute.portfolio.backtest.targets import Status
from compute.portfolio.risk.account import Times
from compute.portfolio.risk.performance import PERFORMANCE_DEFINITIONS, RELATIVE_DEFINITIONS

MAX_TRADES = 20_000  # listed; a result of some 4 MB

DEFINITIONS = {
    **PERFORMANCE_DEFINITIONS,
    **RELATIVE_DEFINITIONS,
    "turnover": "Sum of absolute changes of weights, bought and sold, from those drifted to the target, per year; "
    "without the first purchase.",
    "average_turnover": "The same per rebalancing.",
    "costs": "Share of every amount traded and the fixed amount per asset traded, the first purchase included.",
    "equity": "Value at the end of each period, after the costs of what was traded at its opening.",
}


def rebalancings_of(walk: Walk, statuses: list[Status], times: Times, first: int) -> tuple[Rebalancing, ...]:
    """Return the rebalancings; `statuses` of those on the calendar, `first` the period where the walk begins."""
    left = iter(statuses)
    status: Status = "optimal"
    made = []
    for event in walk.events:
        status = status if event.reason == "drift" else next(left)
        made.append(
            Rebalancing(
                timestamp=_time(event, times),
                period=event.period - first,
                reason=event.reason,
                value=event.value,
                turnover=float(np.abs(event.target - event.held).sum()),
                cost=event.cost,
                trades=int(_traded(event).sum()),
                status=status,
            )
        )
    return tuple(made)


def trades_of(
    walk: Walk, names: tuple[str, ...], times: Times, first: int, costs: Costs
) -> tuple[tuple[Trade, ...], int]:
    """Return the trades, no more than are listed, and how many there were."""
    made: list[Trade] = []
    count = 0
    for event in walk.events:
        traded = np.flatnonzero(_traded(event))
        count += traded.size
        for at in traded[: max(0, MAX_TRADES - len(made))].tolist():
            amount = float(event.amounts[at])
            made.append(
                Trade(
                    timestamp=_time(event, times),
                    period=event.period - first,
                    asset=names[at],
                    side="buy" if amount > 0 else "sell",
                    amount=abs(amount),
                    weight_before=float(event.held[at]),
                    weight_after=float(event.target[at]),
                    cost=abs(amount) * costs.share + costs.fixed,
                )
            )
    return tuple(made), count


def weights_path(walk: Walk, names: tuple[str, ...], first: int) -> WeightsPath:
    """Return the weights after each rebalancing."""
    return WeightsPath(
        names=names,
        periods=tuple(event.period - first for event in walk.events),
        weights=tuple(tuple(event.target.tolist()) for event in walk.events),
    )


def _traded(event: Event) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    return np.abs(event.amounts) > LEAST_TRADE * event.value


def _time(event: Event, times: Times) -> datetime | None:
    return times[event.period - 1] if times else None
