"""What several kinds of portfolio jobs are asked the same way, with its bounds and defaults."""

from typing import Annotated

from pydantic import Field

from compute.portfolio.assets import Assets
from compute.portfolio.constraints import Constraints
from compute.portfolio.covariance import Covariance, SampleCovariance
from compute.portfolio.expected_returns import ExpectedReturns, Historical
from compute.portfolio.moments import Estimation
from compute.schema import Record

RiskFreeRate = Annotated[
    float,
    Field(
        ge=-0.5,
        le=1,
        title="Risk-free rate",
        description="What cash earns, as a fraction per year; Sharpe ratios are measured against it.",
        json_schema_extra={"unit": "1/year"},
    ),
]


ProportionalCost = Annotated[
    float,
    Field(
        ge=0,
        le=1000,
        title="Costs",
        description="Of what is bought and what is sold, in hundredths of a percent.",
        json_schema_extra={"unit": "bps"},
    ),
]
FixedCost = Annotated[
    float, Field(ge=0, le=1e6, title="Cost per trade", description="Of each asset bought or sold, in money.")
]


class PortfolioRequest(Record):
    """What every question about the best portfolio says: assets, how they are judged, and the limits."""

    assets: Assets = Field(title="Assets", description="Columns of a dataset, prices, returns, or own estimates.")
    expected_returns: ExpectedReturns = Field(
        default=Historical(), title="Expected returns", description="How they are estimated from the history."
    )
    covariance: Covariance = Field(
        default=SampleCovariance(), title="Covariance", description="How it is estimated from the history."
    )
    constraints: Constraints = Field(
        default=Constraints(), title="Limits", description="What the weights must keep to."
    )
    risk_free_rate: RiskFreeRate = 0.02

    @property
    def estimation(self) -> Estimation:
        """How moments are to be estimated."""
        return Estimation(
            expected_returns=self.expected_returns, covariance=self.covariance, risk_free_rate=self.risk_free_rate
        )
