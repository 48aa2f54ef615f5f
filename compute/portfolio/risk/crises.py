"""Named crises of the past: from the highest to the lowest close of the S&P 500, each of which many remember."""

from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from compute.portfolio.risk.drawdowns import drawdowns_of

Array = NDArray[np.float64]
Times = NDArray[np.datetime64]

SLACK = np.timedelta64(7, "D")  # by which a history may begin or end within a crisis and still cover it
LEAST = 2  # periods of the history within a crisis; fewer say nothing of it


@dataclass(frozen=True)
class Crisis:
    """A fall of the market: its name, the day of the peak and that of the trough."""

    name: str
    peak: date
    trough: date


CRISES = (
    Crisis("Oil crisis", date(1973, 1, 11), date(1974, 10, 3)),
    Crisis("Volcker recession", date(1980, 11, 28), date(1982, 8, 12)),
    Crisis("Black Monday", date(1987, 8, 25), date(1987, 12, 4)),
    Crisis("Gulf War", date(1990, 7, 16), date(1990, 10, 11)),
    Crisis("Asian crisis", date(1997, 10, 7), date(1997, 10, 27)),
    Crisis("Russia and LTCM", date(1998, 7, 17), date(1998, 8, 31)),
    Crisis("Dot-com bust", date(2000, 3, 24), date(2002, 10, 9)),
    Crisis("September 11", date(2001, 9, 10), date(2001, 9, 21)),
    Crisis("Financial crisis", date(2007, 10, 9), date(2009, 3, 9)),
    Crisis("Euro crisis, Greece", date(2010, 4, 23), date(2010, 7, 2)),
    Crisis("Euro crisis, US downgrade", date(2011, 4, 29), date(2011, 10, 3)),
    Crisis("China and oil", date(2015, 5, 21), date(2016, 2, 11)),
    Crisis("Volatility shock", date(2018, 1, 26), date(2018, 2, 8)),
    Crisis("End of 2018", date(2018, 9, 20), date(2018, 12, 24)),
    Crisis("Covid-19", date(2020, 2, 19), date(2020, 3, 23)),
    Crisis("Inflation and rates", date(2022, 1, 3), date(2022, 10, 12)),
    Crisis("Tariffs", date(2025, 2, 19), date(2025, 4, 8)),
)


@dataclass(frozen=True)
class Passage:
    """A history through a crisis: rows `first` to `last`, what they returned together, and the deepest fall."""

    crisis: Crisis
    first: int
    last: int
    portfolio_return: float
    max_drawdown: float


def passages(earned: Array, times: Times | None) -> tuple[Passage, ...]:
    """Return the crises that returns (T,) with increasing times of their ends (T,) cover, in the order of time."""
    if times is None:
        return ()
    made = []
    for crisis in CRISES:
        peak, trough = np.datetime64(crisis.peak), np.datetime64(crisis.trough)
        inside = np.flatnonzero((times >= peak + np.timedelta64(1, "D")) & (times < trough + np.timedelta64(1, "D")))
        is_covered = times[0] <= peak + SLACK and times[-1] >= trough - SLACK
        if not is_covered or inside.size < LEAST:
            continue
        first, last = int(inside[0]), int(inside[-1])
        window = earned[first : last + 1]
        total = float(np.prod(1 + np.maximum(window, -1.0))) - 1
        made.append(Passage(crisis, first, last, total, float(drawdowns_of(window).max())))
    return tuple(made)
