"""What may be asked of the best portfolio. How it is found is in `run` and `solvers/`."""

from pydantic import Field

from compute.portfolio.frontier.pareto_set import TurnoverChoice
from compute.portfolio.objectives import MaxSharpe, Objective
from compute.portfolio.options import PortfolioRequest
from compute.portfolio.resampling.options import Resampling


class OptimizeRequest(TurnoverChoice, Resampling, PortfolioRequest):
    """Find the weights that are best for an objective, within limits, with proof."""

    objective: Objective = Field(default=MaxSharpe(), title="Objective", description="What the portfolio is best at.")
    frontier: bool = Field(
        default=True,
        title="Frontier",
        description="Also traces the efficient frontier within the same limits, so that it can be moved along.",
    )
