"""Numbers by name, and rows of numbers, as lines of text that can be pasted from a spreadsheet, and back.

* number: a line per name, `AAPL, 0.25`
* pair: a line per name, `AAPL, 0, 0.1`
* columns: a line of names, then a line of numbers per row; empty where one is missing
* rows: a line of numbers per row

Cells are parted by tabs, semicolons or commas. What lines cannot say (names that hold such a mark, columns of unequal
length) is written as JSON, which is read too.
"""

import csv
import io
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Literal

Shape = Literal["number", "pair", "columns", "rows"]

EXAMPLES: Mapping[Shape, str] = {
    "number": "AAPL, 0.25",
    "pair": "AAPL, 0, 0.1",
    "columns": "AAPL, MSFT\n100.5, 250\n101.2, 251.5",
    "rows": "0.04, 0.01\n0.01, 0.09",
}
"""What an empty control shows."""
_MARKS = "\t;,"
_MISSING = frozenset({"", "null", "none", "nan", "na", "n/a"})


def show_table(shape: Shape, value: Any) -> str:
    """Return the lines of a table given as JSON; JSON again where it cannot be said in lines."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    text = _lines_of(shape, value)
    return text if text is not None and parse_table(shape, text) == value else json.dumps(value, indent=1)


def parse_table(shape: Shape, text: Any) -> Any:
    """Return the JSON that lines mean; None for none, and the text itself where it cannot be read."""
    if not isinstance(text, str) or not text.strip():
        return None if isinstance(text, str) else text
    if text.lstrip()[0] in "{[":
        try:
            return json.loads(text)
        except json.JSONDecodeError:
            return text
    rows = _cells(text)
    made = _READERS[shape](rows)
    return text if made is None else made


def _lines_of(shape: Shape, value: Any) -> str | None:
    rows: Iterable[Sequence[Any]]
    try:
        if shape == "number":
            rows = [[name, number] for name, number in value.items()]
        elif shape == "pair":
            rows = [[name, *pair] for name, pair in value.items()]
        elif shape == "rows":
            rows = [list(row) for row in value]
        else:
            rows = [list(value), *zip(*value.values(), strict=True)]
    except (AttributeError, TypeError, ValueError):
        return None
    sink = io.StringIO()
    writer = csv.writer(sink, lineterminator="\n")
    writer.writerows([["" if cell is None else cell for cell in row] for row in rows])
    return sink.getvalue()


def _cells(text: str) -> list[list[str]]:
    first = text.strip("\n").partition("\n")[0]
    mark = next((each for each in _MARKS if each in first), ",")
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=mark, skipinitialspace=True)
    return [[cell.strip() for cell in row] for row in lines if row]


def _by_name(rows: list[list[str]]) -> dict[str, list[Any]] | None:
    made = {row[0]: [_number(cell) for cell in row[1:]] for row in rows}
    return made if len(made) == len(rows) and all(made.values()) else None


def _by_column(rows: list[list[str]]) -> dict[str, list[Any]] | None:
    names, *body = rows
    if len(set(names)) != len(names) or any(len(row) != len(names) for row in body):
        return None
    return {name: [_number(row[at]) for row in body] for at, name in enumerate(names)}


def _single(rows: list[list[str]]) -> dict[str, Any] | None:
    made = _by_name(rows)
    if made is None or any(len(values) != 1 for values in made.values()):
        return None
    return {name: values[0] for name, values in made.items()}


def _numbers(rows: list[list[str]]) -> list[list[Any]]:
    return [[_number(cell) for cell in row] for row in rows]


def _number(cell: str) -> Any:
    """Return a number, None where it is missing, and the text itself where it is no number."""
    if cell.lower() in _MISSING:
        return None
    try:
        return float(cell)
    except ValueError:
        return cell


_READERS: Mapping[Shape, Callable[[list[list[str]]], Any]] = {
    "number": _single,
    "pair": _by_name,
    "columns": _by_column,
    "rows": _numbers,
}
