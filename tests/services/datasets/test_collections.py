"""The series of a batch are read from columns, from groups of rows or from the request; faults stand at their field."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from compute.forecast.batch.request import BatchForecastRequest
from compute.job import ignore_progress
from compute.schema import RequestError
from compute.series import Series
from services.batch_series import check_batch, distinct_names, open_collection
from services.datasets.ingest import import_dataset
from services.datasets.records import DatasetInfo
from services.datasets.requests import ImportRequest
from services.workspace import Workspace

LONG = "day,shop,sold\n" + "".join(
    f"2024-01-{day:02},{shop},{10 * day + number}\n" for day in range(1, 21) for number, shop in enumerate("ba")
)


def imported(workspace: Workspace, tmp_path: Path, text: str) -> DatasetInfo:
    path = tmp_path / "table.csv"
    path.write_text(text)
    with path.open("rb") as stream:
        upload = workspace.uploads.receive("table.csv", stream)
    request = ImportRequest.model_validate({"source": {"upload": upload.id}})
    return import_dataset(request, workspace, ignore_progress)


def read(workspace: Workspace, series: Any, **asked: Any) -> list[Series]:
    request = BatchForecastRequest.model_validate({"series": series} | asked)
    check_batch(request, workspace)
    return list(open_collection(request.series, workspace).read())


def test_all_number_columns_are_series_unless_some_are_named(workspace: Workspace) -> None:
    every = read(workspace, {"dataset": "us-macro"})
    assert [series.name for series in every] == [
        "gdp",
        "consumption",
        "investment",
        "unemployment_pct",
        "inflation_pct",
    ]
    some = read(workspace, {"dataset": "us-macro", "columns": ["inflation_pct", "gdp"]})
    assert [series.name for series in some] == ["inflation_pct", "gdp"]
    np.testing.assert_array_equal(some[1].values, every[0].values)
    assert some[0].timestamps is not None


def test_columns_without_numbers_are_left_out_and_named(workspace: Workspace, tmp_path: Path) -> None:
    heads = [f"word{n}" for n in range(7)]
    rows = [f"2024-01-{day:02},{day},," + ",".join(["yes"] * 7) for day in range(1, 21)]
    info = imported(workspace, tmp_path, "\n".join([f"day,sold,empty,{','.join(heads)}", *rows]))
    series = BatchForecastRequest.model_validate({"series": {"dataset": info.id}}).series
    collection = open_collection(series, workspace)
    assert [each.name for each in collection.read()] == ["sold"]
    assert collection.notes == ("Left out, for they hold no numbers: empty, word0, word1, word2, word3 and 3 more.",)
    chosen = BatchForecastRequest.model_validate({"series": {"dataset": info.id, "columns": ["sold"]}}).series
    assert open_collection(chosen, workspace).notes == ()


def test_rows_of_each_id_are_a_series_in_order_of_appearance(workspace: Workspace, tmp_path: Path) -> None:
    info = imported(workspace, tmp_path, LONG)
    first, second = read(workspace, {"dataset": info.id, "id_column": "shop", "value_column": "sold"})
    assert (first.name, second.name) == ("b", "a")
    np.testing.assert_array_equal(first.values, 10.0 * np.arange(1, 21))
    np.testing.assert_array_equal(second.values, 10.0 * np.arange(1, 21) + 1)
    assert first.timestamps is not None
    assert np.all(np.diff(first.timestamps) == np.timedelta64(1, "D"))


def test_ids_that_are_numbers_are_named_as_they_are_written(workspace: Workspace, tmp_path: Path) -> None:
    info = imported(workspace, tmp_path, "shop,sold\n" + "17,1\n2.5,3\n17,2\n2.5,5\n" * 5)
    found = read(workspace, {"dataset": info.id, "id_column": "shop", "value_column": "sold"})
    assert [series.name for series in found] == ["17", "2.5"]
    assert found[0].timestamps is None


def test_rows_without_an_id_are_left_out_and_counted(workspace: Workspace, tmp_path: Path) -> None:
    info = imported(workspace, tmp_path, LONG + "2024-01-21,,5\n2024-01-22,,6\n")
    request = BatchForecastRequest.model_validate(
        {"series": {"dataset": info.id, "id_column": "shop", "value_column": "sold"}}
    )
    collection = open_collection(request.series, workspace)
    assert collection.size == 2
    assert sum(series.values.size for series in collection.read()) == 40
    assert "2 rows have no shop" in collection.notes[0]


def test_pasted_series_of_one_name_are_numbered(workspace: Workspace) -> None:
    found = read(workspace, [{"values": [1, None]}, {"values": [2], "name": "b"}, {"values": [3]}])
    assert [series.name for series in found] == ["series 1", "b", "series 2"]
    assert np.isnan(found[0].values[1])
    assert distinct_names(["a", "b"]) == ["a", "b"]


@pytest.mark.parametrize(
    ("series", "asked", "loc"),
    [
        ({"dataset": "gone"}, {}, ("series", "dataset")),
        ({"dataset": "us-macro", "columns": ["gdp", "nothing"]}, {}, ("series", "columns")),
        ({"dataset": "us-macro", "columns": ["quarter"]}, {}, ("series", "columns")),
        ({"dataset": "gone", "id_column": "a", "value_column": "b"}, {}, ("series", "dataset")),
        ({"dataset": "us-macro", "id_column": "a", "value_column": "gdp"}, {}, ("series", "id_column")),
        ({"dataset": "us-macro", "id_column": "quarter", "value_column": "gdp"}, {}, ("series", "id_column")),
        ({"dataset": "us-macro", "id_column": "gdp", "value_column": "gdp"}, {}, ("series", "id_column")),
        ({"dataset": "us-macro", "id_column": "gdp", "value_column": "b"}, {}, ("series", "value_column")),
        ({"dataset": "us-macro", "id_column": "gdp", "value_column": "quarter"}, {}, ("series", "value_column")),
        ([{"values": [1]}] * 300, {"horizon": 10_000}, ("horizon",)),
        ([{"values": [1], "timestamps": ["0001-01-01"]}], {}, ("series", 0, "timestamps")),
    ],
)
def test_what_is_not_there_is_told_at_its_field(
    workspace: Workspace, series: Any, asked: dict[str, Any], loc: tuple[str, ...]
) -> None:
    with pytest.raises(RequestError) as caught:
        read(workspace, series, **asked)
    assert caught.value.problems[0].loc == loc
