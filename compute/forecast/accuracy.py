"""Accuracy on held-out folds of the series itself: rolling origin, refitted at each, beside the seasonal naive."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from compute.forecast.conformal import UNCALIBRATED, Calibration, calibrate, standardise
from compute.forecast.distribution import crps, make_bands_of
from compute.forecast.fitting import fit_model
from compute.forecast.intervals import Method, choose_method, deviation_of, is_calibrated, make_distribution
from compute.forecast.metrics import Held, measure, seasonal_scale
from compute.forecast.naive import SeasonalNaive
from compute.forecast.prediction import AnyPrediction
from compute.forecast.progress import portion
from compute.forecast.request import ForecastRequest, Model
from compute.forecast.result import Accuracy
from compute.job import Report, ignore_progress
from compute.schema import RequestError

Array = NDArray[np.float64]

MAX_FOLDS = 5  # more origins would cost more than the forecast and tell little more
MIN_TRAINING = 0.5  # share of the series that the first fold learns from
MAX_HELD = 0.25  # share of the series held out at once: a longer horizon is measured over its beginning


@dataclass(frozen=True)
class FoldPlan:
    """Origins (number of values learned from) and the steps held out after each."""

    origins: tuple[int, ...]
    steps: int


@dataclass(frozen=True)
class Candidate:
    """A model, the shape of its intervals, and where its estimates begin when a part of the series is fitted."""

    model: Model
    method: Method
    warm_start: Array = field(default_factory=lambda: np.zeros(0))


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


def plan_folds(n: int, horizon: int) -> FoldPlan:
    """Return up to five folds that end with the series, not overlapping where it is long enough."""
    steps = max(1, min(horizon, int(n * MAX_HELD)))
    last = n - steps
    first = max(int(np.ceil(n * MIN_TRAINING)), 1)
    if last < first:
        return FoldPlan((), steps)
    stride = max(1, min(steps, (last - first) // (MAX_FOLDS - 1)))
    origins = [last - i * stride for i in range(MAX_FOLDS) if last - i * stride >= first]
    return FoldPlan(tuple(reversed(origins)), steps)


def rehearse(
    request: ForecastRequest, candidate: Candidate, values: Array, season_length: int, plan: FoldPlan, report: Report
) -> Rehearsal:
    """Return what the candidate would have forecast at each origin, and how wide that shows its intervals to be.

    Each fold fits anew on what precedes its origin, starting from the coefficients of the whole series. Intervals of a
    fold are calibrated by the other folds, never by its own errors.

    Parameters
    ----------
    values : (n,) NaN where missing
    """
    folds = []
    for i, origin in enumerate(plan.origins):
        part = portion(report, i / len(plan.origins), (i + 1) / len(plan.origins))
        part(0.0, f"Measuring accuracy: fold {i + 1} of {len(plan.origins)}")
        fold = _forecast_fold(candidate, values, season_length, origin, plan.steps, part)
        if fold is not None:
            folds.append(fold)
    method = candidate.method
    if not is_calibrated(request.intervals):
        return Rehearsal(tuple(folds), tuple(_hold(request, method, fold, UNCALIBRATED) for fold in folds))
    windows = [fold.standardised for fold in folds]
    held = [
        _hold(request, method, fold, calibrate([*windows[:i], *windows[i + 1 :]], _n_observed(values[: fold.origin])))
        for i, fold in enumerate(folds)
    ]
    return Rehearsal(tuple(folds), tuple(held), calibrate(windows, _n_observed(values)))


def measure_accuracy(
    request: ForecastRequest, candidate: Candidate, values: Array, season_length: int, report: Report
) -> tuple[Rehearsal, Accuracy, Accuracy]:
    """Return the candidate's rehearsal, its accuracy, and that of the seasonal naive on the same folds."""
    plan = plan_folds(values.size, request.horizon)
    rehearsal = rehearse(request, candidate, values, season_length, plan, report)
    if not rehearsal.held:
        return rehearsal, _too_short(values, plan), _too_short(values, plan)
    same = FoldPlan(tuple(fold.origin for fold in rehearsal.folds), plan.steps)
    reference = Candidate(SeasonalNaive(), _reference_method(request, values, season_length))
    baseline = rehearse(request, reference, values, season_length, same, ignore_progress)
    return rehearsal, measure(rehearsal.held), _measure_baseline(baseline.held, len(rehearsal.held))


def _forecast_fold(
    candidate: Candidate, values: Array, season_length: int, origin: int, steps: int, report: Report
) -> Fold | None:
    """Return the forecast from `origin`; None where the model cannot be fitted or nothing was observed after."""
    training, actual = values[:origin], values[origin : origin + steps]
    if np.isnan(actual).all() or np.isnan(training).all():
        return None
    try:
        fit = fit_model(candidate.model, training, season_length, report, candidate.warm_start)
        prediction = fit.predict(steps)
    except RequestError:
        return None  # too short for this model up to here; the folds that can be measured still count
    return Fold(origin, prediction, fit.sigma, fit.errors, actual, seasonal_scale(training, season_length))


def _hold(request: ForecastRequest, method: Method, fold: Fold, calibration: Calibration) -> Held:
    """Return the fold with the intervals and the score of its forecast distribution."""
    has_spread = np.isfinite(fold.sigma) and fold.errors.size > 0
    distribution = make_distribution(
        method if has_spread else "none",
        fold.prediction,
        fold.sigma,
        fold.errors,
        request.n_bootstrap,
        np.random.default_rng([request.seed, fold.origin]),
        calibration,
    )
    mean = fold.prediction.mean
    if distribution is None:
        return Held(mean, fold.actual, [], fold.scale)
    bands = make_bands_of(distribution, mean, request.levels)
    return Held(mean, fold.actual, bands, fold.scale, crps(distribution, fold.actual - mean))


def _n_observed(values: Array) -> int:
    return int(np.count_nonzero(~np.isnan(values)))


def _reference_method(request: ForecastRequest, values: Array, season_length: int) -> Method:
    """Return the kind of intervals that the seasonal naive forecast would get for itself."""
    try:
        fit = fit_model(SeasonalNaive(), values, season_length, ignore_progress)
    except RequestError:
        return "none"
    return choose_method(request.intervals, fit.errors, fit.sigma)[0]


def _measure_baseline(folds: Sequence[Held], wanted: int) -> Accuracy:
    if len(folds) < wanted:
        return Accuracy(folds=0, reason="a fold is too short for the seasonal naive forecast")
    return measure(folds)


def _too_short(values: Array, plan: FoldPlan) -> Accuracy:
    return Accuracy(
        folds=0,
        horizon=plan.steps,
        reason=f"{values.size} values are too few to hold {plan.steps} out and still fit the model to at least half",
    )
