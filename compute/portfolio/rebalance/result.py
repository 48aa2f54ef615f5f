"""What a rebalancing answers. Amounts are in the currency of the value, weights are fractions."""

from typing import Literal

from compute.portfolio.rebalance.request import LotOrder, Scope
from compute.schema import Record


class LotSale(Record):
    """What is sold of one purchase."""

    lot: int
    """Its place in the request, from 0."""
    amount: float
    gain: float
    """Negative for a loss."""
    is_long: bool
    tax: float
    """At the rate of its kind; negative for a loss, which counts against gains."""


class RebalanceTrade(Record):
    """One asset to buy or sell."""

    asset: str
    side: Literal["buy", "sell"]
    amount: float
    units: float | None
    """None without prices."""
    weight_before: float
    weight_after: float
    target_weight: float
    cost: float
    gain: float | None
    """Realised; None for a purchase, or where it is not known what was paid."""
    tax: float | None
    """Of its own sales, before losses of others count against it; None where the gain is."""
    sales: tuple[LotSale, ...] = ()


class Path(Record):
    """What one way of rebalancing would cost."""

    scope: Scope
    trades: int
    turnover: float
    cost: float
    tax: float
    largest_drift: float
    """Distance of a weight from the one wanted, afterwards."""


class RebalanceResult(Record):
    """The trades, what they cost, and what is held after them."""

    is_needed: bool
    message: str
    trades: tuple[RebalanceTrade, ...]
    """Sales first: they pay for the purchases."""
    value: float
    value_after: float
    """After costs and taxes."""
    cash: float
    cash_after: float
    turnover: float
    """Sum of what is bought and sold, over the value."""
    cost: float
    tax: float
    tax_by_order: dict[LotOrder, float]
    """What the same sales would be taxed with each order of purchases."""
    short_gain: float
    long_gain: float
    largest_drift: float
    largest_drift_after: float
    weights_before: dict[str, float]
    weights_after: dict[str, float]
    target: dict[str, float]
    paths: tuple[Path, ...]
    """Every scope, the cheapest in costs and tax first."""
    definitions: dict[str, str]
    notes: tuple[str, ...] = ()


DEFINITIONS = {
    "turnover": "Sum of all amounts bought and sold, over the value before.",
    "cost": "Share of every amount bought or sold, and the fixed amount per trade.",
    "tax": "Short-term rate times net short-term gains plus long-term rate times net long-term gains of these sales; "
    "losses of one kind count against the other at their own rate, and the sum is never below 0.",
    "largest_drift": "Largest distance of a weight from the one wanted.",
    "least_tax": "Of each asset, purchases with the least tax per money sold go first; nothing sells as much for less.",
}
