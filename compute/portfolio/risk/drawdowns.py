"""Falls below the highest value so far. Wealth compounds and begins at 1, which counts as the first peak."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Episode:
    """One fall, from a peak to the day it is made good.

    Attributes
    ----------
    start : number of the last period at the peak; -1 for before the first period
    trough : number of the lowest period
    end : number of the period that reaches the peak again, None where none does
    depth : fraction lost from peak to trough, in (0, 1]
    length : periods from the peak to the end, or to the last period
    """

    start: int
    trough: int
    end: int | None
    depth: float
    length: int


def wealth_of(returns: Array) -> Array:
    """Return what 1 grows to after each period, (T,); what is lost entirely stays lost."""
    return np.asarray(np.cumprod(np.maximum(1 + returns, 0.0)), dtype=np.float64)


def drawdowns_of(returns: Array) -> Array:
    """Return the fraction below the highest wealth so far after each period, (T,), each in [0, 1]."""
    wealth = wealth_of(returns)
    return np.asarray(1 - wealth / np.maximum(np.maximum.accumulate(wealth), 1.0))


def episodes_of(drawdowns: Array) -> tuple[Episode, ...]:
    """Return every fall in the order of time, of drawdowns (T,)."""
    below = np.concatenate([[False], drawdowns > 0, [False]])
    turns = np.flatnonzero(below[1:] != below[:-1])
    made = []
    for first, after in zip(turns[::2], turns[1::2], strict=True):
        trough = int(first + drawdowns[first:after].argmax())
        is_over = after < drawdowns.size
        last = int(after) if is_over else drawdowns.size - 1
        start = int(first) - 1
        made.append(Episode(start, trough, last if is_over else None, float(drawdowns[trough]), last - start))
    return tuple(made)


def ulcer_index(drawdowns: Array) -> float:
    """Return the root of the mean squared drawdown (Martin 1989), a fraction."""
    return float(np.sqrt(np.mean(drawdowns**2)))
