"""What repeats come to: median with its interval, and the span of the middle half."""

from collections.abc import Sequence
from math import comb

import numpy as np

from compute.benchmark.result import Timing
from compute.benchmark.timers import ClockName

CONFIDENCE = 0.95


def summarise(samples_ms: Sequence[float], calls: int, warm_up_calls: int, clock: ClockName) -> Timing:
    """Return the spread of `samples_ms`, times of one call; quartiles by Hyndman and Fan (1996), type 7."""
    quarter, median, three_quarters = (float(each) for each in np.percentile(samples_ms, (25, 50, 75)))
    low, high = median_interval(samples_ms)
    return Timing(
        repeats=len(samples_ms),
        calls=calls,
        median_ms=median,
        iqr_ms=three_quarters - quarter,
        least_ms=min(samples_ms),
        largest_ms=max(samples_ms),
        median_low_ms=low,
        median_high_ms=high,
        samples_ms=tuple(samples_ms),
        warm_up_calls=warm_up_calls,
        clock=clock,
    )


def median_interval(samples: Sequence[float], confidence: float = CONFIDENCE) -> tuple[float, float]:
    """Return an interval that holds the median with that confidence, whatever the distribution.

    By order statistics (Thompson 1936): from the r-th smallest to the r-th largest, of which the median misses with
    probability 2 P(Binomial(n, 1/2) < r). The whole range where there are too few samples.
    """
    ordered, n = sorted(samples), len(samples)
    rank, missed = 1, 2 * 0.5**n
    while rank < n // 2 and missed + 2 * comb(n, rank) * 0.5**n <= 1 - confidence:
        missed += 2 * comb(n, rank) * 0.5**n
        rank += 1
    return ordered[rank - 1], ordered[n - rank]
