"""Workbooks, written by openpyxl, which shares no code with the reader, and by hand where they are hostile."""

import io
import zipfile
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from compute.schema import RequestError
from services.datasets.sources.workbook import is_date_format
from tests.services.datasets.reading import parse

CONTENT = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def workbook(rows: list[list[Any]], change: Callable[[Any, Any], object] | None = None) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    for row in rows:
        sheet.append(row)
    if change is not None:
        change(book, sheet)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def with_member(content: bytes, name: str, data: bytes) -> bytes:
    """Return the archive with one member replaced."""
    result = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(result, "w", zipfile.ZIP_DEFLATED) as new:
        for info in old.infolist():
            if info.filename != name:
                new.writestr(info.filename, old.read(info))
        new.writestr(name, data)
    return result.getvalue()


def sheet_xml(rows: str, before: str = "") -> bytes:
    return (
        f'<?xml version="1.0"?>{before}<worksheet xmlns="{CONTENT}"><sheetData>{rows}</sheetData></worksheet>'.encode()
    )


PLAIN = workbook([["day", "v"], [datetime(2024, 1, 1), 1.5], [datetime(2024, 1, 2), 2]])

IN_SHEET = PLAIN.index(b"xl/worksheets/sheet1.xml") + 60  # among the packed bytes of the sheet


def test_dates_numbers_texts_and_truths_are_read(tmp_path: Path) -> None:
    rows = [
        ["day", "number", "text", "truth"],
        [datetime(2024, 1, 1, 12, 30), 1.5, "a", True],
        [datetime(2024, 1, 2, 12, 30), None, "b", False],
        [datetime(2024, 1, 3, 12, 30), -3, "c & <d>", None],
    ]
    parsed = parse(tmp_path, workbook(rows))
    assert parsed.columns == {
        "day": ["2024-01-01T12:30:00Z", "2024-01-02T12:30:00Z", "2024-01-03T12:30:00Z"],
        "number": [1.5, None, -3],
        "text": ["a", "b", "c & <d>"],
        "truth": [1, 0, None],
    }


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@given(
    st.lists(
        st.tuples(st.dates(date(1900, 3, 1), date(2261, 1, 1)), st.none() | st.floats(-1e9, 1e9)),
        min_size=1,
        max_size=20,
    )
)
def test_any_dates_and_numbers_come_back(tmp_path: Path, rows: list[tuple[date, float | None]]) -> None:
    parsed = parse(tmp_path, workbook([["day", "v", "end"], *([day, value, "x"] for day, value in rows)]))
    assert parsed.columns["day"] == [f"{day.isoformat()}T00:00:00Z" for day, _ in rows]
    if any(value is not None for _, value in rows):
        # openpyxl writes sixteen digits, one short of exact
        assert parsed.columns["v"] == [value if value is None else pytest.approx(value, rel=1e-15) for _, value in rows]


def test_the_older_calendar_of_1904_is_respected(tmp_path: Path) -> None:
    def change(book: Any, _: Any) -> None:
        book.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904

    parsed = parse(tmp_path, workbook([["day", "v"], [datetime(2024, 1, 1), 1], [datetime(2024, 1, 2), 2]], change))
    assert parsed.columns["day"][0] == "2024-01-01T00:00:00Z"


def test_a_table_may_begin_anywhere_on_the_sheet(tmp_path: Path) -> None:
    rows: list[list[Any]] = [
        ["Sales 2024"],
        [],
        [None, None, "day", "v"],
        [None, None, date(2024, 1, 1), 1],
        [None, None, date(2024, 1, 2), 2],
    ]
    parsed = parse(tmp_path, workbook(rows))
    assert list(parsed.columns) == ["day", "v"]
    assert "first row is not part" in parsed.said


def test_rows_in_messages_are_those_of_the_sheet(tmp_path: Path) -> None:
    parsed = parse(tmp_path, workbook([["title"], [], ["a", "b"], [1, 2], [], [3, None], [5, 6]]))
    finding = next(finding for finding in parsed.info.findings if finding.code == "missing_values")
    assert finding.examples == ("row 6",)


def test_formulas_without_results_are_missing_and_named(tmp_path: Path) -> None:
    parsed = parse(tmp_path, workbook([["a", "b"], [1, "=A2*2"], [2, 7], [3, 8]]))
    assert parsed.columns["b"] == [None, 7, 8]
    assert "formula whose result the file does not contain (B2)" in parsed.said


def test_formulas_with_results_count_as_their_results(tmp_path: Path) -> None:
    rows = (
        '<row r="1"><c r="A1" t="inlineStr"><is><t>v</t></is></c></row>'
        '<row r="2"><c r="A2"><f>1+1</f><v>2</v></c></row>'
    )
    parsed = parse(tmp_path, with_member(PLAIN, "xl/worksheets/sheet1.xml", sheet_xml(rows)))
    assert parsed.columns == {"v": [2]}


def test_further_sheets_are_told_and_hidden_ones_passed_over(tmp_path: Path) -> None:
    def change(book: Any, sheet: Any) -> None:
        sheet.sheet_state = "hidden"
        second = book.create_sheet("shown")
        second.append(["w"])
        second.append([5])
        book.create_sheet("third")
        book.active = 1

    parsed = parse(tmp_path, workbook([["v"], [1]], change))
    assert parsed.columns == {"w": [5]}
    assert "only the first sheet, 'shown', was read" in parsed.said


def test_cells_outside_of_the_table_are_named(tmp_path: Path) -> None:
    rows: list[list[Any]] = [["a", "b"], *([number, number] for number in range(300))]
    parsed = parse(tmp_path, workbook(rows, lambda _, sheet: sheet.cell(280, 5, "note")))
    assert parsed.info.rows == 300
    assert "outside of the table and were left out: E280" in parsed.said


HOSTILE: dict[str, tuple[Callable[[], bytes], str]] = {
    "cut off": (lambda: PLAIN[:-30], "damaged"),
    "broken inside": (lambda: PLAIN[:IN_SHEET] + b"\xff" * 20 + PLAIN[IN_SHEET + 20 :], "damaged"),
    "no workbook": (lambda: with_member(b"PK\x05\x06" + b"\0" * 18, "a.csv", b"a,b\n1,2\n"), "not a workbook"),
    "only a header": (lambda: workbook([["a", "b"]]), "header but no rows"),
    "empty sheet": (lambda: workbook([]), "is empty"),
    "no such text": (
        lambda: with_member(
            PLAIN, "xl/worksheets/sheet1.xml", sheet_xml('<row r="1"><c r="A1" t="s"><v>99</v></c></row>')
        ),
        "cell A1 refers to a text that is not there",
    ),
    "row beyond the last": (
        lambda: with_member(
            PLAIN, "xl/worksheets/sheet1.xml", sheet_xml('<row r="999999999"><c r="A1"><v>1</v></c></row>')
        ),
        "row 999999999 follows row 0",
    ),
    "column beyond the last": (
        lambda: with_member(
            PLAIN, "xl/worksheets/sheet1.xml", sheet_xml('<row r="1"><c r="ABCDE1"><v>1</v></c></row>')
        ),
        "there is no cell 'ABCDE1'",
    ),
    "no XML": (lambda: with_member(PLAIN, "xl/worksheets/sheet1.xml", b"<a><b></a>"), "no valid XML"),
    "entities": (
        lambda: with_member(
            PLAIN,
            "xl/worksheets/sheet1.xml",
            sheet_xml("&b;", before='<!DOCTYPE x [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;&a;">]>'),
        ),
        "XML entities",
    ),
    "bomb in the sheet": (
        lambda: with_member(PLAIN, "xl/worksheets/sheet1.xml", sheet_xml('<row r="1"/>' + " " * 100_000_000)),
        "unpacks to 100,000,",
    ),
    "bomb in the texts": (
        lambda: with_member(PLAIN, "xl/sharedStrings.xml", b"<sst>" + b" " * 300_000_000 + b"</sst>"),
        "unpacks to 300,000,",
    ),
    "10^4 columns": (
        lambda: workbook([[f"c{number}" for number in range(10_000)], [1] * 10_000]),
        "10000 columns; at most 2000",
    ),
    "long cell": (
        lambda: with_member(
            PLAIN,
            "xl/worksheets/sheet1.xml",
            sheet_xml(f'<row r="1"><c r="B1" t="inlineStr"><is><t>{"x" * 40_000}</t></is></c></row>'),
        ),
        "cell B1 is longer",
    ),
}


@pytest.mark.parametrize(("content", "message"), HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_or_broken_workbook_is_refused(tmp_path: Path, content: Callable[[], bytes], message: str) -> None:
    hostile = content()
    with pytest.raises(RequestError) as refused:
        parse(tmp_path, hostile)
    assert message in str(refused.value)
    assert refused.value.problems[0].loc == ("source",)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=100)
@given(at=st.integers(0, len(PLAIN) - 1), what=st.binary(min_size=1, max_size=8))
def test_no_damage_crashes_the_import(tmp_path: Path, at: int, what: bytes) -> None:
    try:
        parsed = parse(tmp_path, PLAIN[:at] + what + PLAIN[at + len(what) :])
    except RequestError as error:
        assert str(error)  # noqa: PT017  # refusing is one of two good answers
    else:
        assert parsed.info.rows > 0


@pytest.mark.parametrize("code", ["dd.mm.yyyy", "yyyy-mm-dd hh:mm", "[$-409]d-mmm-yy;@", 'yyyy"year"', "mmm"])
def test_formats_of_dates_are_recognised(code: str) -> None:
    assert is_date_format(code)


@pytest.mark.parametrize("code", ["0.00", "#,##0", "[h]:mm:ss", '0 "days"', "General", "[Red]0.0", "hh:mm", "0.0\\d"])
def test_formats_of_numbers_and_durations_are_no_dates(code: str) -> None:
    assert not is_date_format(code)
