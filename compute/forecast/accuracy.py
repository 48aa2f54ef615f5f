"""Accuracy on held-out folds of the series itself: rolling origin, refitted at each, beside the seasonal naive."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from compute.forecast.fitting import fit_model
from compute.forecast.intervals import Method, choose_method, make_bands
from compute.forecast.metrics import Held, measure, seasonal_scale
from compute.forecast.naive import SeasonalNaive
from compute.forecast.prediction import Fit
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


def measure_accuracy(
    request: ForecastRequest, values: Array, season_length: int, fit: Fit, method: Method, report: Report
) -> tuple[Accuracy, Accuracy]:
    """Return the accuracy of the request's model and of the seasonal naive on the same folds.

    Each fold fits anew on what precedes its origin, starting from the coefficients of the whole series, and forecasts
    with intervals of the same method.

    Parameters
    ----------
    values : (n,) NaN where missing
    fit : the model fitted to all of them
    """
    plan = plan_folds(values.size, request.horizon)
    reference_method = _reference_method(request, values, season_length)
    folds: list[Held] = []
    baseline: list[Held] = []
    for i, origin in enumerate(plan.origins):
        part = portion(report, i / len(plan.origins), (i + 1) / len(plan.origins))
        part(0.0, f"Measuring accuracy: fold {i + 1} of {len(plan.origins)}")
        runner = _FoldRunner(request, values, season_length, origin, plan.steps)
        held = runner.run(request.model, method, fit.coefficients, part)
        reference = runner.run(SeasonalNaive(), reference_method, np.zeros(0), ignore_progress)
        if held is not None:
            folds.append(held)
        if held is not None and reference is not None:
            baseline.append(reference)
    if not folds:
        return _too_short(values, plan), _too_short(values, plan)
    return measure(folds), _measure_baseline(baseline, len(folds))


@dataclass(frozen=True)
class _FoldRunner:
    request: ForecastRequest
    values: Array
    season_length: int
    origin: int
    steps: int

    def run(self, model: Model, method: Method, warm_start: Array, report: Report) -> Held | None:
        """Return the fold forecast by `model`; None where it cannot be fitted or nothing was observed after."""
        training, actual = self.values[: self.origin], self.values[self.origin : self.origin + self.steps]
        if np.isnan(actual).all() or np.isnan(training).all():
            return None
        try:
            fit = fit_model(model, training, self.season_length, report, warm_start)
            prediction = fit.predict(self.steps)
        except RequestError:
            return None  # too short for this model up to here; the folds that can be measured still count
        has_bands = np.isfinite(fit.sigma) and fit.errors.size > 0
        bands = make_bands(
            method if has_bands else "none",
            prediction,
            fit.sigma,
            fit.errors,
            self.request.levels,
            self.request.n_bootstrap,
            np.random.default_rng([self.request.seed, self.origin]),
            ignore_progress,
        )
        return Held(prediction.mean, actual, bands, seasonal_scale(training, self.season_length))


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
