"""Gaps are filled for the inputs only, and a series and its mirror image are one."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from compute.forecast.neural.augmentation import bootstrap_copies, decompose, draw_blocks
from compute.forecast.neural.track import change_scale, fill_gaps, lean, make_track
from tests.compute.forecast.series import air_passengers


@given(arrays(np.float64, st.integers(3, 60), elements=st.floats(-100, 100)), st.integers(1, 8))
def test_what_was_observed_stays_as_it_is(values: np.ndarray, season: int) -> None:
    holes = values.copy()
    holes[1:-1:3] = np.nan
    filled = fill_gaps(holes, season)
    assert np.isfinite(filled).all()
    np.testing.assert_array_equal(filled[~np.isnan(holes)], holes[~np.isnan(holes)])


def test_gap_in_a_seasonal_series_is_filled_with_its_season() -> None:
    values = np.tile([1.0, 5.0, 3.0, -2.0], 12)
    holes = values.copy()
    holes[17:22] = np.nan
    np.testing.assert_allclose(fill_gaps(holes, 4), values, atol=1e-12)


@given(arrays(np.float64, st.integers(2, 40), elements=st.floats(-1e6, 1e6)))
def test_mirrored_series_leans_the_other_way(values: np.ndarray) -> None:
    third = np.mean((values - values.mean()) ** 3)
    if abs(third) > 1e-6 * np.abs(values).max() ** 3:
        assert lean(values) == -lean(-values)


def test_track_of_a_mirrored_series_is_the_same() -> None:
    plain, mirrored = (make_track(sign * air_passengers(), 12, 12) for sign in (1.0, -1.0))
    np.testing.assert_allclose(mirrored.values, plain.values)
    assert mirrored.sign == -plain.sign


def test_held_back_values_do_not_touch_sign_or_scale() -> None:
    values = air_passengers()
    changed = values.copy()
    changed[-12:] = -1e6
    plain, other = make_track(values, 12, 12), make_track(changed, 12, 12)
    assert (plain.sign, plain.scale) == (other.sign, other.scale)
    assert plain.scale == change_scale(values[:-12], 12)


def test_copies_keep_trend_and_season_and_what_was_learned_only() -> None:
    track = make_track(air_passengers(), 12, 12)
    copies = bootstrap_copies(track, 12, np.random.default_rng(0))
    assert copies
    for copy in copies:
        assert copy.values.size == copy.n_learned == 132
        assert np.corrcoef(copy.values, track.values[:132])[0, 1] > 0.95
        assert not np.array_equal(copy.values, track.values[:132])


def test_line_with_a_season_has_no_remainder() -> None:
    line = np.arange(60.0) + np.tile([3.0, -1, -2], 20)
    inside = slice(4, -4)
    np.testing.assert_allclose(decompose(line, 3)[inside], line[inside], atol=0.3)


@pytest.mark.parametrize("n", [12, 25, 100])
def test_blocks_are_pieces_of_the_remainder(n: int) -> None:
    remainder = np.random.default_rng(0).normal(size=n)
    drawn = draw_blocks(remainder, 6, np.random.default_rng(1))
    assert drawn.size == n
    assert set(drawn) <= set(remainder)
