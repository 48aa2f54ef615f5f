"""What may be asked of estimators. How they are compared is in `run`, `folds` and `scores`."""

from typing import Literal

from pydantic import Field

from compute.portfolio.assets import AssetHistory
from compute.portfolio.constraints import Constraints
from compute.portfolio.covariance import Covariance, Denoised, EwmaCovariance, LedoitWolf, Oas, SampleCovariance
from compute.portfolio.expected_returns import EwmaReturns, ExpectedReturns, Historical, JamesStein
from compute.portfolio.options import RiskFreeRate
from compute.schema import Record

MAX_EACH = 8


class EstimatorsRequest(Record):
    """Compare estimators of expected returns and covariance on periods they have not seen."""

    assets: AssetHistory = Field(title="Assets", description="Columns of a dataset, prices or returns.")
    expected_returns: tuple[ExpectedReturns, ...] = Field(
        default=(Historical(), EwmaReturns(), JamesStein()),
        min_length=1,
        max_length=MAX_EACH,
        title="Expected returns",
        description="Estimators to compare.",
        json_schema_extra={"control": "kinds"},
    )
    covariances: tuple[Covariance, ...] = Field(
        default=(SampleCovariance(), EwmaCovariance(), LedoitWolf(), Oas(), Denoised()),
        min_length=1,
        max_length=MAX_EACH,
        title="Covariances",
        description="Estimators to compare, each with each of expected returns.",
        json_schema_extra={"control": "kinds"},
    )
    folds: int = Field(
        default=10,
        ge=3,
        le=100,
        title="Folds",
        description="Stretches of time that are foretold one after the other, none of which has been seen.",
    )
    training: Literal["past", "both_sides"] = Field(
        default="past",
        title="Learn from",
        description="Past: what lies before a fold (walk-forward). Both sides: all other folds (cross-validation).",
    )
    window: int | None = Field(
        default=None,
        ge=10,
        le=50_000,
        title="Window",
        description="Periods of the past that are learnt from.",
        json_schema_extra={"unit": "periods", "empty": "All of the past"},
    )
    purge: int = Field(
        default=0,
        ge=0,
        le=10_000,
        title="Purge",
        description="Periods next to a fold that are not learnt from, where returns overlap or hang together.",
        json_schema_extra={"unit": "periods"},
    )
    embargo: int = Field(
        default=0,
        ge=0,
        le=10_000,
        title="Embargo",
        description="Further periods after a fold that are not learnt from; counts when learning from both sides.",
        json_schema_extra={"unit": "periods"},
    )
    constraints: Constraints = Field(
        default=Constraints(), title="Limits", description="Of the portfolios that estimates are judged by."
    )
    risk_free_rate: RiskFreeRate = 0.02
