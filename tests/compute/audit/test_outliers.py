"""Outliers: planted ones are found, series as they are stay unsuspected."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from compute.audit import find_outliers, without_outliers


def wave(season: int, size: int = 240, seed: int = 0) -> np.ndarray:
    steps = np.arange(size)
    noise = np.random.default_rng(seed).normal(size=size)
    return 100 + 0.2 * steps + (season > 1) * 10 * np.sin(2 * np.pi * steps / season) + noise


@pytest.mark.parametrize("season", [1, 7, 12, 24])
@given(seed=st.integers(0, 2**16), positions=st.sets(st.integers(30, 209), min_size=1, max_size=2))
def test_planted_outliers_are_found(season: int, seed: int, positions: set[int]) -> None:
    assume(season == 1 or len({position % season for position in positions}) == len(positions))  # else it is a season
    values = wave(season, seed=seed)
    values[list(positions)] += 60.0
    assert positions <= set(find_outliers(values, season).tolist())


@pytest.mark.parametrize("season", [1, 7, 12, 24])
def test_what_stands_beside_an_outlier_is_rarely_suspected_with_it(season: int) -> None:
    suspected = 0
    for seed in range(100):
        values = wave(season, seed=seed)
        values[30 + 17 * seed % 180] += 60.0
        suspected += find_outliers(values, season).size
    assert 100 <= suspected <= 102


@pytest.mark.parametrize("season", [1, 7, 12, 24])
@given(seed=st.integers(0, 2**16))
def test_noise_around_trend_and_season_is_no_outlier(season: int, seed: int) -> None:
    assert find_outliers(wave(season, seed=seed), season).size == 0


def test_a_million_gaussian_values_have_no_outliers() -> None:
    assert find_outliers(np.random.default_rng(1).normal(size=1_000_000)).size == 0


@pytest.mark.parametrize(
    "make",
    [
        lambda random: np.cumsum(random.normal(size=5_000)),
        lambda random: random.poisson(0.3, size=5_000).astype(float),
        lambda random: np.sort(random.normal(size=500)),
        lambda random: np.repeat([1.0, 9.0], 100),
        lambda random: np.zeros(100),
        lambda random: 10.0 ** np.linspace(0, 6, 200),
    ],
    ids=["walk", "counts", "climb", "step", "zeros", "exponential"],
)
def test_rough_and_odd_series_are_not_full_of_outliers(make: object) -> None:
    assert find_outliers(make(np.random.default_rng(3))).size == 0  # type: ignore[operator]


@given(arrays(float, st.integers(0, 60), elements=st.floats(allow_nan=False, allow_infinity=False)), st.integers(1, 8))
def test_numbers_of_any_size_can_be_looked_at_and_mended(values: np.ndarray, season: int) -> None:
    mended = without_outliers(values, season)
    assert np.isfinite(mended).all()
    if find_outliers(values, season).size == 0:
        assert np.array_equal(mended, values)


def test_the_unit_of_the_values_does_not_matter() -> None:
    values = wave(12)
    values[60] += 50
    for factor in (1e-300, 1e-9, 1e9, 1e300):
        assert find_outliers(values * factor, 12).tolist() == [60]


def test_missing_values_are_never_suspected() -> None:
    values = wave(12)
    values[[30, 31, 90]] = np.nan
    values[60] += 50
    assert find_outliers(values, 12).tolist() == [60]


@given(seed=st.integers(0, 2**16), positions=st.sets(st.integers(0, 239), max_size=6), size=st.floats(-90, 90))
def test_mending_is_complete_repeatable_and_touches_only_outliers(seed: int, positions: set[int], size: float) -> None:
    values = wave(12, seed=seed)
    values[list(positions)] += size
    values[5] = np.nan
    mended = without_outliers(values, 12)
    assert find_outliers(mended, 12).size == 0
    assert np.array_equal(without_outliers(mended, 12), mended, equal_nan=True)
    changed = np.flatnonzero(mended != values)
    assert set(changed.tolist()) <= positions | {5} | set(find_outliers(values, 12).tolist())
    assert np.isnan(mended[5])
