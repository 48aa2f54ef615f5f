"""A history without its outliers: what the model sees, and what was really observed.

What an outlier is, and how one is found, belongs to `exploration`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from compute.forecast.exploration.outliers import Event
from compute.forecast.exploration.request import ExploreRequest
from compute.forecast.exploration.search import MAX_WEIGHTS, MODEL, Search, begin_search, clean, is_searchable
from compute.forecast.preparation import PreparedSeries
from compute.forecast.regressors import NO_REGRESSORS, Regressors
from compute.forecast.request import Model
from compute.forecast.result import Replacement
from compute.forecast.setting import Setting
from compute.job import Report
from compute.schema import RequestError

Array = NDArray[np.float64]

CONFIDENCE: float = ExploreRequest.model_fields["confidence"].default  # the same as a look at the series would find
TELLING = 2  # values that must follow before an outlier can be told from a level that shifts for good


@dataclass(frozen=True)
class Cleaning:
    """A history, (n,) NaN where missing, as it was observed and as a model sees it.

    Attributes
    ----------
    observed : (n,)
    cleaned : (n,) outliers replaced by what was to be expected
    search : what found them; None where nothing could be sought
    events : the outliers
    """

    observed: Array
    cleaned: Array
    search: Search | None = None
    events: tuple[Event, ...] = ()

    def before(self, origin: int) -> Array:
        """Return the first `origin` values without the outliers that they show by themselves, (origin,).

        What came later tells no fold anything. The model that finds the outliers is that of the whole series: its few
        parameters hardly depend on what one fold holds out.
        """
        if self.search is None:
            return self.cleaned[:origin]
        return clean(self.observed[:origin], self.search.events(origin))


def clean_history(
    prepared: PreparedSeries, report: Report, model: Model = MODEL, regressors: Regressors = NO_REGRESSORS
) -> tuple[Cleaning, tuple[str, ...]]:
    """Return the cleaned history and what a reader should know of it.

    Where regressors explain the series, what they explain is no outlier: the errors of `model`, which can use them, are
    searched. Else they are those of the model that a look at the series uses.
    """
    values = prepared.values
    untouched = Cleaning(values, values)
    if not is_searchable(values):
        return untouched, ("The values are too few, or vary too little, to look for outliers among them.",)
    try:
        search = _search(prepared, model, regressors, report)
    except RequestError as error:
        return untouched, (f"No model could be fitted to look for outliers: {error}.",)
    if search is None:
        return untouched, ("No outlier was found: the series is foretold exactly.",)
    events = tuple(event for event in search.events() if event.kind == "outlier" and not np.isnan(values[event.index]))
    cleaning = Cleaning(values, clean(values, events), search, events)
    return cleaning, _describe(events, values)


def write_replacements(cleaning: Cleaning, prepared: PreparedSeries) -> tuple[Replacement, ...]:
    """Return which values were replaced by what, in time order."""
    return tuple(
        Replacement(
            index=event.index,
            timestamp=prepared.instant(event.index),
            value=float(cleaning.observed[event.index]),
            replacement=float(cleaning.cleaned[event.index]),
            score=event.score,
        )
        for event in cleaning.events
    )


def _search(prepared: PreparedSeries, model: Model, regressors: Regressors, report: Report) -> Search | None:
    values, m = prepared.values, prepared.season_length
    if regressors is NO_REGRESSORS:
        return begin_search(values, m, CONFIDENCE, report, MODEL)
    # The effect of an outlier is read from a long forecast, over which the regressors may stay what they were.
    longer = replace(regressors, known=np.pad(regressors.known, ((0, 0), (0, MAX_WEIGHTS)), mode="edge"))
    return begin_search(values, m, CONFIDENCE, report, model, Setting(regressors=longer))


def _describe(events: Sequence[Event], values: Array) -> tuple[str, ...]:
    if not events:
        return ("No outlier was found: the model saw the values as they are.",)
    count = f"{len(events)} outlier was" if len(events) == 1 else f"{len(events)} outliers were"
    notes = [
        f"{count} replaced by what was to be expected before the model saw the series; the dataset is unchanged, and "
        "accuracy is measured on what was observed."
    ]
    last = int(np.flatnonzero(~np.isnan(values))[-1])
    if any(event.index > last - TELLING for event in events):
        notes.append(
            "An outlier at the very end may as well be the beginning of a new level: if it is, do not clean it away."
        )
    return tuple(notes)
