"""Holes in the grid of times, and the rows that fill them."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from compute.audit import fill_positions, find_gaps

STEPS = [("2024-01-01", "D"), ("2024-01", "M"), ("2024-01-01T00", "h"), ("1990", "Y"), ("2024-01-01T00:00:00", "s")]


def grid(start: str, unit: str, count: int) -> np.ndarray:
    return (np.datetime64(start, unit) + np.arange(count)).astype("datetime64[ns]")


@pytest.mark.parametrize(("start", "unit"), STEPS)
def test_a_full_grid_has_no_gaps(start: str, unit: str) -> None:
    gaps = find_gaps(grid(start, unit, 40))
    assert gaps is not None
    assert gaps.total == 0


@pytest.mark.parametrize(("start", "unit"), STEPS)
@given(data=st.data())
def test_times_taken_out_of_a_grid_are_found_and_put_back(start: str, unit: str, data: st.DataObject) -> None:
    full = grid(start, unit, 40)
    inner = st.sets(st.integers(1, 38), max_size=12)
    removed = data.draw(inner)
    kept = np.array([position for position in range(40) if position not in removed])
    assume(np.count_nonzero(np.diff(kept) == 1) > 25)  # the step must stay the usual difference
    gaps = find_gaps(full[kept])
    assert gaps is not None
    assert gaps.total == len(removed)
    filled, sources = fill_positions(full[kept], gaps)
    assert np.array_equal(filled, full)
    assert np.array_equal(np.flatnonzero(sources < 0), sorted(removed))
    assert np.array_equal(sources[sources >= 0], np.arange(kept.size))


@given(st.permutations(range(12)), st.integers(0, 11))
def test_rows_keep_their_order_when_gaps_are_filled(order: list[int], twice: int) -> None:
    times = grid("2024-01-01", "D", 14)[[0, 1, 2, 3, 4, 5, 8, 9, 10, 11, 12, 13]][[*order, twice]]
    gaps = find_gaps(times)
    assert gaps is not None
    filled, sources = fill_positions(times, gaps)
    assert sources[sources >= 0].tolist() == list(range(13))
    assert np.array_equal(filled[sources >= 0], times)
    assert sorted(filled[sources < 0].tolist()) == sorted(grid("2024-01-07", "D", 2).tolist())


def test_irregular_times_have_no_gaps_to_speak_of() -> None:
    days = np.cumsum(np.random.default_rng(0).integers(1, 10_000, size=40))
    assert find_gaps((np.datetime64("2024-01-01", "s") + days).astype("datetime64[ns]")) is None


def test_the_first_missing_time_of_a_hole_follows_the_last_one_there() -> None:
    times = np.array(["2024-01-31", "2024-02-29", "2024-03-31", "2024-06-30"], dtype="datetime64[ns]")
    gaps = find_gaps(times)
    assert gaps is not None
    assert (gaps.total, str(gaps.first_missing(0))[:10]) == (2, "2024-04-30")
