"""Numbers as people write them: 1234.5, 1,234.5, 1.234,5, 1 234,5. Which of the two marks is the decimal one is
decided for a whole column, never cell by cell."""

from dataclasses import dataclass
from typing import Any, Literal

import pyarrow as pa
import pyarrow.compute as pc

from services.datasets.reading.cells import compiled, trim

Mark = Literal[".", ","]
_GAPS = " \u00a0\u2009\u202f'’"  # thousands are parted by these whatever the decimal mark is


def _pattern(decimal: str, group: str) -> str:
    grouped = rf"[1-9]\d{{0,2}}(?:[{group}{_GAPS}]\d{{3}})+"
    return rf"^[+\-−]?(?:(?:(?:{grouped}|\d+)(?:{decimal}\d*)?|{decimal}\d+)(?:[eE][+-]?\d+)?|(?i:inf|infinity))$"


_PATTERNS: dict[Mark, str] = {".": _pattern(r"\.", ","), ",": _pattern(",", r"\.")}
_GROUP_MARKS: dict[Mark, str] = {".": rf"[,{_GAPS}]", ",": rf"[\.{_GAPS}]"}
_DECORATION = r"(?i)^(?:[$€£¥]|usd|eur|gbp|chf)\s*|\s*(?:%|[$€£¥]|usd|eur|gbp|chf|kg|kwh|mwh|mw|kw|°c|°f|m3|km|ms|mm)$"


@dataclass
class NumberSurvey:
    """Which ways of writing numbers all cells seen so far allow."""

    point: bool = True
    """Every cell is a number with a decimal point."""
    comma: bool = True
    """Every cell is a number with a decimal comma."""
    has_mark: bool = False
    """Some cell holds a point or a comma, so that the two ways differ."""
    example: str | None = None
    """A cell with a mark."""
    seen: int = 0
    """How many cells were not missing, while every one was a number."""

    @property
    def is_number(self) -> bool:
        """True while some way reads every cell."""
        return self.point or self.comma

    @property
    def is_ambiguous(self) -> bool:
        """True when both ways read every cell, and differ."""
        return self.point and self.comma and self.has_mark

    @property
    def decided(self) -> Mark | None:
        """The decimal mark, when only one fits and it matters."""
        if self.point == self.comma or not self.has_mark:
            return None
        return "." if self.point else ","

    def see(self, cells: Any) -> None:
        """Take a block of cells into account."""
        if not self.is_number:
            return
        if self.point and (plain := _plain(cells)) is not None:
            self.seen += len(plain) - plain.null_count - int(pc.sum(pc.is_nan(plain)).as_py() or 0)
            if not self.comma:
                return
            trimmed = pc.filter(cells, pc.fill_null(pc.match_substring(cells, "."), False))
        else:
            trimmed = pc.drop_null(trim(cells))
            self.seen += len(trimmed)
        if len(trimmed) == 0:
            return
        marks = pc.match_substring_regex(trimmed, "[.,]")
        if not self.has_mark and pc.any(marks).as_py():
            self.has_mark = True
            self.example = pc.filter(trimmed, marks)[0].as_py()
        self.point = self.point and _all_match(trimmed, ".")
        self.comma = self.comma and _all_match(trimmed, ",")


def to_numbers(cells: Any, mark: Mark) -> Any:
    """Return float64 with null where a cell is missing or no number; infinite where it is too large to hold."""
    plain = _plain(cells) if mark == "." else None
    if plain is None:
        trimmed = trim(cells)
        is_number = pc.match_substring_regex(trimmed, _PATTERNS[mark])
        plain = _cast(pc.if_else(is_number, trimmed, pa.scalar(None, pa.string())), mark)
    nan = pc.is_nan(plain)
    return pc.if_else(pc.fill_null(nan, False), pa.scalar(None, pa.float64()), plain)


def undecorated(cells: Any) -> Any:
    """Return cells without currency signs, percent signs and common units around them."""
    once = pc.replace_substring_regex(trim(cells), _DECORATION, "")
    return pc.utf8_trim_whitespace(pc.replace_substring_regex(once, _DECORATION, ""))


def guess_mark(cells: Any) -> Mark:
    """Return the decimal mark with which more of the cells are numbers; the point when both read as many."""
    trimmed = trim(cells)
    counts = {mark: _count(trimmed, pattern) for mark, pattern in _PATTERNS.items()}
    return "," if counts[","] > counts["."] else "."


def looks_like_number(cell: str) -> bool:
    """True when some way of writing numbers reads the cell."""
    return any(compiled(pattern).match(cell) for pattern in _PATTERNS.values())


def _plain(cells: Any) -> Any | None:
    """Return the cells as numbers if all are written plainly with a point, which is ten times faster to read."""
    try:
        return pc.cast(cells, pa.float64())
    except pa.ArrowInvalid:
        return None


def _cast(cells: Any, mark: Mark) -> Any:
    ungrouped = pc.replace_substring_regex(cells, _GROUP_MARKS[mark], "")
    ascii_minus = pc.replace_substring(ungrouped, "−", "-")
    return pc.cast(pc.replace_substring(ascii_minus, ",", ".") if mark == "," else ascii_minus, pa.float64())


def _all_match(cells: Any, mark: Mark) -> bool:
    return bool(pc.all(pc.match_substring_regex(cells, _PATTERNS[mark])).as_py())


def _count(cells: Any, pattern: str) -> int:
    return int(pc.sum(pc.match_substring_regex(cells, pattern)).as_py() or 0)
