"""Ways to and from the pages of information flow, with what is known filled in."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from compute.schema import RequestError
from compute.series import DatasetColumn, InlineSeries, Series, SeriesReference
from pages._job_records import filled_link
from pages._workspace import workspace

MAX_LINK = 60_000  # characters of an address: servers refuse more
LEAST_VALUES = 30  # fewer than this no forecast can be made from
MOST_ASSETS = 20  # 380 pairs: a network that still can be read
DIGITS = 6  # of a value that travels in an address


def one_pair(source: Mapping[str, Any], target: Mapping[str, Any], **known: Any) -> str | None:
    """Return the address that asks what `source` tells of `target`; None where an address cannot hold it."""
    return _fitting("transfer_entropy", {"source": source, "target": target, "series": None, **known})


def every_pair(dataset: str, columns: Sequence[str] | None = None, **known: Any) -> str | None:
    """Return the address that asks which of a dataset's columns drive each other."""
    series = {"dataset": dataset, "columns": None if columns is None else list(columns)}
    return _fitting("transfer_entropy", {"source": None, "target": None, "series": series, **known})


def mutual_pair(x: Mapping[str, Any], y: Mapping[str, Any], **known: Any) -> str | None:
    """Return the address that asks how much two series share."""
    return _fitting("mutual_information", {"x": x, "y": y, **known})


def storage_of(series: Mapping[str, Any], **known: Any) -> str | None:
    """Return the address that asks what a series remembers."""
    return _fitting("information_storage", {"series": series, **known})


def known_target(series: Mapping[str, Any], history: int, delay: int) -> str | None:
    """Return the address that asks what drives a series, with so many of its past values known; the source is open."""
    return _fitting("transfer_entropy", {"target": series, "target_history": history, "delay": delay})


def drivers_of(series: Mapping[str, Any]) -> str | None:
    """Return the address that asks which other columns of its dataset drive a series; None where it has none."""
    info = workspace().datasets.get(str(series.get("dataset", "")))
    if info is None:
        return None
    numbers = [column.name for column in info.columns if column.kind == "number"]
    others = [name for name in numbers if name != series.get("column")]
    if not others:
        return None
    if len(others) > 1:
        return every_pair(info.id)
    return one_pair({"dataset": info.id, "column": others[0]}, series)


def returns_network(assets: Mapping[str, Any], weights: Mapping[str, float]) -> str | None:
    """Return the address that asks which assets' returns drive which, of many those of the largest weights.

    None where there are fewer than two, or they are in no dataset. Prices are asked about as changes.
    """
    info = workspace().datasets.get(str(assets.get("dataset", "")))
    if info is None:
        return None
    ranked = sorted(weights, key=lambda name: -abs(weights[name]))[:MOST_ASSETS]
    columns = [column for column in info.columns if column.kind == "number" and column.name in ranked]
    if len(columns) < 2:
        return None
    ends = [(column.min, column.max) for column in columns]
    is_small = all(isinstance(end, int | float) and -1 <= end <= 1 for pair in ends for end in pair)
    is_return = is_small and any(isinstance(low, int | float) and low < 0 for low, _ in ends)
    content = assets.get("values", "auto")
    is_changing = not is_return if content == "auto" else content == "prices"
    names = [column.name for column in columns]
    return every_pair(info.id, names, differencing=is_changing, lags={"first": 1, "last": 3})


def regressors_link(target: Mapping[str, Any], found: Sequence[tuple[Mapping[str, Any], int]]) -> str | None:
    """Return the address that forecasts `target` with the series found, each at its lag in steps.

    A series that drives the target L steps later is known L steps into the future: the horizon is the shortest lag.
    Values before the longest lag have no regressor and are left out, as are the oldest where an address cannot hold
    all. None where the series cannot be read, or too little would be left.
    """
    try:
        series = _read(target)
        sources = [(_read(reference), lag) for reference, lag in found]
    except RequestError:
        return None
    if not sources or not all(_goes_along(source, series) and lag >= 1 for source, lag in sources):
        return None
    longest = max(lag for _, lag in sources)
    first = longest
    while series.values.size - first >= LEAST_VALUES:
        link = filled_link(workspace().tasks["forecast"], _forecast_request(series, sources, first))
        if len(link) <= MAX_LINK:
            return link
        first += max(1, (series.values.size - first) // 4)
    return None


def _forecast_request(series: Series, sources: Sequence[tuple[Series, int]], first: int) -> dict[str, Any]:
    """Return the request for a forecast of the series from place `first` on."""
    shown: dict[str, Any] = {"values": _numbers(series.values[first:]), "name": series.name}
    if series.timestamps is not None:
        shown["timestamps"] = _times(series.timestamps[first:])
    regressors = []
    for source, lag in sources:
        name = f"{source.name}, {lag} step{'' if lag == 1 else 's'} before"[:100]
        past = {"values": _numbers(source.values[first - lag : source.values.size - lag]), "name": name}
        future = _numbers(source.values[source.values.size - lag :])
        regressors.append({"series": past, "future": future, "name": name})
    horizon = min(lag for _, lag in sources)
    return {"series": shown, "horizon": horizon, "model": {"kind": "auto_arima"}, "regressors": regressors}


def _goes_along(source: Series, target: Series) -> bool:
    """Return whether a source has a value at each step of the target."""
    if source.values.size != target.values.size or bool(np.isnan(source.values).any()):
        return False
    if source.timestamps is None or target.timestamps is None:
        return source.timestamps is None and target.timestamps is None
    return bool(np.array_equal(source.timestamps, target.timestamps))


def _read(reference: Mapping[str, Any]) -> Series:
    known: SeriesReference = (
        DatasetColumn.model_validate(reference) if "dataset" in reference else InlineSeries.model_validate(reference)
    )
    return workspace().read_series(known)


def _numbers(values: NDArray[np.float64]) -> list[float | None]:
    return [None if np.isnan(value) else float(f"{value:.{DIGITS}g}") for value in values]


def _times(times: NDArray[np.datetime64]) -> list[str]:
    """Return times as short as ISO 8601 allows."""
    unit: Literal["D", "s"] = "D" if bool(np.all(times == times.astype("datetime64[D]"))) else "s"
    return [str(text) for text in np.datetime_as_string(times, unit=unit)]


def _fitting(kind: str, request: Mapping[str, Any]) -> str | None:
    link = filled_link(workspace().tasks[kind], request)
    return link if len(link) <= MAX_LINK else None
