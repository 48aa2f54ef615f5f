"""What a portfolio is to be best at. How it is found belongs to `solvers/`."""

from collections.abc import Mapping
from typing import Annotated, Literal, get_args

from pydantic import Field

from compute.portfolio.assets import AssetName
from compute.schema import Record

Confidence = Annotated[
    float,
    Field(
        ge=0.5,
        le=0.999,
        title="Confidence",
        description="0.95 looks at the worst 5 % of the periods.",
    ),
]


class MaxSharpe(Record, title="Highest Sharpe ratio"):
    """The most expected return above the risk-free rate per unit of volatility."""

    kind: Literal["max_sharpe"] = "max_sharpe"


class MinVariance(Record, title="Least variance"):
    """The least volatility; expected returns play no part."""

    kind: Literal["min_variance"] = "min_variance"


class RiskParity(Record, title="Risk parity"):
    """Every asset contributes the same risk, or the share its budget says."""

    kind: Literal["risk_parity"] = "risk_parity"
    budgets: dict[AssetName, float] | None = Field(
        default=None,
        min_length=1,
        title="Risk budgets",
        description="A line per asset: its name and its share of the risk, made to sum to 1. Empty: all the same.",
    )


class MaxReturn(Record, title="Highest return"):
    """The most expected return, whatever the risk; set a largest volatility with it."""

    kind: Literal["max_return"] = "max_return"


class TargetReturn(Record, title="Target return"):
    """The least volatility at which the portfolio is expected to earn so much."""

    kind: Literal["target_return"] = "target_return"
    annual_return: float = Field(
        default=0.1,
        ge=-1,
        le=10,
        title="Return",
        description="At least this much is to be expected, as a fraction per year.",
        json_schema_extra={"unit": "1/year"},
    )


class TargetVolatility(Record, title="Target volatility"):
    """The most expected return at so much volatility."""

    kind: Literal["target_volatility"] = "target_volatility"
    annual_volatility: float = Field(
        default=0.15,
        gt=0,
        le=10,
        title="Volatility",
        description="Standard deviation of a year's returns, at most; as a fraction.",
        json_schema_extra={"unit": "1/year"},
    )


class Utility(Record, title="Utility"):
    """Expected return less half the risk aversion times the variance."""

    kind: Literal["utility"] = "utility"
    risk_aversion: float = Field(
        default=3.0,
        gt=0,
        le=10_000,
        title="Risk aversion",
        description="Near 0 it looks at the return alone; 10 is cautious.",
    )


class MaxDiversification(Record, title="Most diversification"):
    """The highest ratio of the assets' average volatility to that of the portfolio (Choueifaty and Coignard 2008)."""

    kind: Literal["max_diversification"] = "max_diversification"


class MinCvar(Record, title="Least CVaR"):
    """The least average loss in the worst periods (Rockafellar and Uryasev 2000); needs a history."""

    kind: Literal["min_cvar"] = "min_cvar"
    confidence: Confidence = 0.95


class MinCdar(Record, title="Least CDaR"):
    """The least average of the deepest drawdowns (Chekhlov, Uryasev and Zabarankin 2005); needs a history."""

    kind: Literal["min_cdar"] = "min_cdar"
    confidence: Confidence = 0.95


Linkage = Literal["single", "average", "complete", "ward"]


class Hrp(Record, title="Hierarchical risk parity"):
    """Risk split along a tree of what moves alike (Lopez de Prado 2016); expected returns play no part."""

    kind: Literal["hrp"] = "hrp"
    linkage: Linkage = Field(default="single", title="Linkage", description="How the distance of clusters is measured.")


class Herc(Record, title="Hierarchical equal risk"):
    """Equal risk for clusters of what moves alike, and within them (Raffinot 2018)."""

    kind: Literal["herc"] = "herc"
    linkage: Linkage = Field(default="ward", title="Linkage", description="How the distance of clusters is measured.")


class InverseVolatility(Record, title="Inverse volatility"):
    """Weights in proportion to 1 / volatility; correlations play no part."""

    kind: Literal["inverse_volatility"] = "inverse_volatility"


class EqualWeight(Record, title="Equal weights"):
    """The same for every asset: what every method should beat."""

    kind: Literal["equal_weight"] = "equal_weight"


Objective = Annotated[
    MaxSharpe
    | MinVariance
    | RiskParity
    | MaxReturn
    | TargetReturn
    | TargetVolatility
    | Utility
    | MaxDiversification
    | MinCvar
    | MinCdar
    | Hrp
    | Herc
    | InverseVolatility
    | EqualWeight,
    Field(discriminator="kind"),
]

TITLES: Mapping[str, str] = {
    model.model_fields["kind"].default: str(model.model_config["title"]) for model in get_args(get_args(Objective)[0])
}
"""What an objective is called, by its kind."""
HEURISTIC = frozenset({"hrp", "herc", "inverse_volatility", "equal_weight"})
"""Kinds that follow a rule instead of optimising: limits other than being long-only do not enter it."""
NEEDS_HISTORY = frozenset({"min_cvar", "min_cdar"})
"""Kinds that look at single periods rather than at moments."""
