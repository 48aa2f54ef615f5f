"""The assets that a request names: columns of a dataset read together, or the tables in the request."""

from datetime import date

import numpy as np
from numpy.typing import NDArray

from compute.portfolio.assets import AssetHistory, Assets, DatasetAssets, GivenMoments, PriceTable, ReturnTable, Values
from compute.portfolio.moments import given_moments
from compute.schema import Location, RequestError
from services.datasets.records import DatasetInfo
from services.datasets.store import DatasetStore, column_position, number_columns
from services.workspace import to_calendar

LOC = ("assets",)


def check_assets(reference: Assets, datasets: DatasetStore, loc: Location = LOC) -> tuple[str, ...]:
    """Return the names of the assets; raise RequestError at the field to change where they cannot be read."""
    if isinstance(reference, GivenMoments):
        return given_moments(reference, loc).names
    if isinstance(reference, DatasetAssets):
        return _check_columns(reference, datasets, loc)[1]
    _check_table(reference, loc)
    return tuple(_table_of(reference))


def read_values(reference: AssetHistory, datasets: DatasetStore, loc: Location = LOC) -> Values:
    """Return the table of prices or returns; raise RequestError at the field that names what is not there."""
    if isinstance(reference, DatasetAssets):
        return _read_columns(reference, datasets, loc)
    _check_table(reference, loc)
    table = _table_of(reference)
    stamps = reference.timestamps
    return Values(
        names=tuple(table),
        values=np.array(list(table.values()), dtype=np.float64).T,
        timestamps=None if stamps is None else to_calendar(stamps, (*loc, "timestamps")),
        kind="prices" if isinstance(reference, PriceTable) else "returns",
    )


def _table_of(reference: PriceTable | ReturnTable) -> dict[str, tuple[float | None, ...]]:
    return reference.prices if isinstance(reference, PriceTable) else reference.returns


def _check_table(reference: PriceTable | ReturnTable, loc: Location) -> None:
    """Raise RequestError unless all assets have as many values, and as many as there are times."""
    field = "prices" if isinstance(reference, PriceTable) else "returns"
    table = _table_of(reference)
    first, length = next((name, len(values)) for name, values in table.items())
    for name, values in table.items():
        if len(values) != length:
            msg = (
                f"{name} has {len(values)} values and {first} {length}; give every asset one value per row, null where "
                "it has none"
            )
            raise RequestError.at(*loc, field, name, msg=msg)
    if reference.timestamps is not None and len(reference.timestamps) != length:
        msg = f"{len(reference.timestamps)} timestamps for {length} rows; give one per row, or none"
        raise RequestError.at(*loc, "timestamps", msg=msg)


def _check_columns(
    reference: DatasetAssets, datasets: DatasetStore, loc: Location
) -> tuple[DatasetInfo, tuple[str, ...]]:
    info = datasets.check_exists(reference.dataset, (*loc, "dataset"))
    names = number_columns(info, reference.columns, loc)
    if info.time_column is None and (reference.start or reference.end):
        msg = f"{info.name} has no times to choose by; leave the dates empty"
        raise RequestError.at(*loc, "start" if reference.start else "end", msg=msg)
    if reference.start and reference.end and reference.start > reference.end:
        msg = f"{reference.start} is after the last day, {reference.end}; choose an earlier one"
        raise RequestError.at(*loc, "start", msg=msg)
    return info, names


def _read_columns(reference: DatasetAssets, datasets: DatasetStore, loc: Location) -> Values:
    info, names = _check_columns(reference, datasets, loc)
    with datasets.reader(info) as reader:
        columns = [reader.numbers(column_position(info, name)) for name in names]
        times = None if info.time_column is None else reader.times(column_position(info, info.time_column))
    table = np.column_stack(columns)
    if times is not None:
        kept = _within(times, reference.start, reference.end)
        if not kept.any():
            msg = f"no row lies between these dates; {info.name} goes from {_day(times.min())} to {_day(times.max())}"
            raise RequestError.at(*loc, "start" if reference.start else "end", msg=msg)
        table, times = table[kept], times[kept]
    return Values(names=names, values=table, timestamps=times, kind=reference.values)


def _within(times: NDArray[np.datetime64], start: date | None, end: date | None) -> NDArray[np.bool_]:
    kept = ~np.isnat(times)
    if start is not None:
        kept &= times >= np.datetime64(start)
    if end is not None:
        kept &= times < np.datetime64(end) + np.timedelta64(1, "D")
    return np.asarray(kept)


def _day(time: np.datetime64) -> str:
    return str(time)[:10]
