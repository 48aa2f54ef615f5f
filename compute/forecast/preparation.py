"""From a series as it was given to one on a regular grid, its step and its season known."""

from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray

from compute.forecast.options import ForecastOptions
from compute.forecast.seasonality import detect_season
from compute.schema import RequestError
from compute.series import Series
from compute.timeindex import Frequency, Times, infer_frequency

Array = NDArray[np.float64]

MAX_MAGNITUDE = 1e100  # squares of larger numbers, summed, leave the range of floating point
MAX_STRETCH = 2.0  # grid points per value: with more gaps than that, steps are counted along the values


@dataclass(frozen=True)
class PreparedSeries:
    """A series on a grid of equal steps.

    Attributes
    ----------
    values : (n,) NaN where missing
    timestamps : datetime64[ns] (n,), or None when steps are only numbered
    future : datetime64[ns] (horizon,), times of the forecast, or None
    frequency : the step, or None when it is unknown
    season_length : steps in a season, 1 when there is none
    notes : what was found and decided on the way
    """

    values: Array
    timestamps: Times | None
    future: Times | None
    frequency: Frequency | None
    season_length: int
    notes: tuple[str, ...]

    def instant(self, at: int) -> datetime | None:
        """Return the time of the value at place `at` in UTC, None when steps are only numbered."""
        if self.timestamps is None:
            return None
        time: datetime = self.timestamps[at].astype("datetime64[us]").item()
        return time.replace(tzinfo=UTC)


def prepare_series(options: ForecastOptions, series: Series) -> PreparedSeries:
    """Return the series on its grid; RequestError names what cannot be forecast and the way out."""
    values = np.asarray(series.values, dtype=np.float64)
    _check_values(values)
    notes: list[str] = []
    timestamps, frequency = series.timestamps, None
    if timestamps is not None:
        timestamps, values = _sort(timestamps.astype("datetime64[ns]"), values, notes)
        frequency = infer_frequency(timestamps)
        if frequency is None:
            notes.append(
                "The times follow no regular step: the forecast counts along the values, and its times are "
                "spaced by the median step."
            )
        else:
            timestamps, values = _fill_gaps(timestamps, values, frequency, notes)
    season_length = options.season_length or (frequency.season_length if frequency else 0)
    if not season_length:
        season_length = detect_season(values)
        notes += _describe_season(season_length)
    return PreparedSeries(
        values=values,
        timestamps=timestamps,
        future=_future(options.horizon, timestamps, frequency),
        frequency=frequency,
        season_length=season_length,
        notes=(*notes, *_describe_values(values), *_describe_horizon(options.horizon, values)),
    )


def _check_values(values: Array) -> None:
    if np.isinf(values).any():
        raise RequestError.at("series", msg="the series contains infinity; replace it by a number or leave it empty")
    observed = np.abs(values[~np.isnan(values)])
    if observed.size == 0:
        raise RequestError.at("series", msg="the series has no observed value; choose a column with numbers")
    size = float(observed.max())
    if size > MAX_MAGNITUDE or 0 < size < 1 / MAX_MAGNITUDE:
        raise RequestError.at(
            "series", msg=f"the largest value is {size:.3g} in size; rescale the series to ordinary units"
        )


def _sort(timestamps: Times, values: Array, notes: list[str]) -> tuple[Times, Array]:
    missing = int(np.isnat(timestamps).sum())
    if missing:
        raise RequestError.at(
            "series", msg=f"{missing} of {timestamps.size} times are missing; give every value a time"
        )
    if np.any(np.diff(timestamps) < np.timedelta64(0, "ns")):
        order = np.argsort(timestamps, kind="stable")
        timestamps, values = timestamps[order], values[order]
        notes.append("The rows were not in time order and were sorted.")
    repeated = timestamps[1:][np.diff(timestamps) == np.timedelta64(0, "ns")]
    if repeated.size:
        first = np.datetime_as_string(repeated[0], unit="s")
        raise RequestError.at(
            "series",
            msg=f"{_repeated(repeated.size, first)}; aggregate duplicates in the dataset, "
            "or choose a series with one value per time",
        )
    return timestamps, values


def _repeated(count: int, first: str) -> str:
    return f"the time {first} is repeated" if count == 1 else f"{count} times are repeated, the first is {first}"


def _fill_gaps(timestamps: Times, values: Array, frequency: Frequency, notes: list[str]) -> tuple[Times, Array]:
    """Put values on the grid, the missing steps NaN; where most of the grid is missing, leave them as they are."""
    steps = frequency.steps(timestamps[0], timestamps)
    length = int(steps[-1]) + 1
    if length == values.size or np.any(np.diff(steps) < 1):
        return timestamps, values
    if length > MAX_STRETCH * values.size:
        notes.append(
            f"Most of the times at steps of {frequency.words} are absent: the forecast counts along the values."
        )
        return timestamps, values
    grid = frequency.at(timestamps[0], np.arange(length))
    grid[steps] = timestamps
    filled = np.full(length, np.nan)
    filled[steps] = values
    notes.append(
        f"{length - values.size} times are absent at steps of {frequency.words}; their values count as missing."
    )
    return grid, filled


def _future(horizon: int, timestamps: Times | None, frequency: Frequency | None) -> Times | None:
    if timestamps is None or (frequency is None and timestamps.size < 2):
        return None
    try:
        if frequency is not None:
            return frequency.extend(timestamps[-1], horizon)
        step = int(np.median(np.diff(timestamps).astype(np.int64)))
        last = int(timestamps[-1].astype(np.int64))
        if last + step * horizon > np.iinfo(np.int64).max:
            raise OverflowError
        return (last + step * np.arange(1, horizon + 1)).astype("datetime64[ns]")
    except OverflowError as error:
        raise RequestError.at(
            "horizon", msg=f"horizon {horizon} reaches beyond the year 2262, the end of the clock; shorten it"
        ) from error


def _describe_season(season_length: int) -> tuple[str, ...]:
    if season_length == 1:
        return ()
    return (
        f"The times tell no season, and the values show one of {season_length} steps: it is used. "
        "Give the season length to overrule it, 1 for none.",
    )


def _describe_values(values: Array) -> tuple[str, ...]:
    missing = int(np.isnan(values).sum())
    told = []
    if missing:
        told.append(f"{missing} of {values.size} values are missing; they are treated as unknown, not filled in.")
    if values.size - missing > 1 and np.nanmin(values) == np.nanmax(values):
        told.append(
            f"All values are {np.nanmin(values):.6g}: every model goes on with that, and nothing tells how far off the "
            "future may be. Look whether it is the right column."
        )
    return tuple(told)


def _describe_horizon(horizon: int, values: Array) -> tuple[str, ...]:
    observed = int(np.count_nonzero(~np.isnan(values)))
    if horizon <= observed:
        return ()
    return (
        f"{horizon} steps ahead are more than the series has values, {observed}: none of its past can tell how far off "
        "the last steps may be; shorten the horizon, or give a longer series.",
    )
