"""What may be asked of a rebalancing. How the trades are found is in `trades`, the taxes in `taxes`."""

from typing import Annotated, Literal

from pydantic import Field

from compute.portfolio.assets import AssetName
from compute.portfolio.holdings import RestField
from compute.portfolio.options import FixedCost, ProportionalCost
from compute.schema import Record

Share = Annotated[float, Field(ge=0, le=10)]
Price = Annotated[float, Field(gt=0, le=1e12)]
Scope = Literal["all", "breached", "edge"]
LotOrder = Literal["least_tax", "fifo", "pro_rata"]
Rate = Annotated[float, Field(ge=0, le=1)]


class TaxLot(Record, title="Purchase"):
    """Part of a position that was bought at once."""

    asset: AssetName = Field(title="Asset", description="Its name.", json_schema_extra={"names": "assets"})
    value: float = Field(gt=0, le=1e15, title="Value", description="What it is worth now, in money.")
    cost: float = Field(ge=0, le=1e15, title="Paid", description="What it cost, in money.")
    days_held: int = Field(
        default=0,
        ge=0,
        le=100_000,
        title="Held for",
        description="Since it was bought.",
        json_schema_extra={"unit": "days"},
    )


class RebalanceRequest(Record):
    """Find the trades that lead from the weights held now to those wanted, with costs, lots and taxes."""

    current: dict[AssetName, Share] = Field(
        min_length=1, max_length=2000, title="Held now", description="A line per asset: its name and weight."
    )
    target: dict[AssetName, Share] = Field(
        min_length=1,
        max_length=2000,
        title="Wanted",
        description="A line per asset: its name and weight; others are sold.",
    )
    rest: RestField = "cash"
    value: float = Field(
        default=100_000, gt=0, le=1e15, title="Value", description="Of the whole portfolio with its cash, in money."
    )
    drift_threshold: float = Field(
        default=0.0,
        ge=0,
        le=1,
        title="Drift threshold",
        description="Nothing is traded while every weight is at most this far from the one wanted.",
    )
    scope: Scope = Field(
        default="all",
        title="When it is exceeded",
        description="All: every asset is brought to its weight. Breached: only those beyond the threshold. Edge: "
        "those, and no further than the threshold. What is above its weight pays where these cannot.",
    )
    costs_bps: ProportionalCost = 10
    fixed_cost: FixedCost = 0
    min_trade: float = Field(
        default=0, ge=0, le=1e12, title="Least trade", description="In money; smaller ones are left."
    )
    prices: dict[AssetName, Price] | None = Field(
        default=None,
        min_length=1,
        title="Prices",
        description="A line per asset: its name and price. Trades are then whole lots.",
    )
    lot_size: float = Field(
        default=1,
        gt=0,
        le=1e9,
        title="Lot",
        description="Units are traded in multiples of it, where prices are given; a position that is given up is sold "
        "whole.",
    )
    tax_lots: tuple[TaxLot, ...] = Field(
        default=(), max_length=5000, title="Purchases", description="What the positions are made of, for the taxes."
    )
    short_rate: Rate = Field(default=0.0, title="Short-term tax rate", description="On gains of purchases held short.")
    long_rate: Rate = Field(default=0.0, title="Long-term tax rate", description="On gains of purchases held long.")
    long_after_days: int = Field(
        default=365,
        ge=0,
        le=100_000,
        title="Long after",
        description="A purchase held for more than so many days counts as long-term.",
        json_schema_extra={"unit": "days", "advanced": True},
    )
    lot_order: LotOrder = Field(
        default="least_tax",
        title="Which are sold first",
        description="Those with the least tax per money sold; the oldest; or a part of each.",
    )
