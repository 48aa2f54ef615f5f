"""A rebalancing in words and tables: what to buy and sell, what it costs and is taxed, what other ways would cost."""

from collections.abc import Sequence

from dash import html

from components.facts import facts_list
from components.numbers import money, percent
from components.tables import Cell, Column, shown_number, table
from components.words import count_words
from compute.portfolio.rebalance.request import LotOrder, Scope, TaxLot
from compute.portfolio.rebalance.result import LotSale, Path, RebalanceResult, RebalanceTrade

MAX_TRADES = 100  # rows that anybody reads; all of them are in the exports
SCOPES: dict[Scope, str] = {
    "all": "Every asset to its weight",
    "breached": "Only those beyond the threshold",
    "edge": "Only to the edge of the threshold",
}
ORDERS: dict[LotOrder, str] = {
    "least_tax": "Least tax first",
    "fifo": "Oldest first",
    "pro_rata": "A part of each",
}


def rebalance_sentence(result: RebalanceResult) -> str:
    """Return what to do, what it costs, how near the weights then are, and what a dearer way would cost."""
    if not result.is_needed:
        return result.message
    sold = sum(1 for trade in result.trades if trade.side == "sell")
    parts = [f"sell {sold}" if sold else "", f"buy {len(result.trades) - sold}" if sold < len(result.trades) else ""]
    doing = " and ".join(part for part in parts if part)
    taxed = f" and {money(result.tax)} in tax" if result.tax else ""
    saved = result.tax_by_order["fifo"] - result.tax
    said = (
        f"{doing.capitalize()}: that moves {percent(result.turnover, 1)} of the value and costs {money(result.cost)}"
        f"{taxed}. No weight is then further than {percent(result.largest_drift_after, 2)} from the one wanted; "
        f"before, one was {percent(result.largest_drift, 2)} away."
    )
    return said if saved < 0.005 else f"{said} Selling the oldest first would be taxed {money(saved)} more."


def trades_table(result: RebalanceResult) -> html.Div:
    """Return a row per trade, sales first: they pay for the purchases."""
    has_units = any(trade.units is not None for trade in result.trades)
    has_gains = any(trade.gain is not None for trade in result.trades)
    columns = [
        Column("Asset"),
        Column("Trade"),
        Column("Amount", is_number=True),
        *([Column("Units", is_number=True)] if has_units else []),
        Column("Before", is_number=True),
        Column("After", is_number=True, help="Of what is left after costs and taxes."),
        Column("Wanted", is_number=True),
        Column("Cost", is_number=True, help=result.definitions.get("cost")),
        *([Column("Gain", is_number=True, help="What is sold, less what was paid for it.")] if has_gains else []),
        *([Column("Tax", is_number=True, help="Before losses of others count against it.")] if has_gains else []),
    ]
    rows = [_trade_row(trade, has_units, has_gains) for trade in result.trades[:MAX_TRADES]]
    more = len(result.trades) - len(rows)
    return table(f"Trades, sales first{f'; {more} more are in the exports' if more else ''}", columns, rows)


def paths_sentence(result: RebalanceResult) -> str:
    """Return which way is the cheapest, and by how much."""
    best, dearest = result.paths[0], result.paths[-1]
    if dearest.cost + dearest.tax - best.cost - best.tax < 0.005:
        return "All ways cost the same: without a drift threshold they are one."
    return (
        f"The cheapest is: {SCOPES[best.scope].lower()}, for {money(best.cost + best.tax)} instead of "
        f"{money(dearest.cost + dearest.tax)}; a weight then stays up to {percent(best.largest_drift, 2)} away from "
        "the one wanted."
    )


def paths_table(result: RebalanceResult) -> html.Div:
    """Return a row per way of rebalancing, the cheapest first."""
    columns = [
        Column("Way"),
        Column("Trades", is_number=True),
        Column("Turnover", is_number=True, help=result.definitions.get("turnover")),
        Column("Cost", is_number=True, help=result.definitions.get("cost")),
        Column("Tax", is_number=True, help=result.definitions.get("tax")),
        Column("Together", is_number=True),
        Column("Largest drift", is_number=True, help=f"Afterwards. {result.definitions.get('largest_drift')}"),
    ]
    return table("What each way would cost, the cheapest first", columns, [_path_row(path) for path in result.paths])


def sales_table(result: RebalanceResult, purchases: Sequence[TaxLot]) -> html.Div | None:
    """Return a row for what is sold of each purchase; None where no purchase is."""
    rows = [
        _sale_row(trade.asset, sale, purchases[sale.lot].days_held) for trade in result.trades for sale in trade.sales
    ]
    if not rows:
        return None
    columns = [
        Column("Asset"),
        Column("Purchase", is_number=True, help="Its place in the request."),
        Column("Held, days", is_number=True),
        Column("Term"),
        Column("Sold", is_number=True),
        Column("Gain", is_number=True),
        Column("Tax", is_number=True, help="Before losses of others count against it."),
    ]
    return table("What is sold of each purchase", columns, rows)


def orders_table(result: RebalanceResult) -> html.Div:
    """Return what the same sales would be taxed, by the order of purchases."""
    columns = [Column("Sold first"), Column("Tax", is_number=True, help=result.definitions.get("tax"))]
    rows: list[list[Cell]] = [[ORDERS[order], money(tax)] for order, tax in result.tax_by_order.items()]
    return table(f"The tax by the order of purchases. {result.definitions['least_tax']}", columns, rows)


def balance_facts(result: RebalanceResult) -> html.Dl:
    """Return what the portfolio comes to before and after, each figure with its definition on hover."""
    facts = [
        ("Value before", money(result.value), ""),
        ("Value after", money(result.value_after), ""),
        ("Cash before", money(result.cash), ""),
        ("Cash after", money(abs(result.cash_after)), ""),
        ("Turnover", percent(result.turnover, 2), "turnover"),
        ("Costs", money(result.cost), "cost"),
        ("Tax", money(result.tax), "tax"),
        ("Short-term gains", money(result.short_gain), ""),
        ("Long-term gains", money(result.long_gain), ""),
        ("Largest drift before", percent(result.largest_drift, 2), "largest_drift"),
        ("Largest drift after", percent(result.largest_drift_after, 2), "largest_drift"),
    ]
    return facts_list(facts, result.definitions)


def held_words(assets: int, value: float | None) -> str:
    """Return how many assets are about, and what they are worth."""
    worth = "" if value is None else f", worth {shown_number(value)}"
    return f"{count_words(assets, 'asset')}{worth}"


def _trade_row(trade: RebalanceTrade, has_units: bool, has_gains: bool) -> list[Cell]:
    return [
        trade.asset,
        trade.side.capitalize(),
        money(trade.amount),
        *([trade.units] if has_units else []),
        percent(trade.weight_before, 2),
        percent(trade.weight_after, 2),
        percent(trade.target_weight, 2),
        money(trade.cost),
        *([money(trade.gain), money(trade.tax)] if has_gains else []),
    ]


def _path_row(path: Path) -> list[Cell]:
    return [
        SCOPES[path.scope],
        path.trades,
        percent(path.turnover, 1),
        money(path.cost),
        money(path.tax),
        money(path.cost + path.tax),
        percent(path.largest_drift, 2),
    ]


def _sale_row(asset: str, sale: LotSale, days: int) -> list[Cell]:
    term = "long" if sale.is_long else "short"
    return [asset, sale.lot + 1, days, term, money(sale.amount), money(sale.gain), money(sale.tax)]
