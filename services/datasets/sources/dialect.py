"""How a delimited text file is laid out: what parts its cells, where its header is. Decided on its beginning."""

import csv
import io
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from services.datasets.reading.cells import is_missing
from services.datasets.reading.layouts import looks_like_time, speaks_of_time
from services.datasets.reading.numbers import looks_like_number
from services.datasets.sources.source import check_size, name_columns, refuse

DELIMITERS = ("\t", ";", "|", ",")  # a semicolon is tried before the comma, which is the decimal mark where it is used
SAMPLE_BYTES = 2**20
SAMPLE_ROWS = 200


@dataclass(frozen=True)
class Dialect:
    """The layout of a delimited file."""

    delimiter: str
    names: tuple[str, ...]
    skip_rows: int
    """Rows before the first values: a preamble, the header."""
    skip_bytes: int
    """The same in bytes of UTF-8."""
    warnings: tuple[str, ...]


def detect_dialect(head: bytes, is_whole: bool, decimal_comma: bool | None = None) -> Dialect:
    """Return the layout of the file that begins with `head` (UTF-8).

    `is_whole` says that there is no more of the file. Raises RequestError for a file without a table in it.
    """
    text = head.decode("utf-8", "ignore")
    if not text.strip():
        refuse("the file is empty; upload one with a header and rows of values")
    if "\n" not in text and "\r" not in text:
        check_size(max(text.count(delimiter) for delimiter in DELIMITERS) + 1)
        if not is_whole:
            refuse(f"the first line is longer than {SAMPLE_BYTES // 2**20} MiB; this is not a table of text")
    hint = _separator_hint(text)
    delimiter, rows = _delimiter(text, is_whole, decimal_comma, hint)
    rows = rows[1:] if hint else rows
    if not rows:
        refuse("the file is empty; upload one with a header and rows of values")
    cells = [row.cells for row in rows]
    width = _usual_width(cells)
    check_size(max(width, *(len(row) for row in cells)))
    start = next(n for n, row in enumerate(cells) if len(row) == width or _heads(row, cells[n + 1 :], width))
    header, body = cells[start], cells[start + 1 :]
    warnings = []
    if start:
        warnings.append(left_out_above(start))
    given, is_header = find_header(_widened(header, body, width), body)
    if is_header:
        if not body and is_whole:
            refuse("the file has a header but no rows of values")
        names, renamed = name_columns(given)
        return Dialect(delimiter, names, rows[start].line, rows[start].end_byte, (*warnings, *renamed))
    warnings.append(f"the first row holds values, no names; columns are called {given[0]!r} and so on")
    before = (rows[start - 1].line, rows[start - 1].end_byte) if start else (0, 0)
    return Dialect(delimiter, tuple(given), *before, tuple(warnings))


def left_out_above(count: int) -> str:
    """Return the warning about rows above the table."""
    rows = "row is" if count == 1 else f"{count} rows are"
    return f"the first {rows} not part of the table and {'was' if count == 1 else 'were'} left out"


def find_header(first: Sequence[str], body: Sequence[Sequence[str]]) -> tuple[list[str], bool]:
    """Return the names of the columns, and whether the first row holds them; else they are numbered."""
    if _is_header(first, body):
        return list(first), True
    return [f"column_{position}" for position in range(1, len(first) + 1)], False


@dataclass(frozen=True)
class _Row:
    cells: list[str]
    line: int
    """Number of the row in the file, from 1, empty ones counted."""
    end_byte: int


def _separator_hint(text: str) -> str | None:
    """Return the delimiter that Excel's first line `sep=;` names."""
    first = text.partition("\n")[0].strip().strip('"')
    return first[4] if first.lower().startswith("sep=") and len(first) == 5 else None


def _delimiter(text: str, is_whole: bool, decimal_comma: bool | None, hint: str | None) -> tuple[str, list[_Row]]:
    """Return the delimiter that parts the rows most evenly into more than one cell, and the rows."""
    best, best_score = (",", list[_Row]()), -1.0
    for delimiter in (hint,) if hint else DELIMITERS:
        rows = _rows(text, delimiter, is_whole)
        if delimiter == "," and decimal_comma and rows and len(rows[0].cells) == 1:
            continue  # no comma in the header: those below are decimal ones
        width = _usual_width([row.cells for row in rows])
        score = sum(len(row.cells) == width for row in rows) / len(rows) if width > 1 else 0.0
        if hint:
            return delimiter, rows
        if score > best_score + 0.1:
            best, best_score = (delimiter, rows), score
    return best


def _rows(text: str, delimiter: str, is_whole: bool) -> list[_Row]:
    """Return the first rows, empty ones left out and the last one too where it may be cut off."""
    lines = _CountedLines(text)
    reader = csv.reader(lines, delimiter=delimiter)
    rows: list[_Row] = []
    try:
        for number, cells in enumerate(reader, 1):
            if cells:
                rows.append(_Row(cells, number, lines.bytes))
            if len(rows) > SAMPLE_ROWS:
                is_whole = True
                break
    except csv.Error:
        is_whole = True  # a cell beyond Python's limit; Arrow will say more about it, if this is the delimiter
    if not is_whole and len(rows) > 1:
        rows.pop()
    return rows


class _CountedLines:
    """The lines of a text, with the bytes handed out so far."""

    def __init__(self, text: str) -> None:
        self._lines = io.StringIO(text, newline="")
        self.bytes = 0

    def __iter__(self) -> "_CountedLines":
        return self

    def __next__(self) -> str:
        line = next(self._lines)
        self.bytes += len(line.encode())
        return line


def _usual_width(rows: Sequence[Sequence[str]]) -> int:
    """Return the most common number of cells, the larger one among equals.

    A first row of several cells is a header: then rows of one cell, however many, are cut short.
    """
    is_parted = bool(rows) and len(rows[0]) > 1
    counts = Counter(len(row) for row in rows if len(row) > 1 or not is_parted)
    return max(counts, key=lambda width: (counts[width], width), default=0)


def _heads(row: Sequence[str], below: Sequence[Sequence[str]], width: int) -> bool:
    """True for a header one cell short, as R writes it above row names, or before a delimiter that ends each row."""
    return len(row) == width - 1 and len(row) > 1 and len(below) > 0 and all(len(other) == width for other in below[:5])


def _widened(header: Sequence[str], body: Sequence[Sequence[str]], width: int) -> list[str]:
    if len(header) == width:
        return list(header)
    ends_empty = all(not row[-1].strip() for row in body if len(row) == width)
    return [*header, ""] if ends_empty else ["", *header]


def _is_header(first: Sequence[str], body: Sequence[Sequence[str]]) -> bool:
    """True when some cell of the first row is a word above values, or nothing below tells words from values."""
    is_any_typed = False
    for position, cell in enumerate(first):
        below = [row[position].strip() for row in body[:20] if position < len(row)]
        present = [value for value in below if not is_missing(value)]
        is_typed_below = bool(present) and all(_is_value(value, cell) for value in present)
        is_any_typed = is_any_typed or is_typed_below
        if is_typed_below and not is_missing(cell.strip()) and not _is_value(cell.strip(), ""):
            return True
    return not is_any_typed and not any(_is_value(cell.strip(), "") for cell in first)


def _is_value(cell: str, name: str) -> bool:
    return looks_like_number(cell) or looks_like_time(cell, hinted=speaks_of_time(name))
