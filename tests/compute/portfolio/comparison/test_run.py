"""Estimators compared: nothing unseen is learnt from, scores are what they say, and better estimates score better."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import multivariate_normal

from compute.job import ignore_progress
from compute.portfolio.assets import Values
from compute.portfolio.comparison.folds import split_history
from compute.portfolio.comparison.request import EstimatorsRequest
from compute.portfolio.comparison.result import EstimatorScore, EstimatorsResult
from compute.portfolio.comparison.run import compare_estimators
from compute.portfolio.comparison.scores import jackknife_error, jackknifed, log_densities, mean_of
from compute.schema import RequestError
from tests.compute.portfolio.markets import NAMES, returns

TABLE = returns(600)


def request(**asked: Any) -> EstimatorsRequest:
    return EstimatorsRequest.model_validate({"assets": {"dataset": "any"}, **asked})


def compared(table: Any = TABLE, names: tuple[str, ...] = NAMES, **asked: Any) -> EstimatorsResult:
    return compare_estimators(request(**asked), Values(names, table, kind="returns"), ignore_progress)


def score_of(result: EstimatorsResult, covariance: str, mean: str = "historical") -> EstimatorScore:
    return next(each for each in result.scores if (each.expected_returns, each.covariance) == (mean, covariance))


@settings(max_examples=80, deadline=None)
@given(
    st.integers(120, 400), st.integers(3, 10), st.integers(0, 8), st.integers(0, 8), st.sampled_from([None, 30, 50]),
    st.sampled_from(["past", "both_sides"]),
)  # fmt: skip
def test_nothing_next_to_what_is_foretold_is_learnt_from(
    periods: int, folds: int, purge: int, embargo: int, window: int | None, training: str
) -> None:
    asked = request(folds=folds, purge=purge, embargo=embargo, window=window, training=training)
    splits = split_history(asked, periods)
    assert len(splits) == folds
    assert splits[-1].test[1] == periods
    for split, following in zip(splits, [*splits[1:], None], strict=True):
        start, end = split.test
        rows = split.rows
        near = (rows >= start - purge) & (rows < end + purge + embargo)
        assert not near.any()
        if training == "past":
            assert rows.max() < start - purge
            assert window is None or rows.size == window
        if following is not None:
            assert following.test[0] == end


def test_the_log_density_is_that_of_the_normal_distribution() -> None:
    mean, sigma = TABLE[:300].mean(axis=0), np.cov(TABLE[:300].T)
    ours = log_densities(TABLE[300:], mean, sigma)
    assert ours is not None
    np.testing.assert_allclose(ours, multivariate_normal(mean, sigma).logpdf(TABLE[300:]) / 6, rtol=1e-9)
    assert log_densities(TABLE[300:], mean, np.ones((6, 6))) is None


def test_the_jackknife_of_a_mean_is_its_textbook_error() -> None:
    values = np.random.default_rng(0).normal(size=40)
    _, without = jackknifed([values[i : i + 1] for i in range(40)], mean_of)
    assert jackknife_error(without) == pytest.approx(values.std(ddof=1) / np.sqrt(40))


def test_a_window_of_one_fold_gives_what_is_computed_by_hand() -> None:
    result = compared(folds=5, covariances=[{"kind": "sample"}], expected_returns=[{"kind": "historical"}])
    (score,) = result.scores
    densities = []
    for fold in result.folds:
        (low, high), (start, end) = fold.train[0], fold.test
        learnt = TABLE[low:high]
        normal = multivariate_normal(learnt.mean(axis=0), np.cov(learnt.T))
        densities.append(normal.logpdf(TABLE[start:end]) / 6)
    assert score.log_likelihood is not None
    assert score.log_likelihood.value == pytest.approx(np.concatenate(densities).mean(), rel=1e-9)
    assert score.log_likelihood.behind == 0
    assert result.best["volatility"] == "historical with sample"


def test_with_few_periods_shrinkage_foretells_better_than_the_sample() -> None:
    rng = np.random.default_rng(3)
    many = 0.01 * rng.normal(size=(400, 30))
    names = tuple(f"a{i}" for i in range(30))
    kinds = [{"kind": kind} for kind in ("sample", "ledoit_wolf")]
    means = [{"kind": "historical"}]
    result = compared(many, names, expected_returns=means, covariances=kinds, window=40, folds=6)
    sample, shrunk = score_of(result, "sample"), score_of(result, "ledoit_wolf")
    assert sample.log_likelihood is not None
    assert shrunk.log_likelihood is not None
    assert sample.log_likelihood.behind > 3 * sample.log_likelihood.behind_error > 0
    assert sample.volatility.value > shrunk.volatility.value
    assert sample.foretold_volatility < sample.volatility.value
    assert result.scores[0] == shrunk


def test_singular_estimates_have_no_likelihood_but_a_reason() -> None:
    result = compared(folds=4, window=10, covariances=[{"kind": "sample"}], table=np.hstack([TABLE, TABLE[:, ::-1]]),
                      names=tuple("abcdefghijkl"))  # fmt: skip
    assert all(score.log_likelihood is None and score.reason for score in result.scores)


def test_portfolios_of_cash_have_no_ratio_and_spoil_no_other_one() -> None:
    table = TABLE.copy()
    table[:, 5] = 0.0001
    result = compared(table, folds=3, constraints={"max_weight": 1})
    assert all(np.isfinite(score.volatility.behind_error) for score in result.scores)


def test_learning_from_both_sides_uses_what_comes_after() -> None:
    result = compared(training="both_sides", folds=4, purge=3, embargo=5)
    assert result.folds[0].train == ((result.folds[0].test[1] + 8, 600),)
    assert len(result.folds[1].train) == 2


def test_equal_kinds_are_told_apart_by_number() -> None:
    kinds = [{"kind": "ewma", "half_life": 20}, {"kind": "ewma", "half_life": 200}]
    result = compared(folds=3, covariances=kinds, expected_returns=[{"kind": "historical"}])
    assert {score.covariance for score in result.scores} == {"ewma 1", "ewma 2"}


@pytest.mark.parametrize(
    ("asked", "loc"),
    [
        ({"folds": 100, "table": TABLE[:90]}, ("folds",)),
        ({"window": 590}, ("window",)),
        ({"constraints": {"max_weight": 0.1}}, ("constraints", "max_weight")),
        ({"assets": {"dataset": "any", "missing": "pairwise"}}, ("assets", "missing")),
    ],
)
def test_what_cannot_be_compared_is_refused_at_its_field(asked: Any, loc: Any) -> None:
    with pytest.raises(RequestError) as caught:
        compared(**asked)
    assert caught.value.problems[0].loc == loc
