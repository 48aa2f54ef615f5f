"""What repeats come to."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom, iqr

from compute.benchmark.statistics import median_interval, summarise

SAMPLES = st.lists(st.floats(0.001, 1e4), min_size=3, max_size=40)


@given(SAMPLES)
def test_median_and_span_are_those_of_scipy(samples: list[float]) -> None:
    timing = summarise(samples, 2, 3, "wall")
    assert timing.median_ms == pytest.approx(np.median(samples))
    assert timing.iqr_ms == pytest.approx(iqr(samples), abs=1e-9)
    assert timing.least_ms <= timing.median_low_ms <= timing.median_ms <= timing.median_high_ms <= timing.largest_ms


@pytest.mark.parametrize("n", [3, 6, 7, 11, 21, 50])
def test_the_interval_misses_the_median_no_more_often_than_it_says(n: int) -> None:
    low, high = median_interval(list(range(1, n + 1)))
    rank = round(low)
    assert round(high) == n + 1 - rank
    missed = 2 * binom.cdf(rank - 1, n, 0.5)
    assert missed <= 0.05 or rank == 1
    assert 2 * binom.cdf(rank, n, 0.5) > 0.05 or rank == n // 2
