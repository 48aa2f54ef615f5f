"""The histogram: within 0.4 % of the values, merged without loss, and like HdrHistogram."""

import math
from itertools import pairwise

import numpy as np
import pytest
from hdrh.histogram import HdrHistogram  # type: ignore[import-untyped]
from hypothesis import given, settings
from hypothesis import strategies as st

from services.latency.histogram import RELATIVE_ERROR, Histogram, merged, middle

SHARES = (0.0, 0.01, 0.25, 0.5, 0.95, 0.99, 0.999, 1.0)
durations = st.lists(st.integers(0, 10**13), min_size=1, max_size=200)


def recorded(values: list[int]) -> Histogram:
    histogram = Histogram()
    for value in values:
        histogram.record(value)
    return histogram


def contents(histogram: Histogram) -> tuple[object, ...]:
    return histogram.buckets, histogram.count, histogram.total, histogram.low, histogram.high


@settings(max_examples=25)
@given(durations)
def test_each_quantile_is_within_four_tenths_of_a_percent(values: list[int]) -> None:
    ordered = sorted(values)
    for share, found in zip(SHARES, recorded(values).quantiles(SHARES), strict=True):
        exact = ordered[max(1, math.ceil(share * len(ordered) - 1e-9)) - 1]
        assert found == pytest.approx(exact, rel=RELATIVE_ERROR + 1e-12, abs=0.5)


@settings(max_examples=25)
@given(durations)
def test_count_mean_and_extremes_are_exact(values: list[int]) -> None:
    histogram = recorded(values)
    assert histogram.count == len(values)
    assert histogram.mean() == sum(values) / len(values)
    assert (histogram.low, histogram.high) == (min(values), max(values))


@settings(max_examples=25)
@given(durations, durations, durations)
def test_merging_equals_recording_everything_in_one(first: list[int], second: list[int], third: list[int]) -> None:
    parts = [recorded(values) for values in (first, second, third)]
    whole = contents(recorded(first + second + third))
    assert contents(merged(parts)) == whole
    assert contents(merged(reversed(parts))) == whole


@settings(max_examples=25)
@given(durations)
def test_a_packed_histogram_unpacks_to_itself(values: list[int]) -> None:
    histogram = recorded(values)
    assert contents(Histogram.from_bytes(histogram.to_bytes())) == contents(histogram)


def test_other_bytes_are_no_histogram() -> None:
    for packed in (b"", b"not packed", recorded([5, 7]).to_bytes()[:-3]):
        with pytest.raises(ValueError, match="no histogram"):
            Histogram.from_bytes(packed)


@pytest.mark.parametrize("sigma", [0.3, 1.5])
def test_quantiles_agree_with_hdrhistogram(sigma: float) -> None:
    values = np.random.default_rng(4).lognormal(math.log(3e6), sigma, 5000).astype(int)
    peer = HdrHistogram(1, 10**13, 3)
    for value in values.tolist():
        peer.record_value(value)
    ours = recorded(values.tolist()).quantiles((0.5, 0.95, 0.99))
    theirs = [peer.get_value_at_percentile(100 * share) for share in (0.5, 0.95, 0.99)]
    assert ours == pytest.approx(theirs, rel=RELATIVE_ERROR + 1e-3)  # its own three digits


def test_middles_of_buckets_rise_without_a_gap() -> None:
    middles = [middle(index) for index in range(128 * 40)]
    assert all(low < high for low, high in pairwise(middles))


@settings(max_examples=25)
@given(durations, st.lists(st.integers(1, 10**13), min_size=1, max_size=6).map(sorted))
def test_counts_up_to_limits_rise_to_the_count(values: list[int], limits: list[int]) -> None:
    counts = recorded(values).count_up_to([*limits, math.inf])
    assert counts == sorted(counts)
    assert counts[-1] == len(values)


def test_nothing_has_no_quantiles() -> None:
    empty = Histogram()
    assert empty.quantiles(SHARES) == [None] * len(SHARES)
    assert empty.mean() is None
    assert contents(Histogram.from_bytes(empty.to_bytes())) == contents(empty)


def test_a_clock_set_back_counts_as_no_time() -> None:
    assert recorded([-5]).quantiles((0.5,)) == [0.0]
