"""What may be asked of the risk of a portfolio. How it is measured is in the modules beside."""

from typing import Annotated, Literal

from pydantic import Field

from compute.job import Seed
from compute.portfolio.assets import AssetName, Assets
from compute.portfolio.constraints import MAX_GROUPS, NamedAssets
from compute.portfolio.holdings import GivenWeights, RestField
from compute.portfolio.objectives import Confidence
from compute.portfolio.options import RiskFreeRate
from compute.portfolio.risk.factors import Factors
from compute.schema import Record

Method = Literal["historical", "parametric", "cornish_fisher", "monte_carlo"]
METHODS: dict[Method, str] = {
    "historical": "Historical",
    "parametric": "Normal",
    "cornish_fisher": "Cornish-Fisher",
    "monte_carlo": "Monte Carlo",
}
"""Ways to the value at risk, and what they are called."""
Move = Annotated[float, Field(ge=-1, le=10)]
RollingWindow = Annotated[
    int,
    Field(
        ge=5,
        le=10_000,
        title="Rolling window",
        description="Periods over which rolling figures look back.",
        json_schema_extra={"unit": "periods", "advanced": True},
    ),
]


class Shock(Record, title="Shock"):
    """Assets that move at once, by as much as is said."""

    name: str = Field(default="shock", min_length=1, max_length=200, title="Name", description="Of the shock.")
    moves: dict[AssetName, Move] = Field(
        min_length=1,
        title="Moves",
        description="A line per asset: its name and its return in the shock, as a fraction; -0.3 is a fall of 30 %.",
    )
    spreads: bool = Field(
        default=True,
        title="Others follow",
        description="The other assets move as their covariance with these leads one to expect. Off: they stay.",
    )


class RiskRequest(Record):
    """Measure what a portfolio may lose, who brings the risk, and what a shock would do."""

    assets: Assets = Field(title="Assets", description="Columns of a dataset, prices, returns, or own estimates.")
    weights: GivenWeights | None = Field(
        default=None,
        min_length=1,
        title="Weights",
        description="A line per asset: its name and weight; others have 0. Empty: all the same.",
        json_schema_extra={"empty": "All the same"},
    )
    rest: RestField = "refuse"
    confidence: Confidence = 0.95
    horizon_days: int = Field(
        default=1,
        ge=1,
        le=2520,
        title="Horizon",
        description="How far ahead the losses reach, in days of the history: 252 a year, or 365 where it has them all.",
        json_schema_extra={"unit": "days"},
    )
    value: float = Field(
        default=1_000_000,
        gt=0,
        le=1e15,
        title="Value",
        description="Of the portfolio, in any currency: losses are told in it too.",
    )
    methods: tuple[Method, ...] = Field(
        default=tuple(METHODS),
        min_length=1,
        max_length=4,
        title="Methods",
        description="Ways to the value at risk.",
        json_schema_extra={"titles": {str(name): title for name, title in METHODS.items()}},
    )
    benchmark: AssetName | None = Field(
        default=None,
        title="Benchmark",
        description="One of the assets, to compare with. Its weight may be 0.",
        json_schema_extra={"names": "assets", "empty": "None"},
    )
    risk_free_rate: RiskFreeRate = 0.02
    groups: tuple[NamedAssets, ...] = Field(
        default=(), max_length=MAX_GROUPS, title="Groups", description="Contributions are added up by group too."
    )
    factors: Factors | None = Field(
        default=None,
        title="Factors",
        description="What the returns are explained by: contributions are told by factor too.",
        json_schema_extra={"empty": "None", "advanced": True},
    )
    shocks: tuple[Shock, ...] = Field(
        default=(), max_length=50, title="Shocks", description="What the portfolio would lose in each is told."
    )
    simulation: Literal["bootstrap", "normal"] = Field(
        default="bootstrap",
        title="Simulation",
        description="Monte Carlo draws periods of the history, or from a normal distribution.",
        json_schema_extra={"advanced": True},
    )
    n_simulations: int = Field(
        default=20_000,
        ge=1000,
        le=1_000_000,
        title="Simulations",
        description="How many futures Monte Carlo draws.",
        json_schema_extra={"advanced": True},
    )
    seed: Seed = 0
    rolling_window: RollingWindow = 63
