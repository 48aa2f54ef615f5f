"""Many series of one dataset: its number columns, or groups of its rows. Read a few at a time, never all as objects."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from compute.forecast.batch.request import DatasetColumns, DatasetGroups
from compute.schema import Location, RequestError
from compute.series import Series
from services.datasets.records import DatasetInfo
from services.datasets.store import DatasetStore, column_position, number_columns

Array = NDArray[np.float64]

MAX_SERIES = 100_000
SERIES = ("series",)
NAMED = 5  # columns that a note names before it counts the rest


@dataclass(frozen=True)
class Collection:
    """Series in order, read when they are asked for.

    Attributes
    ----------
    size : how many there are
    read : the series, one after another
    notes : what a reader must know of how they were read
    """

    size: int
    read: Callable[[], Iterator[Series]]
    notes: tuple[str, ...] = ()


def check_columns(reference: DatasetColumns, datasets: DatasetStore, loc: Location = SERIES) -> tuple[str, ...]:
    """Return the names of the columns; raise RequestError at the field that names what is not there."""
    info = datasets.check_exists(reference.dataset, (*loc, "dataset"))
    return number_columns(info, reference.columns, loc)


def check_groups(reference: DatasetGroups, datasets: DatasetStore, loc: Location = SERIES) -> DatasetInfo:
    """Return the dataset; raise RequestError at the field that names what is not there."""
    info = datasets.check_exists(reference.dataset, (*loc, "dataset"))
    known = ", ".join(column.name for column in info.columns)[:300]
    for field, name in (("id_column", reference.id_column), ("value_column", reference.value_column)):
        if column_position(info, name) < 0:
            raise RequestError.at(*loc, field, msg=f"{info.name} has no column {name!r}; its columns are: {known}")
    if reference.id_column == reference.value_column:
        raise RequestError.at(*loc, "id_column", msg="ids and values are the same column; name two columns")
    kind = info.columns[column_position(info, reference.value_column)].kind
    if kind != "number":
        msg = f"column {reference.value_column!r} holds {kind}, not numbers; name a number column"
        raise RequestError.at(*loc, "value_column", msg=msg)
    if info.columns[column_position(info, reference.id_column)].kind == "time":
        msg = f"column {reference.id_column!r} holds times; name the column that tells series apart"
        raise RequestError.at(*loc, "id_column", msg=msg)
    return info


def open_columns(reference: DatasetColumns, datasets: DatasetStore) -> Collection:
    """Return the columns as series on the dataset's times."""
    names = check_columns(reference, datasets)
    info = datasets.check_exists(reference.dataset, (*SERIES, "dataset"))

    def read() -> Iterator[Series]:
        with datasets.reader(info) as reader:
            times = None if info.time_column is None else reader.times(column_position(info, info.time_column))
            for name in names:
                yield Series(reader.numbers(column_position(info, name)), times, name)

    return Collection(len(names), read, _left_out(info) if reference.columns is None else ())


def _left_out(info: DatasetInfo) -> tuple[str, ...]:
    """Return a sentence on the columns that are no series, where none were named."""
    others = [column.name for column in info.columns if column.kind != "number" and column.name != info.time_column]
    if not others:
        return ()
    named = ", ".join(others[:NAMED]) + (f" and {len(others) - NAMED:,} more" if len(others) > NAMED else "")
    return (f"Left out, for they hold no numbers: {named}.",)


def open_groups(reference: DatasetGroups, datasets: DatasetStore) -> Collection:
    """Return the rows of each id as a series, in order of first appearance; rows without an id are left out.

    Order and gaps are as in the table: preparing a series sorts it by time.
    """
    info = check_groups(reference, datasets)
    with datasets.reader(info) as reader:
        names, codes = _encode(reader.cells(column_position(info, reference.id_column)))
        values = reader.numbers(column_position(info, reference.value_column))
        times = None if info.time_column is None else reader.times(column_position(info, info.time_column))
    if not names:
        raise RequestError.at(*SERIES, "id_column", msg=f"column {reference.id_column!r} is empty; name another one")
    if len(names) > MAX_SERIES:
        msg = f"column {reference.id_column!r} holds {len(names):,} different ids; at most {MAX_SERIES:,} are taken"
        raise RequestError.at(*SERIES, "id_column", msg=msg)
    order = np.argsort(codes, kind="stable")
    ends = np.searchsorted(codes[order], np.arange(len(names) + 1))  # the rows without an id, -1, come before them

    def read() -> Iterator[Series]:
        for group, name in enumerate(names):
            rows = order[ends[group] : ends[group + 1]]
            yield Series(values[rows], None if times is None else times[rows], name)

    lost = int((codes < 0).sum())
    notes = (f"{lost:,} rows have no {reference.id_column} and were left out.",) if lost else ()
    return Collection(len(names), read, notes)


def _encode(ids: pa.ChunkedArray) -> tuple[list[str], NDArray[np.int64]]:
    """Return the distinct ids in order of appearance, and the number of the id of each row, -1 where there is none."""
    encoded = pc.dictionary_encode(ids).combine_chunks()
    if isinstance(encoded, pa.ChunkedArray):
        encoded = encoded.chunk(0) if encoded.num_chunks else pa.array([], pa.string()).dictionary_encode()
    codes = pc.fill_null(encoded.indices, -1).to_numpy(zero_copy_only=False).astype(np.int64)
    return [_name(value) for value in encoded.dictionary.to_pylist()], codes


def _name(value: str | float) -> str:
    """Return an id as a name: numbers as they are written, `17` rather than `17.0`."""
    return value if isinstance(value, str) else f"{value:.15g}"
