"""When a walk finds new weights: after a number of periods, or with each new week, month, quarter or year."""

import numpy as np
from numpy.typing import NDArray

from compute.portfolio.backtest.request import PortfolioBacktestRequest
from compute.schema import RequestError

Periods = NDArray[np.int64]
Times = NDArray[np.datetime64]

MONDAY = 3  # days from the Monday before it to 1970-01-01, a Thursday


def rebalancing_starts(request: PortfolioBacktestRequest, times: Times | None, periods: int) -> Periods:
    """Return the periods that are the first of new weights, increasing; the first of all follows the first window.

    `times` (T,) are the ends of the periods. RequestError where a calendar is asked for and there are none.
    """
    if request.calendar == "periods":
        return np.arange(request.window, periods, request.rebalance_every, dtype=np.int64)
    if times is None:
        msg = f"without times no {request.calendar} is known; give the assets times, or rebalance after so many periods"
        raise RequestError.at("calendar", msg=msg)
    spans = _numbered(times, request.calendar)
    turns = 1 + np.flatnonzero(spans[1:] != spans[:-1])
    return np.concatenate([[request.window], turns[turns > request.window]]).astype(np.int64)


def _numbered(times: Times, calendar: str) -> Periods:
    """Return which week, month, quarter or year each time lies in."""
    if calendar == "week":
        return np.asarray((times.astype("datetime64[D]").astype(np.int64) + MONDAY) // 7)
    months = times.astype("datetime64[M]").astype(np.int64)
    return np.asarray(months // {"month": 1, "quarter": 3, "year": 12}[calendar])
