"""What is wrong with a dataset, in plain words, each with the repair that mends it. Finding it is for `compute`."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import pyarrow.compute as pc
from numpy.typing import NDArray

from compute.audit import duplicate_positions, find_gaps, find_outliers, time_order, unsorted_positions
from compute.job import Report
from compute.timeindex import Frequency, distinct_times, infer_frequency
from services.datasets.columns import ColumnReader, iso_texts
from services.datasets.reading.numbers import guess_mark, to_numbers, undecorated
from services.datasets.records import ColumnInfo, DatasetInfo, Finding

SHOWN = 5
MOSTLY = 0.5  # of a text column's cells being numbers makes it a number column with strangers in it
FREQUENCY_ROWS = 2_000_000  # tell the step of any regular column; all of them would take gigabytes
MAX_DISTINCT_ROWS = 1_000_000  # beyond it counting distinct values costs more than it tells


@dataclass(frozen=True)
class _Axis:
    """How the rows lie in time."""

    season_length: int
    order: NDArray[np.int64] | None
    """The rows in time order, when they are not."""
    tick: Callable[[float], None]
    """Told the share of the column done."""


RowOf = Callable[[int], int]


def audit_dataset(info: DatasetInfo, reader: ColumnReader, row_of: RowOf, report: Report) -> DatasetInfo:
    """Return the dataset with its frequency, the distinct values of its columns, and everything the audit found.

    `row_of` says which row of the user's file is the one at a position.
    """
    findings: list[Finding] = []
    frequency, order = None, None
    if info.time_column is None:
        findings.append(_no_times(info))
    else:
        report(0.0, "checking the times")
        position = next(n for n, column in enumerate(info.columns) if column.name == info.time_column)
        times = reader.times(position)
        frequency = infer_frequency(times[:FREQUENCY_ROWS])
        report(0.0, "checking the order of times")
        findings += audit_times(info.time_column, times, frequency, row_of)
        report(0.0, "checked the times")
        order = time_order(times) if unsorted_positions(times).size else None
    season = 1 if frequency is None else frequency.season_length
    columns = []
    for position, column in enumerate(info.columns):
        part = partial(_report_column, report, position, len(info.columns), column.name)
        part(0.0)
        audited, found = _audit_column(column, position, reader, _Axis(season, order, part), row_of)
        columns.append(audited)
        findings += found
    report(1.0, "checked all columns")
    return info.model_copy(
        update={
            "columns": tuple(columns),
            "frequency": None if frequency is None else frequency.iso,
            "findings": tuple(findings),
        }
    )


def _report_column(report: Report, position: int, count: int, name: str, share: float) -> None:
    report((position + share) / count, f"checking column {name}")


def audit_times(name: str, times: NDArray[np.datetime64], frequency: Frequency | None, row_of: RowOf) -> list[Finding]:
    """Return what is wrong with the column of times."""
    findings = []
    missing = np.flatnonzero(np.isnat(times))
    if missing.size:
        findings.append(
            Finding(
                code="missing_times",
                severity="error",
                column=name,
                message=f"{_count(missing.size, 'row has', 'rows have')} no time in {name!r}",
                examples=tuple(f"row {row_of(int(at))}" for at in missing[:SHOWN]),
                repair={"kind": "drop_missing_times"},
                repair_label="Leave out rows without a time",
            )
        )
    findings += _order_findings(name, times, row_of)
    gaps = find_gaps(times, frequency)
    if gaps is not None and gaps.total:
        firsts = [gaps.first_missing(hole) for hole in range(min(SHOWN, gaps.counts.size))]
        texts = iso_texts(np.array(firsts, dtype="datetime64[ns]"))
        findings.append(
            Finding(
                code="gaps",
                severity="warning",
                column=name,
                message=f"{_count(gaps.total, 'time is', 'times are')} missing in steps of {gaps.frequency.words}, "
                f"in {_count(gaps.counts.size, 'place', 'places')}",
                examples=tuple(
                    f"{text}" + (f" and {count - 1} more" if count > 1 else "")
                    for text, count in zip(texts, gaps.counts.tolist(), strict=False)
                ),
                repair={"kind": "fill_gaps"},
                repair_label="Insert empty rows for the missing times",
            )
        )
    if gaps is None and distinct_times(times).size > 1:
        message = f"the times in {name!r} follow no regular step; a forecast will number its steps instead"
        findings.append(Finding(code="irregular_times", severity="warning", column=name, message=message))
    return findings


def _order_findings(name: str, times: NDArray[np.datetime64], row_of: RowOf) -> list[Finding]:
    findings = []
    unsorted = unsorted_positions(times)
    if unsorted.size:
        findings.append(
            Finding(
                code="unsorted_times",
                severity="error",
                column=name,
                message=f"{_count(unsorted.size, 'row comes', 'rows come')} after a later time",
                examples=_at(unsorted, iso_texts(times[unsorted[:SHOWN]]), row_of),
                repair={"kind": "sort_by_time"},
                repair_label="Put rows in time order",
            )
        )
    duplicates = duplicate_positions(times)
    if duplicates.size:
        findings.append(
            Finding(
                code="duplicate_times",
                severity="error",
                column=name,
                message=f"{_count(duplicates.size, 'row repeats', 'rows repeat')} the time of an earlier one",
                examples=_at(duplicates, iso_texts(times[duplicates[:SHOWN]]), row_of),
                repair={"kind": "aggregate_duplicates", "method": "mean"},
                repair_label="Merge rows of the same time into their mean",
            )
        )
    return findings


def _no_times(info: DatasetInfo) -> Finding:
    message = "no column reads as times; steps will be numbered"
    return Finding(code="no_times", severity="info", message=message)


def _audit_column(
    column: ColumnInfo, position: int, reader: ColumnReader, axis: _Axis, row_of: RowOf
) -> tuple[ColumnInfo, list[Finding]]:
    if column.kind == "time":
        return column, []
    if column.kind == "text":
        return _audit_text(column, position, reader, axis, row_of)
    values = reader.numbers(position)
    observed = values[~np.isnan(values)]
    distinct = _count_distinct(observed) if values.size <= MAX_DISTINCT_ROWS else None
    findings = []
    if 0 < column.missing < values.size:
        findings.append(_missing(column, np.flatnonzero(np.isnan(values)), row_of))
    is_constant = observed.size > 1 and observed.min() == observed.max()
    if is_constant:
        findings.append(_constant(column, f"{observed[0]:.15g}"))
    else:
        findings += _outliers(column, values, axis, row_of)
    return column.model_copy(update={"distinct": distinct}), findings


def _count_distinct(values: NDArray[np.float64]) -> int:
    ordered = np.sort(values)
    return int(np.count_nonzero(ordered[1:] != ordered[:-1])) + min(values.size, 1)


def _missing(column: ColumnInfo, positions: NDArray[np.int64], row_of: RowOf) -> Finding:
    return Finding(
        code="missing_values",
        severity="warning",
        column=column.name,
        message=f"{column.name}: {_count(positions.size, 'value is', 'values are')} missing",
        examples=tuple(f"row {row_of(int(at))}" for at in positions[:SHOWN]),
        repair={"kind": "interpolate", "column": column.name, "method": "linear"},
        repair_label="Fill by a line between the neighbours",
    )


def _constant(column: ColumnInfo, value: str) -> Finding:
    return Finding(
        code="constant_column",
        severity="info",
        column=column.name,
        message=f"{column.name}: every value is {value}; there is nothing to forecast",
        repair={"kind": "drop_column", "column": column.name},
        repair_label="Leave the column out",
    )


def _outliers(column: ColumnInfo, values: NDArray[np.float64], axis: _Axis, row_of: RowOf) -> list[Finding]:
    ordered = values if axis.order is None else values[axis.order]
    positions = find_outliers(ordered, axis.season_length, lambda share, _: axis.tick(share))
    positions = positions if axis.order is None else np.sort(axis.order[positions])
    if positions.size == 0:
        return []
    shown = [f"{value:.15g}" for value in values[positions[:SHOWN]]]
    return [
        Finding(
            code="outliers",
            severity="warning",
            column=column.name,
            message=f"{column.name}: {_count(positions.size, 'value lies', 'values lie')} far from the neighbours "
            "and the season; a mistake, or an event worth knowing",
            examples=_at(positions, shown, row_of),
            repair={"kind": "replace_outliers", "column": column.name},
            repair_label="Replace by interpolation",
        )
    ]


def _audit_text(
    column: ColumnInfo, position: int, reader: ColumnReader, axis: _Axis, row_of: RowOf
) -> tuple[ColumnInfo, list[Finding]]:
    """Count distinct texts, and the numbers among them."""
    distinct: set[str] | None = set()
    cells = numbers = before = 0
    strangers: list[str] = []
    for (block,) in reader.blocks([position]):
        axis.tick(before / reader.rows)
        encoded = pc.dictionary_encode(pc.drop_null(block))  # texts repeat: each is looked at once
        if distinct is not None:
            distinct.update(encoded.dictionary.to_pylist())
            distinct = distinct if len(distinct) <= MAX_DISTINCT_ROWS // 10 else None
        plain = undecorated(encoded.dictionary)
        is_present = pc.is_valid(plain).to_numpy(zero_copy_only=False)
        is_number = pc.is_valid(to_numbers(plain, guess_mark(plain))).to_numpy(zero_copy_only=False)
        codes = encoded.indices.to_numpy(zero_copy_only=False)
        cells += int(np.count_nonzero(is_present[codes]))
        numbers += int(np.count_nonzero(is_number[codes]))
        if len(strangers) < SHOWN:
            odd = np.flatnonzero((is_present & ~is_number)[codes])[:SHOWN]
            places = np.flatnonzero(pc.is_valid(block).to_numpy(zero_copy_only=False))[odd]
            strangers += [f"row {row_of(before + int(at))}: {block[int(at)].as_py()[:40]}" for at in places]
        before += len(block)
    audited = column.model_copy(update={"distinct": None if distinct is None else len(distinct)})
    if cells == 0:
        return audited, [_drop(column, "empty_column", f"{column.name}: the column is empty")]
    if numbers >= MOSTLY * cells:
        return audited, [_numbers_in_text(column, cells, numbers, tuple(strangers[:SHOWN]))]
    if audited.distinct == 1:
        return audited, [_drop(column, "constant_column", f"{column.name}: every cell is the same text")]
    return audited, [_drop(column, "text_column", f"{column.name}: the column holds text, which is not forecast")]


def _numbers_in_text(column: ColumnInfo, cells: int, numbers: int, strangers: tuple[str, ...]) -> Finding:
    rest = cells - numbers
    if rest:
        what = f"{numbers:,} of {cells:,} cells read as numbers; {_count(rest, 'does', 'do')} not, and would be missing"
    else:
        what = f"all {cells:,} cells are numbers with a sign or unit around them"
    return Finding(
        code="numbers_in_text",
        severity="warning",
        column=column.name,
        message=f"{column.name}: {what}",
        examples=strangers,
        repair={"kind": "text_to_number", "column": column.name},
        repair_label="Read as numbers",
    )


def _drop(column: ColumnInfo, code: str, message: str) -> Finding:
    return Finding(
        code=code,
        severity="info",
        column=column.name,
        message=message,
        repair={"kind": "drop_column", "column": column.name},
        repair_label="Leave the column out",
    )


def _at(positions: NDArray[np.int64], texts: Sequence[str | None], row_of: RowOf) -> tuple[str, ...]:
    return tuple(f"row {row_of(int(at))}: {text}" for at, text in zip(positions[:SHOWN], texts, strict=False))


def _count(number: int, one: str, many: str) -> str:
    return f"{number:,} {one if number == 1 else many}"
