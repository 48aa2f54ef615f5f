"""Scores are the integrals that define them, and bands the quantiles of what is believed."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from scipy.integrate import quad

from compute.forecast.distribution import SampledErrors, StudentErrors, crps, make_bands_of

DEGREES = [1.5, 4.0, 12.0, 300.0, np.inf]


@pytest.mark.parametrize("degrees", DEGREES)
@pytest.mark.parametrize("error", [-7.0, -0.3, 0.0, 1.0, 4.5])
def test_score_is_the_integral_of_the_squared_distance_to_what_came(degrees: float, error: float) -> None:
    """Definition of Gneiting & Raftery 2007: the integral of (F(x) - 1{y <= x})^2."""
    scale = 2.0
    below = quad(lambda x: stats.t.cdf(x / scale, degrees) ** 2, -np.inf, error)[0]
    above = quad(lambda x: stats.t.sf(x / scale, degrees) ** 2, error, np.inf)[0]
    found = crps(StudentErrors(np.array([scale]), degrees), np.array([error]))
    assert found[0] == pytest.approx(below + above, rel=1e-6)


def test_many_degrees_of_freedom_meet_the_gaussian() -> None:
    errors = np.linspace(-4, 4, 9)
    nearly = crps(StudentErrors(np.ones(9), 0.9e6), errors)
    np.testing.assert_allclose(nearly, crps(StudentErrors(np.ones(9)), errors), atol=1e-5)


@given(
    paths=st.lists(st.floats(-50, 50), min_size=2, max_size=20),
    error=st.floats(-60, 60),
)
def test_score_of_paths_is_their_mean_distance_less_half_of_that_among_them(paths: list[float], error: float) -> None:
    drawn = np.array(paths)
    expected = np.abs(drawn - error).mean() - 0.5 * np.abs(drawn[:, None] - drawn).mean()
    found = crps(SampledErrors(drawn[:, None]), np.array([error]))
    assert found[0] == pytest.approx(expected, abs=1e-9)


def test_many_paths_score_like_the_distribution_they_were_drawn_from() -> None:
    actual = np.array([0.0, 1.0, 5.0])
    paths = np.random.default_rng(0).standard_t(6, size=(200_000, 3))
    np.testing.assert_allclose(
        crps(SampledErrors(paths), actual), crps(StudentErrors(np.ones(3), 6), actual), rtol=0.02
    )


def test_true_distribution_scores_better_than_a_narrower_or_a_wider_one() -> None:
    errors = np.random.default_rng(1).normal(size=20_000)
    scores = [crps(StudentErrors(np.full(errors.size, scale)), errors).mean() for scale in (0.6, 1.0, 1.7)]
    assert scores[1] < min(scores[0], scores[2])


def test_certain_forecast_scores_its_absolute_error_and_unseen_values_stay_unknown() -> None:
    found = crps(StudentErrors(np.array([0.0, 0.0, 1.0])), np.array([-2.0, np.nan, np.nan]))
    np.testing.assert_array_equal(found, [2.0, np.nan, np.nan])


@pytest.mark.parametrize("degrees", DEGREES)
def test_band_holds_its_level_of_the_distribution(degrees: float) -> None:
    (band,) = make_bands_of(StudentErrors(np.array([3.0]), degrees), np.array([10.0]), [90])
    assert stats.t.cdf((band.upper[0] - 10) / 3, degrees) == pytest.approx(0.95)
    assert band.upper[0] - 10 == pytest.approx(10 - band.lower[0])
