"""Holding a portfolio through time: weights that drift, trades that cost, cash that earns the risk-free rate.

Where target weights come from is in `targets`. A trade happens before the period it is counted in, at its opening.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from compute.portfolio.backtest.result import Reason

Array = NDArray[np.float64]

Target = Callable[[int, Array | None], Array]
"""`target(k, held)`: weights (n,) for the k-th rebalancing; `held` (n,) are the weights by now, None at the start."""

SETTLED = 1e-15  # of the value: costs that pay for themselves are found this closely
LEAST_TRADE = 1e-12  # of the value; smaller ones are what arithmetic leaves


@dataclass(frozen=True)
class Costs:
    """What trading costs: a share of each amount, and a fixed amount per asset traded."""

    share: float = 0.0
    fixed: float = 0.0


@dataclass(frozen=True)
class Terms:
    """How the portfolio is held.

    Attributes
    ----------
    starts : (B,) increasing numbers of the periods before which new weights are bought; the first is where it begins
    capital : to begin with
    costs : of trading
    cash_rate : what cash earns per period
    drift_threshold : largest distance of a weight from its target before it is traded back, None for never
    is_reset : weights are restored each period without cost
    """

    starts: NDArray[np.int64]
    capital: float
    costs: Costs
    cash_rate: float
    drift_threshold: float | None = None
    is_reset: bool = False


@dataclass(frozen=True)
class Event:
    """One rebalancing: before which period, why, and from what to what."""

    period: int
    reason: Reason
    value: float
    held: Array
    target: Array
    amounts: Array
    """(n,) bought (positive) and sold, in money."""
    cost: float


@dataclass(frozen=True)
class Walk:
    """What came of it: value after each period from the first, (P,), and every rebalancing."""

    values: Array
    events: tuple[Event, ...]


@dataclass
class _Account:
    """What is held now, in money."""

    positions: Array
    cash: float

    @property
    def value(self) -> float:
        return float(self.positions.sum()) + self.cash


def walk(returns: Array, target: Target, terms: Terms) -> Walk:
    """Return the walk through `returns` (T, n) from the first start to the end; what is lost entirely stays lost."""
    first = int(terms.starts[0])
    values = np.zeros(len(returns) - first)
    events: list[Event] = []
    account = _Account(np.zeros(returns.shape[1]), terms.capital)
    ends = [*terms.starts[1:].tolist(), len(returns)]
    for k, (start, end) in enumerate(zip(terms.starts.tolist(), ends, strict=True)):
        if account.value <= 0:
            break
        wanted = target(k, account.positions / account.value if k else None)
        events.append(_trade(account, wanted, start, "calendar" if k else "start", terms.costs))
        while start < end and account.value > 0:
            held = _hold(account, returns[start:end], wanted, terms)
            values[start - first : start - first + held.size] = held
            start += held.size
            if start < end and account.value > 0:
                events.append(_trade(account, wanted, start, "drift", terms.costs))
    return Walk(values, tuple(events))


def _trade(account: _Account, target: Array, period: int, reason: Reason, costs: Costs) -> Event:
    """Move the account to the target weights of what is left after costs."""
    value, before = account.value, account.positions.copy()
    left = value_after_costs(value, before, target, costs)
    account.positions = target * left
    account.cash = left - float(account.positions.sum())
    return Event(period, reason, value, before / value, target, account.positions - before, value - left)


def value_after_costs(value: float, positions: Array, target: Array, costs: Costs) -> float:
    """Return what is left when `positions` (n,) become `target` times what is left: a fixed point; 0 if nothing is.

    Costs shrink the value by less than the trade, so that repeating converges as powers of the cost share.
    """
    left = value
    for _ in range(200):
        amounts = np.abs(target * left - positions)
        counted = int((amounts > LEAST_TRADE * value).sum())
        following = value - costs.share * float(amounts.sum()) - costs.fixed * counted
        if following <= 0:
            return 0.0
        is_settled = abs(following - left) <= SETTLED * value
        left = following
        if is_settled:
            break
    return left


def _hold(account: _Account, returns: Array, target: Array, terms: Terms) -> Array:
    """Hold through `returns` (L, n), or until the drift is too large; return the value after each period held."""
    if terms.is_reset:
        rate = returns @ target + (1 - float(target.sum())) * terms.cash_rate
        return _settle(
            account,
            np.asarray(account.value * np.cumprod(1 + rate), dtype=np.float64),
            lambda _at, value: target * value,
        )
    positions = account.positions * np.cumprod(1 + returns, axis=0)
    cash = account.cash * (1 + terms.cash_rate) ** np.arange(1, len(returns) + 1)
    values = positions.sum(axis=1) + cash
    if terms.drift_threshold is not None:
        safe = np.where(values > 0, values, 1.0)
        drift = np.abs(positions / safe[:, None] - target).max(axis=1)
        beyond = np.flatnonzero((drift > terms.drift_threshold) & (values > 0))
        if beyond.size:
            values = values[: beyond[0] + 1]
    return _settle(account, values, lambda at, _value: positions[at])


def _settle(account: _Account, values: Array, positions_at: Callable[[int, float], Array]) -> Array:
    """Put the account where the last of `values` leaves it; from a value of 0 or less on there is nothing."""
    lost = np.flatnonzero(values <= 0)
    if lost.size:
        account.positions, account.cash = np.zeros_like(account.positions), 0.0
        return np.where(np.arange(values.size) < lost[0], values, 0.0)
    last = float(values[-1])
    account.positions = positions_at(values.size - 1, last)
    account.cash = last - float(account.positions.sum())
    return values
