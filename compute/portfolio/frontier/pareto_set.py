"""What is asked about return, risk and turnover at once, and what is answered. How it is found is in `pareto`."""

from pydantic import Field

from compute.portfolio.resampling.options import Vector
from compute.schema import Record


class TurnoverChoice(Record):
    """Whether turnover counts as a third aim."""

    n_turnovers: int = Field(
        default=0,
        ge=0,
        le=40,
        title="Turnovers",
        description="Also finds the best portfolios for so many amounts of trading from the weights held now. 0: none.",
        json_schema_extra={"advanced": True},
    )


class ParetoPoint(Record):
    """A portfolio that no other one beats in return, volatility and turnover at once; per year."""

    expected_return: float
    volatility: float
    turnover: float
    """Sum of all changes from the weights held now."""
    sharpe_ratio: float | None
    weights: Vector
    """(n,) in the order of `ParetoSet.names`."""
    risk_contributions: Vector
    """(n,) shares of the variance."""


class ParetoSet(Record):
    """Portfolios of which none is at least as good as another in all three aims and better in one."""

    names: tuple[str, ...]
    least_turnover: float
    """What must be traded at least to be within the limits."""
    points: tuple[ParetoPoint, ...]
    """In the order of rising turnover, then of rising return."""


DEFINITION_OF_PARETO = (
    "For each of evenly spaced limits of turnover, from the least that is possible to what the frontier needs, single "
    "optima of least variance at evenly spaced returns; those that another one beats are left out."
)
