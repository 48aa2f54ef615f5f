"""Everything one model says of a series: its fit, its rehearsal on what is known, its forecast with intervals."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from compute.forecast.accuracy import Candidate, FoldPlan, Rehearsal, rehearse
from compute.forecast.cleaning import Cleaning
from compute.forecast.distribution import Band
from compute.forecast.fitting import fit_model
from compute.forecast.intervals import Method, choose_method, make_bands
from compute.forecast.keeping import KeptNetworks
from compute.forecast.options import ForecastOptions
from compute.forecast.prediction import AnyPrediction, Fit
from compute.forecast.progress import portion
from compute.forecast.regressors import NO_REGRESSORS, Regressors
from compute.forecast.request import Model
from compute.forecast.setting import Setting
from compute.job import Report

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Subject:
    """What is looked ahead in, by whatever model.

    Attributes
    ----------
    values : (n,) NaN where missing
    season_length : steps in a season
    plan : folds to rehearse
    device : name of the device that may do the work
    regressors : what explains the values
    cleaning : how the values were cleaned, None where they are as they were observed
    networks : those trained before, None where none are kept
    """

    values: Array
    season_length: int
    plan: FoldPlan
    device: str = "cpu"
    regressors: Regressors = NO_REGRESSORS
    cleaning: Cleaning | None = None
    networks: KeptNetworks | None = None

    def setting(self, options: ForecastOptions) -> Setting:
        """Return what fits to it depend on beside model and values."""
        return Setting(options.horizon, options.seed, self.device, self.regressors, self.networks)


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


def look_ahead(options: ForecastOptions, model: Model, subject: Subject, report: Report) -> Outlook:
    """Return the outlook of `model` on the subject.

    Raises RequestError where the model cannot be fitted to the whole series; folds it cannot be fitted to are left out.
    """
    fit = fit_to(options, model, subject, portion(report, 0.0, 0.5))
    return look_ahead_from(options, model, fit, subject, portion(report, 0.5, 1.0))


def fit_to(options: ForecastOptions, model: Model, subject: Subject, report: Report) -> Fit:
    """Return the model fitted to the whole series."""
    return fit_model(model, subject.values, subject.season_length, report, setting=subject.setting(options))


def look_ahead_from(options: ForecastOptions, model: Model, fit: Fit, subject: Subject, report: Report) -> Outlook:
    """Return the outlook of a model that is fitted to the whole series already."""
    prediction = fit.predict(options.horizon)
    method, reasons = choose_method(options.intervals, fit.errors, fit.sigma)
    candidate = Candidate(model, method, fit.coefficients, subject.setting(options))
    rehearsal = rehearse(
        options,
        candidate,
        subject.values,
        subject.season_length,
        subject.plan,
        portion(report, 0.0, 0.9),
        subject.cleaning,
    )
    bands = make_bands(
        method,
        prediction,
        fit.sigma,
        fit.errors,
        options.levels,
        options.n_bootstrap,
        np.random.default_rng(options.seed),
        portion(report, 0.9, 1.0),
        rehearsal.calibration,
        options.bootstrap,
    )
    return Outlook(fit, prediction, method, reasons, rehearsal, tuple(bands))
