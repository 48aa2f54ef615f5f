"""What each column of a file holds, found out by looking at every cell once: numbers, times or text."""

from dataclasses import dataclass, field
from typing import Any, Literal

import pyarrow as pa
import pyarrow.compute as pc

from compute.audit import find_gaps
from services.datasets.reading.cells import trim
from services.datasets.reading.layouts import Layout, speaks_of_time
from services.datasets.reading.numbers import Mark, NumberSurvey, to_numbers
from services.datasets.reading.times import TimeSurvey, to_times

Kind = Literal["time", "number", "text"]
SAMPLE_CELLS = 5_000  # enough for the regularity of a column's times to show which comes first, day or month
MIN_TIMES = 3  # two times lie on a grid whatever they are
CLEARLY = 1.5  # times more of its grid occupied: one reading makes sense of the column, the other does not


@dataclass(frozen=True)
class ColumnPlan:
    """How a column's cells become values."""

    name: str
    kind: Kind
    mark: Mark = "."
    layout: Layout | None = None
    time_format: str | None = None
    is_sure: bool = True
    """False when a time's day and month might be the other way round."""
    notes: tuple[str, ...] = ()

    def convert(self, cells: Any) -> Any:
        """Return a block's cells as float64, timestamp[ns] or text, null where missing."""
        if not pa.types.is_string(cells.type):
            return cells
        if self.kind == "number":
            return to_numbers(cells, self.mark)
        if self.kind == "time" and self.layout is not None:
            return to_times(cells, self.layout)
        return pc.if_else(pc.equal(pc.binary_length(cells), 0), pa.scalar(None, pa.string()), cells)


@dataclass
class ColumnSurvey:
    """What the cells of a column seen so far allow."""

    name: str
    is_asked_time: bool = False
    """The user said that this column holds the times."""
    numbers: NumberSurvey = field(default_factory=NumberSurvey)
    times: TimeSurvey = field(init=False)
    typed: Kind | None = None
    sample: Any = None

    def __post_init__(self) -> None:
        self.times = TimeSurvey(hinted=self.is_asked_time or speaks_of_time(self.name))

    def see(self, cells: Any) -> None:
        """Take a block into account; arrays that are numbers or times already need no reading."""
        if not pa.types.is_string(cells.type):
            self.typed = "time" if pa.types.is_timestamp(cells.type) else "number"
            return
        self.numbers.see(cells)
        self.times.see(cells)
        if self.sample is None and self.times.is_time:
            self.sample = pc.drop_null(trim(cells)).slice(0, SAMPLE_CELLS)

    @property
    def is_time(self) -> bool:
        """True when every cell is a time."""
        return self.typed == "time" or (self.typed is None and self.times.is_time)

    @property
    def is_number(self) -> bool:
        """True when every cell is a number, and there are cells."""
        return self.typed == "number" or (
            self.typed is None and not self.is_time and self.numbers.is_number and self.numbers.seen > 0
        )


def plan_columns(
    surveys: list[ColumnSurvey], *, day_first: bool | None, decimal_comma: bool | None, prefers_comma: bool
) -> tuple[ColumnPlan, ...]:
    """Return how each column is to be read. What a column leaves open is decided by the others of the file."""
    decided = {survey.numbers.decided for survey in surveys if survey.is_number}
    is_comma_file = "," in decided and "." not in decided
    plans = []
    for survey in surveys:
        if survey.is_time:
            plans.append(_plan_time(survey, day_first, is_comma_file or prefers_comma))
        elif survey.is_number:
            plans.append(_plan_number(survey, decimal_comma, is_comma_file, prefers_comma))
        else:
            plans.append(ColumnPlan(survey.name, "text"))
    return tuple(plans)


def _plan_number(
    survey: ColumnSurvey, decimal_comma: bool | None, is_comma_file: bool, prefers_comma: bool
) -> ColumnPlan:
    numbers = survey.numbers
    if not numbers.is_ambiguous:
        return ColumnPlan(survey.name, "number", numbers.decided or ".")
    example = numbers.example or ""
    mark: Mark
    if decimal_comma is not None:
        return ColumnPlan(survey.name, "number", "," if decimal_comma else ".")
    mark = "," if is_comma_file or (prefers_comma and "," in example) else "."
    if mark == "." and "," not in example:
        return ColumnPlan(survey.name, "number", mark)  # 1.234, and no comma in any number of the file
    value = to_numbers(pa.array([example]), mark)[0].as_py()
    note = (
        f"column {survey.name!r}: {example} was read as {value:.15g}; if that is wrong, "
        f"say that the decimal mark is {'no ' if mark == ',' else 'a '}comma"
    )
    return ColumnPlan(survey.name, "number", mark, notes=(note,))


def _plan_time(survey: ColumnSurvey, day_first: bool | None, is_comma_file: bool) -> ColumnPlan:
    if survey.typed == "time":
        return ColumnPlan(survey.name, "time", time_format="timestamps of the file")
    layouts = survey.times.alive
    layout, is_sure = layouts[0], True
    if len(layouts) > 1 and {"d", "m"} <= layouts[0].fields:
        layout, is_sure = _day_or_month_first(survey, layouts, day_first, is_comma_file)
    shown = layout.name + (" %H:%M" if survey.times.has_clock and "H" in layout.fields and "%" in layout.name else "")
    if "%H" in layout.name:
        shown = layout.name
    notes: tuple[str, ...] = ()
    if not is_sure:
        example = survey.sample[0].as_py()
        read = str(to_times(survey.sample.slice(0, 1), layout).to_numpy(zero_copy_only=False)[0])[:10]
        notes = (f"column {survey.name!r}: {example} was read as {read}; it might be the other way round",)
    elif survey.times.has_zone:
        notes = (f"column {survey.name!r}: times were converted to UTC",)
    if layout.name == "Excel serial":
        is_sure = False
    return ColumnPlan(survey.name, "time", layout=layout, time_format=shown, is_sure=is_sure, notes=notes)


def _day_or_month_first(
    survey: ColumnSurvey, layouts: list[Layout], day_first: bool | None, is_comma_file: bool
) -> tuple[Layout, bool]:
    """Return the layout by what the user said, by which makes the times regular, or by custom (then unsure)."""
    by_day = next(layout for layout in layouts if layout.name.startswith("%d"))
    by_month = next(layout for layout in layouts if layout.name.startswith("%m"))
    if day_first is not None:
        return (by_day if day_first else by_month), True
    day, month = _occupancy(survey.sample, by_day), _occupancy(survey.sample, by_month)
    if max(day, month) > CLEARLY * min(day, month):
        return (by_day if day > month else by_month), True
    if "." in by_day.name:
        return by_day, True  # nobody writes 12.31.2020
    return (by_day if is_comma_file or "-" in by_day.name else by_month), False


def _occupancy(sample: Any, layout: Layout) -> float:
    """Return which share of a regular grid the times occupy if they are read by the layout; 0 without a grid."""
    times = to_times(sample, layout).to_numpy(zero_copy_only=False)
    if len(times) < MIN_TIMES or not bool((times[1:] >= times[:-1]).all()):
        return 0.0
    gaps = find_gaps(times)
    return 0.0 if gaps is None else len(times) / (len(times) + gaps.total)
