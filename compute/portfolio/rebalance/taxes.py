"""The tax on what is sold, by which purchases it is sold from."""

from collections.abc import Callable
from dataclasses import dataclass

from compute.portfolio.rebalance.request import LotOrder, RebalanceRequest, TaxLot
from compute.portfolio.rebalance.result import LotSale


@dataclass(frozen=True)
class Rates:
    """On gains of purchases held short and long, and the days after which they are long."""

    short: float
    long: float
    long_after_days: int

    def is_long(self, lot: TaxLot) -> bool:
        """Was it held long enough?"""
        return lot.days_held > self.long_after_days

    def per_money(self, lot: TaxLot) -> float:
        """Return the tax on what is sold of a purchase, per money sold; negative for a loss."""
        return (self.long if self.is_long(lot) else self.short) * (lot.value - lot.cost) / lot.value


@dataclass(frozen=True)
class Taxed:
    """What a set of sales realises.

    Attributes
    ----------
    sales : by asset
    short_gain, long_gain : net, negative for losses
    tax : never below 0
    """

    sales: dict[str, tuple[LotSale, ...]]
    short_gain: float
    long_gain: float
    tax: float


def tax_sales(sold: dict[str, float], request: RebalanceRequest, order: LotOrder) -> Taxed:
    """Return what selling the amounts `sold` realises, from purchases in the order asked for.

    Per asset the tax is linear in what is sold of each purchase, so that taking the least tax per money first is the
    cheapest of all ways (a fractional knapsack). What no purchase covers realises nothing.
    """
    rates = Rates(request.short_rate, request.long_rate, request.long_after_days)
    sales = {asset: _sell(asset, amount, request.tax_lots, rates, order) for asset, amount in sold.items()}
    short = sum(sale.gain for each in sales.values() for sale in each if not sale.is_long)
    long = sum(sale.gain for each in sales.values() for sale in each if sale.is_long)
    return Taxed(sales, short, long, max(0.0, rates.short * short + rates.long * long))


def _sell(asset: str, amount: float, lots: tuple[TaxLot, ...], rates: Rates, order: LotOrder) -> tuple[LotSale, ...]:
    own = [(at, lot) for at, lot in enumerate(lots) if lot.asset == asset]
    covered = sum(lot.value for _, lot in own)
    left = min(amount, covered)
    parts: list[tuple[int, TaxLot, float]] = []
    if order == "pro_rata":
        parts = [(at, lot, left * lot.value / covered) for at, lot in own]
    else:
        first: Callable[[tuple[int, TaxLot]], float] = (
            (lambda each: -each[1].days_held) if order == "fifo" else (lambda each: rates.per_money(each[1]))
        )
        for at, lot in sorted(own, key=first):
            taken = min(left, lot.value)
            parts.append((at, lot, taken))
            left -= taken
    return tuple(
        LotSale(
            lot=at,
            amount=taken,
            gain=taken * (1 - lot.cost / lot.value),
            is_long=rates.is_long(lot),
            tax=taken * rates.per_money(lot),
        )
        for at, lot, taken in parts
        if taken > 0
    )
