"""Fits the model of a request: which record is fitted by what, and what happens at the ends of a series."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from compute.forecast.arima import Arima
from compute.forecast.auto_arima import AutoArima
from compute.forecast.ensemble import Best, Ensemble
from compute.forecast.ets import Ets
from compute.forecast.naive import Drift, Naive, SeasonalNaive
from compute.forecast.prediction import AnyPrediction, Fit, Prediction, SimulatedPrediction
from compute.forecast.recurrent import Gru, Lstm
from compute.forecast.reference import fit_drift, fit_naive, fit_seasonal_naive
from compute.forecast.request import Model
from compute.forecast.sarima import Orders, fit_sarima
from compute.forecast.setting import ANYWHERE, Setting
from compute.forecast.theta import Theta
from compute.job import Report
from compute.schema import RequestError

Array = NDArray[np.float64]

MAX_MEMORY = 800  # steps; the likelihood solves a dense system of this size at every evaluation
MAX_TAIL = 5_000_000  # forecast steps times missing steps before them


def fit_model(
    model: Model,
    values: Array,
    season_length: int,
    report: Report,
    warm_start: Array | None = None,
    setting: Setting = ANYWHERE,
) -> Fit:
    """Return the model fitted to `values`, (n,), NaN where missing; forecasts begin after the last of them.

    Raises RequestError where the model cannot be fitted, at the field that would help.
    """
    observed = np.flatnonzero(~np.isnan(values))
    if observed.size == 0:
        raise RequestError.at("series", msg="the series has no observed value; choose a column with numbers")
    first, after = int(observed[0]), int(observed[-1]) + 1
    behind = values.size - after
    regressors = setting.regressors.since(first) if setting.regressors.names else setting.regressors
    setting = replace(setting, horizon=behind + setting.horizon, regressors=regressors)
    fit = _fit(model, values[first:after], season_length, report, warm_start, setting)
    return _widen(fit, before=first, behind=behind)


def _fit(
    model: Model, values: Array, season_length: int, report: Report, warm_start: Array | None, setting: Setting
) -> Fit:
    match model:
        case Arima():
            orders = orders_of(model, season_length)
            if setting.regressors.names:
                from compute.forecast.sarima.regression import fit_regression  # compiles: only where it is asked for

                return fit_regression(orders, values, setting.regressors, report, warm_start)
            return fit_sarima(orders, values, report, warm_start)
        case AutoArima():
            from compute.forecast.selection import fit_auto_arima  # compiles: only where it is asked for

            return fit_auto_arima(model, values, season_length, report, setting.regressors)
        case Naive():
            return fit_naive(values)
        case SeasonalNaive():
            return fit_seasonal_naive(values, season_length)
        case Lstm() | Gru():
            from compute.forecast.neural import fit_recurrent  # loads PyTorch, seconds that other models need not wait

            return fit_recurrent(model, values, season_length, report, setting)
        case Drift():
            return fit_drift(values)
        case Ets():
            from compute.forecast.smoothing import fit_ets  # compiles: only where it is asked for

            return fit_ets(model, values, season_length, report)
        case Ensemble():
            from compute.forecast.combination import fit_ensemble

            return fit_ensemble(model, values, season_length, report, setting)
        case Best():
            from compute.forecast.combination import fit_best

            return fit_best(model, values, season_length, report, setting)
        case Theta():
            from compute.forecast.smoothing import fit_theta

            return fit_theta(model, values, season_length, report)


def orders_of(model: Arima, season_length: int) -> Orders:
    """Return the orders of the model on a series with this season.

    Raises RequestError where the two do not go together.
    """
    is_seasonal = model.P + model.D + model.Q > 0
    if is_seasonal and season_length == 1:
        raise RequestError.at(
            "season_length",
            msg=f"seasonal orders ({model.P},{model.D},{model.Q}) need a season, and neither times nor values "
            "tell one; set season_length (12 for months), or the seasonal orders to 0",
        )
    differences = model.d + model.D
    if model.constant and differences > 1:
        raise RequestError.at(
            "model",
            "constant",
            msg=f"a constant with {differences} differences would be a trend that accelerates for ever; "
            "leave it out, or difference less",
        )
    has_mean = differences == 0 if model.constant is None else model.constant
    m = season_length if is_seasonal else 1
    orders = Orders(model.p, model.d, model.q, model.P, model.D, model.Q, m, has_mean)
    if orders.memory > MAX_MEMORY:
        raise RequestError.at(
            "season_length",
            msg=f"{orders.description} remembers {orders.memory} steps, more than the {MAX_MEMORY} that can be "
            "estimated; shorten the season, or set P and Q to 0 and keep D",
        )
    return orders


def _widen(fit: Fit, before: int, behind: int) -> Fit:
    """Return the fit of the same series with missing values put back before and behind it."""
    if fit.extend is not None:
        fit = replace(fit, extend=partial(_extend_within, fit.extend, before))
    if before == 0 and behind == 0:
        return fit
    ends = (before, behind)
    return replace(
        fit,
        fitted=np.pad(fit.fitted, ends, constant_values=np.nan),
        residuals=np.pad(fit.residuals, ends, constant_values=np.nan),
        predict=partial(_predict_after, fit, behind),
    )


def _extend_within(extend: Callable[[Array], Fit], before: int, values: Array) -> Fit:
    """Return the fit extended to `values`, which begin with `before` missing ones and may end with some."""
    after = int(np.flatnonzero(~np.isnan(values))[-1]) + 1
    return _widen(extend(values[before:after]), before, values.size - after)


def _predict_after(fit: Fit, skipped: int, horizon: int) -> AnyPrediction:
    """Return the forecast that begins `skipped` unobserved steps after the last value.

    The errors of the skipped steps have happened but were not seen: they belong to what is unknown at the origin.
    """
    if skipped == 0:
        return fit.predict(horizon)
    if skipped * horizon > MAX_TAIL:
        raise RequestError.at(
            "series", msg=f"the last {skipped} values are missing; leave the empty end out, or shorten the horizon"
        )
    whole = fit.predict(skipped + horizon)
    if isinstance(whole, SimulatedPrediction):
        return SimulatedPrediction(
            mean=whole.mean[skipped:],
            deviation=whole.deviation[skipped:],
            simulate=lambda n_paths, rng, bootstrap="iid": whole.simulate(n_paths, rng, bootstrap)[:, skipped:],
        )
    # Step h after the gap has weight psi_(skipped + h - j) for the error of skipped step j.
    unseen = sliding_window_view(whole.weights, skipped)[1 : horizon + 1, ::-1]
    return Prediction(
        mean=whole.mean[skipped:],
        weights=whole.weights[:horizon],
        origin_root=np.hstack([whole.origin_root[skipped:], unseen]),
    )
