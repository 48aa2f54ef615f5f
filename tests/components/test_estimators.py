"""Estimators compared: the first first, with how sure that is, in words a reader knows."""

import pytest

from components.estimator_tables import estimator_title, estimators_sentence, estimators_table
from components.figures.estimators import estimators_chart
from compute.portfolio.comparison.result import EstimatorScore, EstimatorsResult, Fold, Score


def score(mean: str, covariance: str, likelihood: float | None, behind: float) -> EstimatorScore:
    told = (
        None if likelihood is None else Score(value=likelihood, standard_error=0.02, behind=behind, behind_error=0.01)
    )
    return EstimatorScore(
        expected_returns=mean,
        covariance=covariance,
        log_likelihood=told,
        volatility=Score(value=0.1, standard_error=0.01, behind=0.0, behind_error=0.0),
        foretold_volatility=0.09,
        sharpe_ratio=Score(value=0.8, standard_error=0.3, behind=0.0, behind_error=0.0),
        fallbacks=0,
        reason=None if told else "singular",
    )


def result(*scores: EstimatorScore) -> EstimatorsResult:
    return EstimatorsResult(
        scores=scores, folds=(Fold(test=(5, 9), train=((0, 5),)),), best={}, periods_per_year=252, observations=9
    )


FIRST = score("james_stein", "ledoit_wolf", 3.2, 0.0)


@pytest.mark.parametrize(
    ("other", "words"),
    [
        (score("historical", "sample", 3.19, 0.01), "1 of 1 others cannot be told apart"),
        (score("historical", "sample", 2.9, 0.3), "clearly before all others"),
        (score("historical", "sample", None, 0.0), "nothing else was compared"),
    ],
)
def test_the_first_is_told_with_how_sure_that_is(other: EstimatorScore, words: str) -> None:
    sentence = estimators_sentence(result(FIRST, other))
    assert sentence.startswith("James-Stein, Ledoit-Wolf foretold")
    assert words in sentence


def test_where_everything_is_singular_that_is_said() -> None:
    assert "singular" in estimators_sentence(result(score("historical", "sample", None, 0.0)))


def test_the_table_says_by_how_many_errors_each_is_behind() -> None:
    text = str(estimators_table(result(FIRST, score("ewma 2", "oas", 3.17, 0.03))))
    assert "'first'" in text
    assert "'3.0'" in text
    assert "Exponentially weighted 2" in text


def test_every_pair_with_a_ratio_is_a_point_with_errors_both_ways() -> None:
    figure = estimators_chart(result(FIRST, FIRST), lambda each: each.covariance)
    [points] = figure.data
    assert list(points.x) == [0.1, 0.1]
    assert list(points.error_y.array) == [0.3, 0.3]


def test_names_of_kinds_that_are_new_are_still_readable() -> None:
    assert estimator_title("brand_new") == "Brand new"
