"""Tables in XLSX workbooks, read row by row in flat memory. Unpacking and styles belong to `workbook`."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import pyarrow as pa

from services.datasets.sources.dialect import find_header, left_out_above
from services.datasets.sources.source import BLOCK_ROWS, MAX_CELL_CHARACTERS, Block, check_size, name_columns, refuse
from services.datasets.sources.workbook import MAX_SHEET_BYTES, Sheet, Workbook

SAMPLE_ROWS = 200
MAX_ROWS, MAX_LETTERS = 1_048_576, 3  # of a sheet, by the format's own definition
SHOWN = 5
Cells = dict[int, str]


class XlsxSource:
    """The first visible sheet of a workbook."""

    prefers_comma = False

    def __init__(self, path: Path) -> None:
        self._path = path
        with Workbook(path) as book:
            self._sheet = book.sheet()
            sample: list[tuple[int, Cells]] = []
            for rows, _ in _read_rows(book, self._sheet, _Notes()):
                sample += [(number, cells) for number, cells in rows if cells]
                if len(sample) >= SAMPLE_ROWS:
                    break
        self._choose_table(sample[:SAMPLE_ROWS])
        self._notes = _Notes()
        self._row_numbers: list[int] = []

    def _choose_table(self, sample: list[tuple[int, Cells]]) -> None:
        """Find the header and the columns: the table begins at the first row that is about as full as the fullest."""
        if not sample:
            refuse(f"the sheet {self._sheet.name!r} is empty")
        fullest = max(len(cells) for _, cells in sample)
        start = next(n for n, (_, cells) in enumerate(sample) if 2 * len(cells) > fullest)
        table = sample[start:]
        self._columns = sorted({column for _, cells in table for column in cells})
        check_size(len(self._columns))
        grid = [[cells.get(column, "") for column in self._columns] for _, cells in table]
        names, is_header = find_header(grid[0], grid[1:])
        if is_header and len(grid) == 1:
            refuse("the sheet has a header but no rows of values")
        self._first_row = table[1][0] if is_header else table[0][0]
        self.names, renamed = name_columns(names)
        self._start_warnings = list(renamed)
        if not is_header:
            self._start_warnings.append("the first row holds values, no names; columns are called by their position")
        if start:
            self._start_warnings.append(left_out_above(start))
        if self._sheet.others:
            self._start_warnings.append(f"only the first sheet, {self._sheet.name!r}, was read")

    @property
    def warnings(self) -> tuple[str, ...]:
        return (*self._start_warnings, *self._notes.warnings())

    def row_of(self, index: int) -> int:
        return self._row_numbers[index]

    def blocks(self) -> Iterator[Block]:
        self._notes = notes = _Notes()
        self._row_numbers = []
        columns: list[list[str | None]] = [[] for _ in self._columns]
        known = frozenset(self._columns)
        fraction = 0.0
        with Workbook(self._path) as book:
            for rows, fraction in _read_rows(book, self._sheet, notes):
                for number, cells in rows:
                    if number < self._first_row or not cells:
                        continue
                    notes.see_outside(number, cells.keys() - known)
                    self._row_numbers.append(number)
                    for position, column in zip(self._columns, columns, strict=True):
                        column.append(cells.get(position))
                check_size(len(columns), len(self._row_numbers))
                if len(columns[0]) >= BLOCK_ROWS:
                    yield Block(tuple(pa.array(column, pa.string()) for column in columns), fraction)
                    columns = [[] for _ in self._columns]
        if columns[0]:
            yield Block(tuple(pa.array(column, pa.string()) for column in columns), fraction)


@dataclass
class _Notes:
    """What was noticed while reading, for the warnings."""

    formulas: int = 0
    formula_places: list[str] = field(default_factory=list)
    outside: int = 0
    outside_places: list[str] = field(default_factory=list)

    def see_formula(self, place: str) -> None:
        """A formula without its result."""
        self.formulas += 1
        if len(self.formula_places) < SHOWN:
            self.formula_places.append(place)

    def see_outside(self, row: int, columns: set[int]) -> None:
        """Cells right of the table's columns."""
        self.outside += len(columns)
        for column in sorted(columns)[: SHOWN - len(self.outside_places)]:
            self.outside_places.append(f"{_letters(column)}{row}")

    def warnings(self) -> tuple[str, ...]:
        """Return what was noticed, in words."""
        said = []
        if self.formulas:
            cells = "1 cell holds a formula" if self.formulas == 1 else f"{self.formulas} cells hold formulas"
            said.append(
                f"{cells} whose result the file does not contain ({', '.join(self.formula_places)}); they count as "
                "missing. Open and save the workbook in a spreadsheet program"
            )
        if self.outside:
            cells = "1 cell lies" if self.outside == 1 else f"{self.outside} cells lie"
            said.append(f"{cells} outside of the table and were left out: {', '.join(self.outside_places)}")
        return tuple(said)


def _read_rows(book: Workbook, sheet: Sheet, notes: _Notes) -> Iterator[tuple[list[tuple[int, Cells]], float]]:
    """Return the rows of the sheet as they are unpacked, some at a time, with the share done."""
    reader = _SheetReader(sheet, notes)
    pieces = book.parse_in_pieces(sheet.member, reader.on_start, reader.on_end, reader.on_text, MAX_SHEET_BYTES)
    for fraction in pieces:
        yield reader.rows, fraction
        reader.rows = []


class _SheetReader:
    """Turns the XML of a sheet into rows of text."""

    def __init__(self, sheet: Sheet, notes: _Notes) -> None:
        self._sheet = sheet
        self._notes = notes
        self.rows: list[tuple[int, Cells]] = []
        self._row = 0
        self._column = -1
        self._cells: Cells = {}
        self._type = "n"
        self._style = 0
        self._text: list[str] = []
        self._is_text = False
        self._in_phonetic = False
        self._has_formula = False

    def on_start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "c":
            self._column = _column_of(attributes["r"]) if "r" in attributes else self._column + 1
            self._type = attributes.get("t", "n")
            style = attributes.get("s", "0")
            self._style = int(style) if style.isdigit() and len(style) < 10 else 0
            self._text = []
            self._has_formula = False
        elif name == "v":
            self._is_text = True
        elif name == "t":
            self._is_text = self._type == "inlineStr" and not self._in_phonetic
        elif name == "rPh":
            self._in_phonetic = True
        elif name == "f":
            self._has_formula = True
        elif name == "row":
            self._begin_row(attributes.get("r"))

    def on_text(self, text: str) -> None:
        if self._is_text:
            self._text.append(text)

    def on_end(self, name: str) -> None:
        if name in ("v", "t"):
            self._is_text = False
        elif name == "rPh":
            self._in_phonetic = False
        elif name == "c":
            self._end_cell()
        elif name == "row":
            self.rows.append((self._row, self._cells))

    def _begin_row(self, number: str | None) -> None:
        before = self._row
        self._row = int(number) if number is not None and number.isdigit() and len(number) < 10 else before + 1
        if not before < self._row <= MAX_ROWS:
            refuse(f"the workbook is damaged: row {self._row} follows row {before}")
        self._column = -1
        self._cells = {}

    def _end_cell(self) -> None:
        raw = "".join(self._text)
        place = f"{_letters(self._column)}{self._row}"
        if len(raw) > MAX_CELL_CHARACTERS:
            refuse(f"cell {place} is longer than {MAX_CELL_CHARACTERS} characters")
        if not raw:
            if self._has_formula and self._type != "str":
                self._notes.see_formula(place)
            return
        text = self._meaning(raw, place)
        if text.strip():
            self._cells[self._column] = text

    def _meaning(self, raw: str, place: str) -> str:
        """Return what the cell shows: shared texts looked up, dates written as ISO 8601."""
        if self._type == "s":
            if not (raw.isdigit() and len(raw) < 10 and int(raw) < len(self._sheet.strings)):
                refuse(f"the workbook is damaged: cell {place} refers to a text that is not there")
            return self._sheet.strings[int(raw)]
        if self._type == "n" and self._style in self._sheet.date_styles:
            return _iso_date(raw, self._sheet.is_1904) or raw
        return raw


def _iso_date(serial: str, is_1904: bool) -> str | None:
    """Return the time that a count of days stands for; None when it is none."""
    try:
        days = float(serial)
    except ValueError:
        return None
    if not 1 <= days < 2_958_466:  # up to the year 9999; a time of day without a date is no time
        return None
    if is_1904:
        days += 1462
    elif days < 60:
        days += 1  # Excel believes in a 29 February 1900, which is its day 60
    time = datetime(1899, 12, 30) + timedelta(milliseconds=round(days * 86_400_000))
    return time.isoformat(sep=" ", timespec="seconds" if time.microsecond == 0 else "milliseconds")


def _column_of(reference: str) -> int:
    """Return the column of a reference such as `AB12`, counted from 0."""
    letters = reference.rstrip("0123456789").upper()
    if not letters.isascii() or not letters.isalpha() or len(letters) > MAX_LETTERS:
        refuse(f"the workbook is damaged: there is no cell {reference[:40]!r}")
    column = 0
    for letter in letters:
        column = column * 26 + ord(letter) - ord("A") + 1
    return column - 1


def _letters(column: int) -> str:
    """Return the name of a column: A, B, ..., Z, AA, ..."""
    name = ""
    column += 1
    while column > 0:
        column, rest = divmod(column - 1, 26)
        name = chr(ord("A") + rest) + name
    return name
