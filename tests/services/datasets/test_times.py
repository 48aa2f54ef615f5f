"""Columns of times in many formats, against Python's own calendar."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.services.datasets.reading import Parsed, parse

SPAN = {"min_value": datetime(1700, 1, 1), "max_value": datetime(2260, 1, 1)}
FORMATS = [
    "%Y-%m-%d",
    "%Y-%m-%d %H:%M",
    "%Y-%m-%dT%H:%M:%S",
    "%Y-%m-%d %H:%M:%S.%f",
    "%Y/%m/%d %H:%M:%S",
    "%Y.%m.%d",
    "%d.%m.%Y %H:%M",
    "%d %B %Y",
    "%d-%b-%Y",
    "%B %d, %Y",
    "%a, %d %b %Y %H:%M:%S",
    "%Y%m%d",
    "%Y%m%dT%H%M%S",
    "%Y-%m-%d %I:%M %p",
    "%G-W%V-%u",
]


def times_of(folder: Path, cells: list[str], name: str = "date", **options: object) -> Parsed:
    text = f"{name};value\n" + "".join(f'"{cell}";{at}.5\n' for at, cell in enumerate(cells))
    return parse(folder, text, **options)


def iso(time: datetime) -> str:
    return time.isoformat() + "Z"


@pytest.mark.parametrize("layout", FORMATS)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=12)
@given(moments=st.lists(st.datetimes(**SPAN), min_size=1, max_size=8))
def test_times_are_read_back_from_any_format(tmp_path: Path, layout: str, moments: list[datetime]) -> None:
    cells = [moment.strftime(layout) for moment in moments]
    expected = [datetime.strptime(cell, layout) for cell in cells]
    parsed = times_of(tmp_path, cells)
    assert parsed.kinds["date"] == "time", parsed.info
    read = [datetime.fromisoformat(str(text)[:26].rstrip("Z")) for text in parsed.columns["date"]]
    assert read == expected


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
@given(
    moments=st.lists(st.datetimes(**SPAN, timezones=st.timezones()), min_size=1, max_size=8),
)
def test_times_with_zones_are_converted_to_utc(tmp_path: Path, moments: list[datetime]) -> None:
    whole = [moment.replace(microsecond=0) for moment in moments]
    rounded = [moment for moment in whole if moment.utcoffset().total_seconds() % 60 == 0]  # type: ignore[union-attr]
    cells = [moment.isoformat() for moment in rounded] or ["2024-01-01T00:00:00+01:00"]
    parsed = times_of(tmp_path, cells)
    assert parsed.columns["date"] == [
        iso(datetime.fromisoformat(cell).astimezone(UTC).replace(tzinfo=None)) for cell in cells
    ]


@pytest.mark.parametrize("mark", ["/", ".", "-"])
@pytest.mark.parametrize("day_first", [True, False])
def test_a_day_beyond_the_twelfth_decides_for_its_column(tmp_path: Path, mark: str, day_first: bool) -> None:
    days = [date(2024, 1, 10) + timedelta(days=step) for step in range(6)]
    layout = mark.join(["%d", "%m", "%Y"] if day_first else ["%m", "%d", "%Y"])
    parsed = times_of(tmp_path, [day.strftime(layout) for day in days])
    assert parsed.columns["date"] == [iso(datetime(day.year, day.month, day.day)) for day in days]
    assert parsed.info.is_sure
    assert parsed.info.time_format == layout


def test_regularity_decides_where_no_day_is_beyond_the_twelfth(tmp_path: Path) -> None:
    months = [date(2023 + month // 12, month % 12 + 1, 1) for month in range(20)]
    for layout in ("%d/%m/%Y", "%m/%d/%Y"):
        parsed = times_of(tmp_path, [month.strftime(layout) for month in months])
        assert (parsed.info.time_format, parsed.info.frequency, parsed.info.is_sure) == (layout, "P1M", True)


def test_what_cannot_be_decided_is_asked_and_the_answer_obeyed(tmp_path: Path) -> None:
    cells = ["01/02/2024", "02/02/2024", "03/02/2024"]
    unsure = times_of(tmp_path, cells)
    assert not unsure.info.is_sure
    assert "might be the other way round" in unsure.said
    by_day = times_of(tmp_path, cells, day_first=True)
    assert by_day.info.is_sure
    assert by_day.columns["date"][1] == "2024-02-02T00:00:00Z"
    assert by_day.info.frequency == "P1D"
    assert times_of(tmp_path, cells, day_first=False).info.frequency == "P1M"


@pytest.mark.parametrize(
    ("name", "cells", "first", "frequency"),
    [
        ("year", ["1999", "2000", "2001"], "1999-01-01T00:00:00Z", "P1Y"),
        ("quarter", ["2020Q1", "2020Q2", "2020Q3"], "2020-01-01T00:00:00Z", "P3M"),
        ("month", ["2020M1", "2020M2", "2020M3"], "2020-01-01T00:00:00Z", "P1M"),
        ("month", ["Jan 2020", "Feb 2020", "Mar 2020"], "2020-01-01T00:00:00Z", "P1M"),
        ("Monat", ["Januar 2020", "Februar 2020", "März 2020"], "2020-01-01T00:00:00Z", "P1M"),
        ("week", ["2020-W01", "2020-W02", "2020-W03"], "2019-12-30T00:00:00Z", "P1W"),
        ("timestamp", ["1577836800", "1577840400", "1577844000"], "2020-01-01T00:00:00Z", "PT1H"),
        ("ts", ["1577836800000", "1577836801000", "1577836802000"], "2020-01-01T00:00:00Z", "PT1S"),
        ("date", ["43831", "43832", "43833"], "2020-01-01T00:00:00Z", "P1D"),
    ],
)
def test_shorter_forms_of_time(tmp_path: Path, name: str, cells: list[str], first: str, frequency: str) -> None:
    parsed = times_of(tmp_path, cells, name)
    assert (parsed.info.time_column, parsed.columns[name][0]) == (name, first)
    assert parsed.info.frequency == frequency


def test_bare_numbers_are_times_only_where_the_name_says_so(tmp_path: Path) -> None:
    assert times_of(tmp_path, ["1999", "2000", "2001"], "sales").kinds["sales"] == "number"
    asked = times_of(tmp_path, ["1999", "2000", "2001"], "sales", time_column="sales")
    assert asked.info.time_column == "sales"


def test_an_excel_serial_is_never_taken_for_granted(tmp_path: Path) -> None:
    assert not times_of(tmp_path, ["43831", "43832", "43833"]).info.is_sure


@pytest.mark.parametrize(
    "cell", ["30/02/2024", "2024-13-01", "2024-01-01 25:00", "1066-10-14", "9999-12-31", "0/1/2024"]
)
def test_days_that_are_not_in_the_calendar_are_no_times(tmp_path: Path, cell: str) -> None:
    assert times_of(tmp_path, [cell, cell]).kinds["date"] == "text"


def test_midnight_may_be_the_end_of_a_day(tmp_path: Path) -> None:
    assert times_of(tmp_path, ["2024-02-28 24:00", "2024-02-29 24:00"]).columns["date"][1] == "2024-03-01T00:00:00Z"


def test_several_columns_of_times_are_a_question(tmp_path: Path) -> None:
    text = "ordered,shipped,value\n2024-01-01,2024-02-01,1\n2024-01-02,2024-02-03,2\n"
    parsed = parse(tmp_path, text)
    assert parsed.info.time_column == "ordered"
    assert not parsed.info.is_sure
    chosen = parse(tmp_path, text, time_column="shipped")
    assert (chosen.info.time_column, chosen.info.is_sure) == ("shipped", True)
