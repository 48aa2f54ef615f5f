"""What may be asked of the frontier. How it is traced is in `path` and `solvers/`."""

from pydantic import Field

from compute.portfolio.frontier.pareto_set import TurnoverChoice
from compute.portfolio.options import PortfolioRequest
from compute.portfolio.resampling.options import Resampling

MAX_POINTS = 500


class FrontierRequest(TurnoverChoice, Resampling, PortfolioRequest):
    """Trace the portfolios of least risk for each expected return, within limits."""

    n_points: int = Field(
        default=50,
        ge=2,
        le=MAX_POINTS,
        title="Points",
        description="How many, equally spaced in expected return from the least variance to the highest return.",
    )
