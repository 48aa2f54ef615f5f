"""What may be asked of a walk through the past. How it is walked is in `simulation` and `targets`."""

from typing import Literal

from pydantic import Field

from compute.portfolio.assets import AssetHistory, AssetName
from compute.portfolio.objectives import MinVariance, Objective
from compute.portfolio.options import FixedCost, PortfolioRequest, ProportionalCost
from compute.portfolio.risk.request import RollingWindow

Calendar = Literal["periods", "week", "month", "quarter", "year"]


class PortfolioBacktestRequest(PortfolioRequest):
    """Walk through the history: at each rebalancing the weights come from the past alone, and are held to the next."""

    assets: AssetHistory = Field(title="Assets", description="Columns of a dataset, prices or returns.")
    strategy: Objective = Field(default=MinVariance(), title="Strategy", description="What the portfolio is best at.")
    compare: tuple[Objective, ...] = Field(
        default=(),
        max_length=12,
        title="Compared with",
        description="Further strategies, under the same limits and costs.",
        json_schema_extra={"control": "kinds"},
    )
    window: int = Field(
        default=252,
        ge=2,
        le=50_000,
        title="Window",
        description="Periods of the past that each estimate looks at.",
        json_schema_extra={"unit": "periods"},
    )
    expanding: bool = Field(
        default=False, title="Expanding", description="All of the past counts; the window is then the least of it."
    )
    calendar: Calendar = Field(
        default="periods",
        title="Calendar",
        description="Periods: new weights after as many as said below. Otherwise with the first period of each week, "
        "month, quarter or year, where the assets have times.",
    )
    rebalance_every: int = Field(
        default=21,
        ge=1,
        le=50_000,
        title="Rebalance every",
        description="So many periods lie between new weights, where it is not the calendar that says.",
        json_schema_extra={"unit": "periods"},
    )
    drift_threshold: float | None = Field(
        default=None,
        gt=0,
        le=10,
        title="Drift threshold",
        description="Between new weights, trades back to the last ones once some weight is further away than this.",
        json_schema_extra={"empty": "None"},
    )
    costs_bps: ProportionalCost = 10
    fixed_cost: FixedCost = 0
    holding: Literal["drifting", "reset"] = Field(
        default="drifting",
        title="Between rebalancings",
        description="Drifting: positions are left alone, as an investor leaves them. Reset: weights are restored each "
        "period without cost, as many tools assume.",
        json_schema_extra={"advanced": True},
    )
    initial_capital: float = Field(default=100_000, gt=0, le=1e15, title="Capital", description="To begin with.")
    benchmark: AssetName | None = Field(
        default=None,
        title="Benchmark",
        description="One of the assets, to compare with; it is then not invested in. Empty: equal weights of all, "
        "rebalanced as often, without costs.",
        json_schema_extra={"names": "assets", "empty": "Equal weights"},
    )
    rolling_window: RollingWindow = 63
