"""Everything one model says of a series: its fit, its rehearsal on what is known, its forecast with intervals."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from compute.forecast.accuracy import Candidate, FoldPlan, Rehearsal, rehearse
from compute.forecast.distribution import Band
from compute.forecast.fitting import fit_model
from compute.forecast.intervals import Method, choose_method, make_bands
from compute.forecast.options import ForecastOptions
from compute.forecast.prediction import AnyPrediction, Fit
from compute.forecast.progress import portion
from compute.forecast.request import Model
from compute.forecast.setting import Setting
from compute.job import Report

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Outlook:
    """A model's forecast of one series, and what its forecasts of the past were worth."""

    fit: Fit
    prediction: AnyPrediction
    method: Method
    reasons: tuple[str, ...]
    """Why the intervals have this shape."""
    rehearsal: Rehearsal
    bands: tuple[Band, ...]


def look_ahead(
    options: ForecastOptions,
    model: Model,
    values: Array,
    season_length: int,
    plan: FoldPlan,
    report: Report,
    device: str = "cpu",
) -> Outlook:
    """Return the outlook of `model` on `values`, (n,), NaN where missing.

    Raises RequestError where the model cannot be fitted to the whole series; folds it cannot be fitted to are left out.
    """
    setting = Setting(options.horizon, options.seed, device)
    fit = fit_model(model, values, season_length, portion(report, 0.0, 0.5), setting=setting)
    prediction = fit.predict(options.horizon)
    method, reasons = choose_method(options.intervals, fit.errors, fit.sigma)
    candidate = Candidate(model, method, fit.coefficients, setting)
    rehearsal = rehearse(options, candidate, values, season_length, plan, portion(report, 0.5, 0.95))
    bands = make_bands(
        method,
        prediction,
        fit.sigma,
        fit.errors,
        options.levels,
        options.n_bootstrap,
        np.random.default_rng(options.seed),
        portion(report, 0.95, 1.0),
        rehearsal.calibration,
    )
    return Outlook(fit, prediction, method, reasons, rehearsal, tuple(bands))
