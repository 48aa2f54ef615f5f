"""Stored datasets: what is known of each, its columns, its rows. Parsing belongs to `ingest`, repair to `repair`."""

import hashlib
import json
import os
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import numpy as np
from sqlalchemy import Engine, delete, func, insert, select
from sqlalchemy.exc import IntegrityError

from compute.schema import Location, RequestError
from compute.series import DatasetColumn, Series
from services.datasets.incoming import incoming_file
from services.datasets.records import ColumnInfo, DatasetInfo
from services.datasets.samples import SAMPLES, read_sample, sample_info
from services.datasets.table import DATASETS

if TYPE_CHECKING:
    from services.datasets.columns import ColumnReader

BLOCKING = {
    "missing_times": "some rows have no time; apply the repair {repair} first",
    "unsorted_times": "its rows are not in time order; apply the repair {repair} first",
    "duplicate_times": "some times occur more than once; apply the repair {repair} first",
}
"""Findings that keep a table from being a series, with what to do about each."""


class DatasetStore:
    """Datasets of one installation. An id names a content for ever: datasets are made and deleted, never changed.

    Bundled samples are there from the beginning: they are read from the files that ship with the application.
    """

    def __init__(self, engine: Engine, folder: Path, clock: Callable[[], float] = time.time) -> None:
        self._engine = engine
        self._read_engine = engine.execution_options(reads_only=True)
        self._folder = folder
        self._clock = clock
        DATASETS.create(engine, checkfirst=True)

    # ---- reading ----------------------------------------------------------------------------------------------

    def get(self, dataset_id: str) -> DatasetInfo | None:
        """Return what is known of the dataset, or None when there is none of that id."""
        if dataset_id in SAMPLES:
            return sample_info(dataset_id)
        with self._read_engine.begin() as connection:
            text = connection.execute(select(DATASETS.c.info).where(DATASETS.c.id == dataset_id)).scalar_one_or_none()
        return None if text is None else DatasetInfo.model_validate_json(text)

    def page(self, limit: int = 200) -> tuple[DatasetInfo, ...]:
        """Return the datasets, newest first, samples last."""
        query = select(DATASETS.c.info).order_by(DATASETS.c.seq.desc()).limit(limit)
        with self._read_engine.begin() as connection:
            stored = [DatasetInfo.model_validate_json(text) for text in connection.execute(query).scalars()]
        return (*stored, *(sample_info(slug) for slug in SAMPLES))[:limit]

    def check_exists(self, dataset_id: str, loc: Location) -> DatasetInfo:
        """Return the dataset; raise RequestError at `loc` when there is none."""
        info = self.get(dataset_id)
        if info is None:
            raise RequestError.at(*loc, msg=f"there is no dataset {dataset_id!r}; it was deleted or never imported")
        return info

    def check_column(self, reference: DatasetColumn, loc: Location) -> None:
        """Raise RequestError at `loc + ("dataset",)` or `loc + ("column",)` unless it is numbers in time order."""
        self._checked(reference, loc)

    def read_series(self, reference: DatasetColumn, loc: Location = ("series",)) -> Series:
        """Return the column with its times; raise RequestError when it is not there, or not a series yet."""
        info, position = self._checked(reference, loc)
        with self.reader(info) as reader:
            values = reader.numbers(position)
            times = None if info.time_column is None else reader.times(column_position(info, info.time_column))
        if times is not None and (np.isnat(times).any() or np.any(times[1:] <= times[:-1])):
            raise RequestError.at(*loc, "dataset", msg=f"{info.name}: its times do not increase; sort and merge them")
        return Series(values=values, timestamps=times, name=reference.column)

    def rows(self, dataset_id: str, offset: int = 0, limit: int = 100) -> list[dict[str, Any]]:
        """Return rows as JSON-able records: numbers, text, ISO 8601 times, None where missing."""
        from services.datasets.columns import json_values  # with Arrow, which most processes never need

        info = self.check_exists(dataset_id, loc=("dataset",))
        with self.reader(info) as reader:
            arrays = reader.slice(offset, limit)
        columns = [json_values(array, column.kind) for array, column in zip(arrays, info.columns, strict=True)]
        names = [column.name for column in info.columns]
        return [dict(zip(names, cells, strict=True)) for cells in zip(*columns, strict=True)]

    def reader(self, info: DatasetInfo) -> "ColumnReader":
        """Open the dataset's columns; close it, or use it in a `with`."""
        from services.datasets.columns import ColumnReader

        if info.is_sample:
            return ColumnReader(read_sample(info.id))
        return ColumnReader(self._path(info.sha256))

    # ---- changing ---------------------------------------------------------------------------------------------

    def incoming(self) -> AbstractContextManager[tuple[Path, BinaryIO]]:
        """Open a file to write columns to; give its path to `add`, or it vanishes."""
        return incoming_file(self._folder / "incoming")

    def add(self, info: DatasetInfo, columns: Path) -> DatasetInfo:
        """Keep a dataset whose columns were written to the file `columns`; return it, or the equal one kept before."""
        now = self._clock()
        kept = info.model_copy(update={"id": dataset_id_of(info), "created_at": datetime.fromtimestamp(now, UTC)})
        target = self._path(info.sha256)
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        row = {"id": kept.id, "sha256": kept.sha256, "created_at": now, "info": kept.model_dump_json()}
        try:
            with self._engine.begin() as connection:
                connection.execute(insert(DATASETS).values(row))
                # inside the transaction: a deletion of the same content must not come between row and file
                _make_durable(columns)
                os.replace(columns, target)
        except IntegrityError:
            existing = self.get(kept.id)
            if existing is None:
                raise
            return existing
        return kept

    def delete(self, dataset_id: str) -> bool:
        """Delete a dataset; False when there is none or it is a bundled sample."""
        with self._engine.begin() as connection:
            gone = delete(DATASETS).where(DATASETS.c.id == dataset_id).returning(DATASETS.c.sha256)
            sha256 = connection.execute(gone).scalar_one_or_none()
            if sha256 is None:
                return False
            sharing = select(func.count()).where(DATASETS.c.sha256 == sha256)
            if connection.execute(sharing).scalar_one() == 0:
                self._path(sha256).unlink(missing_ok=True)
        return True

    # ---- private ----------------------------------------------------------------------------------------------

    def _checked(self, reference: DatasetColumn, loc: Location) -> tuple[DatasetInfo, int]:
        info = self.check_exists(reference.dataset, (*loc, "dataset"))
        return info, series_position(info, reference.column, loc)

    def _path(self, sha256: str) -> Path:
        return self._folder / f"{sha256}.parquet"


def column_position(info: DatasetInfo, name: str) -> int:
    """Return where the column is, or -1 when there is none of that name."""
    return next((position for position, column in enumerate(info.columns) if column.name == name), -1)


def series_position(info: DatasetInfo, name: str, loc: Location) -> int:
    """Return where the column is; raise RequestError at the field below `loc` unless it is numbers in time order."""
    position = column_position(info, name)
    if position < 0:
        known = ", ".join(column.name for column in info.columns if column.kind == "number")[:300]
        msg = f"{info.name} has no column {name!r}; its number columns are: {known or 'none'}"
        raise RequestError.at(*loc, "column", msg=msg)
    column: ColumnInfo = info.columns[position]
    if column.kind != "number":
        msg = f"column {column.name!r} holds {'times' if column.kind == 'time' else 'text'}, not numbers"
        if column.kind == "text":
            msg += "; apply the repair text_to_number first, or choose another column"
        raise RequestError.at(*loc, "column", msg=msg)
    for finding in info.findings:
        if finding.code in BLOCKING:
            repair = (finding.repair or {}).get("kind", "")
            msg = f"{info.name} is not a series yet: {BLOCKING[finding.code].format(repair=repair)}"
            raise RequestError.at(*loc, "dataset", msg=msg)
    return position


def number_columns(info: DatasetInfo, columns: tuple[str, ...] | None, loc: Location) -> tuple[str, ...]:
    """Return the named columns, or all number columns where none are named.

    Raises RequestError at `columns` or `dataset` below `loc` unless each is numbers in time order.
    """
    names = columns or tuple(column.name for column in info.columns if column.kind == "number")
    if not names:
        msg = f"{info.name} has no number column; choose another dataset, or repair its text columns first"
        raise RequestError.at(*loc, "dataset", msg=msg)
    for name in names:
        try:
            series_position(info, name, loc)
        except RequestError as error:
            at = "columns" if columns and error.problems[0].loc[-1] == "column" else "dataset"
            raise RequestError.at(*loc, at, msg=error.problems[0].msg) from error
    return names


def dataset_id_of(info: DatasetInfo) -> str:
    """Return the id: equal content, name and descent, equal id."""
    parts = [info.sha256, info.name, info.time_column, info.parent, list(info.repairs)]
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:32]


def _make_durable(path: Path) -> None:
    with open(path, "rb") as file:
        os.fsync(file.fileno())
