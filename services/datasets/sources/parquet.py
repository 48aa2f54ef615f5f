"""Parquet files, read by Arrow batch by batch. Columns that already have a type keep it; text is read like any text."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from services.datasets.sources.source import (
    BLOCK_ROWS,
    MAX_CELL_CHARACTERS,
    Block,
    check_size,
    name_columns,
    refuse,
)

MAX_CHUNK_BYTES = 2**31  # of one column in one row group, unpacked: more is a bomb or a mistake
MAX_BLOCK_BYTES = 256 * 2**20  # of one column's text in one block: a few long texts repeated by a dictionary
PROBE = Path(__file__).with_name("parquet_probe.py")
TICK_S = 0.1
_READ_ERRORS = (pa.ArrowException, OSError, ValueError)


class ParquetSource:
    """A Parquet file."""

    prefers_comma = False

    def __init__(self, path: Path, tick: Callable[[float], None] = lambda fraction: None) -> None:
        self._path = path
        _probe(path, tick)
        try:
            with pq.ParquetFile(path) as file:
                self._inspect(file)
        except _READ_ERRORS as error:
            _explain(error)

    def _inspect(self, file: Any) -> None:
        """Choose the columns that can be read; refuse what would not fit."""
        schema = file.schema_arrow
        check_size(len(schema), file.metadata.num_rows)
        kept = [n for n, field in enumerate(schema) if _is_readable(field.type)]
        if not kept:
            refuse("the Parquet file has no column of numbers, times or text")
        for group in range(file.metadata.num_row_groups):
            row_group = file.metadata.row_group(group)
            for column in range(row_group.num_columns):
                if row_group.column(column).total_uncompressed_size > MAX_CHUNK_BYTES:
                    refuse("a column of the Parquet file unpacks to more than 2 GiB; write it in smaller row groups")
        self._keys = [schema.field(n).name for n in kept]
        if len(set(schema.names)) < len(schema.names):
            refuse("two columns of the Parquet file have the same name; rename one")
        left_out = [field.name for n, field in enumerate(schema) if n not in set(kept)]
        self.names, renamed = name_columns(self._keys)
        warnings = [f"column {name!r} holds neither numbers, times nor text and was left out" for name in left_out[:5]]
        self.warnings: tuple[str, ...] = (*warnings, *renamed)
        self._texts = [schema.field(n).name for n in kept if _is_text(schema.field(n).type)]
        self._rows = file.metadata.num_rows

    def row_of(self, index: int) -> int:
        return index + 1

    def blocks(self) -> Iterator[Block]:
        if self._rows == 0:
            refuse("the table has columns but no rows of values")
        rows = 0
        try:
            # a dictionary is not multiplied out before its size is known
            with pq.ParquetFile(self._path, read_dictionary=self._texts) as file:
                for batch in file.iter_batches(batch_size=BLOCK_ROWS, columns=self._keys, use_threads=False):
                    by_name = dict(zip(batch.schema.names, batch.columns, strict=True))
                    columns = tuple(
                        _plain(by_name[key], name) for key, name in zip(self._keys, self.names, strict=True)
                    )
                    rows += batch.num_rows
                    check_size(len(columns), rows)
                    if batch.num_rows:
                        yield Block(columns, min(rows / self._rows, 1.0))
        except _READ_ERRORS as error:
            _explain(error)


def _probe(path: Path, tick: Callable[[float], None]) -> None:
    """Refuse a file that brings the process down that reads it; `tick` may raise, and ends the probe too."""
    with subprocess.Popen([sys.executable, "-I", str(PROBE), str(path)], stderr=subprocess.DEVNULL) as probe:
        try:
            while True:
                try:
                    code = probe.wait(TICK_S)
                    break
                except subprocess.TimeoutExpired:
                    tick(0.0)
        finally:
            probe.kill()
    if code < 0:
        refuse(f"the Parquet file is damaged: reading it ended the reader (signal {-code}); write it anew")


def _is_text(kind: Any) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))


def _is_readable(kind: Any) -> bool:
    if pa.types.is_dictionary(kind):
        kind = kind.value_type
    tests = (
        _is_text,
        pa.types.is_boolean,
        pa.types.is_integer,
        pa.types.is_floating,
        pa.types.is_decimal,
        pa.types.is_date,
        pa.types.is_timestamp,
        pa.types.is_null,
    )
    return any(test(kind) for test in tests)


def _plain(column: Any, name: str) -> Any:
    """Return a column as text, float64 or timestamp[ns] in UTC."""
    if pa.types.is_dictionary(column.type):
        _check_text(column, name)
        column = column.dictionary_decode()
    kind = column.type
    if pa.types.is_null(kind) or _is_text(kind):
        text = pc.cast(column, pa.string())
        text.validate(full=True)  # a file may say UTF-8 and hold anything
        return text
    if pa.types.is_date(kind) or pa.types.is_timestamp(kind):
        try:
            return pc.cast(pc.cast(column, pa.timestamp("ns", getattr(kind, "tz", None))), pa.timestamp("ns"))
        except pa.ArrowInvalid:
            refuse(f"column {name!r} holds times before 1678 or after 2261, which cannot be kept")
    if pa.types.is_boolean(kind):
        column = pc.cast(column, pa.int8())
    values = pc.cast(column, pa.float64(), safe=False)
    return pc.if_else(pc.fill_null(pc.is_nan(values), False), pa.scalar(None, pa.float64()), values)


def _check_text(column: Any, name: str) -> None:
    """Refuse long texts before they are multiplied out."""
    if not _is_text(column.type.value_type) or len(column.dictionary) == 0:
        return
    lengths = pc.binary_length(column.dictionary)
    if (pc.max(lengths).as_py() or 0) > MAX_CELL_CHARACTERS:
        refuse(f"column {name!r} holds a text longer than {MAX_CELL_CHARACTERS} characters")
    if (pc.sum(pc.take(lengths, column.indices)).as_py() or 0) > MAX_BLOCK_BYTES:
        refuse(f"column {name!r} holds more text than can be read; leave it out")


def _explain(error: Exception) -> None:
    """Raise the error in the user's words, unless it is one already, or memory is short."""
    from compute.schema import RequestError

    if isinstance(error, RequestError | MemoryError):
        raise error
    refuse(f"the Parquet file is damaged: {str(error)[:200]}")
