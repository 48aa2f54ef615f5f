"""Past values that tell where a series stands: how many, and how far apart.

Ragwitz and Kantz 2002 take those that predict the next value best; the other way takes the delay at the first minimum
of the mutual information of the series with its own past (Fraser and Swinney 1986), and the length from which on no
neighbour is a false one (Cao 1997).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from compute.information.design import History
from compute.information.encoding import standardise, tell_apart
from compute.information.estimators import Window
from compute.information.estimators.ksg import Ksg
from compute.information.preparation import FEWEST
from compute.information.request import TransferEntropyRequest
from compute.information.tree import find_neighbours
from compute.schema import RequestError

Array = NDArray[np.float64]

NOISE = 1e-8
NEIGHBOURS = 4
LONGEST, FARTHEST = 5, 5  # values and delay of a history that is chosen unasked
SETTLED = 0.9  # of Cao's E1, which ends at 1


@dataclass(frozen=True)
class Compared:
    """Candidates and what was found of each: the smaller error, or the E1 of Cao."""

    history: History
    candidates: tuple[int, ...]
    criterion: Array


def choose_history(request: TransferEntropyRequest, values: Array) -> History:
    """Return the past values of the target, (n,) with NaN where missing, that count as known."""
    if request.embedding == "ragwitz":
        found = [choose_by_prediction(values, LONGEST, delay) for delay in range(1, FARTHEST + 1)]
        return min(found, key=lambda each: float(each.criterion.min())).history
    if request.embedding == "cao":
        delay = choose_delay(values, FARTHEST).history.delay
        return choose_by_false_neighbours(values, LONGEST, delay).history
    return History(request.target_history, request.delay)


def choose_by_prediction(values: Array, longest: int, delay: int, field: str = "embedding") -> Compared:
    """Return the history from whose nearest neighbours the next value is told best; too few are blamed on `field`.

    The error of each length is the root mean square, in standard deviations of the series.
    """
    series = tell_apart(standardise(values), NOISE, 0)
    rows = _complete_rows(series, (0, *History(longest, delay).steps_back(1)), field)
    errors = []
    for length in range(1, longest + 1):
        past = np.stack([series[rows - back] for back in History(length, delay).steps_back(1)])
        _, places = find_neighbours(past, rows, NEIGHBOURS, 0)
        told = series[rows][places].mean(axis=1)
        errors.append(float(np.sqrt(np.mean((series[rows] - told) ** 2))))
    lengths = tuple(range(1, longest + 1))
    return Compared(History(lengths[int(np.argmin(errors))], delay), lengths, np.array(errors))


def choose_delay(values: Array, farthest: int, field: str = "embedding") -> Compared:
    """Return the delay at which the mutual information with the own past, in nats, has its first minimum.

    Where it has none: the first at which it is below 1 / e of that at 1, else the farthest.
    """
    series = tell_apart(standardise(values), NOISE, 0)
    delays = tuple(range(1, farthest + 2))
    rows = _complete_rows(series, (0, *delays), field)
    estimator = Ksg(NEIGHBOURS)
    link = estimator.link(series[rows], np.empty((0, rows.size)), Window(rows))
    found = link.means(np.stack([series[rows - delay][None] for delay in delays]))
    minima = [at for at in range(1, farthest) if found[at - 1] > found[at] <= found[at + 1]]
    faded = [at for at in range(farthest) if found[at] < found[0] / np.e]
    best = minima[0] if minima else faded[0] if faded else farthest - 1
    return Compared(History(1, delays[best]), delays[:farthest], found[:farthest])


def choose_by_false_neighbours(values: Array, longest: int, delay: int, field: str = "embedding") -> Compared:
    """Return the shortest history whose neighbours stay so when it is longer by one value (E1 of Cao 1997)."""
    series = tell_apart(standardise(values), NOISE, 0)
    rows = _complete_rows(series, History(longest + 2, delay).steps_back(0), field)
    growth = np.array([_growth(series, rows, length, delay) for length in range(1, longest + 2)])
    ratio = growth[1:] / growth[:-1]
    settled = np.flatnonzero(ratio >= SETTLED)
    lengths = tuple(range(1, longest + 1))
    best = int(settled[0]) if settled.size else int(np.argmax(ratio))
    return Compared(History(lengths[best], delay), lengths, ratio)


def _growth(series: Array, rows: NDArray[np.int64], length: int, delay: int) -> float:
    """Return by which factor nearest neighbours are farther apart with one value more, on average."""
    longer = np.stack([series[rows - back] for back in History(length + 1, delay).steps_back(0)])
    distances, places = find_neighbours(longer[:-1], rows, 1, 0)
    apart = np.abs(longer[:, places[:, 0]] - longer).max(axis=0)
    is_apart = distances[:, 0] > 0
    return float(np.mean(apart[is_apart] / distances[is_apart, 0])) if is_apart.any() else 1.0


def _complete_rows(series: Array, steps_back: tuple[int, ...], field: str) -> NDArray[np.int64]:
    """Return the steps at which all of these values were observed; RequestError at `field` where they are too few."""
    every = np.arange(min(max(steps_back), series.size), series.size)
    rows = every[~np.isnan(np.stack([series[every - back] for back in steps_back])).any(axis=0)]
    if rows.size < FEWEST:
        raise RequestError.at(
            field,
            msg=f"{rows.size} steps have all values of the histories that are compared, and {FEWEST} are needed; give "
            "the history, or compare shorter ones",
        )
    return rows
