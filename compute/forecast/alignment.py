"""Brings regressors onto the grid of the series they explain, with their future behind."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from compute.forecast.arima import Arima
from compute.forecast.auto_arima import AutoArima
from compute.forecast.preparation import PreparedSeries, prepare_series
from compute.forecast.regressors import NO_REGRESSORS, Regressor, Regressors
from compute.forecast.request import ForecastRequest
from compute.schema import RequestError
from compute.series import Series
from compute.timeindex import Frequency, Times, infer_frequency

Array = NDArray[np.float64]


def end_with_values(request: ForecastRequest, series: Series) -> Series:
    """Return the series up to its last value where regressors explain it: rows after it are there for their future.

    Whether that is taken from these rows or given in its place, the forecast begins at the same step. Without
    regressors missing values at the end are time that has passed unseen.
    """
    observed = np.flatnonzero(~np.isnan(series.values))
    if not request.regressors or observed.size == 0 or not _increases(series.timestamps):
        return series
    end = int(observed[-1]) + 1
    return replace(
        series,
        values=series.values[:end],
        timestamps=None if series.timestamps is None else series.timestamps[:end],
    )


def align_regressors(
    request: ForecastRequest, series: Series, columns: Sequence[Series], prepared: PreparedSeries
) -> Regressors:
    """Return the request's regressors over the prepared series and the horizon.

    Parameters
    ----------
    series : as it was prepared from
    columns : the regressors' values as they were given, one per regressor: at times of their own, or in the same order
    """
    if not request.regressors:
        return NO_REGRESSORS
    if not isinstance(request.model, Arima | AutoArima):
        raise RequestError.at(
            "regressors",
            msg=f"the model {request.model.kind} cannot use regressors; choose arima or auto_arima, or leave them out",
        )
    names = tuple(regressor.name or column.name for regressor, column in zip(request.regressors, columns, strict=True))
    if len(set(names)) < len(names):
        raise RequestError.at("regressors", msg=f"the names {', '.join(names)} repeat one; name each regressor once")
    rows = []
    for i, (regressor, column) in enumerate(zip(request.regressors, columns, strict=True)):
        if _has_own_times(column, series):
            past, after = _by_time(i, column, prepared)
        else:
            past, after = _in_order(i, column, series, request, prepared)
        rows.append(np.concatenate([past, _future(i, names[i], regressor, after, request.horizon)]))
    return Regressors(names, np.array(rows))


def _has_own_times(column: Series, series: Series) -> bool:
    if column.timestamps is None or series.timestamps is None:
        return False
    return not np.array_equal(column.timestamps, series.timestamps)


def _by_time(i: int, column: Series, prepared: PreparedSeries) -> tuple[Array, Array]:
    """Return the column at the times of the prepared series, (n,), and at those of the forecast, (horizon,)."""
    assert prepared.timestamps is not None, "both have times"
    future = np.zeros(0, "datetime64[ns]") if prepared.future is None else prepared.future
    times = np.concatenate([prepared.timestamps, future])
    found = _look_up(column, times, prepared.frequency)
    n = prepared.values.size
    missing = np.isnan(found[:n]) & ~np.isnan(prepared.values)
    if missing.any():
        first = np.datetime_as_string(times[:n][missing][0], unit="s")
        raise RequestError.at(
            "regressors", i, "series",
            msg=f"{int(missing.sum())} of the {n} times of the series to forecast have no value here, the first is "
            f"{first}; fill them in, or choose a column with the same times",
        )  # fmt: skip
    return _fill(found[:n]), found[n:]


def _look_up(column: Series, times: Times, frequency: Frequency | None) -> Array:
    """Return the value of the column at each time, NaN where it has none; off by less than half a step is the same."""
    assert column.timestamps is not None
    own = column.timestamps.astype("datetime64[ns]")
    own_frequency = infer_frequency(own)
    keys, wanted = own.astype(np.int64), times.astype(np.int64)
    if frequency is not None and own_frequency is not None and own_frequency.iso == frequency.iso:
        keys, wanted = frequency.steps(times[0], own), frequency.steps(times[0], times)
    order = np.argsort(keys, kind="stable")
    places = np.minimum(np.searchsorted(keys[order], wanted), keys.size - 1)
    is_there = keys[order][places] == wanted
    return np.where(is_there, np.where(np.isfinite(column.values), column.values, np.nan)[order][places], np.nan)


def _in_order(
    i: int, column: Series, series: Series, request: ForecastRequest, prepared: PreparedSeries
) -> tuple[Array, Array]:
    """Return the column on the grid of the series, (n,), and what it holds beyond the end of the series, (k,)."""
    n = series.values.size
    if column.values.size < n:
        raise RequestError.at(
            "regressors", i, "series",
            msg=f"{column.values.size} values to explain a series of {n}; give one for each value",
        )  # fmt: skip
    known = np.where(np.isfinite(column.values), column.values, np.nan)
    missing = int(np.isnan(known[:n][~np.isnan(series.values)]).sum())
    if missing:
        raise RequestError.at(
            "regressors", i, "series",
            msg=f"{missing} values are missing where the series to forecast has one; fill them in",
        )  # fmt: skip
    past = prepare_series(request, replace(series, values=known[:n])).values
    return _fill(past[: prepared.values.size]), known[n:]


def _future(i: int, name: str, regressor: Regressor, after: Array, horizon: int) -> Array:
    """Return the regressor over the horizon: as given, else what its column holds after the end of the series."""
    if regressor.future:
        if len(regressor.future) < horizon:
            raise RequestError.at(
                "regressors", i, "future",
                msg=f"{len(regressor.future)} future values of {name} for a horizon of {horizon}; give one for "
                "every step, known or supposed, or shorten the horizon",
            )  # fmt: skip
        return np.array(regressor.future[:horizon])
    unknown = np.isnan(np.concatenate([after[:horizon], np.full(max(0, horizon - after.size), np.nan)]))
    if unknown.any():
        reach = int(np.argmax(unknown))
        told = f"goes on for {reach} steps" if reach else "does not go on"
        way_out = f"or shorten the horizon to {reach}" if reach else "or choose a column that goes on"
        raise RequestError.at(
            "regressors", i, "future",
            msg=f"the column of {name} {told} after the end of the series to forecast, and the horizon has {horizon}; "
            f"give one value for every step, known or supposed, {way_out}",
        )  # fmt: skip
    return after[:horizon]


def _fill(values: Array) -> Array:
    """Return the values with straight lines across what is missing: there the series to forecast has none either."""
    known = np.flatnonzero(~np.isnan(values))
    return np.interp(np.arange(values.size), known, values[known])


def _increases(times: Times | None) -> bool:
    return times is None or bool(np.all(times[1:] > times[:-1]))
