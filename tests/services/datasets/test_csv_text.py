"""Datasets as CSV: what was read is written again, and no spreadsheet runs it."""

import csv
import io
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.datasets.columns import ColumnReader, ColumnWriter
from services.datasets.csv_text import csv_blocks, harmless
from services.datasets.records import ColumnInfo, DatasetInfo
from services.datasets.samples import SAMPLES, read_sample, sample_info

TEXTS = st.lists(
    st.one_of(st.none(), st.text(st.characters(blacklist_categories=("Cs", "Cc")), min_size=1)), min_size=1, max_size=20
)


def info_of(*columns: ColumnInfo, rows: int) -> DatasetInfo:
    """Return what is known of a dataset with these columns."""
    return DatasetInfo(id="x", name="x", rows=rows, columns=columns, time_column=None, frequency=None, sha256="0" * 64)


def written(info: DatasetInfo, reader: ColumnReader) -> list[list[str]]:
    """Return the cells of the CSV text."""
    text = b"".join(csv_blocks(info, reader)).decode()
    return list(csv.reader(io.StringIO(text, newline="")))


@pytest.mark.parametrize("slug", sorted(SAMPLES))
def test_every_sample_comes_out_with_all_its_rows(slug: str) -> None:
    info = sample_info(slug)
    head, *rows = written(info, ColumnReader(read_sample(slug)))
    assert head == [column.name for column in info.columns]
    assert len(rows) == info.rows
    missing = [sum(row[position] == "" for row in rows) for position in range(len(head))]
    assert missing == [column.missing for column in info.columns]


@settings(max_examples=50, deadline=None)
@given(values=st.lists(st.one_of(st.none(), st.floats(allow_nan=False, allow_infinity=False)), min_size=1, max_size=20))
def test_numbers_read_back_as_the_same_numbers(values: list[float | None]) -> None:
    sink = io.BytesIO()
    writer = ColumnWriter(sink, ["n"], ["number"])
    writer.write([pa.array(values, pa.float64())])
    columns, _ = writer.close()
    _, *rows = written(info_of(*columns, rows=len(values)), ColumnReader(sink.getvalue()))
    assert [float(row[0]) if row and row[0] else None for row in rows] == values


@settings(max_examples=50, deadline=None)
@given(texts=TEXTS)
def test_no_text_begins_like_a_formula_and_none_is_lost(texts: list[str | None]) -> None:
    sink = io.BytesIO()
    writer = ColumnWriter(sink, ["t"], ["text"])
    writer.write([pa.array(texts, pa.string())])
    columns, _ = writer.close()
    _, *rows = written(info_of(*columns, rows=len(texts)), ColumnReader(sink.getvalue()))
    cells = [row[0] if row else "" for row in rows]
    assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r")) for cell in cells)
    assert cells == ["" if text is None else harmless(text) for text in texts]


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx"])
def test_formula_is_quoted_and_plain_text_is_not(text: str) -> None:
    assert harmless(text) == f"'{text}"
    assert harmless(f"x{text}") == f"x{text}"


def test_large_dataset_comes_in_blocks(tmp_path: Path) -> None:
    rows = 200_000
    path = tmp_path / "large.parquet"
    with path.open("wb") as sink:
        writer = ColumnWriter(sink, ["n"], ["number"])
        writer.write([pa.array(np.arange(rows, dtype=float))])
        columns, _ = writer.close()
    blocks = list(csv_blocks(info_of(*columns, rows=rows), ColumnReader(path)))
    assert len(blocks) > 2
    assert sum(block.count(b"\r\n") for block in blocks) == rows + 1
    assert max(map(len, blocks)) < sum(map(len, blocks)) / 2
