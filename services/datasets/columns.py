"""The columns of a dataset as one Parquet file: written block by block, hashed by content, read column by column."""

import hashlib
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from services.datasets.records import ColumnInfo
from services.datasets.survey import Kind

GROUP_ROWS = 65_536
GROUP_BYTES = 16 * 2**20  # of memory; a page of rows is read by whole groups
TYPES = {"number": pa.float64(), "time": pa.timestamp("ns"), "text": pa.string()}


class ColumnWriter:
    """Writes blocks of columns to a file; used in a `with`. The hash depends on the values, not on their blocks."""

    def __init__(self, sink: BinaryIO, names: Sequence[str], kinds: Sequence[Kind]) -> None:
        self._names, self._kinds = tuple(names), tuple(kinds)
        # columns are kept by position: a name may hold anything, and Parquet reads a dot in it as a path
        self._schema = pa.schema([(f"c{n}", TYPES[kind]) for n, kind in enumerate(kinds)])
        self._writer = pq.ParquetWriter(sink, self._schema, compression="zstd")
        self._tallies = [_Tally(name, kind) for name, kind in zip(names, kinds, strict=True)]
        self._waiting: list[Any] = []
        self.rows = 0

    def __enter__(self) -> "ColumnWriter":
        return self

    def __exit__(self, *_: object) -> None:
        if self._writer.is_open:  # given up: Arrow must let go of the file before it is closed
            self._writer.close()

    def write(self, columns: Sequence[Any]) -> None:
        """Append a block: one array per column, all of the same length."""
        for tally, column in zip(self._tallies, columns, strict=True):
            tally.add(column)
        batch = pa.record_batch(list(columns), schema=self._schema)
        self.rows += batch.num_rows
        self._waiting.append(batch)
        waiting_rows = sum(block.num_rows for block in self._waiting)
        if waiting_rows >= GROUP_ROWS or sum(block.nbytes for block in self._waiting) >= GROUP_BYTES:
            self._flush()

    def close(self) -> tuple[tuple[ColumnInfo, ...], str]:
        """End the file; return what is known of the columns, and the hash of the content."""
        self._flush()
        self._writer.close()
        parts = [[tally.name, tally.kind, tally.digest()] for tally in self._tallies]
        digest = hashlib.sha256(json.dumps(parts, ensure_ascii=False).encode("utf-8", "surrogatepass")).hexdigest()
        return tuple(tally.info() for tally in self._tallies), digest

    def _flush(self) -> None:
        if self._waiting:
            self._writer.write_table(pa.Table.from_batches(self._waiting, self._schema), row_group_size=GROUP_ROWS)
            self._waiting.clear()


class _Tally:
    """Hash, extremes and missing values of one column."""

    def __init__(self, name: str, kind: Kind) -> None:
        self.name, self.kind = name, kind
        self._missing = 0
        self._min: Any = None
        self._max: Any = None
        self._hash = hashlib.sha256()
        self._lengths = hashlib.sha256()

    def add(self, column: Any) -> None:
        self._missing += column.null_count
        if self.kind == "text":
            self._lengths.update(pc.fill_null(pc.binary_length(column), -1).to_numpy(zero_copy_only=False).tobytes())
            self._hash.update(b"".join(pc.drop_null(pc.cast(column, pa.binary())).to_pylist()))
            return
        values = column.to_numpy(zero_copy_only=False)
        if self.kind == "number":
            values = np.where(np.isnan(values), np.nan, values) + 0.0  # one NaN, and no negative zero
        self._hash.update(np.ascontiguousarray(values).view(np.int64).tobytes())
        if column.null_count < len(column):
            least, greatest = (np.nanmin(values), np.nanmax(values)) if self.kind == "number" else _time_range(values)
            self._min = least if self._min is None else min(self._min, least)
            self._max = greatest if self._max is None else max(self._max, greatest)

    def digest(self) -> str:
        return self._hash.hexdigest() + self._lengths.hexdigest()

    def info(self) -> ColumnInfo:
        shown = (None, None)
        if self._min is not None:
            both = [self._min, self._max]
            shown = tuple(iso_texts(np.array(both)) if self.kind == "time" else map(float, both))  # type: ignore[assignment]
        return ColumnInfo(name=self.name, kind=self.kind, missing=self._missing, min=shown[0], max=shown[1])


class ColumnReader:
    """Reads a file that `ColumnWriter` wrote."""

    def __init__(self, source: Path | BinaryIO | bytes) -> None:
        self._file = pq.ParquetFile(pa.BufferReader(source) if isinstance(source, bytes) else source)

    def __enter__(self) -> "ColumnReader":
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    @property
    def rows(self) -> int:
        """How many rows there are."""
        return int(self._file.metadata.num_rows)

    def numbers(self, position: int) -> NDArray[np.float64]:
        """Return a number column, (rows,), NaN where missing."""
        return np.asarray(self._column(position).to_numpy(), dtype=np.float64)

    def times(self, position: int) -> NDArray[np.datetime64]:
        """Return a time column, (rows,), datetime64[ns] in UTC, NaT where missing."""
        return np.asarray(self._column(position).to_numpy(), dtype="datetime64[ns]")

    def cells(self, position: int) -> Any:
        """Return a column as Arrow has it, (rows,), null where missing."""
        return self._column(position)

    def blocks(self, columns: Sequence[int] | None = None) -> Iterator[tuple[Any, ...]]:
        """Return the columns (all, unless positions are given) in blocks of rows."""
        keys = None if columns is None else [f"c{position}" for position in columns]
        for batch in self._file.iter_batches(batch_size=GROUP_ROWS, columns=keys):
            by_key = dict(zip(batch.schema.names, batch.columns, strict=True))
            yield tuple(by_key[key] for key in (keys or batch.schema.names))

    def slice(self, offset: int, limit: int) -> tuple[Any, ...]:
        """Return the columns of at most `limit` rows from `offset` on."""
        groups: list[int] = []
        first = before = 0
        for group in range(self._file.num_row_groups):
            count = self._file.metadata.row_group(group).num_rows
            if before + count > offset and before < offset + limit:
                first = before if not groups else first
                groups.append(group)
            before += count
        table = self._file.read_row_groups(groups, use_threads=False).slice(max(offset - first, 0), limit)
        return tuple(table.columns)

    def _column(self, position: int) -> Any:
        return self._file.read([f"c{position}"], use_threads=False).column(0)


def iso_texts(times: NDArray[np.datetime64]) -> list[str | None]:
    """Return ISO 8601 texts in UTC, with fractions of a second only where some time has one; None for NaT."""
    nanoseconds = times.astype("datetime64[ns]")
    missing = np.isnat(nanoseconds)
    has_fraction = bool(np.any(nanoseconds.astype(np.int64)[~missing] % 10**9))
    texts = np.datetime_as_string(nanoseconds.astype(f"datetime64[{'ns' if has_fraction else 's'}]"))
    return [None if gone else f"{text}Z" for text, gone in zip(texts.tolist(), missing.tolist(), strict=True)]


def json_values(column: Any, kind: Kind) -> list[Any]:
    """Return a column's cells as JSON has them: numbers, text, ISO 8601 times, None where missing."""
    if kind == "time":
        return list(
            iso_texts(column.to_numpy(zero_copy_only=False) if isinstance(column, pa.Array) else column.to_numpy())
        )
    values: list[Any] = column.to_pylist()
    return values


def _time_range(values: NDArray[np.datetime64]) -> tuple[Any, Any]:
    present = values[~np.isnat(values)]
    return present.min(), present.max()
