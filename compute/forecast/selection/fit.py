"""Automatic ARIMA of one series: differences, orders, the best few fitted exactly, and their average."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from compute.forecast.auto_arima import AutoArima
from compute.forecast.counts import too_few
from compute.forecast.prediction import Fit
from compute.forecast.progress import portion
from compute.forecast.reference import fit_naive
from compute.forecast.regressors import NO_REGRESSORS, Regressors
from compute.forecast.sarima import Orders, fit_sarima, fit_sarima_at
from compute.forecast.sarima.regression import check_columns, difference_columns, fit_regression
from compute.forecast.selection.averaging import akaike_weights, average_fits, describe_average
from compute.forecast.selection.echo import echo_longer_cycle
from compute.forecast.selection.preparation import (
    MAX_SEASON,
    SHORTEST,
    choose_differenced,
    describe_search,
    difference,
    fill_gaps,
    is_flat,
    limit_orders,
    orders_of_spec,
)
from compute.forecast.selection.ranking import Candidate, Ranker, Ranking
from compute.forecast.selection.waves import choose_waves
from compute.job import Report
from compute.schema import RequestError

Array = NDArray[np.float64]

MAX_AVERAGED = 5  # models; beyond them weights are hundredths
NEAR = 8.0  # of the criterion, behind the best: further away a model weighs less than a fiftieth of it


def fit_auto_arima(
    model: AutoArima, values: Array, season_length: int, report: Report, regressors: Regressors = NO_REGRESSORS
) -> Fit:
    """Return the model chosen for `values`, (n,), NaN where missing but not at either end.

    A series too short for any model is continued by its last value. A long season is explained by waves, whose number
    is chosen first; with regressors, the orders are those of the regression's errors.
    """
    observed = int(np.count_nonzero(~np.isnan(values)))
    if observed < SHORTEST:
        return _name(fit_naive(values), "Naive: too few values to estimate anything", ())
    filled = fill_gaps(values)
    m = season_length if model.seasonal and season_length > 1 else 1
    if model.fourier and m > MAX_SEASON and values.size >= 2 * m:
        regressors, m = choose_waves(filled, m, regressors), 1
    if regressors.all_names:
        return _fit_regression(model, values, m, regressors, report)
    plain = choose_differenced(model, filled, m)
    if is_flat(plain, filled):
        return _fit_simplest(plain, values, report)
    ranking = _rank(model, plain, filled, m, portion(report, 0.0, 0.7))
    fit = _fit_best(model, plain, m, ranking, values, portion(report, 0.7, 1.0))
    return echo_longer_cycle(fit, m) if model.echo else fit


def _fit_regression(model: AutoArima, values: Array, m: int, regressors: Regressors, report: Report) -> Fit:
    """Return the regression whose errors follow the model chosen for what least squares leave."""
    columns = regressors.until(values.size)
    seen = ~np.isnan(values)
    design = np.vstack([columns, np.ones(values.size)])
    slopes = np.asarray(np.linalg.lstsq(design[:, seen].T, values[seen], rcond=None)[0])
    remainder = fill_gaps(values - slopes[:-1] @ columns)
    plain = choose_differenced(model, remainder, m)
    check_columns(plain, columns, regressors.all_names)
    filled = remainder + slopes[:-1] @ columns
    ranking = _rank(model, plain, filled, m, portion(report, 0.0, 0.7), difference_columns(plain, columns))
    return _fit_best(model, plain, m, ranking, values, portion(report, 0.7, 1.0), regressors)


def _rank(
    model: AutoArima, plain: Orders, filled: Array, m: int, report: Report, columns: Array | None = None
) -> Ranking:
    differenced = difference(plain, filled)
    limits = limit_orders(model, plain, m, differenced.size)
    series = differenced / float(np.sqrt(np.mean(differenced**2)))
    if columns is not None:
        columns = columns / np.sqrt((columns**2).mean(axis=1, keepdims=True))
    return Ranker(series, m, limits, model.criterion, plain.lost > 0, columns).rank(report)


def _fit_best(
    model: AutoArima,
    plain: Orders,
    m: int,
    ranking: Ranking,
    values: Array,
    report: Report,
    regressors: Regressors = NO_REGRESSORS,
) -> Fit:
    least = min((c.criterion for c in ranking.best), default=0.0)
    near = [c for c in ranking.best if c.criterion <= least + NEAR]
    chosen = near[: MAX_AVERAGED if model.averaged else 1]
    fits: list[Fit] = []
    kept: list[Candidate] = []
    for i, candidate in enumerate(chosen):
        part = portion(report, i / len(chosen), (i + 1) / len(chosen))
        orders, start = orders_of_spec(plain, m, candidate.spec), candidate.coefficients
        try:
            if regressors.all_names:
                fits.append(fit_regression(orders, values, regressors, part, start))
            else:
                fits.append(fit_sarima_at(orders, values, start, part))
        except RequestError:
            continue  # missing values leave too little for these orders
        kept.append(candidate)
    if not fits and regressors.all_names:
        raise RequestError.at(
            "regressors",
            msg=f"{too_few(values.size)} for {len(regressors.all_names)} regressors; leave some out",
        )
    if not fits:
        return _fit_simplest(plain, values, report)
    tried = describe_search(ranking.tried, model.criterion)
    if len(fits) == 1 or fits[0].sigma == 0:
        return _name(fits[0], fits[0].summary.description, (tried,))
    weights = akaike_weights([candidate.criterion for candidate in kept])
    return _name(
        average_fits(fits, weights), describe_average([fit.summary.description for fit in fits], weights), (tried,)
    )


def _fit_simplest(plain: Orders, values: Array, report: Report) -> Fit:
    """Return the fit of the largest of some models without coefficients that this series can bear."""
    walk = Orders(p=0, d=1, q=0)
    for orders in (plain, replace(plain, has_mean=False), Orders(p=0, d=0, q=0, has_mean=True), walk):
        try:
            fit = fit_sarima(orders, values, report)
        except RequestError:
            continue
        return _name(fit, fit.summary.description, ("No orders could be compared; the simplest model was fitted.",))
    return _name(fit_naive(values), "Naive: too few values to estimate anything", ())


def _name(fit: Fit, description: str, notes: tuple[str, ...]) -> Fit:
    summary = fit.summary.model_copy(update={"kind": "auto_arima", "description": description})
    return replace(fit, summary=summary, coefficients=np.zeros(0), notes=(*fit.notes, *notes))
