"""Numbers by name as lines of text: what is shown reads back, and what is pasted is understood."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.form.tables import EXAMPLES, Shape, parse_table, show_table

numbers = st.floats(allow_nan=False, allow_infinity=False)
names = st.text(min_size=1, max_size=12)


@given(st.dictionaries(names, numbers, max_size=5))
def test_numbers_by_name_survive(value: dict[str, float]) -> None:
    assert parse_table("number", show_table("number", value)) == value


@given(st.dictionaries(names, st.lists(numbers, min_size=2, max_size=2), max_size=5))
def test_pairs_by_name_survive(value: dict[str, list[float]]) -> None:
    assert parse_table("pair", show_table("pair", value)) == value


@given(st.dictionaries(names, st.lists(st.none() | numbers, max_size=5), max_size=5))
def test_columns_survive_whether_equal_in_length_or_not(value: dict[str, list[float | None]]) -> None:
    assert parse_table("columns", show_table("columns", value)) == value


@given(st.lists(st.lists(numbers, max_size=4), max_size=4))
def test_rows_survive(value: list[list[float]]) -> None:
    assert parse_table("rows", show_table("rows", value)) == value


@pytest.mark.parametrize(
    ("shape", "text", "meaning"),
    [
        ("columns", "AAPL\tMSFT\n1\t2\n3\t\n", {"AAPL": [1, 3], "MSFT": [2, None]}),
        ("columns", "A;B\r\n1;2\r\n", {"A": [1], "B": [2]}),
        ("number", "Atlas Tech, 0.25\nIris Bonds, 0.75", {"Atlas Tech": 0.25, "Iris Bonds": 0.75}),
        ("pair", "A, 0, 0.1", {"A": [0, 0.1]}),
        ("rows", "0.04, 0.01\n0.01, 0.09", [[0.04, 0.01], [0.01, 0.09]]),
        ("number", '{"A": 1}', {"A": 1}),
        ("number", "  ", None),
    ],
)
def test_what_is_pasted_is_understood(shape: Shape, text: str, meaning: Any) -> None:
    assert parse_table(shape, text) == meaning


@pytest.mark.parametrize(
    ("shape", "text"), [("number", "A 1"), ("number", "A, 1\nA, 2"), ("columns", "A, B\n1"), ("number", "{no")]
)
def test_what_cannot_be_read_stays_text_for_the_schema_to_refuse(shape: Shape, text: str) -> None:
    assert parse_table(shape, text) == text


@pytest.mark.parametrize("shape", EXAMPLES)
def test_the_example_of_an_empty_control_can_be_read(shape: Shape) -> None:
    assert not isinstance(parse_table(shape, EXAMPLES[shape]), str)
