"""A stored dataset as CSV text, a block of rows at a time. Reading CSV belongs to `sources`."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from services.datasets.columns import ColumnReader, json_values
from services.datasets.records import DatasetInfo
from services.datasets.survey import Kind

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
"""A spreadsheet takes a text cell that begins so for a formula and runs it (OWASP, CSV injection)."""


def csv_blocks(info: DatasetInfo, reader: ColumnReader) -> Iterator[bytes]:
    """Yield the dataset as UTF-8 CSV: a header, then rows in their order; empty where a value is missing.

    Numbers are written so that they read back as the same numbers, times as ISO 8601. A text that a spreadsheet
    would run as a formula begins with an apostrophe. `reader` is closed at the end.
    """
    kinds = [column.kind for column in info.columns]
    with reader:
        yield _lines([[harmless(column.name) for column in info.columns]])
        for block in reader.blocks():
            columns = [_cells(column, kind) for column, kind in zip(block, kinds, strict=True)]
            yield _lines(zip(*columns, strict=True))


def harmless(text: str) -> str:
    """Return the text as no spreadsheet will run it."""
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text


def _cells(column: Any, kind: Kind) -> list[Any]:
    values = json_values(column, kind)
    return [harmless(value) if kind == "text" and value is not None else value for value in values]


def _lines(rows: Iterable[Sequence[Any]]) -> bytes:
    sink = io.StringIO()
    csv.writer(sink, lineterminator="\r\n").writerows(rows)  # RFC 4180 ends lines so
    return sink.getvalue().encode()
