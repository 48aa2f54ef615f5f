"""One model's entry in a comparison: fitted, timed, rehearsed; or the sentence that says why it could not be."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from compute.forecast.answer import check_range
from compute.forecast.metrics import Held
from compute.forecast.options import ForecastOptions
from compute.forecast.outlook import Outlook, Subject, fit_to, look_ahead_from
from compute.forecast.prediction import Fit
from compute.forecast.progress import portion
from compute.forecast.request import Model
from compute.job import Report
from compute.schema import RequestError

Array = NDArray[np.float64]
Clock = Callable[[], float]
"""Seconds since some moment."""


@dataclass(frozen=True)
class Entry:
    """A model in a comparison.

    Attributes
    ----------
    outlook : None where the model failed
    reason : why it failed, None where it did not
    fit_s : seconds of one fit to the whole series
    """

    model: Model
    outlook: Outlook | None = None
    reason: str | None = None
    fit_s: float | None = None

    @property
    def origins(self) -> tuple[int, ...]:
        """Folds that it could forecast."""
        return tuple(fold.origin for fold in self.outlook.rehearsal.folds) if self.outlook else ()

    def held(self, origins: Sequence[int]) -> list[Held]:
        """Return its forecasts of these folds, in their order."""
        if self.outlook is None:
            return []
        by_origin = dict(zip(self.origins, self.outlook.rehearsal.held, strict=True))
        return [by_origin[origin] for origin in origins]


def enter(options: ForecastOptions, model: Model, subject: Subject, report: Report, clock: Clock) -> Entry:
    """Return the entry of `model`; a model that cannot be fitted is an entry with its reason."""
    report = _naming(name_of(model), report)
    report(0.0, "fitting")
    try:
        fit, seconds = _fit_timed(options, model, subject, portion(report, 0.0, 0.5), clock)
        outlook = look_ahead_from(options, model, fit, subject, portion(report, 0.5, 1.0))
        check_range(outlook)
    except RequestError as error:
        return Entry(model, reason=str(error))
    return Entry(model, outlook, fit_s=seconds)


def name_of(model: Model) -> str:
    """Return the model's name before it is fitted."""
    return str(model.model_config.get("title") or model.kind.replace("_", " ").capitalize())


def _fit_timed(
    options: ForecastOptions, model: Model, subject: Subject, report: Report, clock: Clock
) -> tuple[Fit, float]:
    """Return the fit and its seconds: the lesser of two, as the first may have compiled or loaded something."""
    is_costly = getattr(model, "is_costly_to_fit", False)
    seconds = float("inf")
    for turn in range(1 if is_costly else 2):
        start = clock()
        fit = fit_to(options, model, subject, portion(report, turn / 2, (turn + 1) / 2))
        seconds = min(seconds, clock() - start)
    return fit, seconds


def _naming(name: str, report: Report) -> Report:
    def report_named(fraction: float, message: str) -> None:
        report(fraction, f"{name}: {message[:1].lower()}{message[1:]}")

    return report_named
