"""Time order, duplicates and their merging, against plain dictionaries."""

from collections import defaultdict
from typing import get_args

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from compute.audit import (
    Method,
    duplicate_positions,
    first_positions,
    merge_values,
    time_order,
    unsorted_positions,
)

NAT = np.datetime64("NaT", "ns")
few_times = st.lists(st.one_of(st.integers(0, 6), st.none()), max_size=30).map(
    lambda days: np.array([NAT if day is None else np.datetime64(day, "D") for day in days], dtype="datetime64[ns]")
)
numbers = st.floats(-1e6, 1e6) | st.just(float("nan"))
REDUCE = {
    "mean": np.mean,
    "sum": np.sum,
    "max": np.max,
    "min": np.min,
    "first": lambda values: values[0],
    "last": lambda values: values[-1],
}


@given(few_times)
def test_unsorted_rows_are_those_before_a_later_time(times: np.ndarray) -> None:
    expected = []
    latest = None
    for position, time in enumerate(times):
        if np.isnat(time):
            continue
        if latest is not None and time < latest:
            expected.append(position)
        latest = time if latest is None else max(latest, time)
    assert unsorted_positions(times).tolist() == expected


@given(few_times)
def test_duplicates_and_first_rows_share_the_table_out(times: np.ndarray) -> None:
    seen: set[object] = set()
    firsts = []
    for position, time in enumerate(times):
        if np.isnat(time) or time not in seen:
            firsts.append(position)
        seen.add(time)
    assert first_positions(times).tolist() == firsts
    assert sorted([*firsts, *duplicate_positions(times).tolist()]) == list(range(times.size))


@given(few_times)
def test_time_order_sorts_keeps_equal_times_and_puts_missing_ones_last(times: np.ndarray) -> None:
    order = time_order(times)
    keys = [(np.isnat(times[row]), 0 if np.isnat(times[row]) else int(times[row].astype(int)), row) for row in order]
    assert keys == sorted(keys)


@pytest.mark.parametrize("method", get_args(Method))
@given(data=st.data())
def test_merged_values_equal_those_of_a_plain_loop(method: Method, data: st.DataObject) -> None:
    times = data.draw(few_times)
    values = np.array(data.draw(st.lists(numbers, min_size=times.size, max_size=times.size)), dtype=float)
    groups: dict[object, list[float]] = defaultdict(list)
    for position, (time, value) in enumerate(zip(times, values, strict=True)):
        groups[("row", position) if np.isnat(time) else time].append(value)
    expected = []
    for group in groups.values():
        present = np.array([value for value in group if not np.isnan(value)])
        expected.append(REDUCE[method](present) if present.size else np.nan)
    np.testing.assert_allclose(merge_values(times, values, method), expected, rtol=1e-12, atol=1e-6)


@given(few_times)
def test_merging_rows_without_duplicates_changes_nothing(times: np.ndarray) -> None:
    unique = times[first_positions(times)]
    values = np.arange(unique.size, dtype=float)
    for method in get_args(Method):
        assert merge_values(unique, values, method).tolist() == values.tolist()


def test_numbers_near_the_largest_have_a_mean_but_no_sum() -> None:
    times, values = np.zeros(2, dtype="datetime64[ns]"), np.array([1.6e308, 1.4e308])
    assert merge_values(times, values, "mean")[0] == pytest.approx(1.5e308)
    assert np.isnan(merge_values(times, values, "sum")[0])


def test_the_mean_of_equal_values_is_exactly_that_value() -> None:
    times = np.zeros(3, dtype="datetime64[ns]")
    assert merge_values(times, np.array([0.1, 0.1, 0.1]), "mean")[0] == 0.1
