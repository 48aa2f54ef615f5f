"""What questions about information answer. Values are in `units`, lags in steps.

Drawing it belongs to `components/figures`, writing it as CSV to `services`.
"""

from compute.information.options import EstimatorName, SurrogateName, UnitName
from compute.schema import Record

Values = tuple[float, ...]
Table = tuple[tuple[float | None, ...], ...]
"""Row: source, column: target; None on the diagonal."""


class LagEstimate(Record):
    """The information at one lag, and what surrogates without a link reach there."""

    lag: int
    """In steps; of a history, its length in values."""
    value: float
    """As estimated; by chance it may be below 0 where there is none."""
    standard_error: float | None = None
    """From means over blocks in time."""
    interval_low: float | None = None
    interval_high: float | None = None
    """Ends of the 95 % interval, resampled in blocks."""
    linear: float | None = None
    """What the Gaussian closed form finds: the part that correlation explains."""
    effective: float | None = None
    """Value less the mean of the surrogates."""
    normalised: float | None = None
    """Effective information between 0 and 1; how is said in `normalisation`."""
    surrogate_mean: float | None = None
    surrogate_low: float | None = None
    surrogate_high: float | None = None
    """5 % and 95 % points of the surrogates: a value above the upper one is significant at 5 %, one-sided."""
    z_score: float | None = None
    """Standard deviations of the surrogates by which the value exceeds their mean."""
    p_value: float | None = None
    """(c + 1) / (n + 1), where c of n surrogates reach the value."""
    adjusted_p: float | None = None
    """The p value adjusted for the number of lags (Benjamini and Hochberg 1995)."""


class Scatter(Record):
    """The two series against each other at the best lag."""

    lag: int
    x: Values
    y: Values
    x_name: str
    y_name: str
    total: int
    """Points there are; fewer are given where they are many, spread evenly in time."""


class SeriesFacts(Record):
    """What was looked at of one series."""

    name: str
    count: int
    """Values looked at, after differencing."""
    missing: int
    is_stationary: bool | None
    """Whether the KPSS test at 5 % finds no wandering level; None where the series is too short for it."""
    kpss: float | None
    """Its statistic; above 0.463 the level wanders."""


class How(Record):
    """How it was computed."""

    device: str
    method: str
    """`tree`, `walk` (along a sorted axis), `brute` (all distances), `counts` or `closed form`."""
    estimates: int
    """How often information was estimated, surrogates included."""
    seconds: float | None = None
    n_observations: int
    """Points in time that every estimate looked at."""
    n_dropped: int
    """Points left out because a value was missing."""


class Matrix(Record):
    """Every pair of several series; row: source, column: target."""

    names: tuple[str, ...]
    values: Table
    """At the best lag."""
    effective: Table
    normalised: Table
    lags: tuple[tuple[int | None, ...], ...]
    z_scores: Table
    p_values: Table
    """Of the largest value among the lags, compared with the largest of each surrogate."""
    adjusted_p: Table
    """Adjusted for the number of pairs (Benjamini and Hochberg 1995)."""
    net: Values
    """What each series sends less what it receives, of effective information."""


class InformationResult(Record):
    """What all answers about information say."""

    units: UnitName
    estimator: EstimatorName
    normalisation: str
    n_permutations: int
    surrogate: SurrogateName
    seed: int
    series: tuple[SeriesFacts, ...]
    how: How
    warnings: tuple[str, ...] = ()
    """What may mislead: wandering levels, few points, too few surrogates."""
    notes: tuple[str, ...] = ()
    """What was decided on the way."""


class MutualInformationResult(InformationResult):
    """The mutual information of two series at each lag."""

    x: str
    y: str
    conditions: tuple[str, ...]
    value: float
    """At the best lag, the one with the largest value."""
    standard_error: float | None
    best_lag: int
    effective: float | None
    p_value: float | None
    """Of the largest value among the lags, compared with the largest of each surrogate."""
    by_lag: tuple[LagEstimate, ...]
    scatter: Scatter


class TransferEntropyResult(InformationResult):
    """The transfer entropy of one pair at each lag, or of every pair at its best lag."""

    source: str | None = None
    target: str | None = None
    conditions: tuple[str, ...] = ()
    source_history: int
    target_history: int | None
    """None where it differs from series to series."""
    delay: int | None
    value: float | None = None
    standard_error: float | None = None
    best_lag: int | None = None
    effective: float | None = None
    p_value: float | None = None
    """Of the largest value among the lags, compared with the largest of each surrogate."""
    by_lag: tuple[LagEstimate, ...] = ()
    scatter: Scatter | None = None
    matrix: Matrix | None = None


class EmbeddingChoice(Record):
    """Past values that describe where a series stands."""

    method: str
    history: int
    delay: int
    candidates: tuple[int, ...]
    """Histories, or delays, that were compared."""
    criterion: Values
    """What was compared, one per candidate; its meaning is in `criterion_name`."""
    criterion_name: str


class InformationStorageResult(InformationResult):
    """Entropy of a series, and the information its past holds about its next value."""

    name: str
    entropy: float
    """Of a single value: in the unit of the series, so that it may be negative, except for counts."""
    value: float
    """Active information storage at the best history."""
    standard_error: float | None
    best_history: int
    p_value: float | None
    delay: int
    by_history: tuple[LagEstimate, ...]
    embeddings: tuple[EmbeddingChoice, ...]
    scatter: Scatter
