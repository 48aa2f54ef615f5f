"""The search for what does not belong in a series: a model of it, its errors, and the events that these betray."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from compute.forecast.ets import Ets
from compute.forecast.exploration.outliers import Event, find_events
from compute.forecast.fitting import fit_model
from compute.forecast.prediction import Fit, Prediction
from compute.forecast.request import Model
from compute.forecast.setting import ANYWHERE, Setting
from compute.job import Report, ignore_progress

Array = NDArray[np.float64]

LEAST = 8  # values below which nothing but a summary can be said
MODEL = Ets(error="add", choice="best")  # linear: what an event does to its errors is known
MAX_WEIGHTS = 500


@dataclass(frozen=True)
class Search:
    """A series with the one-step errors of a model of it.

    Attributes
    ----------
    values : (n,) NaN where missing
    fit : of the model to all of them
    weights : (k,) psi weights of the model
    confidence : in %, that a series of ordinary values would show no event at all
    """

    values: Array
    fit: Fit
    weights: Array
    confidence: float

    def critical(self, length: int | None = None) -> float:
        """Return the score beyond which something among the first `length` values does not belong."""
        return critical_score(self.confidence, int(np.count_nonzero(~np.isnan(self.values[:length]))))

    def events(self, length: int | None = None, report: Report = ignore_progress) -> tuple[Event, ...]:
        """Return what the first `length` values show by themselves; all of them by default."""
        return find_events(self.fit.residuals[:length], self.weights, self.critical(length), report)


def is_searchable(values: Array) -> bool:
    """Return whether the values, (n,), are enough and vary, so that something could stand out among them."""
    observed = values[~np.isnan(values)]
    return observed.size >= LEAST and bool(np.ptp(observed) > 0)


def begin_search(
    values: Array,
    season_length: int,
    confidence: float,
    report: Report,
    model: Model = MODEL,
    setting: Setting = ANYWHERE,
) -> Search | None:
    """Return the search in `values`, (n,), NaN where missing; None where a model leaves no errors to search in.

    Raises RequestError where the model cannot be fitted.
    """
    fit = fit_model(model, values, season_length, report, setting=setting)
    if not (np.isfinite(fit.sigma) and fit.sigma > 0):
        return None
    prediction = fit.predict(min(values.size, MAX_WEIGHTS))
    weights = prediction.weights if isinstance(prediction, Prediction) else np.ones(1)
    return Search(values, fit, weights, confidence)


def critical_score(confidence: float, n: int) -> float:
    """Return the score that, this sure in %, none of n ordinary values reaches as an outlier or shift (Bonferroni)."""
    return float(-ndtri((1 - confidence / 100) / (4 * n)))


def clean(values: Array, events: tuple[Event, ...]) -> Array:
    """Return the values without the outliers among the events, (n,); level shifts are history and stay."""
    cleaned = values.copy()
    for event in events:
        if event.kind == "outlier":
            cleaned[event.index] -= event.size
    return cleaned
