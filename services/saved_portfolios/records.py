"""What is said of a portfolio to keep it, and what is kept. How the two are joined is in `valuation`."""

from datetime import datetime
from typing import Annotated, Any

from pydantic import Field, ValidationError, field_validator

from compute.portfolio.assets import AssetName, DatasetAssets
from compute.schema import Record, RequestError, field_problems

MAX_POSITIONS = 2000
Money = Annotated[float, Field(ge=0, le=1e15)]


class Position(Record):
    """One asset to hold: its weight, or its units and their price."""

    asset: AssetName = Field(title="Asset", description="Its name.")
    weight: float | None = Field(
        default=None, ge=-100, le=100, title="Weight", description="As a fraction of the value; negative: sold short."
    )
    units: float | None = Field(
        default=None, ge=-1e12, le=1e12, title="Units", description="How many are held, with their price."
    )
    price: float | None = Field(default=None, gt=0, le=1e12, title="Price", description="Of one unit, in money.")


class Figures(Record):
    """What a portfolio came to where it was made, per year."""

    expected_return: float
    volatility: float = Field(ge=0)
    sharpe_ratio: float | None = None


class NewPortfolio(Record):
    """Keep a portfolio under a name: its positions by weight, or by units and prices, and the cash beside them."""

    name: str = Field(min_length=1, max_length=120, title="Name", description="No other portfolio may have it.")
    positions: tuple[Position, ...] = Field(
        min_length=1,
        max_length=MAX_POSITIONS,
        title="Positions",
        description="All with a weight, or all with units and a price.",
    )
    value: Annotated[float, Field(gt=0, le=1e15)] | None = Field(
        default=None,
        title="Value",
        description="Of the whole portfolio with its cash, in money. Needed with weights; with units it is their sum.",
    )
    cash: Money | None = Field(
        default=None,
        title="Cash",
        description="In money. Left out: none with units; with weights none either, so that they must sum to 1.",
    )
    assets: DatasetAssets | None = Field(
        default=None, title="Assets", description="The dataset that has their history, to measure risk on."
    )
    figures: Figures | None = Field(
        default=None, title="Figures", description="What the portfolio was found to earn and risk."
    )
    job_id: str | None = Field(default=None, max_length=64, title="Job", description="The job that found it, if any.")

    @field_validator("name")
    @classmethod
    def _plain_name(cls, name: str) -> str:
        name = name.strip()
        if not name or not name.isprintable():
            raise ValueError("a name needs letters, and no control characters; choose another one")
        return name


class SavedPosition(Record):
    """One asset that is held."""

    asset: str
    weight: float
    amount: float
    """In money."""
    units: float | None
    price: float | None


class SavedPortfolio(Record):
    """A portfolio that is kept."""

    id: str
    name: str
    created_at: datetime
    positions: tuple[SavedPosition, ...]
    value: float
    """With the cash, in money."""
    cash: float
    assets: DatasetAssets | None
    figures: Figures | None
    job_id: str | None

    @property
    def weights(self) -> dict[str, float]:
        """Weight of each asset; the cash is not among them."""
        return {each.asset: each.weight for each in self.positions}


def parse_portfolio(data: Any) -> NewPortfolio:
    """Return JSON as a portfolio to keep; raise RequestError with each field that is wrong."""
    try:
        return NewPortfolio.model_validate(data)
    except ValidationError as error:
        raise RequestError(field_problems(error, data)) from error
