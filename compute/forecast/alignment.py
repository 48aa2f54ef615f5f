"""Brings regressors onto the grid of the series they explain, with their future behind."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from compute.forecast.arima import Arima
from compute.forecast.auto_arima import AutoArima
from compute.forecast.preparation import prepare_series
from compute.forecast.regressors import NO_REGRESSORS, Regressor, Regressors
from compute.forecast.request import ForecastRequest
from compute.schema import RequestError
from compute.series import Series

Array = NDArray[np.float64]


def align_regressors(
    request: ForecastRequest, series: Series, columns: Sequence[Series], prepared: Array
) -> Regressors:
    """Return the request's regressors over the prepared series and the horizon.

    Parameters
    ----------
    series : as it was given
    columns : the regressors' past as it was given, one per regressor
    prepared : (n,) the series on its grid, NaN where missing
    """
    if not request.regressors:
        return NO_REGRESSORS
    if not isinstance(request.model, Arima | AutoArima):
        raise RequestError.at(
            "regressors",
            msg=f"the model {request.model.kind} cannot use regressors; choose arima or auto_arima, or leave them out",
        )
    names = tuple(regressor.name for regressor in request.regressors)
    if len(set(names)) < len(names):
        raise RequestError.at("regressors", msg=f"the names {', '.join(names)} repeat one; name each regressor once")
    rows = [
        np.concatenate([_past(i, column, series, request, prepared), _future(i, regressor, request.horizon)])
        for i, (regressor, column) in enumerate(zip(request.regressors, columns, strict=True))
    ]
    return Regressors(names, np.array(rows))


def _past(i: int, column: Series, series: Series, request: ForecastRequest, prepared: Array) -> Array:
    """Return the column on the grid of the series, (n,); places where the series misses its value are filled in."""
    if column.values.size != series.values.size:
        raise RequestError.at(
            "regressors", i, "series",
            msg=f"{column.values.size} values to explain a series of {series.values.size}; give one for each value",
        )  # fmt: skip
    if not np.isfinite(column.values[~np.isnan(series.values)]).all():
        missing = int((~np.isfinite(column.values[~np.isnan(series.values)])).sum())
        raise RequestError.at(
            "regressors", i, "series",
            msg=f"{missing} values are missing where the series to forecast has one; fill them in",
        )  # fmt: skip
    known = np.where(np.isfinite(column.values), column.values, np.nan)
    values = prepare_series(request, replace(series, values=known)).values
    missing_places = np.isnan(values)
    places = np.arange(values.size)
    filled = np.interp(places, places[~missing_places], values[~missing_places])
    return np.asarray(filled[: prepared.size])


def _future(i: int, regressor: Regressor, horizon: int) -> Array:
    if len(regressor.future) < horizon:
        raise RequestError.at(
            "regressors", i, "future",
            msg=f"{len(regressor.future)} future values of {regressor.name} for a horizon of {horizon}; give one for "
            "every step, known or supposed, or shorten the horizon",
        )  # fmt: skip
    return np.array(regressor.future[:horizon])
