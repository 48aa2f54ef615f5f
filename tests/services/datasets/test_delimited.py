"""Delimited text in the manners of many programs and countries."""

from pathlib import Path

import pytest

from tests.services.datasets.reading import parse

PLAIN = "day,value\n2024-01-01,1.5\n2024-01-02,2.5\n2024-01-03,-3.5\n"
VALUES = [1.5, 2.5, -3.5]
DAYS = ["2024-01-01T00:00:00Z", "2024-01-02T00:00:00Z", "2024-01-03T00:00:00Z"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252"])
def test_every_usual_encoding_is_found_out(tmp_path: Path, encoding: str) -> None:
    parsed = parse(tmp_path, PLAIN.encode(encoding))
    assert parsed.columns == {"day": DAYS, "value": VALUES}
    assert parsed.info.warnings == ()


@pytest.mark.parametrize("encoding", ["cp1252", "latin-1"])
def test_old_encodings_are_read_with_a_warning_that_names_the_line(tmp_path: Path, encoding: str) -> None:
    parsed = parse(tmp_path, "place,value\nBern,1\nZürich,2\n".encode(encoding))
    assert parsed.columns["place"] == ["Bern", "Zürich"]
    assert "line 3 is not UTF-8" in parsed.said


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_delimiters_and_line_ends_are_found_out(tmp_path: Path, delimiter: str, newline: str) -> None:
    parsed = parse(tmp_path, PLAIN.replace(",", delimiter).replace("\n", newline))
    assert parsed.columns == {"day": DAYS, "value": VALUES}


@pytest.mark.parametrize("day", ["{d:02}.{m:02}.{y}", "{d}.{m}.{y}", "{d:02}.{m:02}.{y2}"])
def test_a_german_file_needs_no_explanation(tmp_path: Path, day: str) -> None:
    days = [day.format(d=number, m=1, y=2024, y2=24) for number in (1, 2, 3)]
    text = f"Tag;Menge\n{days[0]};1.001,5\n{days[1]};2,5\n{days[2]};-3,5\n"
    parsed = parse(tmp_path, text)
    assert parsed.columns == {"Tag": DAYS, "Menge": [1001.5, 2.5, -3.5]}
    assert parsed.info.is_sure


@pytest.mark.parametrize(
    ("cells", "numbers"),
    [
        (["1,234.5", "2"], [1234.5, 2]),
        (["1 234,5", "2"], [1234.5, 2]),
        (["1'234.50", "2"], [1234.5, 2]),
        (["1\u202f234,5", "0,25"], [1234.5, 0.25]),
        (["0.123", "4.567"], [0.123, 4.567]),
        (["−5", "+3"], [-5, 3]),
        (["1e3", "2.5E-2"], [1000, 0.025]),
        (["NA", "3", "n/a", "-", "#N/A", "null", ""], [None, 3, None, None, None, None, None]),
    ],
)
def test_numbers_are_read_as_their_writers_meant_them(
    tmp_path: Path, cells: list[str], numbers: list[float | None]
) -> None:
    text = "label;number\n" + "".join(f"row {at};{cell}\n" for at, cell in enumerate(cells))
    assert parse(tmp_path, text).columns["number"] == numbers


def test_an_ambiguous_thousand_is_decided_by_the_other_columns(tmp_path: Path) -> None:
    assert parse(tmp_path, "a;b\n1.234;0,5\n2.345;1,5\n").columns["a"] == [1234, 2345]
    assert parse(tmp_path, "a;b\n1.234;0.5\n2.345;1.5\n").columns["a"] == [1.234, 2.345]


def test_an_ambiguous_comma_is_told_and_can_be_decided_by_the_user(tmp_path: Path) -> None:
    text = "a\tb\n1,234\tx\n2,345\ty\n"
    parsed = parse(tmp_path, text)
    assert parsed.columns["a"] == [1234, 2345]
    assert "1,234 was read as 1234" in parsed.said
    assert parse(tmp_path, text, decimal_comma=True).columns["a"] == [1.234, 2.345]


def test_a_single_column_of_decimal_commas_is_one_column_when_said_so(tmp_path: Path) -> None:
    assert parse(tmp_path, "v\n1,5\n2,5\n", decimal_comma=True).columns == {"v": [1.5, 2.5]}


def test_quotes_hold_delimiters_line_ends_and_quotes(tmp_path: Path) -> None:
    parsed = parse(tmp_path, 'note,value\n"a, ""b""\nc",1\n"d",2\n')
    assert parsed.columns == {"note": ['a, "b"\nc', "d"], "value": [1, 2]}


def test_a_file_without_header_gets_numbered_columns(tmp_path: Path) -> None:
    parsed = parse(tmp_path, PLAIN.partition("\n")[2])
    assert parsed.columns == {"column_1": DAYS, "column_2": VALUES}
    assert "no names" in parsed.said


def test_doubled_and_empty_names_are_told_apart(tmp_path: Path) -> None:
    parsed = parse(tmp_path, "a,a,,a (2)\n1,2,3,4\n")
    assert list(parsed.columns) == ["a", "a (2)", "column_3", "a (2) (2)"]
    assert "column 2 has the same name" in parsed.said
    assert "column 3 has no name" in parsed.said


def test_lines_above_the_table_are_left_out_and_told(tmp_path: Path) -> None:
    parsed = parse(tmp_path, "Report of sales\nmade by hand\n\n" + PLAIN)
    assert parsed.columns == {"day": DAYS, "value": VALUES}
    assert "first 2 rows are not part of the table" in parsed.said


def test_excels_separator_line_is_understood(tmp_path: Path) -> None:
    assert parse(tmp_path, "sep=;\r\na;b\r\n1;2\r\n").columns == {"a": [1], "b": [2]}


@pytest.mark.parametrize("text", ["a,b\nx,1,2\ny,3,4\n", "a,b\n1,2,\n3,4,\n"])
def test_a_header_one_name_short_fits_its_rows(tmp_path: Path, text: str) -> None:
    columns = parse(tmp_path, text).columns
    assert [columns[name] for name in ("a", "b")] == [[1, 3], [2, 4]]


def test_few_ragged_rows_are_left_out_and_named(tmp_path: Path) -> None:
    parsed = parse(tmp_path, "a,b\n1,2\n3\n4,5\n6,7,8\n9,10\n")
    assert parsed.columns["a"] == [1, 4, 9]
    assert "2 rows were left out for not having 2 cells: row 3 has 1, row 5 has 3" in parsed.said


def test_rows_in_messages_are_those_of_the_file(tmp_path: Path) -> None:
    parsed = parse(tmp_path, "title\n\na,b\n1,2\n3\n4,\n5,6\n7,8\n")
    assert "row 5 has 1" in parsed.said
    assert "('row 6',)" in parsed.said  # the missing value


def test_empty_lines_between_rows_are_nothing(tmp_path: Path) -> None:
    assert parse(tmp_path, PLAIN.replace("\n", "\n\n")).columns == {"day": DAYS, "value": VALUES}


def test_empty_rows_at_the_end_are_nothing(tmp_path: Path) -> None:
    assert parse(tmp_path, PLAIN + ",\n ,\n\n").info.rows == 3


def test_a_blank_line_in_a_single_column_is_a_missing_value(tmp_path: Path) -> None:
    assert parse(tmp_path, "v\n1\n\n3\n\n").columns["v"] == [1, None, 3]


def test_the_fast_reading_of_plain_numbers_equals_the_careful_one(tmp_path: Path) -> None:
    cells = ["1", "-2.5", "+3e4", ".5", "6.", "0.1", "123456789.123456789", "1e-300"]
    fast = parse(tmp_path, "v\n" + "\n".join(cells))
    careful = parse(tmp_path, "v\n" + "\n".join([*cells, " NA"]))  # one word, and Arrow's own reader is out
    assert careful.columns["v"] == [*fast.columns["v"], None] or careful.columns["v"] == fast.columns["v"]
    assert fast.columns["v"] == [float(cell) for cell in cells]
