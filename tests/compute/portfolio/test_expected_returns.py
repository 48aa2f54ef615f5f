"""Expected returns against closed forms, limits and published formulas."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from compute.portfolio.assets import DatasetAssets, GivenMoments, Values
from compute.portfolio.covariance import Denoised, LedoitWolf, SampleCovariance
from compute.portfolio.covariance.sample import sample_covariance
from compute.portfolio.expected_returns import (
    AbsoluteView,
    BlackLitterman,
    Capm,
    ForecastReturns,
    GivenReturns,
    JamesStein,
    RelativeView,
)
from compute.portfolio.expected_returns.black_litterman import posterior
from compute.portfolio.expected_returns.capm import betas
from compute.portfolio.expected_returns.ewma import ewma_mean
from compute.portfolio.expected_returns.james_stein import james_stein
from compute.portfolio.moments import Estimation, Moments, estimate_moments, given_moments
from compute.portfolio.returns import AssetReturns, prepare_returns
from compute.schema import RequestError

NAMES = ("oak", "elm", "fir", "ash")
TABLE = np.random.default_rng(8).normal([0.0002, 0.0008, 0.0005, 0.001], 0.01, size=(250, 4))


def returns() -> AssetReturns:
    return prepare_returns(Values(NAMES, TABLE, kind="returns"), DatasetAssets(dataset="any"))


def moments(**how: object) -> Moments:
    return estimate_moments(returns(), Estimation(**how))  # type: ignore[arg-type]


def refusal(**how: object) -> tuple[tuple[str | int, ...], str]:
    with pytest.raises(RequestError) as caught:
        moments(**how)
    return caught.value.problems[0].loc, caught.value.problems[0].msg


def test_a_fading_mean_with_a_long_memory_is_the_mean() -> None:
    np.testing.assert_allclose(ewma_mean(TABLE, 1e9), TABLE.mean(axis=0), rtol=1e-6)


def test_a_fading_mean_forgets_at_its_half_life() -> None:
    table = np.array([[1.0], [0.0], [0.0]])
    assert ewma_mean(table, 1.0)[0] == pytest.approx(0.25 / 1.75)


@pytest.mark.parametrize("target", ["grand_mean", "min_variance"])
@given(seed=st.integers(0, 500))
def test_shrunk_means_lie_between_the_means_and_their_target(target: str, seed: int) -> None:
    table = np.random.default_rng(seed).normal(0.001, 0.01, size=(60, 5))
    means, covariance = table.mean(axis=0), sample_covariance(table)
    made, alpha = james_stein(means, covariance, 60, target)
    assert 0 <= alpha <= 1
    centre = means.mean()
    if target == "min_variance":
        solved = np.linalg.solve(covariance, np.ones(5))
        centre = means @ solved / solved.sum()
    np.testing.assert_allclose(made, (1 - alpha) * means + alpha * centre, rtol=1e-8)


def test_bayes_stein_has_the_intensity_of_jorion() -> None:
    means, covariance = TABLE.mean(axis=0), sample_covariance(TABLE)
    inverse = np.linalg.inv(covariance)
    centre = inverse.sum(axis=0) @ means / inverse.sum()
    away = means - centre
    expected = 6 / (6 + 250 * away @ inverse @ away)
    assert james_stein(means, covariance, 250, "min_variance")[1] == pytest.approx(expected, rel=1e-9)


def test_the_market_itself_has_beta_one_and_earns_the_premium() -> None:
    market = np.array([0.4, 0.3, 0.2, 0.1])
    assert betas(sample_covariance(TABLE), market) @ market == pytest.approx(1.0)
    how = Capm(market_weights=dict(zip(NAMES, (40.0, 30.0, 20.0, 10.0), strict=True)), market_premium=0.06)
    made = moments(expected_returns=how, risk_free_rate=0.02)
    assert made.mean @ market * 252 == pytest.approx(0.08)


def test_an_empty_premium_is_that_of_the_history() -> None:
    made = moments(expected_returns=Capm(market_premium=None), risk_free_rate=0.02)
    assert made.mean.mean() == pytest.approx(TABLE.mean())


def test_without_views_black_litterman_returns_what_the_market_implies() -> None:
    covariance = sample_covariance(TABLE)
    made = moments(expected_returns=BlackLitterman(risk_aversion=3.0), risk_free_rate=0.0)
    np.testing.assert_allclose(made.mean, 3.0 * covariance.mean(axis=1), rtol=1e-9)
    np.testing.assert_allclose(made.covariance, 1.05 * covariance, rtol=1e-9)


def test_a_certain_view_comes_true_and_a_doubted_one_half_way() -> None:
    view = AbsoluteView(asset="elm", annual_return=0.30, confidence=1.0)
    before = moments(expected_returns=BlackLitterman()).mean[1] * 252
    certain = moments(expected_returns=BlackLitterman(views=(view,))).mean[1] * 252
    doubted = (
        moments(expected_returns=BlackLitterman(views=(view.model_copy(update={"confidence": 0.5}),))).mean[1] * 252
    )
    assert certain == pytest.approx(0.30)
    assert doubted == pytest.approx((before + 0.30) / 2)


def test_a_relative_view_moves_the_difference() -> None:
    view = RelativeView(better="fir", worse="oak", annual_difference=0.1, confidence=1.0)
    made = moments(expected_returns=BlackLitterman(views=(view,))).mean * 252
    assert made[2] - made[0] == pytest.approx(0.1)


def test_the_posterior_is_the_textbook_form() -> None:
    covariance, prior = sample_covariance(TABLE), np.array([0.1, 0.2, 0.15, 0.05])
    picks = np.array([[1.0, 0, 0, 0], [0, 1, -1, 0]])
    said, confidence = np.array([0.3, 0.02]), np.array([0.3, 0.8])
    error = 0.05 * covariance
    omega = np.diag((1 - confidence) / confidence * np.diag(picks @ error @ picks.T))
    precision = np.linalg.inv(error) + picks.T @ np.linalg.inv(omega) @ picks
    expected = np.linalg.solve(precision, np.linalg.solve(error, prior) + picks.T @ np.linalg.solve(omega, said))
    mean, after = posterior(prior, covariance, 0.05, picks, said, confidence)
    np.testing.assert_allclose(mean, expected, rtol=1e-8)
    np.testing.assert_allclose(after, np.linalg.inv(precision), rtol=1e-8)


def test_views_and_markets_of_unknown_assets_are_told_at_their_place() -> None:
    view = AbsoluteView(asset="elm ", annual_return=0.3)
    loc, message = refusal(expected_returns=BlackLitterman(views=(view,)))
    assert loc == ("expected_returns", "views", 0, "asset")
    assert "did you mean 'elm'?" in message
    loc, message = refusal(expected_returns=Capm(market_weights={"yew": 1.0}))
    assert loc == ("expected_returns", "market_weights")
    assert "there is no asset 'yew'" in message


def test_how_far_was_shrunk_is_told() -> None:
    assert any("shrunk by" in note for note in moments(expected_returns=JamesStein()).notes)
    assert any("Ledoit-Wolf put" in note for note in moments(covariance=LedoitWolf()).notes)
    assert any("stand out" in note for note in moments(covariance=Denoised()).notes)


def test_pairwise_gaps_need_the_sample_covariance_and_get_a_covariance() -> None:
    table = TABLE.copy()
    table[:100, 0], table[60:160, 1], table[120:, 2] = np.nan, np.nan, np.nan
    made = prepare_returns(Values(NAMES, table, kind="returns"), DatasetAssets(dataset="any", missing="pairwise"))
    assert estimate_moments(made, Estimation(covariance=SampleCovariance())).covariance.shape == (4, 4)
    with pytest.raises(RequestError, match="ledoit_wolf needs complete rows"):
        estimate_moments(made, Estimation(covariance=LedoitWolf()))


def given_(matrix: list[list[float]], names: tuple[str, ...] = ("a", "b")) -> GivenMoments:
    return GivenMoments(expected_returns=dict.fromkeys(names, 0.1), covariance=tuple(map(tuple, matrix)))


@pytest.mark.parametrize(
    ("matrix", "words"),
    [
        ([[0.04, 0.01], [0.02, 0.09]], "not symmetric: 0.01 for a with b but 0.02"),
        ([[0.04, 0.2], [0.2, 0.09]], "not positive semidefinite: its least eigenvalue is -0.1"),
        ([[0.04, 0.0], [0.0, -0.09]], "the variance of b is -0.09"),
        ([[0.04]], "rows of [1] numbers for 2 assets"),
    ],
)
def test_what_is_no_covariance_is_named(matrix: list[list[float]], words: str) -> None:
    with pytest.raises(RequestError) as caught:
        given_moments(given_(matrix))
    assert words in caught.value.problems[0].msg
    assert caught.value.problems[0].loc[:2] == ("assets", "covariance")


def test_given_moments_are_annual_unless_their_periods_are_given() -> None:
    made = given_moments(given_([[0.04, 0.01], [0.01, 0.09]]))
    assert made.periods_per_year == 1
    assert made.names == ("a", "b")


def test_given_returns_are_taken_and_others_keep_the_mean_of_their_past() -> None:
    made = moments(expected_returns=GivenReturns(annual_returns={"elm": 0.08, "ash": -0.02}))
    expected = TABLE.mean(axis=0)
    expected[[1, 3]] = 0.08 / 252, -0.02 / 252
    np.testing.assert_allclose(made.mean, expected, rtol=1e-12)
    assert any("2 of 4 assets were given" in note for note in made.notes)


def test_given_returns_of_unknown_assets_and_forecasts_without_a_forecaster_are_refused() -> None:
    loc, said = refusal(expected_returns=GivenReturns(annual_returns={"elk": 0.1}))
    assert loc == ("expected_returns", "annual_returns")
    assert "did you mean 'elm'" in said
    assert refusal(expected_returns=ForecastReturns())[0] == ("expected_returns",)
