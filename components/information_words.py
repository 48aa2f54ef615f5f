"""Information between series in words: who drives whom, at which lag, and how sure that is. Tables are beside it."""

from dataclasses import dataclass
from typing import Any

from annotated_types import Le

from components.numbers import p_value, significant
from components.words import count_words
from compute.information.options import InformationRequest
from compute.information.result import (
    InformationResult,
    InformationStorageResult,
    Matrix,
    MutualInformationResult,
    TransferEntropyResult,
)

ALPHA = 0.05  # a p value up to it is called significant, as is the custom
ROUNDING = 1e-9  # so many surrogates as are just enough must be enough
MAX_SURROGATES: Any = next(
    rule.le for rule in InformationRequest.model_fields["n_permutations"].metadata if isinstance(rule, Le)
)
PairResult = MutualInformationResult | TransferEntropyResult


@dataclass(frozen=True)
class Link:
    """One of all pairs, at its best lag."""

    source: str
    target: str
    lag: int | None
    value: float
    effective: float | None
    normalised: float | None
    z_score: float | None
    p_value: float | None
    adjusted_p: float | None

    @property
    def is_significant(self) -> bool:
        """True where chance hardly makes such a value, with all pairs in mind."""
        return self.adjusted_p is not None and stands_out(self.adjusted_p)


def stands_out(p: float) -> bool:
    """Return whether chance hardly makes such a value."""
    return p <= ALPHA + ROUNDING


def links_of(matrix: Matrix) -> list[Link]:
    """Return every pair of the matrix, the strongest first."""
    size = range(len(matrix.names))
    found = [
        Link(
            source=matrix.names[i],
            target=matrix.names[j],
            lag=matrix.lags[i][j],
            value=value,
            effective=matrix.effective[i][j],
            normalised=matrix.normalised[i][j],
            z_score=matrix.z_scores[i][j],
            p_value=matrix.p_values[i][j],
            adjusted_p=matrix.adjusted_p[i][j],
        )
        for i in size
        for j in size
        if i != j and (value := matrix.values[i][j]) is not None
    ]
    return sorted(found, key=lambda link: -link.value)


def pair_names(result: PairResult) -> tuple[str, str]:
    """Return the two series: source and target, or first and second."""
    if isinstance(result, MutualInformationResult):
        return result.x, result.y
    return result.source or "source", result.target or "target"


def pair_title(result: PairResult) -> str:
    """Return what was asked, in a few words."""
    first, second = pair_names(result)
    given = f", given {', '.join(result.conditions)}" if result.conditions else ""
    return f"{first} and {second}{given}" if isinstance(result, MutualInformationResult) else (
        f"{first} → {second}{given}"
    )  # fmt: skip


def pair_sentence(result: PairResult) -> str:
    """Return the answer about one pair."""
    first, second = pair_names(result)
    if result.value is None or result.best_lag is None:
        return "Nothing was measured."
    amount = f"{significant(result.value, 3)} {result.units}"
    is_mutual = isinstance(result, MutualInformationResult)
    where = _lead_words(result, result.best_lag) if is_mutual else f"at lag {result.best_lag}"
    if result.p_value is not None and not stands_out(result.p_value):
        what = f"{first} and {second} share" if is_mutual else f"{first} tells of {second}"
        return (
            f"Nothing that {what} stands out from chance: the most, {amount} {where}, is reached by surrogates too "
            f"({p_value(result.p_value)})."
        )
    most = f"{first} and {second} share most {where}" if is_mutual else f"{first} drives {second} most {where}"
    if result.p_value is None:
        return f"{most}: {amount}. How much of it chance would make was not asked: there were no surrogates."
    return f"{most}: {amount}, {p_value(result.p_value)}.{_shape_words(result)}"


def matrix_sentence(result: TransferEntropyResult, matrix: Matrix) -> str:
    """Return the answer about all pairs."""
    links = links_of(matrix)
    strongest = links[0]
    told = (
        f"{strongest.source} drives {strongest.target} most, at lag {strongest.lag}: "
        f"{significant(strongest.value, 3)} {result.units}"
    )
    if not result.n_permutations:
        return f"{told}. How much of it chance would make was not asked: there were no surrogates."
    kept = [link for link in links if link.is_significant]
    if not kept:
        return (
            f"None of {len(links)} links is significant. The largest value: {told} ({p_value(strongest.adjusted_p)})."
        )
    sender = matrix.names[max(range(len(matrix.names)), key=lambda at: matrix.net[at])]
    are = "is" if len(kept) == 1 else "are"
    return f"{told}. {len(kept)} of {len(links)} links {are} significant; {sender} sends most of all."


def storage_sentence(result: InformationStorageResult) -> str:
    """Return the answer about what a series remembers."""
    amount = f"{significant(result.value, 3)} {result.units}"
    past = "last value tells" if result.best_history == 1 else f"last {result.best_history} values tell"
    apart = f", {result.delay} steps apart" if result.best_history > 1 and result.delay > 1 else ""
    if result.p_value is not None and not stands_out(result.p_value):
        return (
            f"Nothing that the past of {result.name} tells of its next value stands out from chance: {amount} is "
            f"reached by surrogates too ({p_value(result.p_value)})."
        )
    sure = "" if result.p_value is None else f" ({p_value(result.p_value)})"
    more = "; longer histories tell hardly more" if result.best_history < len(result.by_history) else ""
    return f"The {past}{apart} {amount} of the next of {result.name}{sure}{more}."


def needed_surrogates(result: InformationResult) -> int | None:
    """Return how many surrogates could show a single link among all pairs; None where they are as many, or none."""
    matrix = result.matrix if isinstance(result, TransferEntropyResult) else None
    if matrix is None or not result.n_permutations:
        return None
    needed = round(len(matrix.names) * (len(matrix.names) - 1) / ALPHA) - 1
    return needed if result.n_permutations < needed <= MAX_SURROGATES else None


def _lead_words(result: PairResult, lag: int) -> str:
    first, second = pair_names(result)
    if lag == 0:
        return "at the same step"
    return f"where {first if lag > 0 else second} leads by {count_words(abs(lag), 'step')}"


def _shape_words(result: PairResult) -> str:
    """Return whether correlation would have seen it."""
    best = next(each for each in result.by_lag if each.lag == result.best_lag)
    if best.linear is None or result.estimator == "gaussian" or best.value <= 0:
        return ""
    share = min(max(best.linear, 0.0) / best.value, 1.0)
    if share < 0.2:
        return " Correlation would hardly have seen it: the dependence is not linear."
    return "" if share < 0.8 else " Most of it is linear."
