"""Regression with seasonal ARIMA errors: the regressors' slopes by generalised least squares inside the likelihood.

Each column goes through the same differences and filters as the series, and its slope is profiled out at every
evaluation; what remains of the series is an ARIMA fit like any other. Missing values are filled in for the slopes only,
by what the regression leaves, a few times over.
"""

from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from compute.forecast.prediction import Fit, Prediction
from compute.forecast.progress import portion
from compute.forecast.regressors import Regressors
from compute.forecast.result import FittedModel
from compute.forecast.sarima.estimation import MAX_QUICK_MEMORY
from compute.forecast.sarima.fit import fit_sarima_at
from compute.forecast.sarima.orders import Orders
from compute.forecast.sarima.polynomials import difference_polynomial
from compute.forecast.sarima.quick import QuickSearch, look_ahead
from compute.forecast.sarima.sample import prepare_sample
from compute.job import Report
from compute.schema import RequestError

Array = NDArray[np.float64]

FILLINGS = 3  # of missing values; the slopes have settled to a tenth of their standard errors
COLLINEAR = 1e-8  # of the columns' largest singular value


@dataclass(frozen=True)
class Slopes:
    """Slopes, (k,), and a root of their covariance over the errors' variance, (k, k)."""

    values: Array
    root: Array


def fit_regression(
    orders: Orders, values: Array, regressors: Regressors, report: Report, start: Array | None = None
) -> Fit:
    """Return the fit of `values`, (n,), NaN where missing but not at either end, on the regressors.

    Parameters
    ----------
    start : coefficients to begin the search with, (K,)
    """
    columns = regressors.until(values.size)
    check_columns(orders, columns, regressors.all_names)
    if orders.memory > MAX_QUICK_MEMORY:
        raise RequestError.at(
            "regressors",
            msg=f"{orders.description} remembers {orders.memory} steps, too many beside regressors; shorten the season",
        )
    missing = np.isnan(values)
    slopes = np.asarray(np.linalg.lstsq(columns[:, ~missing].T, values[~missing], rcond=None)[0])
    filled = _fill(values - slopes @ columns) + slopes @ columns
    coefficients, found = _estimate(orders, filled, columns, start, portion(report, 0.0, 0.5))
    for _ in range(FILLINGS - 1 if missing.any() else 0):
        filled = _fill(values - found.values @ columns) + found.values @ columns
        coefficients, found = _estimate(orders, filled, columns, coefficients, portion(report, 0.5, 0.9))
    remainder = values - found.values @ columns
    fit = fit_sarima_at(orders, remainder, coefficients, report)
    return replace(
        fit,
        summary=_summarise(fit, regressors.all_names, found),
        fitted=fit.fitted + found.values @ columns,
        predict=partial(_predict, orders, fit, coefficients, regressors, columns, found),
        extend=None,
    )


def difference_columns(orders: Orders, columns: Array) -> Array:
    """Return the rows of `columns`, (k, n), differenced, (k, n - lost)."""
    polynomial = difference_polynomial(orders)
    rows = [np.convolve(row, polynomial)[orders.lost : row.size] for row in columns]
    return np.array(rows).reshape(columns.shape[0], columns.shape[1] - orders.lost)


def check_columns(orders: Orders, columns: Array, names: tuple[str, ...]) -> None:
    """Refuse columns that say nothing once differenced, or the same as others."""
    differenced = difference_columns(orders, columns)
    if orders.has_mean:
        differenced = differenced - differenced.mean(axis=1, keepdims=True)
    sizes = np.sqrt((differenced**2).sum(axis=1))
    whole = np.sqrt((columns**2).sum(axis=1))
    for name, size, of_column in zip(names, sizes, whole, strict=True):
        if not size > COLLINEAR * of_column:
            raise RequestError.at(
                "regressors",
                msg=f"regressor {name} does not vary once {orders.description} has differenced it; leave it out",
            )
    singular = np.linalg.svd(differenced / sizes[:, None], compute_uv=False)
    if singular.size > differenced.shape[1] or singular[-1] <= COLLINEAR * singular[0]:
        raise RequestError.at(
            "regressors",
            msg=f"the regressors {', '.join(names)} repeat each other: one is a sum of the others; leave one out",
        )


def _estimate(
    orders: Orders, filled: Array, columns: Array, start: Array | None, report: Report
) -> tuple[Array, Slopes]:
    differenced = difference_columns(orders, columns)
    series = difference_columns(orders, filled[None, :])
    if orders.n_coefficients + columns.shape[0] + int(orders.has_mean) + 2 > series.shape[1]:
        raise RequestError.at(
            "regressors",
            msg=f"{orders.description} with {columns.shape[0]} regressors has more to estimate than {filled.size} "
            "values can tell; leave some out",
        )
    scales = np.sqrt((differenced**2).mean(axis=1))
    scale = float(np.sqrt(np.mean(series**2))) or 1.0
    ones = np.ones((int(orders.has_mean), series.shape[1]))
    search = QuickSearch(orders, np.vstack([series / scale, differenced / scales[:, None], ones]))
    coefficients, _ = search.maximise(report, start)
    slopes = search.slopes(coefficients)
    k = scales.size
    units = scale / scales
    root = np.linalg.cholesky(slopes[:k, 1 : k + 1] + 1e-12 * np.eye(k)) / scales[:, None]
    return coefficients, Slopes(slopes[:k, 0] * units, root)


def _predict(
    orders: Orders,
    fit: Fit,
    coefficients: Array,
    regressors: Regressors,
    columns: Array,
    slopes: Slopes,
    horizon: int,
) -> Prediction:
    """Return the forecast of the remainder plus the regressors', whose slopes are uncertain as well."""
    base = fit.predict(horizon)
    if not isinstance(base, Prediction):
        raise TypeError("an ARIMA predicts linearly")
    n = columns.shape[1]
    ahead = regressors.until(n + horizon)[:, n:]
    surprises = np.empty((columns.shape[0], horizon))  # what of each column its own past does not foretell
    for row, column in enumerate(columns):
        sample = prepare_sample(orders, column)
        mean = float(sample.columns[0].mean()) if orders.has_mean else 0.0
        surprises[row] = ahead[row] - look_ahead(orders, sample, coefficients, mean, horizon)
    return replace(
        base,
        mean=base.mean + slopes.values @ ahead,
        origin_root=np.hstack([base.origin_root, surprises.T @ slopes.root]),
    )


def _summarise(fit: Fit, names: tuple[str, ...], slopes: Slopes) -> FittedModel:
    summary, k = fit.summary, slopes.values.size
    n_parameters = len(summary.parameters) + 1
    errors = fit.sigma * np.sqrt((slopes.root**2).sum(axis=1))
    changes: dict[str, object] = {
        "description": f"{summary.description} on {', '.join(names) if k <= 6 else f'{k} regressors'}",
        "parameters": summary.parameters | dict(zip(names, slopes.values.tolist(), strict=True)),
        "standard_errors": summary.standard_errors | dict(zip(names, errors.tolist(), strict=True)),
    }
    if summary.aic is not None and summary.bic is not None and summary.log_likelihood is not None:
        observed = round(float(np.exp((summary.bic + 2 * summary.log_likelihood) / n_parameters)))
        total = n_parameters + k
        aic = summary.aic + 2 * k
        changes |= {
            "aic": aic,
            "aicc": aic + 2 * total * (total + 1) / (observed - total - 1) if observed > total + 1 else None,
            "bic": summary.bic + k * float(np.log(observed)),
        }
    return summary.model_copy(update=changes)


def _fill(values: Array) -> Array:
    missing = np.isnan(values)
    places = np.arange(values.size)
    return np.interp(places, places[~missing], values[~missing])
