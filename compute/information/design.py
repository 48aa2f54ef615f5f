"""Rows of past and present: which values of which series belong together at each step."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from compute.information.estimators import Window
from compute.information.preparation import FEWEST
from compute.schema import Location, RequestError

Array = NDArray[np.float64]
Index = NDArray[np.int64]


@dataclass(frozen=True)
class History:
    """Past values that are looked at together: `length` of them, `delay` steps apart, the latest `lag` steps ago."""

    length: int = 1
    delay: int = 1

    def steps_back(self, lag: int) -> tuple[int, ...]:
        """Return how long ago each value was, latest first."""
        return tuple(lag + i * self.delay for i in range(self.length))


@dataclass(frozen=True)
class Design:
    """Rows at which everything asked about was observed, the same for every lag.

    Attributes
    ----------
    rows : (n,) steps of the series
    total : rows there would be without missing values
    """

    rows: Index
    total: int

    def past(self, series: Array, steps_back: Sequence[int]) -> Array:
        """Return the values of a series, (n_series,), so many steps before each row, (steps, n)."""
        return np.stack([series[self.rows - back] for back in steps_back])

    def window(self, theiler: int) -> Window:
        """Return when the rows are."""
        return Window(self.rows, theiler)


def design_rows(needed: Sequence[tuple[Array, Sequence[int]]], k: int, loc: Location, theiler: int = 0) -> Design:
    """Return the rows where each series of `needed` was observed so many steps back (negative: ahead).

    Raises RequestError at `loc` where too few are left for `k` neighbours.
    """
    n = needed[0][0].size
    backs = [back for _, steps in needed for back in steps]
    first, last = max(0, *backs), n - 1 + min(0, *backs)
    every = np.arange(first, last + 1)
    is_seen = np.ones(every.size, np.bool_)
    for series, steps in needed:
        for back in steps:
            is_seen &= ~np.isnan(series[every - back])
    rows = every[is_seen]
    wanted = max(FEWEST, 2 * k + 2 * theiler + 2)
    if rows.size < wanted:
        raise RequestError.at(
            *loc,
            msg=f"{rows.size} of {n} steps have all values that the lags and histories need, and {wanted} are needed; "
            "ask for shorter lags or histories, or give longer series",
        )
    return Design(rows, max(every.size, 0))
