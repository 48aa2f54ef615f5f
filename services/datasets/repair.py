"""Repairing: a new version of a dataset, with what its audit found mended. The original is never changed."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from compute.audit import (
    fill_positions,
    find_gaps,
    first_positions,
    interpolate,
    merge_values,
    time_order,
    unsorted_positions,
    without_outliers,
)
from compute.job import Report
from compute.schema import RequestError
from compute.timeindex import infer_frequency
from services.datasets import requests
from services.datasets.audit import audit_dataset
from services.datasets.columns import GROUP_ROWS, TYPES, ColumnReader, ColumnWriter
from services.datasets.reading.numbers import guess_mark, to_numbers, undecorated
from services.datasets.records import DatasetInfo
from services.datasets.sources import check_size
from services.datasets.survey import Kind

if TYPE_CHECKING:
    from services.workspace import Workspace

MAX_GROWTH = 20  # times the rows there are: a finer step than that is a mistake in the times, not a gap


@dataclass(frozen=True)
class Table:
    """A dataset in memory, its columns as Arrow arrays."""

    names: tuple[str, ...]
    kinds: tuple[Kind, ...]
    columns: tuple[Any, ...]
    time_column: str | None

    @property
    def times(self) -> NDArray[np.datetime64] | None:
        """The column of times, NaT where missing, or None without one."""
        if self.time_column is None:
            return None
        return np.asarray(self.columns[self.names.index(self.time_column)].to_numpy(zero_copy_only=False))

    def take(self, rows: NDArray[np.int64]) -> "Table":
        """Return the table with these rows; -1 makes an empty one."""
        indices = pa.array(rows, mask=rows < 0)
        return replace(self, columns=tuple(pc.take(column, indices) for column in self.columns))

    def with_column(self, name: str, column: Any, kind: Kind | None = None) -> "Table":
        """Return the table with another column in the place of `name`."""
        at = self.names.index(name)
        kinds = self.kinds if kind is None else (*self.kinds[:at], kind, *self.kinds[at + 1 :])
        return replace(self, kinds=kinds, columns=(*self.columns[:at], column, *self.columns[at + 1 :]))

    def without(self, name: str) -> "Table":
        """Return the table without the column."""
        kept = [position for position, other in enumerate(self.names) if other != name]
        return Table(
            names=tuple(self.names[position] for position in kept),
            kinds=tuple(self.kinds[position] for position in kept),
            columns=tuple(self.columns[position] for position in kept),
            time_column=None if self.time_column == name else self.time_column,
        )


def repair_dataset(request: requests.RepairRequest, workspace: "Workspace", report: Report) -> DatasetInfo:
    """Apply the repairs one after another, store the result as a new dataset and return it.

    Raises RequestError at the repair that cannot be applied.
    """
    parent = workspace.datasets.check_exists(request.dataset, loc=("dataset",))
    report(0.0, "reading the dataset")
    with workspace.datasets.reader(parent) as reader:
        table = read_table(parent, reader)
    for number, repair in enumerate(request.repairs):
        report(0.1 + 0.5 * number / len(request.repairs), repair.kind.replace("_", " "))
        table = apply_repair(table, repair, number)
    with workspace.datasets.incoming() as (path, sink):
        rows = len(table.columns[0])
        with ColumnWriter(sink, table.names, table.kinds) as writer:
            for start in range(0, rows, GROUP_ROWS):
                report(0.6 + 0.2 * start / rows, "writing the new version")
                writer.write([column.slice(start, GROUP_ROWS) for column in table.columns])
            columns, sha256 = writer.close()
        sink.flush()
        info = DatasetInfo(
            id="-",
            name=request.name or parent.name,
            rows=rows,
            columns=columns,
            time_column=table.time_column,
            time_format=parent.time_format if table.time_column else None,
            frequency=None,
            sha256=sha256,
            parent=parent.id,
            repairs=tuple(repair.model_dump(mode="json") for repair in request.repairs),
            source=parent.source,
            licence=parent.licence,
            file_name=parent.file_name,
        )
        with ColumnReader(path) as reader:
            info = audit_dataset(
                info, reader, lambda index: index + 1, lambda share, what: report(0.8 + 0.2 * share, what)
            )
        return workspace.datasets.add(info, path)


def read_table(info: DatasetInfo, reader: ColumnReader) -> Table:
    """Return all of a dataset."""
    blocks = list(reader.blocks())
    columns = []
    for position, column in enumerate(info.columns):
        arrays = [block[position] for block in blocks]
        columns.append(pa.concat_arrays(arrays) if arrays else pa.array([], TYPES[column.kind]))
    names = tuple(column.name for column in info.columns)
    kinds = tuple(column.kind for column in info.columns)
    return Table(names, kinds, tuple(columns), info.time_column)


def apply_repair(table: Table, repair: requests.Repair, number: int = 0) -> Table:
    """Return the table with one repair applied; raise RequestError at `repairs`, `number` when it cannot be."""
    if isinstance(repair, requests.ColumnRepair) and repair.column not in table.names:
        msg = f"there is no column {repair.column!r}; there are: {', '.join(table.names)[:300]}"
        raise RequestError.at("repairs", number, "column", msg=msg)
    try:
        return _APPLY[type(repair)](table, repair)
    except _NotApplicableError as error:
        field = ("column",) if isinstance(repair, requests.ColumnRepair) else ("kind",)
        raise RequestError.at("repairs", number, *field, msg=str(error)) from error


class _NotApplicableError(ValueError):
    """The repair makes no sense for this table; says why."""


def _sort_by_time(table: Table, _: requests.SortByTime) -> Table:
    return table.take(time_order(_times_of(table)))


def _drop_missing_times(table: Table, _: requests.DropMissingTimes) -> Table:
    present = np.flatnonzero(~np.isnat(_times_of(table)))
    if present.size == 0:
        raise _NotApplicableError("no row has a time; nothing would be left")
    return table.take(present)


def _aggregate_duplicates(table: Table, repair: requests.AggregateDuplicates) -> Table:
    times = _times_of(table)
    merged = table.take(first_positions(times))
    for name, kind, column in zip(table.names, table.kinds, table.columns, strict=True):
        if kind == "number":
            merged = merged.with_column(name, _from_numbers(merge_values(times, _numbers(column), repair.method)))
    return merged


def _fill_gaps(table: Table, _: requests.FillGaps) -> Table:
    times = _times_of(table)
    gaps = find_gaps(times)
    if gaps is None:
        raise _NotApplicableError("the times follow no regular step, so that none can be said to be missing")
    if gaps.total > MAX_GROWTH * max(times.size, 100):
        raise _NotApplicableError(
            f"{gaps.total:,} rows would be inserted between {times.size:,}; look for wrong times first"
        )
    check_size(len(table.names), times.size + gaps.total)
    filled, sources = fill_positions(times, gaps)
    assert table.time_column is not None, "_times_of saw to it"
    return table.take(sources).with_column(table.time_column, pa.array(filled, TYPES["time"], from_pandas=True))


def _interpolate(table: Table, repair: requests.Interpolate) -> Table:
    values = _number_column(table, repair.column)
    season = _season_length(table)
    filled = interpolate(values, repair.method, _increasing_times(table), season)
    return table.with_column(repair.column, _from_numbers(filled))


def _drop_column(table: Table, repair: requests.DropColumn) -> Table:
    if len(table.names) == 1:
        raise _NotApplicableError(f"{repair.column!r} is the only column; nothing would be left")
    return table.without(repair.column)


def _text_to_number(table: Table, repair: requests.TextToNumber) -> Table:
    at = table.names.index(repair.column)
    if table.kinds[at] == "number":
        return table
    if table.kinds[at] == "time":
        raise _NotApplicableError(f"column {repair.column!r} holds times, not text")
    plain = undecorated(table.columns[at])
    numbers = to_numbers(plain, guess_mark(plain))
    values = numbers.to_numpy(zero_copy_only=False)
    return table.with_column(repair.column, _from_numbers(np.where(np.isinf(values), np.nan, values)), "number")


def _replace_outliers(table: Table, repair: requests.ReplaceOutliers) -> Table:
    values = _number_column(table, repair.column)
    times = table.times
    order = np.arange(values.size) if times is None else time_order(times)
    mended = values.copy()
    mended[order] = without_outliers(values[order], _season_length(table))
    return table.with_column(repair.column, _from_numbers(mended))


_APPLY: dict[type[Any], Callable[[Table, Any], Table]] = {
    requests.SortByTime: _sort_by_time,
    requests.DropMissingTimes: _drop_missing_times,
    requests.AggregateDuplicates: _aggregate_duplicates,
    requests.FillGaps: _fill_gaps,
    requests.Interpolate: _interpolate,
    requests.DropColumn: _drop_column,
    requests.TextToNumber: _text_to_number,
    requests.ReplaceOutliers: _replace_outliers,
}


def _times_of(table: Table) -> NDArray[np.datetime64]:
    times = table.times
    if times is None:
        raise _NotApplicableError("the dataset has no column of times")
    return times


def _increasing_times(table: Table) -> NDArray[np.datetime64] | None:
    times = table.times
    if times is None:
        return None
    if np.isnat(times).any() or unsorted_positions(times).size:
        raise _NotApplicableError("rows are not in time order, so that neighbours mean nothing; sort by time first")
    return times


def _season_length(table: Table) -> int:
    frequency = None if table.times is None else infer_frequency(table.times)
    return 1 if frequency is None else frequency.season_length


def _number_column(table: Table, name: str) -> NDArray[np.float64]:
    at = table.names.index(name)
    if table.kinds[at] != "number":
        raise _NotApplicableError(f"column {name!r} holds {table.kinds[at]}, not numbers")
    return _numbers(table.columns[at])


def _numbers(column: Any) -> NDArray[np.float64]:
    return np.asarray(column.to_numpy(zero_copy_only=False), dtype=np.float64)


def _from_numbers(values: NDArray[np.float64]) -> Any:
    return pa.array(values, TYPES["number"], from_pandas=True)
