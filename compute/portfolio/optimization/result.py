"""What an optimisation answers. Weights are fractions of the capital; returns and risks are fractions per year."""

from datetime import datetime
from typing import Literal

from pydantic import Field

from compute.portfolio.frontier.pareto_set import DEFINITION_OF_PARETO, ParetoSet
from compute.portfolio.resampling.options import DEFINITION_OF_BANDS, FrontierBands
from compute.schema import Record

Vector = tuple[float, ...]


class AssetFacts(Record):
    """One asset on its own."""

    name: str
    expected_return: float
    volatility: float
    sharpe_ratio: float | None
    """None for an asset without risk."""


class BindingConstraint(Record):
    """A limit that holds the answer back."""

    name: str
    multiplier: float
    """How much the objective would gain per unit that the limit is loosened."""


class FrontierPath(Record):
    """The efficient frontier as its turning points: between two of them weights are straight lines.

    With weights a + t (b - a), 0 <= t <= 1, the expected return is linear in t and the variance is
    (1 - t)^2 a'Sa + 2 t (1 - t) a'Sb + t^2 b'Sb, so that every point between is known exactly.
    """

    names: tuple[str, ...]
    is_exact: bool = True
    """False where limits beyond bounds and a sum made it single optima: what lies between keeps to the limits, but
    could be a little less risky."""
    expected_returns: Vector
    """Of each turning point, (k,), increasing from the least variance."""
    variances: Vector
    """(k,) per year."""
    crossings: Vector
    """(k - 1,) a'Sb of each turning point and the next."""
    weights: tuple[Vector, ...]
    """(k, n)."""
    marginals: tuple[Vector, ...]
    """(k, n) S w: times the weights and over the variance, the risk contributions."""
    min_variance: float
    """Place of the least variance on the path: turning point and fraction towards the next."""
    max_sharpe: float | None
    """Place of the highest Sharpe ratio; None where nothing earns more than the risk-free rate."""


class HeldPortfolio(Record):
    """The portfolio of the weights held now, by the same estimates."""

    expected_return: float
    volatility: float
    sharpe_ratio: float | None


class OptimizeResult(Record):
    """The weights, what they earn and risk, and why to believe that nothing is better."""

    status: Literal["optimal", "rule", "limit"]
    """`optimal`: proved; `rule`: weights by a rule that optimises nothing, so that there is no gap; `limit`: the best
    found before a limit of steps, with its gap."""
    message: str
    weights: dict[str, float]
    expected_return: float
    volatility: float
    sharpe_ratio: float | None
    """None for a portfolio without risk."""
    risk_contributions: dict[str, float]
    """Share of the variance that each asset brings; they sum to 1. All 0 for a portfolio without risk."""
    diversification_ratio: float | None
    effective_assets: float
    binding_constraints: tuple[BindingConstraint, ...]
    objective_value: float | None
    """What was optimised, per year (tail risks per period); None for rules that optimise nothing."""
    iterations: int
    duality_gap: float | None
    """Relative bound on what any other portfolio could gain; None where the method proves nothing."""
    violation: float
    """Largest amount by which a limit is exceeded."""
    method: str
    device: str
    held: HeldPortfolio | None = None
    """Where the weights held now were given."""
    turnover: float | None = None
    """Sum of all changes from the weights held now."""
    tracking_error: float | None = None
    cvar: float | None = None
    """Average loss in the worst periods of the history, per period."""
    cdar: float | None = None
    """Average of the deepest drawdowns in the history."""
    objective: str
    """Kind of the objective."""
    risk_free_rate: float
    periods_per_year: float
    observations: int | None
    """Periods of the history; None where moments were given."""
    start: datetime | None = None
    end: datetime | None = None
    assets: tuple[AssetFacts, ...]
    correlation: tuple[tuple[float | None, ...], ...] | None = None
    """(n, n); None for more assets than a map can show, and single entries where an asset has no risk."""
    frontier: FrontierPath | None = None
    pareto: ParetoSet | None = None
    """Where turnovers were asked for; None with a note where there are none."""
    bands: FrontierBands | None = None
    """Where resamples were asked for; None with a note where there are none."""
    moments_cache: Literal["hit", "miss"] | None = None
    """Whether the estimates were known already; None where moments were given or nothing is kept."""
    definitions: dict[str, str] = Field(default_factory=dict)
    """What each number means, by its field."""
    notes: tuple[str, ...] = ()
    """What a reader must know."""


DEFINITIONS = {
    "expected_return": "Mean simple return per period times periods per year, as the estimator says; not compounded.",
    "volatility": "Standard deviation of returns per period times the square root of periods per year.",
    "sharpe_ratio": "(Expected return less the risk-free rate) over volatility, both per year.",
    "risk_contributions": "w_i (S w)_i / (w' S w): share of the variance that an asset brings; they sum to 1.",
    "diversification_ratio": "Average volatility of the assets, weighted without signs, over that of the portfolio.",
    "effective_assets": "1 / sum of squared weights, each over the sum of weights without signs: as many equal weights "
    "would be as spread.",
    "duality_gap": "Bound, relative to the objective, on what any other portfolio within the limits could gain.",
    "pareto": DEFINITION_OF_PARETO,
    "bands": DEFINITION_OF_BANDS,
    "turnover": "Sum of the absolute changes from the weights held now: buying and selling both count.",
    "tracking_error": "Standard deviation of a year's returns less those of the benchmark.",
    "cvar": "Average loss of the worst (1 - confidence) share of the periods, the last one counted in part "
    "(Rockafellar and Uryasev).",
    "cdar": "Average of the deepest (1 - confidence) share of the drawdowns of the uncompounded cumulated return.",
}
