"""What is asked about bands, and what is answered. How they are made is in `bands`."""

from pydantic import Field

from compute.job import Seed
from compute.schema import Record

Interval = tuple[float, float]
Vector = tuple[float, ...]


class Resampling(Record):
    """How often the history is drawn again, and how."""

    n_bootstrap: int = Field(
        default=0,
        ge=0,
        le=10_000,
        title="Resamples",
        description="How often the history is drawn again to show how sure frontier and weights are. 0: not at all.",
        json_schema_extra={"advanced": True},
    )
    block: float = Field(
        default=1.0,
        ge=1,
        le=1000,
        title="Mean block length",
        description="Periods drawn in a row on average (stationary bootstrap). 1: each period on its own.",
        json_schema_extra={"unit": "periods", "advanced": True},
    )
    band_level: float = Field(
        default=0.9,
        gt=0,
        lt=1,
        title="Share within the bands",
        description="Of the resamples; 0.9 leaves out 5 % on each side.",
        json_schema_extra={"advanced": True},
    )
    seed: Seed = 0


class PortfolioBands(Record):
    """Between what the figures of one portfolio lie, where it is found in each resample anew."""

    portfolio: str
    """Kind of the objective it is best at."""
    expected_return: Interval
    volatility: Interval
    weights: dict[str, Interval]
    found: float
    """Share of the resamples in which there is such a portfolio; the others are left out."""


class FrontierBands(Record):
    """Between what the frontier lies in the resamples, at equal volatility and by the rank of its points; per year.

    Points are equally spaced in return on the frontier of each resample, and compared by their number (Michaud 1998).
    Return and volatility are those that the resample itself would have shown.
    """

    device: str = "cpu"
    """Where the resamples were traced."""
    n_bootstrap: int
    block: float
    level: float
    expected_returns: Vector
    """(p,) of the frontier itself."""
    volatilities: Vector
    """(p,) of the frontier itself."""
    lower_at_volatility: Vector
    """(p,) of the largest returns at `volatilities`; a resample that is riskier everywhere counts with its calmest."""
    upper_at_volatility: Vector
    lower_returns: Vector
    """(p,) of points of equal rank, as are the following."""
    upper_returns: Vector
    lower_volatilities: Vector
    upper_volatilities: Vector
    portfolios: tuple[PortfolioBands, ...]


DEFINITION_OF_BANDS = (
    "Middle share of what the same method finds when the history is drawn again with replacement: single periods, or "
    "blocks of random length (Politis and Romano 1994); points of frontiers are compared by rank (Michaud 1998)."
)
