"""Rows out of time order, rows that share a time, and the merging of those."""

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from compute.audit.scale import scale_down, scale_up

Times = NDArray[np.datetime64]
Values = NDArray[np.float64]
Positions = NDArray[np.int64]
Method = Literal["mean", "sum", "first", "last", "max", "min"]


def unsorted_positions(times: Times) -> Positions:
    """Return the positions whose time lies before that of an earlier row; NaT is ignored.

    Parameters
    ----------
    times : datetime64[ns] array (n,)
    """
    present = np.flatnonzero(~np.isnat(times))
    if present.size == 0:
        return present
    counts = times[present].astype(np.int64)
    return present[counts < np.maximum.accumulate(counts)]


def duplicate_positions(times: Times) -> Positions:
    """Return the positions whose time occurred in an earlier row; NaT is ignored.

    Parameters
    ----------
    times : datetime64[ns] array (n,)
    """
    first = np.zeros(times.size, dtype=bool)
    first[first_positions(times)] = True
    return np.flatnonzero(~first)


def time_order(times: Times) -> Positions:
    """Return the order of rows that puts times in increasing order; equal times keep theirs, NaT goes last."""
    return np.argsort(times, kind="stable")


def first_positions(times: Times) -> Positions:
    """Return the first position of each distinct time, in the order of the rows. Every NaT counts as distinct."""
    order, starts = _groups(times)
    return np.sort(order[starts])


def merge_values(times: Times, values: Values, method: Method) -> Values:
    """Return one value per distinct time, in the order of `first_positions`.

    Missing values take no part; where all values of a time are missing, so is the merged one. A sum too large to hold
    is missing too.

    Parameters
    ----------
    times : datetime64[ns] array (n,)
    values : float64 array (n,), NaN where missing
    method : how values that share a time become one; `first` and `last` in the order of the rows
    """
    order, starts = _groups(times)
    if starts.size == 0:
        return values[:0].copy()
    grouped = values[order]
    merged = _reduce(grouped, starts, method)
    return merged[np.argsort(order[starts], kind="stable")]


def _groups(times: Times) -> tuple[Positions, Positions]:
    """Return rows ordered by time, and where in that order each distinct time starts."""
    order = time_order(times)
    ordered = times[order]
    is_start = np.ones(times.size, dtype=bool)
    is_start[1:] = ordered[1:] != ordered[:-1]  # NaT differs from everything, itself included
    return order, np.flatnonzero(is_start)


def _reduce(grouped: Values, starts: Positions, method: Method) -> Values:
    present = ~np.isnan(grouped)
    counts = np.add.reduceat(present.astype(np.int64), starts)
    if method in ("first", "last"):
        return _ends(grouped, present, starts, counts, method)
    if method in ("max", "min"):
        reduce = np.fmax if method == "max" else np.fmin
        return np.asarray(reduce.reduceat(grouped, starts))
    scaled, exponent = scale_down(grouped)
    sums = np.add.reduceat(np.where(present, scaled, 0.0), starts)
    if method == "sum":
        return np.where(counts > 0, scale_up(sums, exponent), np.nan)
    means = scale_up(sums / np.maximum(counts, 1), exponent)
    # rounding must not move the mean of equal values, nor out of their range
    means = np.clip(means, np.fmin.reduceat(grouped, starts), np.fmax.reduceat(grouped, starts))
    return np.where(counts > 0, means, np.nan)


def _ends(grouped: Values, present: NDArray[np.bool_], starts: Positions, counts: Positions, method: Method) -> Values:
    """Return the first or last present value of each group."""
    merged = np.full(starts.size, np.nan)
    kept = np.flatnonzero(present)
    ends = np.cumsum(counts)
    has_any = counts > 0
    position = (ends - counts if method == "first" else ends - 1)[has_any]
    merged[has_any] = grouped[kept[position]]
    return merged
