"""Accuracy on held-out folds of the series itself: rolling origin, refitted at each, beside the seasonal naive."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from compute.forecast.cleaning import Cleaning
from compute.forecast.conformal import UNCALIBRATED, Calibration, calibrate, standardise
from compute.forecast.counts import too_few
from compute.forecast.distribution import crps, make_bands_of
from compute.forecast.fitting import fit_model
from compute.forecast.intervals import Method, choose_method, deviation_of, is_calibrated, make_distribution
from compute.forecast.metrics import Held, measure, seasonal_scale
from compute.forecast.naive import SeasonalNaive
from compute.forecast.options import ForecastOptions
from compute.forecast.prediction import AnyPrediction, Fit
from compute.forecast.progress import portion
from compute.forecast.request import Model
from compute.forecast.result import Accuracy
from compute.forecast.setting import ANYWHERE, Setting
from compute.job import Report, ignore_progress
from compute.schema import RequestError

Array = NDArray[np.float64]

MAX_FOLDS = 5  # more origins would cost more than the forecast and tell little more
MIN_TRAINING = 0.5  # share of the series that the first fold learns from
MAX_HELD = 0.25  # share of the series held out at once: a longer horizon is measured over its beginning


@dataclass(frozen=True)
class FoldPlan:
    """Origins (number of values learned from), the steps held out after each, and whether each gets its own fit."""

    origins: tuple[int, ...]
    steps: int
    is_refitted: bool = True


@dataclass(frozen=True)
class Candidate:
    """A model, the shape of its intervals, and where its estimates begin when a part of the series is fitted.

    Attributes
    ----------
    trained : a fit of the model that is applied at every origin, instead of fitting anew
    """

    model: Model
    method: Method
    warm_start: Array = field(default_factory=lambda: np.zeros(0))
    setting: Setting = ANYWHERE
    trained: Fit | None = None


@dataclass(frozen=True)
class Fold:
    """A forecast from one origin, and what came after it.

    Attributes
    ----------
    sigma, errors : of the fit on what precedes the origin
    actual : (steps,) NaN where nothing was observed
    scale : mean absolute seasonal difference before the origin, NaN where there is none
    """

    origin: int
    prediction: AnyPrediction
    sigma: float
    errors: Array
    actual: Array
    scale: float

    @property
    def standardised(self) -> Array:
        """Errors over the model's own deviation, (steps,), NaN where unknown."""
        return standardise(self.actual, self.prediction.mean, deviation_of(self.prediction, self.sigma))


@dataclass(frozen=True)
class Rehearsal:
    """Forecasts of what is already known: from each origin, with its intervals, and the calibration they teach."""

    folds: tuple[Fold, ...]
    held: tuple[Held, ...]
    calibration: Calibration = UNCALIBRATED


def plan_folds(n: int, horizon: int, folds: int = MAX_FOLDS, stride: int | None = None) -> FoldPlan:
    """Return up to `folds` folds that end with the series, `stride` apart (by default not overlapping if possible)."""
    steps = max(1, min(horizon, int(n * MAX_HELD)))
    last = n - steps
    first = max(int(np.ceil(n * MIN_TRAINING)), 1)
    if last < first:
        return FoldPlan((), steps)
    stride = stride or max(1, min(steps, (last - first) // max(folds - 1, 1)))
    origins = [last - i * stride for i in range(folds) if last - i * stride >= first]
    return FoldPlan(tuple(reversed(origins)), steps)


def rehearse(
    options: ForecastOptions,
    candidate: Candidate,
    values: Array,
    season_length: int,
    plan: FoldPlan,
    report: Report,
    cleaning: Cleaning | None = None,
) -> Rehearsal:
    """Return what the candidate would have forecast at each origin, and how wide that shows its intervals to be.

    Each fold fits anew on what precedes its origin, starting from the coefficients of the whole series; a model that
    is costly to fit, or a plan that asks for it, learns once, from what precedes the first origin, and is applied at
    the others. Intervals of a fold are calibrated by the other folds, never by its own errors.

    Parameters
    ----------
    values : (n,) NaN where missing
    cleaning : where the history is cleaned: each fold then learns from what its own beginning shows without outliers,
        and is measured on what was observed
    """
    past = cleaning or Cleaning(values, values)
    folds = []
    if plan.origins and (getattr(candidate.model, "is_costly_to_fit", False) or not plan.is_refitted):
        report(0.0, "Measuring accuracy: training on what precedes the first fold")
        candidate = _train_once(candidate, past.before(plan.origins[0]), season_length, portion(report, 0.0, 0.9))
        report = portion(report, 0.9, 1.0)
    for i, origin in enumerate(plan.origins):
        part = portion(report, i / len(plan.origins), (i + 1) / len(plan.origins))
        part(0.0, f"Measuring accuracy: fold {i + 1} of {len(plan.origins)}")
        fold = _forecast_fold(candidate, past, season_length, origin, plan.steps, part)
        if fold is not None:
            folds.append(fold)
    method = candidate.method
    if not is_calibrated(options.intervals):
        return Rehearsal(tuple(folds), tuple(_hold(options, method, fold, UNCALIBRATED) for fold in folds))
    windows = [fold.standardised for fold in folds]
    kind = candidate.model.kind
    calibrations = [
        calibrate([*windows[:i], *windows[i + 1 :]], _n_observed(values[: fold.origin]), kind)
        for i, fold in enumerate(folds)
    ]
    held = [_hold(options, method, fold, learned) for fold, learned in zip(folds, calibrations, strict=True)]
    return Rehearsal(tuple(folds), tuple(held), calibrate(windows, _n_observed(values), kind))


def measure_accuracy(
    options: ForecastOptions,
    rehearsal: Rehearsal,
    values: Array,
    season_length: int,
    plan: FoldPlan,
    cleaning: Cleaning | None = None,
) -> tuple[Accuracy, Accuracy]:
    """Return the accuracy of a rehearsal by `plan`, and that of the seasonal naive on the same folds."""
    if not rehearsal.held:
        return _too_short(values, plan), _too_short(values, plan)
    same = FoldPlan(tuple(fold.origin for fold in rehearsal.folds), plan.steps)
    reference = Candidate(SeasonalNaive(), _reference_method(options, values, season_length))
    baseline = rehearse(options, reference, values, season_length, same, ignore_progress, cleaning)
    return measure(rehearsal.held), _measure_baseline(baseline.held, len(rehearsal.held))


def _forecast_fold(
    candidate: Candidate, past: Cleaning, season_length: int, origin: int, steps: int, report: Report
) -> Fold | None:
    """Return the forecast from `origin`; None where the model cannot be fitted or nothing was observed after."""
    training, actual = past.before(origin), past.observed[origin : origin + steps]
    if np.isnan(actual).all() or np.isnan(training).all():
        return None
    try:
        if candidate.trained is not None and candidate.trained.extend is not None:
            fit = candidate.trained.extend(training)
        else:
            fit = fit_model(candidate.model, training, season_length, report, candidate.warm_start, candidate.setting)
        prediction = fit.predict(steps)
    except RequestError:
        return None  # too short for this model up to here; the folds that can be measured still count
    return Fold(origin, prediction, fit.sigma, fit.errors, actual, seasonal_scale(training, season_length))


def _train_once(candidate: Candidate, values: Array, season_length: int, report: Report) -> Candidate:
    """Return the candidate with its model fitted to `values`; unchanged where it cannot be, and folds see to it."""
    if np.isnan(values).all():
        return candidate
    try:
        fit = fit_model(candidate.model, values, season_length, report, candidate.warm_start, candidate.setting)
    except RequestError:
        return candidate
    return replace(candidate, trained=fit)


def _hold(options: ForecastOptions, method: Method, fold: Fold, calibration: Calibration) -> Held:
    """Return the fold with the intervals and the score of its forecast distribution."""
    has_spread = np.isfinite(fold.sigma) and fold.errors.size > 0
    distribution = make_distribution(
        method if has_spread else "none",
        fold.prediction,
        fold.sigma,
        fold.errors,
        options.n_bootstrap,
        np.random.default_rng([options.seed, fold.origin]),
        calibration,
        options.bootstrap,
    )
    mean = fold.prediction.mean
    if distribution is None:
        return Held(mean, fold.actual, [], fold.scale)
    bands = make_bands_of(distribution, mean, options.levels)
    return Held(mean, fold.actual, bands, fold.scale, crps(distribution, fold.actual - mean))


def _n_observed(values: Array) -> int:
    return int(np.count_nonzero(~np.isnan(values)))


def _reference_method(options: ForecastOptions, values: Array, season_length: int) -> Method:
    """Return the kind of intervals that the seasonal naive forecast would get for itself."""
    try:
        fit = fit_model(SeasonalNaive(), values, season_length, ignore_progress)
    except RequestError:
        return "none"
    return choose_method(options.intervals, fit.errors, fit.sigma)[0]


def _measure_baseline(folds: Sequence[Held], wanted: int) -> Accuracy:
    if len(folds) < wanted:
        return Accuracy(folds=0, reason="a fold is too short for the seasonal naive forecast")
    return measure(folds)


def _too_short(values: Array, plan: FoldPlan) -> Accuracy:
    return Accuracy(
        folds=0,
        horizon=plan.steps,
        reason=f"{too_few(values.size)} to hold {plan.steps} out and still fit the model to at least half",
    )
