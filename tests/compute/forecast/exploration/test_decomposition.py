"""Parts add up to the series, and are those of the reference implementation of STL."""

import numpy as np
import pytest
from statsmodels.tsa.seasonal import STL

from compute.forecast.exploration.decomposition import decompose, strength
from compute.forecast.exploration.loess import smooth
from tests.compute.forecast.series import real_series

SEASONS = {"air passengers": 12, "el nino": 12, "gdp": 4, "sunspots": 11, "unemployment": 4}


@pytest.mark.parametrize("name", SEASONS)
@pytest.mark.parametrize("robust", [False, True])
def test_parts_are_those_of_statsmodels(name: str, robust: bool) -> None:
    values, m = real_series()[name], SEASONS[name]
    ours = decompose(values, m, robust)
    rounds = {"inner_iter": 2, "outer_iter": 15} if robust else {"inner_iter": 5, "outer_iter": 0}
    theirs = STL(values, period=m, seasonal=7, robust=robust).fit(**rounds)
    np.testing.assert_allclose(ours.trend, theirs.trend, atol=1e-9 * values.std())
    np.testing.assert_allclose(ours.seasonal, theirs.seasonal, atol=1e-9 * values.std())


@pytest.mark.parametrize("m", [1, 12, 100])
def test_parts_add_up_to_the_series(m: int) -> None:
    values = real_series()["air passengers"]
    parts = decompose(values, m, robust=True)
    np.testing.assert_allclose(parts.trend + parts.seasonal + parts.remainder, values)
    assert parts.seasonal.any() == (m == 12)


def test_straight_line_with_a_fixed_season_is_told_apart_exactly() -> None:
    season = np.tile([3.0, -1.0, -4.0, 2.0], 12)
    parts = decompose(2.0 * np.arange(48) + season, 4, robust=False)
    np.testing.assert_allclose(parts.seasonal, season, atol=1e-6)
    np.testing.assert_allclose(parts.remainder, 0.0, atol=1e-6)


def test_robust_parts_leave_a_spike_in_the_remainder() -> None:
    values = real_series()["air passengers"].copy()
    values[70] += 500
    assert decompose(values, 12, robust=True).remainder[70] == pytest.approx(500, rel=0.1)


def test_window_beyond_the_series_still_smooths() -> None:
    np.testing.assert_allclose(smooth(3.0 * np.arange(6), 41), 3.0 * np.arange(6), atol=1e-9)


def test_strength_is_one_without_remainder_and_nothing_without_variation() -> None:
    assert strength(np.arange(9.0), np.zeros(9)) == 1
    assert strength(np.zeros(9), np.arange(9.0)) == 0
    assert strength(np.zeros(9), np.zeros(9)) is None
