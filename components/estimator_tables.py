"""Estimators of return and risk by how well they foretold: a table with how sure each figure is, and sentences."""

from collections.abc import Mapping
from functools import cache
from typing import get_args

from dash import html

from components.numbers import ABSENT, percent, significant
from components.tables import Cell, Column, table
from components.words import count_words
from compute.portfolio.comparison.result import DEFINITIONS, EstimatorScore, EstimatorsResult, Score
from compute.portfolio.covariance import Covariance
from compute.portfolio.expected_returns import ExpectedReturns

_SHORT = {"oas": "OAS", "james_stein": "James-Stein"}
"""Names that are too long for one of a pair."""
TOLD_APART = 2.0  # standard errors from which a difference is more than chance
_BEHIND = (
    "By how much less than the first, in standard errors of the difference over the folds; below 2 they cannot be "
    "told apart."
)


def estimator_title(kind: str) -> str:
    """Return the name of an estimator for people; a number after its kind stays."""
    bare, _, number = kind.partition(" ")
    title = _SHORT.get(bare) or _titles().get(bare, bare.replace("_", " ").capitalize())
    return f"{title} {number}".strip()


def pair_title(score: EstimatorScore) -> str:
    """Return what is estimated how."""
    return f"{estimator_title(score.expected_returns)}, {estimator_title(score.covariance)}"


def estimators_table(result: EstimatorsResult) -> html.Div:
    """Return the pairs, the highest likelihood first."""
    columns = [
        Column("Expected returns"),
        Column("Covariance"),
        Column("Log-likelihood", is_number=True, help=DEFINITIONS["log_likelihood"]),
        Column("Behind (s.e.)", is_number=True, help=_BEHIND),
        Column("Volatility", is_number=True, help=DEFINITIONS["volatility"]),
        Column("Foretold", is_number=True, help=DEFINITIONS["foretold_volatility"]),
        Column("Sharpe", is_number=True, help=DEFINITIONS["sharpe_ratio"]),
        Column("Error", is_number=True, help=f"Of the Sharpe ratio. {DEFINITIONS['standard_error']}"),
    ]
    rows: list[list[Cell]] = [
        [
            estimator_title(score.expected_returns),
            estimator_title(score.covariance),
            _value(score.log_likelihood),
            _behind(score.log_likelihood),
            percent(score.volatility.value, 2),
            percent(score.foretold_volatility, 2),
            _value(score.sharpe_ratio),
            ABSENT if score.sharpe_ratio is None else significant(score.sharpe_ratio.standard_error, 2),
        ]
        for score in result.scores
    ]
    folds = count_words(len(result.folds), "fold")
    return table(f"{count_words(len(result.scores), 'pair')} on {folds} that none has seen", columns, rows)


def estimators_sentence(result: EstimatorsResult) -> str:
    """Return which pair foretold best, and whether that is more than chance."""
    first = next((score for score in result.scores if score.log_likelihood is not None), None)
    if first is None:
        return "No pair of estimators gives a likelihood: every covariance is singular."
    others = [score for score in result.scores if score is not first and score.log_likelihood is not None]
    near = [score for score in others if not _is_clear(score.log_likelihood)]
    told = f"{pair_title(first)} foretold unseen periods best"
    if not others:
        return f"{told}; nothing else was compared."
    if not near:
        return f"{told}, clearly before all others."
    return f"{told}; {len(near)} of {len(others)} others cannot be told apart from it."


def _is_clear(score: Score | None) -> bool:
    return score is not None and score.behind > TOLD_APART * score.behind_error


def _behind(score: Score | None) -> str:
    if score is None or (score.behind > 0 and score.behind_error <= 0):
        return ABSENT
    return "first" if score.behind <= 0 else significant(score.behind / score.behind_error, 2)


def _value(score: Score | None) -> str:
    return ABSENT if score is None else significant(score.value, 4)


@cache
def _titles() -> Mapping[str, str]:
    """Return the title of each kind, as its form and its schema call it."""
    kinds = [*get_args(get_args(ExpectedReturns)[0]), *get_args(get_args(Covariance)[0])]
    return {str(kind.model_fields["kind"].default): str(kind.model_config["title"]) for kind in kinds}
