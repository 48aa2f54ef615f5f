"""Rows as a Parquet or Arrow file: typed columns, for programs. What the rows are is for others."""

import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import Any, Literal

import pyarrow as pa
import pyarrow.parquet as pq

from services.csv_text import Cell

BLOCK_ROWS = 50_000  # turned into columns at once, so that a long table is never there as Python objects
TIME_COLUMN = "timestamp"  # its cells are ISO 8601 texts or numbers of steps
INSTANT = pa.timestamp("us", tz="UTC")


def columnar_file(rows: Iterable[Sequence[Cell]], form: Literal["parquet", "arrow"]) -> bytes:
    """Return rows, of which the first names the columns, as a file: numbers exactly, null where missing.

    A column with texts among its numbers is one of texts.
    """
    table = to_table(rows)
    sink = io.BytesIO()
    if form == "parquet":
        pq.write_table(table, sink, compression="zstd")
    else:
        with pa.ipc.new_file(sink, table.schema) as writer:
            writer.write_table(table)
    return sink.getvalue()


def to_table(rows: Iterable[Sequence[Cell]]) -> Any:
    """Return rows, of which the first names the columns, as an Arrow table; times are instants in UTC."""
    remaining = iter(rows)
    names = [str(name) for name in next(remaining)]
    blocks = [_block(names, cells) for cells in _columns(remaining, len(names))]
    return pa.concat_tables(blocks, promote_options="permissive")


def _columns(rows: Iterator[Sequence[Cell]], width: int) -> Iterator[list[list[Cell]]]:
    """Yield the columns of a block of rows after another, of no rows where there are none."""
    yield [[] for _ in range(width)]
    while block := list(islice(rows, BLOCK_ROWS)):
        yield [list(column) for column in zip(*block, strict=True)]


def _block(names: Sequence[str], columns: Sequence[list[Cell]]) -> Any:
    return pa.table([_array(name, cells) for name, cells in zip(names, columns, strict=True)], names=list(names))


def _array(name: str, cells: list[Cell]) -> Any:
    if name == TIME_COLUMN and any(isinstance(cell, str) for cell in cells):
        return pa.array([None if cell is None else datetime.fromisoformat(str(cell)) for cell in cells], INSTANT)
    if any(isinstance(cell, str) for cell in cells):
        return pa.array([None if cell is None else str(cell) for cell in cells], pa.string())
    if any(isinstance(cell, float) for cell in cells):
        return pa.array([None if cell is None else float(cell) for cell in cells], pa.float64())
    return pa.array(cells)
