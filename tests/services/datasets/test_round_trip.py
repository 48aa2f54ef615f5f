"""Any table, written by Python's csv in many dialects, is read back as it was; ours is read back too."""

import csv
import io
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from compute.job import ignore_progress
from services.datasets.ingest import import_dataset
from services.datasets.requests import ImportRequest
from services.datasets.table_csv import dataset_csv
from services.workspace import Workspace
from tests.services.datasets.reading import parse

words = st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufeff"), max_size=12)
# a word before it keeps text from looking like a number, a time or nothing
texts = st.one_of(st.just(None), words.map(lambda word: f"text {word}"))
numbers = st.none() | st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(2**53), 2**53).map(float)
times = st.none() | st.datetimes(datetime(1700, 1, 1), datetime(2260, 1, 1))
EMPTY = (None, None, None)  # at the end such rows are nothing, as spreadsheets leave them
tables = st.lists(st.tuples(times, numbers, texts), min_size=1, max_size=15).filter(
    lambda rows: rows[-1] != EMPTY and all(any(row[column] is not None for row in rows) for column in range(3))
)


def written(rows: list[tuple[Any, ...]], comma: bool, **dialect: Any) -> str:
    buffer = io.StringIO()
    writer = csv.writer(buffer, **dialect)
    writer.writerow(["time", "number", "text"])
    for time, number, text in rows:
        shown = "" if number is None else repr(number).replace(".", "," if comma else ".")
        writer.writerow(["" if time is None else time.isoformat(), shown, "" if text is None else text])
    return buffer.getvalue()


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("comma", [False, True])
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=20)
@given(
    rows=tables,
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    lineterminator=st.sampled_from(["\n", "\r\n"]),
)
def test_any_table_comes_back_from_any_dialect(
    tmp_path: Path,
    delimiter: str,
    comma: bool,
    rows: list[tuple[Any, ...]],
    encoding: str,
    quoting: Any,
    lineterminator: str,
) -> None:
    text = written(rows, comma, delimiter=delimiter, quoting=quoting, lineterminator=lineterminator)
    parsed = parse(tmp_path, text.encode(encoding), decimal_comma=comma)
    assert parsed.kinds == {"time": "time", "number": "number", "text": "text"}
    assert parsed.columns["number"] == [number for _, number, _ in rows]
    assert parsed.columns["text"] == [text for _, _, text in rows]
    shown = [None if cell is None else datetime.fromisoformat(cell[:26].rstrip("Z")) for cell in parsed.columns["time"]]
    assert shown == [time for time, _, _ in rows]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
@given(rows=tables)
def test_our_own_export_is_read_back_as_it_was(workspace: Workspace, rows: list[tuple[Any, ...]]) -> None:
    def stored(text: str) -> Any:
        upload = workspace.uploads.receive("table.csv", io.BytesIO(text.encode()))
        request = ImportRequest.model_validate({"source": {"upload": upload.id}, "time_column": "time"})
        return import_dataset(request, workspace, ignore_progress)

    first = stored(written(rows, comma=False))
    again = stored("".join(dataset_csv(workspace.datasets, first)))
    assert again.sha256 == first.sha256


def test_cells_that_would_run_as_formulas_are_made_harmless(workspace: Workspace) -> None:
    text = "=name,v\n=1+1,-1\n@SUM(A1),2\n+1 call,3.5\n-x,4\nplain,5\n"
    upload = workspace.uploads.receive("table.csv", io.BytesIO(text.encode()))
    info = import_dataset(ImportRequest.model_validate({"source": {"upload": upload.id}}), workspace, ignore_progress)
    lines = "".join(dataset_csv(workspace.datasets, info)).splitlines()
    assert lines == ["'=name,v", "'=1+1,-1", "'@SUM(A1),2", "'+1 call,3.5", "'-x,4", "plain,5"]
