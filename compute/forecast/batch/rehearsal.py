"""Forecasts of what is already known, for many series, from a few origins in the past of each.

Models that are quick to fit are fitted at each origin; others once before the first, and applied at the others: that
hardly changes errors that are pooled over all series.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from compute.forecast.accuracy import FoldPlan, plan_folds
from compute.forecast.batch.plan import ORIGINS, BatchPlan
from compute.forecast.batch.result import SeriesAccuracy
from compute.forecast.batch.subjects import NUMERICAL, Fitted, Subjects
from compute.forecast.batch.ways import way_of
from compute.forecast.conformal import standardise
from compute.forecast.fitting import fit_model
from compute.forecast.intervals import deviation_of
from compute.forecast.metrics import seasonal_scale
from compute.forecast.prediction import Fit
from compute.forecast.progress import portion
from compute.job import Report, ignore_progress
from compute.schema import RequestError

Array = NDArray[np.float64]


NO_FOLDS = FoldPlan((), 0)
FITTED = 0.9  # share of the time that is over when the models are fitted at every origin
TRAINED = 0.8  # of that, when each is fitted before the first


@dataclass(frozen=True)
class Rehearsed:
    """Errors at the origins of one series.

    Attributes
    ----------
    windows : (origins, horizon) errors over the model's own deviation, NaN where unknown
    errors : (origins, horizon) in the series' unit, NaN where unknown
    scales : (origins,) mean absolute seasonal difference before each origin, NaN where there is none
    steps : held out after each origin
    """

    windows: Array
    errors: Array
    scales: Array
    steps: int


def rehearse_batch(plan: BatchPlan, subjects: Subjects, fits: Sequence[Fitted], report: Report) -> list[Rehearsed]:
    """Return the errors at the origins of each series, of none where it could not be fitted or is too short."""
    folds = [
        plan_folds(values.size, plan.horizon, ORIGINS) if isinstance(fit, Fit) else NO_FOLDS
        for values, fit in zip(subjects.values, fits, strict=True)
    ]
    fits_at = _fit_anew if way_of(plan).is_quick else _fit_once
    found: list[dict[int, Fit]] = [{} for _ in folds]  # by series, by origin
    for i, origin, fit in fits_at(plan, subjects, fits, folds, portion(report, 0.0, FITTED)):
        found[i][origin] = fit
    rehearsed: list[Rehearsed] = []
    for values, season, fold, fits_of in zip(subjects.values, subjects.seasons, folds, found, strict=True):
        portion(report, FITTED, 1.0)(len(rehearsed) / len(folds), "Forecasting the past")
        rehearsed.append(_errors_at(plan, values, season, fold.steps, fits_of))
    return rehearsed


def measure_series(rehearsed: Rehearsed) -> SeriesAccuracy:
    """Return the accuracy over all held-out values that were observed."""
    errors = rehearsed.errors
    seen = errors[~np.isnan(errors)]
    folds = int((~np.isnan(errors)).any(axis=1).sum())
    if seen.size == 0:
        return SeriesAccuracy(folds=0, horizon=rehearsed.steps)
    scaled = np.abs(errors) / rehearsed.scales[:, None]
    is_scaled = np.isfinite(scaled)
    return SeriesAccuracy(
        folds=folds,
        horizon=rehearsed.steps,
        mae=_finite(np.mean(np.abs(seen))),
        rmse=_finite(np.sqrt(np.mean(seen**2))),
        mase=_finite(np.mean(scaled[is_scaled])) if is_scaled.any() else None,
    )


def _fit_anew(
    plan: BatchPlan, subjects: Subjects, fits: Sequence[Fitted], folds: Sequence[FoldPlan], report: Report
) -> Iterator[tuple[int, int, Fit]]:
    """Yield place, origin and fit, estimated at each origin: the first of all series together, then the second, ..."""
    for number in range(ORIGINS):
        part = portion(report, number / ORIGINS, (number + 1) / ORIGINS)
        chosen = [i for i, fold in enumerate(folds) if number < len(fold.origins)]
        cut = [folds[i].origins[number] for i in chosen]
        for i, origin, fit in zip(chosen, cut, _fit_parts(plan, subjects, fits, chosen, cut, part), strict=True):
            if isinstance(fit, Fit):
                yield i, origin, fit


def _fit_once(
    plan: BatchPlan, subjects: Subjects, fits: Sequence[Fitted], folds: Sequence[FoldPlan], report: Report
) -> Iterator[tuple[int, int, Fit]]:
    """Yield place, origin and fit, estimated at the first origin and applied at the others."""
    chosen = [i for i, fold in enumerate(folds) if fold.origins]
    cut = [folds[i].origins[0] for i in chosen]
    trainings = _fit_parts(plan, subjects, fits, chosen, cut, portion(report, 0.0, TRAINED))
    for number, (i, trained) in enumerate(zip(chosen, trainings, strict=True)):
        portion(report, TRAINED, 1.0)(number / len(chosen), "Applying the models to the past")
        if not isinstance(trained, Fit):
            continue
        yield i, folds[i].origins[0], trained
        for origin in folds[i].origins[1:]:
            fit = _apply(plan, trained, subjects.values[i][:origin], subjects.seasons[i])
            if fit is not None:
                yield i, origin, fit


def _fit_parts(
    plan: BatchPlan,
    subjects: Subjects,
    fits: Sequence[Fitted],
    chosen: Sequence[int],
    cut: Sequence[int],
    report: Report,
) -> list[Fitted]:
    """Return fits of the beginnings of the chosen series, which end where `cut` says."""
    parts = Subjects(
        [subjects.values[i][:origin] for i, origin in zip(chosen, cut, strict=True)],
        [subjects.seasons[i] for i in chosen],
        [fit.coefficients for i in chosen if isinstance(fit := fits[i], Fit)],
    )
    return way_of(plan).fit(plan.model, parts, report, plan.setting) if chosen else []


def _apply(plan: BatchPlan, trained: Fit, values: Array, season: int) -> Fit | None:
    try:
        if trained.extend is not None:
            return trained.extend(values)
        return fit_model(plan.model, values, season, ignore_progress, trained.coefficients, plan.setting)
    except (RequestError, *NUMERICAL):
        return None  # this origin tells nothing; the others still count


def _errors_at(plan: BatchPlan, values: Array, season: int, steps: int, fits: Mapping[int, Fit]) -> Rehearsed:
    windows, errors = np.full((2, len(fits), plan.horizon), np.nan)
    scales = np.full(len(fits), np.nan)
    for row, (origin, fit) in enumerate(fits.items()):
        actual = values[origin : origin + steps]
        prediction = fit.predict(actual.size)
        errors[row, : actual.size] = actual - prediction.mean
        windows[row, : actual.size] = standardise(actual, prediction.mean, deviation_of(prediction, fit.sigma))
        scales[row] = seasonal_scale(values[:origin], season)
    return Rehearsed(windows, errors, scales, steps)


def _finite(value: float | np.floating[Any]) -> float | None:
    return float(value) if np.isfinite(value) else None
