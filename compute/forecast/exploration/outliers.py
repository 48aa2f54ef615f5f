"""Values that do not belong, and levels that shift for good, found one after another in a model's residuals."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.signal import correlate, lfilter

from compute.job import Report, ignore_progress

Array = NDArray[np.float64]
Kind = Literal["outlier", "level_shift"]

MAX_FOUND = 50  # a series with more has another trouble than outliers
MEMORY = 500  # steps after which the effect of an event on the residuals is taken to have faded


@dataclass(frozen=True)
class Event:
    """Something that happened at one step.

    size : in the series' unit; score : size over its standard error
    """

    kind: Kind
    index: int
    size: float
    score: float


def find_events(
    residuals: Array, weights: Array, critical: float, report: Report = ignore_progress
) -> tuple[Event, ...]:
    """Return outliers and level shifts in time order, those with a score beyond `critical`.

    The tests of Chen & Liu (1993, section 2): an event of unit size changes the residuals by `x = pi(B)` (one value) or
    `x = pi(B) / (1 - B)` (a shift), pi being the inverse of the model's psi weights; its size by regression is
    `e'x / x'x` with standard error `sigma / |x|`. The clearest is removed and the search goes on; sigma is the median
    absolute residual over 0.6745, so that what is sought does not hide itself. A shift needs two values after it:
    at the end of a series nobody can tell it from an outlier.

    Parameters
    ----------
    residuals : (n,) one-step errors, NaN where there is none
    weights : (k,) psi weights of the model, the first is 1
    """
    if not np.isfinite(residuals).any():
        return ()
    effects = _effects(weights, residuals.size)
    known = ~np.isnan(residuals)
    left = np.where(known, residuals, 0.0)
    squares = {kind: _sums_of_squares(effect, known) for kind, effect in effects.items()}
    squares["level_shift"][-2:] = 0.0
    found: list[Event] = []
    while len(found) < MAX_FOUND:
        report(len(found) / MAX_FOUND, "Looking for outliers and shifts")
        sigma = float(np.median(np.abs(left[known]))) / 0.6745 if known.any() else 0.0
        event = _clearest(left, effects, squares, sigma)
        if event is None or abs(event.score) < critical:
            break
        effect = effects[event.kind][: left.size - event.index]
        left[event.index : event.index + effect.size] -= event.size * effect
        left[~known] = 0.0
        found.append(event)
    return tuple(sorted(_merged(found), key=lambda event: event.index))


def _effects(weights: Array, n: int) -> dict[Kind, Array]:
    """Return what an event of size 1 does to the residuals from its step on."""
    length = min(n, MEMORY)
    impulse = np.zeros(length)
    impulse[:1] = 1.0
    inverse = np.asarray(lfilter([1.0], weights[:length], impulse))
    # An effect that keeps growing belongs to a model that is not invertible: only its own step is believed.
    if not np.isfinite(inverse).all() or np.abs(inverse).max(initial=0.0) > 1e3:
        inverse = impulse
    return {"outlier": inverse, "level_shift": np.cumsum(inverse)}


def _sums_of_squares(effect: Array, known: NDArray[np.bool_]) -> Array:
    """Return x'x of an event at each step, over the residuals that are known, (n,)."""
    sums: Array = _against(known.astype(np.float64), effect**2)
    return np.maximum(sums, 0.0)


def _clearest(residuals: Array, effects: dict[Kind, Array], squares: dict[Kind, Array], sigma: float) -> Event | None:
    if sigma <= 0:
        return None
    best: Event | None = None
    for kind, effect in effects.items():
        usable = squares[kind] > 1e-9
        sizes = np.divide(_against(residuals, effect), squares[kind], out=np.zeros(residuals.size), where=usable)
        scores = sizes * np.sqrt(squares[kind]) / sigma
        place = int(np.argmax(np.abs(scores)))
        if best is None or abs(scores[place]) > abs(best.score):
            best = Event(kind, place, float(sizes[place]), float(scores[place]))
    return best


def _against(series: Array, effect: Array) -> Array:
    """Return `sum_j series[t + j] effect[j]` at each t, (n,)."""
    padded = np.concatenate([series, np.zeros(effect.size - 1)])
    return np.asarray(correlate(padded, effect, mode="valid"))


def _merged(events: list[Event]) -> list[Event]:
    """Return the events with those of one kind and step added up: a search may come back to correct itself."""
    merged: dict[tuple[Kind, int], Event] = {}
    for event in events:
        key = (event.kind, event.index)
        before = merged.get(key)
        merged[key] = event if before is None else Event(*key, before.size + event.size, before.score)
    return list(merged.values())
