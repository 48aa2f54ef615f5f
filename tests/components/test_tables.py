"""Small tables."""

import math
from typing import Any

import pytest
from dash import html
from hypothesis import given
from hypothesis import strategies as st

from components.tables import Column, shown_number, table

COLUMNS = (Column("Model"), Column("MAE", is_number=True, help="Mean absolute error"), Column("Open", is_silent=True))


def cells(made: html.Div, kind: type) -> list[Any]:
    """Return the header or data cells of a table."""
    return [each for each in made._traverse() if isinstance(each, kind)]


def test_first_cell_of_a_row_is_its_header_and_numbers_are_sorted_by_their_value() -> None:
    made = table("Accuracy", COLUMNS, [["naive", 1234.5678, ""], ["arima", None, ""]])
    heads = [cell for cell in cells(made, html.Th) if cell.scope == "row"]
    assert [cell.children for cell in heads] == ["naive", "arima"]
    numbers = [cell for cell in cells(made, html.Td) if cell.className == "la-right"]
    assert [cell.children for cell in numbers] == ["1234.57", "–"]
    assert numbers[0].to_plotly_json()["props"]["data-value"] == 1234.5678


def test_silent_column_is_not_sorted_by() -> None:
    made = table("Accuracy", COLUMNS, [])
    buttons = [each for each in cells(made, html.Button) if each.className == "la-sort"]
    assert len(buttons) == len(COLUMNS) - 1


def test_row_of_another_length_is_refused() -> None:
    with pytest.raises(ValueError, match="zip"):
        table("Accuracy", COLUMNS, [["naive", 1.0]])


def test_table_is_a_named_region_the_keyboard_can_scroll() -> None:
    props = table("Accuracy", COLUMNS, []).to_plotly_json()["props"]
    assert (props["role"], props["aria-label"], props["tabIndex"]) == ("region", "Accuracy", 0)


@given(value=st.floats(allow_nan=False, allow_infinity=False, min_value=-1e12, max_value=1e12))
def test_shown_number_reads_back_as_the_number(value: float) -> None:
    text = shown_number(value, digits=6).replace("\u202f", "")
    assert math.isclose(float(text), value, rel_tol=1e-5, abs_tol=1e-300)
