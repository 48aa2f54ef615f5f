"""The front door: from current and wanted weights to the trades and all that is told about them."""

from typing import get_args

import numpy as np
from numpy.typing import NDArray

from compute.job import Report
from compute.portfolio.rebalance.checks import portfolio_of
from compute.portfolio.rebalance.request import LotOrder, RebalanceRequest, Scope
from compute.portfolio.rebalance.result import DEFINITIONS, Path, RebalanceResult, RebalanceTrade
from compute.portfolio.rebalance.taxes import tax_sales
from compute.portfolio.rebalance.trades import Plan, Portfolio, plan_trades, sales_of

Array = NDArray[np.float64]


def rebalance(request: RebalanceRequest, report: Report) -> RebalanceResult:
    """Return the trades that `request` asks for; RequestError at the field that does not fit the others."""
    report(0.0, "Planning the trades")
    portfolio, notes = portfolio_of(request)
    plans = {scope: plan_trades(portfolio, request, scope) for scope in get_args(Scope)}
    plan = plans[request.scope]
    after = _weights_after(portfolio, plan)
    sold = sales_of(plan.amounts, portfolio.names)
    by_order: dict[LotOrder, float] = {order: tax_sales(sold, request, order).tax for order in get_args(LotOrder)}
    left = portfolio.value - plan.cost - plan.tax
    result = RebalanceResult(
        is_needed=bool(plan.amounts.any()),
        message=_message(portfolio, plan, request, by_order),
        trades=_trades(portfolio, plan, request, after),
        value=portfolio.value,
        value_after=left,
        cash=portfolio.cash,
        cash_after=left - float((portfolio.positions + plan.amounts).sum()),
        turnover=float(np.abs(plan.amounts).sum()) / portfolio.value,
        cost=plan.cost,
        tax=plan.tax,
        tax_by_order=by_order,
        short_gain=plan.taxed.short_gain,
        long_gain=plan.taxed.long_gain,
        largest_drift=_drift(portfolio.weights, portfolio),
        largest_drift_after=_drift(after, portfolio),
        weights_before=_by_name(portfolio, portfolio.weights),
        weights_after=_by_name(portfolio, after),
        target=_by_name(portfolio, portfolio.target),
        paths=_paths(portfolio, plans),
        definitions=DEFINITIONS,
        notes=tuple(notes),
    )
    report(1.0, "Done")
    return result


def _weights_after(portfolio: Portfolio, plan: Plan) -> Array:
    left = portfolio.value - plan.cost - plan.tax
    held = portfolio.positions + plan.amounts
    return held / left if left > 0 else np.zeros_like(held)


def _trades(portfolio: Portfolio, plan: Plan, request: RebalanceRequest, after: Array) -> tuple[RebalanceTrade, ...]:
    before = portfolio.weights
    made = []
    for at in np.argsort(plan.amounts, kind="stable").tolist():  # the largest sale first
        amount, name = float(plan.amounts[at]), portfolio.names[at]
        if amount == 0:
            continue
        sales = plan.taxed.sales.get(name, ())
        made.append(
            RebalanceTrade(
                asset=name,
                side="buy" if amount > 0 else "sell",
                amount=abs(amount),
                units=None if request.prices is None else abs(amount) / request.prices[name],
                weight_before=float(before[at]),
                weight_after=float(after[at]),
                target_weight=float(portfolio.target[at]),
                cost=abs(amount) * request.costs_bps / 10_000 + request.fixed_cost,
                gain=sum(sale.gain for sale in sales) if sales else None,
                tax=sum(sale.tax for sale in sales) if sales else None,
                sales=sales,
            )
        )
    return tuple(made)


def _paths(portfolio: Portfolio, plans: dict[Scope, Plan]) -> tuple[Path, ...]:
    made = [
        Path(
            scope=scope,
            trades=int(np.count_nonzero(plan.amounts)),
            turnover=float(np.abs(plan.amounts).sum()) / portfolio.value,
            cost=plan.cost,
            tax=plan.tax,
            largest_drift=_drift(_weights_after(portfolio, plan), portfolio),
        )
        for scope, plan in plans.items()
    ]
    return tuple(sorted(made, key=lambda path: path.cost + path.tax))


def _message(portfolio: Portfolio, plan: Plan, request: RebalanceRequest, by_order: dict[LotOrder, float]) -> str:
    count = int(np.count_nonzero(plan.amounts))
    drift = _drift(portfolio.weights, portfolio)
    if not count and drift <= request.drift_threshold:
        return f"Nothing to trade: no weight is further than {request.drift_threshold:.2%} from the one wanted."
    if not count:
        why = "every trade is smaller than one may be, or costs more than it brings"
        return f"Nothing to trade: the largest drift is {drift:.2%}, but {why}."
    said = f"{count} trades cost {plan.cost:.2f}" + (f" and {plan.tax:.2f} in tax." if request.tax_lots else ".")
    saved = by_order["fifo"] - plan.tax
    if saved > 0.005:
        said += f" Selling the oldest purchases first would be taxed {saved:.2f} more."
    return said


def _drift(weights: Array, portfolio: Portfolio) -> float:
    return float(np.abs(weights - portfolio.target).max())


def _by_name(portfolio: Portfolio, values: Array) -> dict[str, float]:
    return {name: float(value) for name, value in zip(portfolio.names, values, strict=True)}
