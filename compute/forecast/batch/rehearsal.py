"""Forecasts of what is already known, for many series: fitted once before the first origin, applied at the others.

Refitting at every origin would cost as many fits again and hardly change errors that are pooled over all series.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from compute.forecast.accuracy import FoldPlan, plan_folds
from compute.forecast.batch.plan import ORIGINS, BatchPlan
from compute.forecast.batch.result import SeriesAccuracy
from compute.forecast.batch.ways import NUMERICAL, Fitted, Subjects, way_of
from compute.forecast.conformal import standardise
from compute.forecast.fitting import fit_model
from compute.forecast.intervals import deviation_of
from compute.forecast.metrics import seasonal_scale
from compute.forecast.prediction import Fit
from compute.forecast.setting import Setting
from compute.job import Report, ignore_progress
from compute.schema import RequestError

Array = NDArray[np.float64]


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
    folds = [plan_folds(values.size, plan.horizon, ORIGINS) for values in subjects.values]
    chosen = [
        i
        for i, (fit, fold) in enumerate(zip(fits, folds, strict=True))
        if isinstance(fit, Fit) and fold.origins and not np.isnan(subjects.values[i][: fold.origins[0]]).all()
    ]
    before = Subjects(
        [subjects.values[i][: folds[i].origins[0]] for i in chosen],
        [subjects.seasons[i] for i in chosen],
        [fit.coefficients for i in chosen if isinstance(fit := fits[i], Fit)],
    )
    setting = Setting(plan.horizon, plan.seed, plan.device)
    trained = way_of(plan.model).fit(plan.model, before, report, setting) if chosen else []
    found = dict(zip(chosen, trained, strict=True))
    return [
        _errors_at(plan, subjects.values[i], subjects.seasons[i], folds[i], found.get(i, ""))
        for i in range(len(subjects))
    ]


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


def _errors_at(plan: BatchPlan, values: Array, season: int, fold: FoldPlan, trained: Fitted) -> Rehearsed:
    origins = fold.origins if isinstance(trained, Fit) else ()
    windows, errors = np.full((2, len(origins), plan.horizon), np.nan)
    scales = np.full(len(origins), np.nan)
    for row, origin in enumerate(origins):
        actual = values[origin : origin + fold.steps]
        fit = _at_origin(plan, values[:origin], season, trained)
        if fit is None or np.isnan(actual).all():
            continue
        prediction = fit.predict(fold.steps)
        errors[row, : fold.steps] = actual - prediction.mean
        windows[row, : fold.steps] = standardise(actual, prediction.mean, deviation_of(prediction, fit.sigma))
        scales[row] = seasonal_scale(values[:origin], season)
    return Rehearsed(windows, errors, scales, fold.steps)


def _at_origin(plan: BatchPlan, values: Array, season: int, trained: Fitted) -> Fit | None:
    if not isinstance(trained, Fit) or np.isnan(values).all():
        return None
    try:
        if trained.fitted.size == values.size:
            return trained
        if trained.extend is not None:
            return trained.extend(values)
        setting = Setting(plan.horizon, plan.seed, plan.device)
        return fit_model(plan.model, values, season, ignore_progress, trained.coefficients, setting)
    except (RequestError, *NUMERICAL):
        return None  # this origin tells nothing; the others still count


def _finite(value: float | np.floating[Any]) -> float | None:
    return float(value) if np.isfinite(value) else None
