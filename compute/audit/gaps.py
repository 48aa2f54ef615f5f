"""Times that are missing in a regular grid, and the rows that would fill them."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from compute.timeindex import Frequency, distinct_times, infer_frequency

Times = NDArray[np.datetime64]
Positions = NDArray[np.int64]


@dataclass(frozen=True)
class Gaps:
    """Where a grid of times has holes.

    Attributes
    ----------
    frequency : the step of the grid
    after : datetime64[ns] array (k,), the last time before each hole
    counts : int64 array (k,), how many times are missing in each hole
    """

    frequency: Frequency
    after: Times
    counts: Positions

    @property
    def total(self) -> int:
        """How many times are missing altogether."""
        return int(self.counts.sum())

    def first_missing(self, hole: int) -> np.datetime64:
        """Return the first time that is missing in a hole."""
        first: np.datetime64 = self.frequency.extend(self.after[hole], 1)[0]
        return first


def find_gaps(times: Times, frequency: Frequency | None = None) -> Gaps | None:
    """Return the holes in the grid that the times lie on, or None when they lie on none.

    Parameters
    ----------
    times : datetime64[ns] array (n,), in any order; duplicates and NaT do not matter
    frequency : the step, when it is known already
    """
    frequency = frequency or infer_frequency(times)
    if frequency is None:
        return None
    present = distinct_times(times)
    steps = frequency.steps(present[0], present)
    missing = np.diff(steps) - 1
    holes = np.flatnonzero(missing > 0)
    return Gaps(frequency, present[holes], missing[holes])


def fill_positions(times: Times, gaps: Gaps) -> tuple[Times, Positions]:
    """Return the times with those of the holes put in, and for each the row it comes from, -1 for a new one.

    Rows that are there stay as they are, in their order; each hole's times follow the last row at the time before it.

    Parameters
    ----------
    times : datetime64[ns] array (n,)
    gaps : what `find_gaps` returned for them
    """
    parts: list[Times] = []
    sources: list[Positions] = []
    begin = 0
    order = np.argsort(times, kind="stable")
    last_at = order[np.searchsorted(times[order], gaps.after, side="right") - 1]
    holes = sorted((int(position), hole) for hole, position in enumerate(last_at))
    for position, hole in holes:
        count = int(gaps.counts[hole])
        parts += [times[begin : position + 1], gaps.frequency.extend(gaps.after[hole], count)]
        sources += [np.arange(begin, position + 1), np.full(count, -1)]
        begin = position + 1
    parts.append(times[begin:])
    sources.append(np.arange(begin, times.size))
    return np.concatenate(parts), np.concatenate(sources)
