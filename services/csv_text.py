"""Rows as CSV text that spreadsheet programs open without running anything. What the rows are is for others."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

Cell = str | float | int | None
RISKY = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # a cell that begins so may be run as a formula
MAX_WHOLE = 2**53
LINES = 500  # joined to one piece of text: writing line by line costs more than the lines


def csv_text(rows: Iterable[Sequence[Cell]]) -> Iterator[str]:
    """Return rows as pieces of CSV (RFC 4180): numbers exactly, nothing where missing, text made harmless."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    for number, row in enumerate(rows, 1):
        writer.writerow([_shown(cell) for cell in row])
        if number % LINES == 0:
            yield buffer.getvalue()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue()


def time_text(time: datetime) -> str:
    """Return a time in UTC as ISO 8601 with a Z."""
    return time.isoformat().replace("+00:00", "Z")


def harmless(text: str) -> str:
    """Return text with an apostrophe before it if a spreadsheet program would take it for a formula."""
    return f"'{text}" if text.startswith(RISKY) else text


def _shown(cell: Cell) -> Cell:
    if isinstance(cell, str):
        return harmless(cell)
    # 112 rather than 112.0, as far as floats count exactly
    return int(cell) if isinstance(cell, float) and cell.is_integer() and abs(cell) < MAX_WHOLE else cell
