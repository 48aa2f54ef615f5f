"""Times as people write them, read into UTC. A column is read by one layout; whether the day or the month comes
first is decided for the whole column."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from services.datasets.reading.cells import trim
from services.datasets.reading.layouts import LAYOUTS, MONTH_OF, Layout

Times = NDArray[np.datetime64]
FIRST_YEAR, LAST_YEAR = 1678, 2261  # what datetime64[ns] can hold
SHORT_YEAR_PIVOT = 69  # 69..99 are 1969..1999, as in POSIX
EXCEL_EPOCH = np.datetime64("1899-12-30", "ns")  # serial 1 is 1900-01-01, and Excel counts a 29 February 1900
PROBE = 20  # cells of a block that are looked at first: most layouts fail there already
DAY_NS = 86_400 * 10**9


@dataclass
class TimeSurvey:
    """Which layouts read all cells seen so far."""

    hinted: bool
    """Whether the column's name speaks of time, so that bare numbers may be times."""
    alive: list[Layout] = field(default_factory=list)
    seen: int = 0
    has_clock: bool = False
    has_zone: bool = False
    """Whether some time is not in UTC."""

    def __post_init__(self) -> None:
        self.alive = [layout for layout in LAYOUTS if self.hinted or not layout.needs_hint]

    def see(self, cells: Any) -> None:
        """Take a block of cells into account."""
        if not self.alive:
            return
        present = pc.drop_null(trim(cells))
        if len(present) == 0:
            return
        self.seen += len(present)
        probe = present.slice(0, PROBE).to_pylist()
        self.alive = [layout for layout in self.alive if all(layout.matches(cell) for cell in probe)]
        self.alive = [layout for layout in self.alive if self._reads(layout, present)]

    @property
    def is_time(self) -> bool:
        """True when at least one layout reads every cell, and there were cells."""
        return bool(self.alive) and self.seen > 0

    def _reads(self, layout: Layout, cells: Any) -> bool:
        if layout.name == "ISO 8601" and iso_times(cells) is not None:
            self.has_clock = self.has_clock or bool(pc.any(pc.match_substring(cells, ":")).as_py())
            return True
        parts = _parts(cells, layout)
        if parts is None:
            return False
        self.has_clock = self.has_clock or bool(parts.has("H").any())
        self.has_zone = self.has_zone or bool(np.any(_offsets(parts)))
        return not np.isnat(_assemble(parts)).any()


def to_times(cells: Any, layout: Layout) -> Any:
    """Return timestamp[ns] in UTC, null where a cell is missing or does not follow the layout."""
    trimmed = trim(cells)
    if layout.name == "ISO 8601":
        quick = iso_times(trimmed)
        if quick is not None:
            return quick
    positions = np.flatnonzero(pc.is_valid(trimmed).to_numpy(zero_copy_only=False))
    matches = pc.match_substring_regex(pc.drop_null(trimmed), layout.pattern).to_numpy(zero_copy_only=False)
    positions = positions[matches]
    times = np.full(len(trimmed), np.datetime64("NaT"), dtype="datetime64[ns]")
    if len(positions):
        parts = _parts(pc.take(trimmed, pa.array(positions)), layout)
        assert parts is not None, "every cell that is left matches the pattern"
        times[positions] = _assemble(parts)
    return pa.array(times, pa.timestamp("ns"), from_pandas=True)


def iso_times(cells: Any) -> Any | None:
    """Return the times if every cell is plain ISO 8601 without zone, which Arrow reads itself and fast."""
    try:
        seconds = pc.cast(cells, pa.timestamp("us"))
        return _in_range(seconds)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        return None


def _in_range(times: Any) -> Any:
    return pc.cast(times, pa.timestamp("ns"))  # raises ArrowInvalid beyond the years that nanoseconds can count


@dataclass(frozen=True)
class _Parts:
    """The text of each part of each time; empty where a part is absent."""

    text: dict[str, Any]
    count: int

    def has(self, name: str) -> NDArray[np.bool_]:
        if name not in self.text:
            return np.zeros(self.count, dtype=bool)
        lengths = pc.binary_length(self.text[name]).to_numpy(zero_copy_only=False)
        return np.asarray(lengths > 0)

    def number(self, name: str, default: int) -> NDArray[np.int64]:
        if name not in self.text:
            return np.full(self.count, default, dtype=np.int64)
        text = self.text[name]
        filled = pc.if_else(pc.equal(pc.binary_length(text), 0), pa.scalar(str(default)), text)
        return np.asarray(pc.cast(filled, pa.int64()).to_numpy(zero_copy_only=False))


def _parts(cells: Any, layout: Layout) -> _Parts | None:
    """Return the parts of every cell, or None when some cell does not follow the layout."""
    if not pc.all(pc.match_substring_regex(cells, layout.pattern)).as_py():
        return None
    struct = pc.extract_regex(cells, layout.pattern)
    return _Parts({name: pc.struct_field(struct, name) for name in layout.fields}, len(cells))


def _assemble(parts: _Parts) -> Times:
    """Return the times of the parts, NaT where they name no day or hour there is."""
    if "e" in parts.text:
        unit = 10**6 if len(parts.text["e"][0].as_py()) > 10 else 10**9
        return (parts.number("e", 0) * unit).astype("datetime64[ns]")
    if "x" in parts.text:
        days = pc.cast(parts.text["x"], pa.float64()).to_numpy(zero_copy_only=False)
        # a serial is a float of days: rounding to 10 µs takes its error away
        return np.asarray(
            EXCEL_EPOCH + (np.rint(days * 86_400 * 10**5).astype(np.int64) * 10**4).astype("timedelta64[ns]")
        )
    year, is_year = _years(parts)
    days, is_day = _days(parts, year)
    clock, is_clock = _clock(parts)
    nanoseconds = np.where(is_year & is_day & is_clock, days * DAY_NS + clock - _offsets(parts), 0)
    times: Times = nanoseconds.astype("datetime64[ns]")
    times[~(is_year & is_day & is_clock)] = np.datetime64("NaT")
    return times


def _years(parts: _Parts) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    if "y" in parts.text:
        short = parts.number("y", 0)
        year = short + np.where(short >= SHORT_YEAR_PIVOT, 1900, 2000)
    else:
        year = parts.number("Y", 0)
    is_year = (year >= FIRST_YEAR) & (year <= LAST_YEAR)
    return np.where(is_year, year, 2000), is_year


def _days(parts: _Parts, year: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Return days since 1970 and whether there is such a day."""
    if "w" in parts.text:
        return _week_days(parts, year)
    if "b" in parts.text:
        encoded = pc.dictionary_encode(pc.utf8_lower(parts.text["b"]))
        numbers = np.array([MONTH_OF.get(name, 0) for name in encoded.dictionary.to_pylist()], dtype=np.int64)
        month = numbers[encoded.indices.to_numpy(zero_copy_only=False)]
    elif "q" in parts.text:
        month = parts.number("q", 1) * 3 - 2
    else:
        month = parts.number("m", 1)
    day = parts.number("d", 1)
    is_month = (month >= 1) & (month <= 12)
    months = ((year - 1970) * 12 + np.where(is_month, month, 1) - 1).astype("datetime64[M]")
    first = months.astype("datetime64[D]").astype(np.int64)
    length = (months + 1).astype("datetime64[D]").astype(np.int64) - first
    return first + day - 1, is_month & (day >= 1) & (day <= length)


def _week_days(parts: _Parts, year: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Return the day of an ISO week: week 1 holds the 4th of January, weeks begin on Monday."""
    fourth = (year - 1970).astype("datetime64[Y]").astype("datetime64[D]").astype(np.int64) + 3
    monday = fourth - (fourth + 3) % 7
    week = parts.number("w", 1)
    days = monday + (week - 1) * 7 + parts.number("u", 1) - 1
    next_fourth = (year - 1969).astype("datetime64[Y]").astype("datetime64[D]").astype(np.int64) + 3
    return days, (week >= 1) & (monday + (week - 1) * 7 < next_fourth - (next_fourth + 3) % 7)


def _clock(parts: _Parts) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Return nanoseconds since midnight and whether there is such a time; 24:00 is the end of the day."""
    hour, minute, second = parts.number("H", 0), parts.number("M", 0), parts.number("S", 0)
    is_hour = (hour < 24) | ((hour == 24) & (minute == 0) & (second == 0))
    if "p" in parts.text:
        half = pc.utf8_lower(parts.text["p"])
        has_half = parts.has("p")
        is_afternoon = pc.equal(half, "p").to_numpy(zero_copy_only=False).astype(bool)
        is_hour &= ~has_half | ((hour >= 1) & (hour <= 12))
        hour = np.where(has_half, hour % 12 + np.where(is_afternoon, 12, 0), hour)
    fraction = np.zeros(parts.count, dtype=np.int64)
    if "f" in parts.text:
        fraction = _Parts({"f": pc.utf8_rpad(parts.text["f"], 9, "0")}, parts.count).number("f", 0)
    return ((hour * 60 + minute) * 60 + second) * 10**9 + fraction, is_hour & (minute < 60) & (second < 60)


def _offsets(parts: _Parts) -> NDArray[np.int64]:
    """Return how many nanoseconds each time's zone is ahead of UTC."""
    if "z" not in parts.text:
        return np.zeros(parts.count, dtype=np.int64)
    zone = pc.replace_substring(pc.replace_substring(parts.text["z"], ":", ""), "−", "-")
    digits = pc.utf8_rpad(pc.replace_substring_regex(zone, "[^0-9]", ""), 4, "0")
    number = pc.cast(digits, pa.int64()).to_numpy(zero_copy_only=False)
    seconds = (number // 100 * 60 + number % 100) * 60
    sign = np.where(pc.starts_with(zone, "-").to_numpy(zero_copy_only=False).astype(bool), -1, 1)
    return np.asarray(sign * seconds * 10**9, dtype=np.int64)
