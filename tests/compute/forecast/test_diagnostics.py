"""Diagnostics are statsmodels'."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.diagnostic import acorr_ljungbox
from statsmodels.stats.stattools import jarque_bera
from statsmodels.tsa.stattools import acf, pacf

from compute.forecast.diagnostics import diagnose

SEEDS = st.integers(0, 10**6)


def residuals_of(seed: int, n: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return np.convolve(rng.standard_t(5, size=n + 3), rng.normal(size=4), "valid")


@settings(deadline=None, max_examples=40)
@given(seed=SEEDS, n=st.integers(20, 400), season=st.sampled_from([1, 4, 12]), fitted=st.integers(0, 5))
def test_tests_and_correlograms_are_those_of_statsmodels(seed: int, n: int, season: int, fitted: int) -> None:
    residuals = residuals_of(seed, n)
    found = diagnose(residuals, season, fitted)
    lags = len(found.acf) - 1
    np.testing.assert_allclose(found.acf, acf(residuals, nlags=lags), atol=1e-10)
    np.testing.assert_allclose(found.pacf, pacf(residuals, nlags=lags, method="ldb"), atol=1e-8)
    assert found.jarque_bera_p == pytest.approx(jarque_bera(residuals)[1], abs=1e-12)
    if found.ljung_box_lags is not None:
        expected = acorr_ljungbox(residuals, lags=[found.ljung_box_lags], model_df=fitted)["lb_pvalue"].iloc[0]
        assert found.ljung_box_p == pytest.approx(expected, abs=1e-10)
    assert found.confidence == pytest.approx(1.96 / np.sqrt(n), rel=1e-4)


@settings(deadline=None, max_examples=40)
@given(seed=SEEDS, gaps=st.sets(st.integers(3, 90), max_size=12))
def test_missing_residuals_are_left_out_as_statsmodels_does(seed: int, gaps: set[int]) -> None:
    residuals = residuals_of(seed, 100)
    residuals[list(gaps)] = np.nan
    found = diagnose(np.concatenate([np.full(13, np.nan), residuals]), 1, 0)
    expected = acf(residuals, nlags=len(found.acf) - 1, missing="conservative")
    np.testing.assert_allclose(found.acf, expected, atol=1e-10)


def test_degrees_of_freedom_leave_room_for_the_fitted_coefficients() -> None:
    found = diagnose(residuals_of(1, 60), 1, 14)
    assert found.ljung_box_lags == 17
    assert found.ljung_box_p is not None


@pytest.mark.parametrize("residuals", [np.zeros(0), np.zeros(50), np.full(50, np.nan), residuals_of(2, 5)])
def test_residuals_that_say_nothing_have_no_diagnostics(residuals: np.ndarray) -> None:
    found = diagnose(residuals, 12, 2)
    assert found.ljung_box_p is None
    assert found.acf == ()
