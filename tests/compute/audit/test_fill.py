"""Interpolation: what was observed stays, what was missing is filled as said and no other way."""

from typing import get_args

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from compute.audit import interpolate
from compute.audit.fill import FillMethod
from compute.audit.smooth import running_median

series = arrays(float, st.integers(0, 40), elements=st.floats(-1e300, 1e300) | st.just(np.nan))


@pytest.mark.parametrize("method", get_args(FillMethod))
@given(series)
def test_observed_values_stay_and_nothing_is_missing_afterwards(method: FillMethod, values: np.ndarray) -> None:
    filled = interpolate(values, method, season_length=4)
    observed = ~np.isnan(values)
    assert np.array_equal(filled[observed], values[observed])
    assert not np.isnan(filled).any() or not observed.any()


@pytest.mark.parametrize("method", get_args(FillMethod))
@given(series)
def test_filling_twice_is_the_same_as_once(method: FillMethod, values: np.ndarray) -> None:
    once = interpolate(values, method, season_length=4)
    assert np.array_equal(interpolate(once, method, season_length=4), once, equal_nan=True)


@given(series)
def test_a_line_never_leaves_the_range_of_what_was_observed(values: np.ndarray) -> None:
    filled = interpolate(values)
    if not np.isnan(values).all():
        rounding = 1e-12 * np.nanmax(np.abs(values))
        assert np.nanmin(filled) >= np.nanmin(values) - rounding
        assert np.nanmax(filled) <= np.nanmax(values) + rounding


def test_a_line_runs_along_the_times_not_the_rows() -> None:
    times = np.array(["2024-01-01", "2024-01-02", "2024-01-05"], dtype="datetime64[ns]")
    assert interpolate(np.array([0.0, np.nan, 4.0]), "linear", times).tolist() == [0.0, 1.0, 4.0]
    assert interpolate(np.array([0.0, np.nan, 4.0]), "linear").tolist() == [0.0, 2.0, 4.0]


def test_previous_repeats_the_last_value_and_the_first_at_the_beginning() -> None:
    values = np.array([np.nan, 1.0, np.nan, np.nan, 5.0, np.nan])
    assert interpolate(values, "previous").tolist() == [1.0, 1.0, 1.0, 1.0, 5.0, 5.0]


def test_seasonal_filling_follows_the_season() -> None:
    steps = np.arange(96)
    truth = 50 + 0.5 * steps + 10 * np.sin(2 * np.pi * steps / 12)
    holed = truth.copy()
    holed[40:46] = np.nan
    seasonal = interpolate(holed, "seasonal", season_length=12)
    assert np.abs(seasonal - truth).max() < 0.2 * np.abs(interpolate(holed) - truth).max()


@given(arrays(float, st.integers(4, 40), elements=st.floats(-1e6, 1e6)))
def test_the_running_median_equals_the_plain_one_inside(values: np.ndarray) -> None:
    expected = [np.median(values[at - 3 : at + 4]) for at in range(3, values.size - 3)]
    assert running_median(values, 7)[3 : values.size - 3].tolist() == expected
