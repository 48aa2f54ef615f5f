"""A season is found where the values show one, whatever their unit, and rarely where they do not."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compute.forecast.seasonality import CANDIDATES, SEASONS, detect_season


def waves(m: int, n: int, seed: int = 0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    profile = rng.normal(size=m)
    return 100 + np.tile(profile, n // m + 1)[:n] * 5 + rng.normal(size=n)


@pytest.mark.parametrize("m", CANDIDATES)
def test_every_season_of_the_calendar_is_found(m: int) -> None:
    assert detect_season(waves(m, 8 * m)) == m


@pytest.mark.parametrize("scale", [1e-90, 1e-6, 1.0, 1e90])
@pytest.mark.parametrize("shift", [0.0, -100.0])
def test_the_unit_of_the_values_does_not_matter(scale: float, shift: float) -> None:
    assert detect_season((waves(12, 96) + shift) * scale) == 12


def test_a_season_survives_some_missing_values() -> None:
    values = waves(12, 120)
    values[[0, 17, 18, 55, 119]] = np.nan
    assert detect_season(values) == 12


def test_a_season_not_seen_often_enough_is_not_found() -> None:
    assert detect_season(waves(52, SEASONS * 52 - 1)) != 52


def test_walks_and_noise_hardly_ever_have_one() -> None:
    rng = np.random.default_rng(1)
    found = [detect_season(each) for noise in rng.normal(size=(100, 150)) for each in (noise + 20, noise.cumsum())]
    assert sum(m > 1 for m in found) <= 12


@pytest.mark.parametrize("values", [np.full(40, 5.0), np.arange(40.0), np.full(40, np.nan), np.zeros(40), np.ones(1)])
def test_what_does_not_vary_has_none(values: np.ndarray) -> None:
    assert detect_season(values) == 1


@settings(max_examples=40, deadline=None)
@given(st.lists(st.one_of(st.floats(-1e100, 1e100), st.just(float("nan"))), max_size=60))
def test_any_values_are_answered(values: list[float]) -> None:
    with np.errstate(all="raise", under="ignore"):
        assert detect_season(np.array(values)) in (1, *CANDIDATES)
