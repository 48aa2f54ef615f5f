"""Rows of a grid: filtered and sorted as it asks, and all there otherwise."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from components.series_grid import grid_rows, series_grid, wanted_rows
from tests.components.batches import batch, failed, series

ROWS = grid_rows(
    [series("Beta", (5.0, 1.0)), failed("gamma"), series("alpha", (2.0, 9.0)), series("Delta", (3.0, 4.0))]
)


def names(sort: Any = (), filters: Any = None) -> list[str]:
    return [row["name"] for row in wanted_rows(ROWS, {"sortModel": list(sort), "filterModel": filters or {}})]


def by(field: str, direction: str = "asc") -> dict[str, str]:
    return {"colId": field, "sort": direction}


def test_rows_stand_in_the_order_of_the_result_until_they_are_sorted() -> None:
    assert names() == ["Beta", "gamma", "alpha", "Delta"]
    assert names([by("name")]) == ["alpha", "Beta", "Delta", "gamma"]


def test_what_has_no_value_stands_last_in_either_direction() -> None:
    assert names([by("first")]) == ["alpha", "Delta", "Beta", "gamma"]
    assert names([by("first", "desc")]) == ["Beta", "Delta", "alpha", "gamma"]


def test_the_second_order_decides_between_equals() -> None:
    assert names([by("model"), by("last", "desc")]) == ["alpha", "Delta", "Beta", "gamma"]


def test_filters_are_met_together() -> None:
    letters = {"filterType": "text", "type": "contains", "filter": "TA"}
    assert names(filters={"name": letters}) == ["Beta", "Delta"]
    assert names(filters={"name": letters, "first": {"type": "greaterThan", "filter": 4}}) == ["Beta"]
    assert names(filters={"last": {"type": "inRange", "filter": 1, "filterTo": 4}}) == ["Beta", "Delta"]
    assert names(filters={"last": {"type": "lessThan", "filter": 4}}) == ["Beta"]


def test_failed_series_are_found_by_their_reason() -> None:
    assert names(filters={"status": {"type": "contains", "filter": "at least 2"}}) == ["gamma"]


@given(st.lists(st.none() | st.floats(allow_nan=False), max_size=12), st.sampled_from(["asc", "desc"]))
def test_sorting_loses_and_invents_no_row(values: list[float | None], direction: str) -> None:
    rows = [{"at": str(at), "last": value} for at, value in enumerate(values)]
    ordered = wanted_rows(rows, {"sortModel": [by("last", direction)]})
    assert sorted(row["at"] for row in ordered) == sorted(row["at"] for row in rows)
    known = [row["last"] for row in ordered if row["last"] is not None]
    assert known == sorted(known, reverse=direction == "desc")


def test_a_grid_carries_no_rows_of_its_own() -> None:
    grid = series_grid("grid", batch(*(series(f"s{n}") for n in range(200))))
    assert getattr(grid, "rowData", None) is None
    assert "mase" not in [column["field"] for column in grid.columnDefs]
