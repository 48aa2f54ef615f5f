"""Automatic ARIMA of one series: differences, orders, the best few fitted exactly, and their average."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from compute.forecast.auto_arima import AutoArima
from compute.forecast.prediction import Fit
from compute.forecast.progress import portion
from compute.forecast.reference import fit_naive
from compute.forecast.regressors import NO_REGRESSORS, Regressors
from compute.forecast.sarima import Orders, fit_sarima, fit_sarima_at
from compute.forecast.sarima.polynomials import difference_polynomial
from compute.forecast.sarima.regression import check_columns, difference_columns, fit_regression
from compute.forecast.selection.averaging import akaike_weights, average_fits
from compute.forecast.selection.candidates import Limits
from compute.forecast.selection.differences import ROUNDING, choose_differences, choose_seasonal_differences
from compute.forecast.selection.echo import echo_longer_cycle
from compute.forecast.selection.ranking import Candidate, Ranker, Ranking
from compute.forecast.selection.waves import choose_waves
from compute.job import Report
from compute.schema import RequestError

Array = NDArray[np.float64]

MAX_AVERAGED = 5  # models; beyond them weights are hundredths
NEAR = 8.0  # of the criterion, behind the best: further away a model weighs less than a fiftieth of it
MAX_SEASON = 100  # steps up to which seasonal orders are tried: the likelihood solves a system of twice that size
SEASONS_PER_ORDER = 3  # seasons the series must hold for each seasonal order
SHORTEST = 3  # values below which nothing is estimated


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
    filled = _fill(values)
    m = season_length if model.seasonal and season_length > 1 else 1
    if model.fourier and m > MAX_SEASON and values.size >= 2 * m:
        regressors, m = choose_waves(filled, m, regressors), 1
    if regressors.all_names:
        return _fit_regression(model, values, m, regressors, report)
    D, d = _choose_differences(model, filled, m)
    plain = Orders(p=0, d=d, q=0, D=D, m=m if D else 1, has_mean=d + D <= 1)
    if _is_flat(plain, filled):
        return _fit_simplest(plain, values, report)
    ranking = _rank(model, plain, filled, m, portion(report, 0.0, 0.7))
    fit = _fit_best(model, plain, m, ranking, values, portion(report, 0.7, 1.0))
    return echo_longer_cycle(fit, m) if model.echo else fit


def _choose_differences(model: AutoArima, filled: Array, m: int) -> tuple[int, int]:
    """Return (D, d)."""
    if model.stationary:
        return 0, 0
    D = choose_seasonal_differences(filled, m, model.max_D) if m > 1 else 0
    return D, choose_differences(filled[m:] - filled[:-m] if D else filled, model.max_d)


def _difference(plain: Orders, filled: Array) -> Array:
    return np.convolve(filled, difference_polynomial(plain))[plain.lost : filled.size]


def _is_flat(plain: Orders, filled: Array) -> bool:
    """Return whether differencing leaves nothing but rounding, or too little to compare models on."""
    differenced = _difference(plain, filled)
    return differenced.size < SHORTEST or float(np.ptp(differenced)) <= ROUNDING * float(np.abs(filled).max())


def _fit_regression(model: AutoArima, values: Array, m: int, regressors: Regressors, report: Report) -> Fit:
    """Return the regression whose errors follow the model chosen for what least squares leave."""
    columns = regressors.until(values.size)
    seen = ~np.isnan(values)
    design = np.vstack([columns, np.ones(values.size)])
    slopes = np.asarray(np.linalg.lstsq(design[:, seen].T, values[seen], rcond=None)[0])
    remainder = _fill(values - slopes[:-1] @ columns)
    D, d = _choose_differences(model, remainder, m)
    plain = Orders(p=0, d=d, q=0, D=D, m=m if D else 1, has_mean=d + D <= 1)
    check_columns(plain, columns, regressors.all_names)
    filled = remainder + slopes[:-1] @ columns
    ranking = _rank(model, plain, filled, m, portion(report, 0.0, 0.7), difference_columns(plain, columns))
    return _fit_best(model, plain, m, ranking, values, portion(report, 0.7, 1.0), regressors)


def _rank(
    model: AutoArima, plain: Orders, filled: Array, m: int, report: Report, columns: Array | None = None
) -> Ranking:
    differenced = _difference(plain, filled)
    n = differenced.size
    most = n // (SEASONS_PER_ORDER * m) if 1 < m <= MAX_SEASON else 0
    limits = Limits(
        p=min(model.max_p, n // 3),
        q=min(model.max_q, n // 3),
        P=min(model.max_P, most),
        Q=min(model.max_Q, most),
        total=model.max_order,
        may_have_mean=plain.has_mean,
    )
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
        orders, start = _orders(plain, m, candidate), candidate.coefficients
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
            msg=f"{values.size} values are too few for {len(regressors.all_names)} regressors; leave some out",
        )
    if not fits:
        return _fit_simplest(plain, values, report)
    tried = f"The orders were chosen among {ranking.tried} models by {model.criterion.upper().replace('AICC', 'AICc')}."
    if len(fits) == 1 or fits[0].sigma == 0:
        return _name(fits[0], fits[0].summary.description, (tried,))
    weights = akaike_weights([candidate.criterion for candidate in kept])
    return _name(average_fits(fits, weights), _describe(fits, weights), (tried,))


def _orders(plain: Orders, m: int, candidate: Candidate) -> Orders:
    p, q, P, Q, has_mean = candidate.spec
    is_seasonal = P + plain.D + Q > 0
    return Orders(p, plain.d, q, P, plain.D, Q, m if is_seasonal else 1, bool(has_mean))


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


def _describe(fits: Sequence[Fit], weights: Array) -> str:
    shares = [f"{fit.summary.description} {weight:.0%}" for fit, weight in zip(fits, weights, strict=True)]
    return "Average of " + ", ".join(shares)


def _name(fit: Fit, description: str, notes: tuple[str, ...]) -> Fit:
    summary = fit.summary.model_copy(update={"kind": "auto_arima", "description": description})
    return replace(fit, summary=summary, coefficients=np.zeros(0), notes=(*fit.notes, *notes))


def _fill(values: Array) -> Array:
    missing = np.isnan(values)
    if not missing.any():
        return values
    places = np.arange(values.size)
    return np.interp(places, places[~missing], values[~missing])
