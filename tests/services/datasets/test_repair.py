"""Repairs: a new version each time, the finding gone, everything else as it was."""

import io
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

from compute.job import ignore_progress
from compute.schema import RequestError
from services.datasets import requests
from services.datasets.ingest import import_dataset
from services.datasets.records import DatasetInfo
from services.datasets.repair import Table, apply_repair, repair_dataset
from services.workspace import Workspace

REPAIR: TypeAdapter[requests.Repair] = TypeAdapter(requests.Repair)


def repaired(workspace: Workspace, info: DatasetInfo, *repairs: dict[str, Any]) -> DatasetInfo:
    request = requests.RepairRequest.model_validate({"dataset": info.id, "repairs": repairs})
    return repair_dataset(request, workspace, ignore_progress)


def imported(workspace: Workspace, text: str) -> DatasetInfo:
    upload = workspace.uploads.receive("file.csv", io.BytesIO(text.encode()))
    request = requests.ImportRequest.model_validate({"source": {"upload": upload.id}})
    return import_dataset(request, workspace, ignore_progress)


def test_each_finding_of_the_messy_sample_is_mended_by_its_own_repair(workspace: Workspace) -> None:
    info = workspace.datasets.get("messy-sales")
    assert info is not None
    codes = [finding.code for finding in info.findings if finding.repair is not None]
    assert set(codes) >= {
        "unsorted_times", "duplicate_times", "gaps", "missing_values", "outliers", "numbers_in_text", "constant_column",
        "text_column",
    }  # fmt: skip
    for finding in info.findings:
        if finding.repair is None:
            continue
        # neighbours mean nothing before rows are in order
        first = [{"kind": "sort_by_time"}] if finding.repair["kind"] == "interpolate" else []
        after = repaired(workspace, info, *first, finding.repair)
        assert (finding.code, finding.column) not in {(other.code, other.column) for other in after.findings}


def test_all_repairs_together_make_a_series_of_it(workspace: Workspace) -> None:
    info = workspace.datasets.get("messy-sales")
    assert info is not None
    for _ in range(4):
        repairs = [finding.repair for finding in info.findings if finding.repair is not None]
        if not repairs:
            break
        info = repaired(workspace, info, *repairs)
    assert info.findings == ()
    assert (info.rows, info.frequency, [column.name for column in info.columns]) == (
        180, "P1D", ["Date", "Units", "Price", "Revenue"],
    )  # fmt: skip


def test_a_repair_makes_a_version_and_leaves_the_original_alone(workspace: Workspace) -> None:
    info = imported(workspace, "day,v\n2024-01-02,2\n2024-01-01,1\n2024-01-03,3\n")
    rows = workspace.datasets.rows(info.id)
    after = repaired(workspace, info, {"kind": "sort_by_time"})
    assert (after.parent, after.repairs, after.name) == (info.id, ({"kind": "sort_by_time"},), info.name)
    assert after.id != info.id
    assert [row["v"] for row in workspace.datasets.rows(after.id)] == [1, 2, 3]
    assert workspace.datasets.get(info.id) == info
    assert workspace.datasets.rows(info.id) == rows
    assert repaired(workspace, info, {"kind": "sort_by_time"}) == after


@pytest.mark.parametrize(
    ("repair", "loc", "said"),
    [
        ({"kind": "interpolate", "column": "x"}, ("repairs", 0, "column"), "there is no column 'x'"),
        ({"kind": "interpolate", "column": "note"}, ("repairs", 0, "column"), "holds text, not numbers"),
        ({"kind": "replace_outliers", "column": "day"}, ("repairs", 0, "column"), "holds time, not numbers"),
        ({"kind": "text_to_number", "column": "day"}, ("repairs", 0, "column"), "holds times"),
        ({"kind": "interpolate", "column": "v"}, ("repairs", 0, "column"), "sort by time first"),
    ],
)
def test_a_repair_that_makes_no_sense_is_blamed(
    workspace: Workspace, repair: dict[str, Any], loc: tuple[str | int, ...], said: str
) -> None:
    info = imported(workspace, "day,v,note\n2024-01-02,2,a\n2024-01-01,,b\n2024-01-03,3,c\n")
    with pytest.raises(RequestError) as refused:
        repaired(workspace, info, repair)
    assert refused.value.problems[0].loc == loc
    assert said in str(refused.value)


@pytest.mark.parametrize("kind", ["sort_by_time", "aggregate_duplicates", "fill_gaps", "drop_missing_times"])
def test_repairs_of_times_need_times(workspace: Workspace, kind: str) -> None:
    with pytest.raises(RequestError, match="no column of times"):
        repaired(workspace, imported(workspace, "v\n1\n2\n"), {"kind": kind})


def test_a_gap_of_a_century_is_a_mistake_and_not_filled(workspace: Workspace) -> None:
    days = "\n".join(f"2024-01-{day:02},1" for day in range(1, 20))
    info = imported(workspace, f"day,v\n1924-01-01,1\n{days}\n")
    with pytest.raises(RequestError, match="look for wrong times first"):
        repaired(workspace, info, {"kind": "fill_gaps"})


def test_the_last_column_cannot_be_left_out(workspace: Workspace) -> None:
    with pytest.raises(RequestError, match="the only column"):
        repaired(workspace, imported(workspace, "v\n1\n2\n"), {"kind": "drop_column", "column": "v"})


NAT = np.datetime64("NaT", "ns")
days = st.integers(0, 9).map(lambda day: np.datetime64(day + 19_000, "D").astype("datetime64[ns]")) | st.just(NAT)
number = st.none() | st.floats(-1e6, 1e6)
rows = st.lists(
    st.tuples(days, number, number, st.none() | st.sampled_from(["1,5", "$2", "n/a", "word"])), min_size=1, max_size=25
)
REPAIRS = [
    {"kind": "sort_by_time"},
    {"kind": "drop_missing_times"},
    *({"kind": "aggregate_duplicates", "method": method} for method in ("mean", "sum", "first", "last", "max", "min")),
    {"kind": "fill_gaps"},
    *({"kind": "interpolate", "column": "a", "method": method} for method in ("linear", "previous", "seasonal")),
    {"kind": "drop_column", "column": "b"},
    {"kind": "text_to_number", "column": "text"},
    {"kind": "replace_outliers", "column": "a"},
]


def as_table(content: list[tuple[Any, ...]]) -> Table:
    times, a, b, text = zip(*content, strict=True)
    columns = (
        pa.array(np.array(times, dtype="datetime64[ns]"), pa.timestamp("ns"), from_pandas=True),
        pa.array(a, pa.float64()),
        pa.array(b, pa.float64()),
        pa.array(text, pa.string()),
    )
    return Table(("day", "a", "b", "text"), ("time", "number", "number", "text"), columns, "day")


@pytest.mark.parametrize("repair", REPAIRS, ids=lambda repair: "-".join(map(str, repair.values())))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(content=rows)
def test_a_repair_done_twice_is_the_same_as_once_and_touches_nothing_else(
    repair: dict[str, Any], content: list[tuple[Any, ...]]
) -> None:
    table = as_table(content)
    before = tuple(column.to_pylist() for column in table.columns)
    try:
        once = apply_repair(table, REPAIR.validate_python(repair))
    except RequestError:
        return
    assert tuple(column.to_pylist() for column in table.columns) == before
    if repair["kind"] != "drop_column":
        # what is left of outliers in a flat series halves with each of ten rounds, and is a thousandth then
        assert_equal(
            apply_repair(once, REPAIR.validate_python(repair)), once, 1e4 * (repair["kind"] == "replace_outliers")
        )
    if "column" in repair:
        for name, column in zip(once.names, once.columns, strict=True):
            if name != repair["column"]:
                assert column.equals(table.columns[table.names.index(name)])
    elif repair["kind"] in ("sort_by_time", "drop_missing_times"):
        kept = [row for row in content if repair["kind"] == "sort_by_time" or not np.isnat(row[0])]
        expected = (
            as_table(sorted(kept, key=lambda row: (np.isnat(row[0]), row[0])))
            if repair["kind"] == "sort_by_time"
            else as_table(kept)
        )
        assert_equal(once, expected)


@given(content=rows)
def test_filled_gaps_are_empty_rows_and_the_others_stay(content: list[tuple[Any, ...]]) -> None:
    table = as_table(content)
    try:
        filled = apply_repair(table, requests.FillGaps())
    except RequestError:
        return
    cells = list(zip(*(column.to_pylist() for column in filled.columns), strict=True))
    old = list(zip(*(column.to_pylist() for column in table.columns), strict=True))
    times = {row[0] for row in old}
    assert [row for row in cells if row[0] in times] == old
    assert all(row[1:] == (None, None, None) for row in cells if row[0] not in times)


def assert_equal(first: Table, second: Table, tolerance: float = 0.0) -> None:
    assert (first.names, first.kinds, first.time_column) == (second.names, second.kinds, second.time_column)
    for one, other in zip(first.columns, second.columns, strict=True):
        if tolerance and one.type == pa.float64():
            np.testing.assert_allclose(one.to_numpy(False), other.to_numpy(False), rtol=0, atol=tolerance)
        else:
            assert one.to_pylist() == other.to_pylist()
