"""Which amounts to buy and sell, so that costs and taxes are paid and cash does not run out."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from compute.portfolio.rebalance.request import RebalanceRequest, Scope
from compute.portfolio.rebalance.taxes import Taxed, tax_sales

Array = NDArray[np.float64]

ROUNDS = 100  # costs and taxes shrink the trades that cause them: each round is a power of their share
CLOSE = 1e-12  # of the value
LEAST = 1e-9  # of the value; smaller trades are what arithmetic leaves


@dataclass(frozen=True)
class Portfolio:
    """What is held and wanted, assets in one order.

    Attributes
    ----------
    names : (n,)
    positions : (n,) in money
    cash : in money, not negative
    target : (n,) weights that sum to at most 1
    """

    names: tuple[str, ...]
    positions: Array
    cash: float
    target: Array

    @property
    def value(self) -> float:
        """Of everything."""
        return float(self.positions.sum()) + self.cash

    @property
    def weights(self) -> Array:
        """Held now, (n,)."""
        return self.positions / self.value


@dataclass(frozen=True)
class Plan:
    """Amounts to trade and what they cost.

    Attributes
    ----------
    amounts : (n,) bought (positive) and sold
    cost, tax : in money
    taxed : which purchases are sold
    """

    amounts: Array
    cost: float
    tax: float
    taxed: Taxed


def plan_trades(portfolio: Portfolio, request: RebalanceRequest, scope: Scope) -> Plan:
    """Return the trades of one scope: none where no weight is beyond the threshold."""
    drift = portfolio.weights - portfolio.target
    beyond = np.abs(drift) > request.drift_threshold + CLOSE
    if not beyond.any():
        return _cost_of(np.zeros_like(drift), portfolio, request)
    slack = request.drift_threshold if scope == "edge" else 0.0
    traded = np.ones_like(beyond) if scope == "all" else beyond
    left = portfolio.value
    for _ in range(ROUNDS):
        plan = _cost_of(_amounts(portfolio, traded, slack, left), portfolio, request)
        following = max(0.0, portfolio.value - plan.cost - plan.tax)
        is_settled = abs(following - left) <= CLOSE * portfolio.value
        left = following
        if is_settled:
            break
    return _affordable(_rounded(_amounts(portfolio, traded, slack, left), portfolio, request), portfolio, request)


def _amounts(portfolio: Portfolio, traded: NDArray[np.bool_], slack: float, left: float) -> Array:
    """Return the amounts (n,) that bring the `traded` assets within `slack` of their weights of `left`, in money.

    Where they buy for more than they and the cash bring, what is above its weight pays: those traded first, further
    than to the edge of the slack, then the others.
    """
    target = portfolio.target * left
    goal = np.where(
        traded, target + np.clip(portfolio.positions - target, -slack * left, slack * left), portfolio.positions
    )
    for payers in (traded, np.ones_like(traded)):
        lacking = float(goal.sum()) - left
        above = np.where(payers, np.maximum(goal - target, 0.0), 0.0)
        if lacking > 0 and above.any():
            goal = goal - min(1.0, lacking / float(above.sum())) * above
    return goal - portfolio.positions


def _affordable(amounts: Array, portfolio: Portfolio, request: RebalanceRequest) -> Plan:
    """Return the plan with purchases cut, all by one factor, until sales and cash pay for them; no trades where not
    even the sales pay what they cost."""
    wanted = np.maximum(amounts, 0.0)
    sold = np.minimum(amounts, 0.0)
    share = request.costs_bps / 10_000
    factor = 1.0
    plan = _cost_of(amounts, portfolio, request)
    for _ in range(ROUNDS):
        lacking = _lacking(plan, portfolio)
        if lacking <= CLOSE * portfolio.value:
            return plan
        if factor <= 0 or not wanted.any():
            break
        factor = max(0.0, factor - max(lacking / (float(wanted.sum()) * (1 + share)), 1e-6))
        plan = _cost_of(_rounded(wanted * factor, portfolio, request) + sold, portfolio, request)
    return _cost_of(np.zeros_like(sold), portfolio, request)


def _lacking(plan: Plan, portfolio: Portfolio) -> float:
    """Return the money that is needed beyond sales and cash; negative where some is left."""
    return plan.cost + plan.tax + float(plan.amounts.sum()) - portfolio.cash


def _rounded(amounts: Array, portfolio: Portfolio, request: RebalanceRequest) -> Array:
    """Return the amounts in whole lots, towards 0, without those too small; what is given up is sold whole."""
    made = amounts.copy()
    is_exit = (portfolio.target == 0) & (np.abs(amounts + portfolio.positions) <= LEAST * portfolio.value)
    if request.prices is not None:
        prices = np.array([request.prices.get(name, np.nan) for name in portfolio.names])
        lot = prices * request.lot_size
        whole = np.trunc(amounts / lot + np.sign(amounts) * 1e-9) * lot
        made = np.where(is_exit | np.isnan(lot), amounts, whole)
    made[np.abs(made) < max(request.min_trade, LEAST * portfolio.value)] = 0.0
    return made


def _cost_of(amounts: Array, portfolio: Portfolio, request: RebalanceRequest) -> Plan:
    counted = np.abs(amounts) > LEAST * portfolio.value
    cost = request.costs_bps / 10_000 * float(np.abs(amounts).sum()) + request.fixed_cost * int(counted.sum())
    taxed = tax_sales(sales_of(amounts, portfolio.names), request, request.lot_order)
    return Plan(amounts, cost, taxed.tax, taxed)


def sales_of(amounts: Array, names: tuple[str, ...]) -> dict[str, float]:
    """Return what is sold, by asset."""
    return {name: -float(amount) for name, amount in zip(names, amounts, strict=True) if amount < 0}
