"""Decimation keeps the picture."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from components.figures.decimate import min_max_indices

SERIES = arrays(
    np.float64,
    st.integers(1, 400),
    elements=st.floats(-1e6, 1e6) | st.just(np.nan),
)
LIMIT = st.integers(4, 60)


@given(SERIES, LIMIT)
def test_at_most_limit_points_in_time_order_with_both_ends(values: np.ndarray, limit: int) -> None:
    kept = min_max_indices(values, limit)
    assert len(kept) <= max(limit, len(values) if len(values) <= limit else 0)
    assert np.all(np.diff(kept) > 0)
    assert kept[0] == 0
    assert kept[-1] == len(values) - 1


@given(SERIES, LIMIT)
def test_no_peak_is_lost(values: np.ndarray, limit: int) -> None:
    kept = values[min_max_indices(values, limit)]
    if np.isfinite(values).any():
        assert np.nanmin(kept) == np.nanmin(values)
        assert np.nanmax(kept) == np.nanmax(values)


def test_a_short_series_is_drawn_as_it_is() -> None:
    assert min_max_indices(np.arange(5000.0)).tolist() == list(range(5000))


def test_a_long_gap_stays_a_gap() -> None:
    values = np.arange(100_000.0)
    values[40_000:60_000] = np.nan
    kept = min_max_indices(values)
    assert np.isnan(values[kept]).any()
    assert not np.isnan(values[kept[kept < 40_000]]).any()


def test_every_window_of_a_long_series_keeps_its_extremes() -> None:
    values = np.random.default_rng(1).normal(size=1_000_000)
    kept = min_max_indices(values, 5000)
    stretch = 401  # a window may cut a stretch at both its ends
    assert len(kept) > 4900
    for start in range(0, len(values) - 5000, 50_000):
        window = values[start : start + 5000]
        drawn = values[kept[(kept >= start - stretch) & (kept < start + 5000 + stretch)]]
        assert drawn.min() <= window.min()
        assert drawn.max() >= window.max()


def test_a_limit_without_room_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 4"):
        min_max_indices(np.zeros(10), 3)
