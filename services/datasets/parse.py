"""A file becomes columns: survey every cell, decide for each column, convert, write, audit. Two passes, flat memory."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from compute.job import Report
from compute.schema import RequestError
from services.datasets.audit import audit_dataset
from services.datasets.columns import ColumnReader, ColumnWriter
from services.datasets.reading.cells import is_missing
from services.datasets.reading.layouts import looks_like_time, speaks_of_time
from services.datasets.records import DatasetInfo, Finding
from services.datasets.sources import Source, SourceOptions, open_source, refuse
from services.datasets.survey import ColumnPlan, ColumnSurvey, plan_columns

OPENED, SURVEYED, WRITTEN = 0.08, 0.2, 0.4  # shares of the work, measured on a large CSV
SHOWN = 5


@dataclass(frozen=True)
class ParseOptions:
    """What the user said about a file; None where it is to be found out."""

    time_column: str | None = None
    day_first: bool | None = None
    decimal_comma: bool | None = None


@dataclass
class _Survey:
    columns: list[ColumnSurvey]
    rows: int = 0
    """Up to the last one that is not empty."""


def parse_file(path: Path, sink: BinaryIO, options: ParseOptions, report: Report) -> DatasetInfo:
    """Read the file at `path`, write its columns to `sink` and return what is known of them; id and name are empty.

    Raises RequestError at `source`, `time_column` or `day_first` for what cannot be read as a table.
    """
    report(0.0, "looking at the file")
    tick = partial(_report_part, report, 0.0, OPENED, "looking at the file")
    source = open_source(path, SourceOptions(options.decimal_comma, tick))
    if options.time_column is not None and options.time_column not in source.names:
        known = ", ".join(source.names)[:300]
        raise RequestError.at("time_column", msg=f"there is no column {options.time_column!r}; there are: {known}")
    survey = _survey(source, options, report)
    plans = plan_columns(
        survey.columns,
        day_first=options.day_first,
        decimal_comma=options.decimal_comma,
        prefers_comma=source.prefers_comma,
    )
    if options.time_column is not None:
        _check_times(source, plans, options.time_column)
    with ColumnWriter(sink, [plan.name for plan in plans], [plan.kind for plan in plans]) as writer:
        infinite = _convert(source, plans, survey.rows, writer, report)
        columns, sha256 = writer.close()
    sink.flush()
    sink.seek(0)
    time_plan = _choose_time(plans, options.time_column)
    info = DatasetInfo(
        id="-",
        name="-",
        rows=writer.rows,
        columns=columns,
        time_column=None if time_plan is None else time_plan.name,
        time_format=None if time_plan is None else time_plan.time_format,
        frequency=None,
        sha256=sha256,
        warnings=(*source.warnings, *(note for plan in plans for note in plan.notes)),
        is_sure=options.time_column is not None or _is_sure(plans, time_plan),
    )
    with ColumnReader(sink) as reader:
        audited = audit_dataset(
            info, reader, source.row_of, lambda share, what: _report_part(report, WRITTEN, 1.0, what, share)
        )
    return audited.model_copy(update={"findings": (*infinite.findings(source.row_of), *audited.findings)})


def _report_part(report: Report, begin: float, end: float, message: str, share: float) -> None:
    """Report the share done of a part of the work."""
    report(begin + (end - begin) * share, message)


def _choose_time(plans: tuple[ColumnPlan, ...], asked: str | None) -> ColumnPlan | None:
    """Return the column of times: the one asked for, else one whose name says so, else the first."""
    times = [plan for plan in plans if plan.kind == "time"]
    named = [plan for plan in times if plan.name == asked] or [plan for plan in times if speaks_of_time(plan.name)]
    return next(iter(named or times), None)


def _is_sure(plans: tuple[ColumnPlan, ...], chosen: ColumnPlan | None) -> bool:
    """True when the column of times is the only one there could be, and read in the only way."""
    times = [plan for plan in plans if plan.kind == "time"]
    if chosen is None:
        return not any(speaks_of_time(plan.name) for plan in plans)  # a column of broken times wants a look
    return len(times) == 1 and chosen.is_sure


def _check_times(source: Source, plans: tuple[ColumnPlan, ...], name: str) -> None:
    """Raise RequestError at `time_column`, with the first cell that is no time, unless the column is one of times."""
    position = next(position for position, plan in enumerate(plans) if plan.name == name)
    if plans[position].kind == "time":
        return
    before = 0
    for block in source.blocks():
        for index, cell in enumerate(block.columns[position].to_pylist()):
            if (
                cell is not None
                and not is_missing(str(cell).strip())
                and not looks_like_time(str(cell).strip(), hinted=True)
            ):
                where = f"row {source.row_of(before + index)} holds {str(cell)[:40]!r}, which is no time"
                raise RequestError.at("time_column", msg=f"column {name!r} cannot be read as times: {where}")
        before += block.rows
    raise RequestError.at("time_column", msg=f"column {name!r} cannot be read as times: its cells mix several formats")


@dataclass
class _Infinite:
    """Numbers too large to hold, or written as infinite: they become missing, and a finding says where."""

    places: dict[str, list[tuple[int, float]]] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)

    def remove(self, name: str, column: Any, rows_before: int) -> Any:
        """Return the column with infinite numbers missing."""
        values = column.to_numpy(zero_copy_only=False)
        positions = np.flatnonzero(np.isinf(values))
        if positions.size == 0:
            return column
        self.counts[name] = self.counts.get(name, 0) + int(positions.size)
        places = self.places.setdefault(name, [])
        places += [(rows_before + int(at), float(values[at])) for at in positions[: SHOWN - len(places)]]
        return pa.array(np.where(np.isinf(values), np.nan, values), pa.float64(), from_pandas=True)

    def findings(self, row_of: Callable[[int], int]) -> tuple[Finding, ...]:
        """Return one finding per column that had such numbers."""
        return tuple(
            Finding(
                code="infinite_values",
                severity="warning",
                column=name,
                message=f"{name}: {count} {'number is' if count == 1 else 'numbers are'} infinite or too large to "
                "hold (beyond 1.8e308), and count as missing",
                examples=tuple(f"row {row_of(index)}: {value:+}" for index, value in self.places[name]),
            )
            for name, count in self.counts.items()
        )


def _survey(source: Source, options: ParseOptions, report: Report) -> _Survey:
    """Look at every cell once."""
    survey = _Survey([ColumnSurvey(name, name == options.time_column) for name in source.names])
    rows = 0
    for block in source.blocks():
        for column, cells in zip(survey.columns, block.columns, strict=True):
            column.see(cells)
        survey.rows = max(survey.rows, rows + _rows_up_to_last_value(block.columns))
        rows += block.rows
        report(OPENED + (SURVEYED - OPENED) * block.fraction, f"looked at {rows:,} rows")
    if survey.rows == 0:
        refuse("the table has rows, but no value in any of them")
    return survey


def _rows_up_to_last_value(columns: tuple[Any, ...]) -> int:
    """Return how many rows there are up to the last that is not empty: spreadsheets leave empty ones at the end."""
    last = 0
    for cells in columns:
        count = len(cells)
        if last == count:
            break
        present = pc.is_valid(cells)
        if pa.types.is_string(cells.type):
            present = pc.and_(present, pc.not_equal(pc.binary_length(pc.utf8_trim_whitespace(cells)), 0))
        positions = np.flatnonzero(pc.fill_null(present, False).to_numpy(zero_copy_only=False))
        last = max(last, int(positions[-1]) + 1 if positions.size else 0)
    return last


def _convert(
    source: Source, plans: tuple[ColumnPlan, ...], rows: int, writer: ColumnWriter, report: Report
) -> _Infinite:
    """Convert and write every block; numbers that are infinite become missing and are told."""
    infinite = _Infinite()
    for block in source.blocks():
        left = rows - writer.rows
        columns = [plan.convert(cells.slice(0, left)) for plan, cells in zip(plans, block.columns, strict=True)]
        finite = [
            infinite.remove(plan.name, values, writer.rows) if plan.kind == "number" else values
            for plan, values in zip(plans, columns, strict=True)
        ]
        writer.write(finite)
        report(SURVEYED + (WRITTEN - SURVEYED) * block.fraction, f"read {writer.rows:,} rows")
        if writer.rows >= rows:
            break
    return infinite
