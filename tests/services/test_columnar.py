"""Rows as typed files: every number and time exactly, null where nothing is known, however many blocks there are."""

import io
from datetime import UTC, datetime

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services import columnar
from services.columnar import columnar_file, to_table

NUMBERS = st.lists(st.none() | st.floats(allow_nan=False), max_size=30)


@given(NUMBERS, st.sampled_from(["parquet", "arrow"]))
def test_numbers_come_back_exactly(numbers: list[float | None], form: str) -> None:
    data = io.BytesIO(columnar_file([["name", "value"], *(["=a", number] for number in numbers)], form))
    table = pq.read_table(data) if form == "parquet" else pa.ipc.open_file(data).read_all()
    assert table.column("value").to_pylist() == numbers
    assert table.column("name").to_pylist() == ["=a"] * len(numbers)


@pytest.mark.parametrize("block", [1, 3, 100])
def test_blocks_of_any_size_give_one_table(monkeypatch: pytest.MonkeyPatch, block: int) -> None:
    monkeypatch.setattr(columnar, "BLOCK_ROWS", block)
    rows = [["a", "b"], [None, 1], [2, None], [0.5, None], [None, None]]
    assert to_table(rows).to_pydict() == {"a": [None, 2.0, 0.5, None], "b": [1, None, None, None]}


def test_times_are_instants_and_steps_stay_numbers() -> None:
    table = to_table([["timestamp"], ["2024-01-01T00:00:00Z"], [None]])
    assert table.column("timestamp").to_pylist() == [datetime(2024, 1, 1, tzinfo=UTC), None]
    assert to_table([["timestamp"], [1], [2]]).column("timestamp").to_pylist() == [1, 2]


def test_a_column_with_texts_among_its_numbers_is_one_of_texts() -> None:
    assert to_table([["least"], [0.5], ["1949-01-01"], [None], [2]]).column("least").to_pylist() == [
        "0.5",
        "1949-01-01",
        None,
        "2",
    ]
