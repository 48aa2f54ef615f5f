"""The store: samples and uploads alike, ids by content, rows in pages, and nothing shared deleted."""

import io
from pathlib import Path

import numpy as np
import pytest

from compute.job import ignore_progress
from compute.schema import RequestError
from compute.series import DatasetColumn
from services.datasets.incoming import incoming_file, sweep_incoming
from services.datasets.ingest import import_dataset
from services.datasets.records import DatasetInfo
from services.datasets.requests import ImportRequest
from services.workspace import Workspace

TEXT = "day,v,note\n2024-01-01,1,a\n2024-01-02,,b\n2024-01-03,3,\n"


def imported(workspace: Workspace, text: str = TEXT, **options: object) -> DatasetInfo:
    upload = workspace.uploads.receive("file.csv", io.BytesIO(text.encode()))
    request = ImportRequest.model_validate({"source": {"upload": upload.id}} | options)
    return import_dataset(request, workspace, ignore_progress)


def files_of(workspace: Workspace) -> list[str]:
    return sorted(path.name for path in (workspace.settings.data_dir / "datasets").glob("*.parquet"))


def test_a_column_is_read_back_with_its_times(workspace: Workspace) -> None:
    info = imported(workspace)
    series = workspace.datasets.read_series(DatasetColumn(dataset=info.id, column="v"))
    np.testing.assert_array_equal(series.values, [1, np.nan, 3])
    assert series.timestamps is not None
    assert series.timestamps.dtype == np.dtype("datetime64[ns]")
    assert np.datetime_as_string(series.timestamps, "D").tolist() == ["2024-01-01", "2024-01-02", "2024-01-03"]


def test_rows_are_records_of_json_values(workspace: Workspace) -> None:
    assert workspace.datasets.rows(imported(workspace).id, offset=1, limit=1) == [
        {"day": "2024-01-02T00:00:00Z", "v": None, "note": "b"}
    ]


def test_pages_of_a_long_table_join_to_the_whole(workspace: Workspace) -> None:
    count = 150_000  # more than two groups of rows in the file
    info = imported(workspace, "v\n" + "\n".join(map(str, range(count))))
    starts = [0, 1, 65_535, 65_536, 131_071, count - 1, count, count + 5]
    for start in starts:
        rows = workspace.datasets.rows(info.id, offset=start, limit=3)
        assert [row["v"] for row in rows] == list(range(start, min(start + 3, count)))


def test_equal_content_and_name_is_the_same_dataset(workspace: Workspace) -> None:
    first, again = imported(workspace), imported(workspace)
    other = imported(workspace, name="other")
    assert first == again
    assert first.created_at is not None
    assert first.id != other.id
    assert first.sha256 == other.sha256
    assert len(files_of(workspace)) == 1


def test_the_file_goes_with_the_last_dataset_that_needs_it(workspace: Workspace) -> None:
    first, other = imported(workspace), imported(workspace, name="other")
    assert workspace.datasets.delete(first.id)
    assert workspace.datasets.rows(other.id, limit=1)[0]["v"] == 1
    assert workspace.datasets.delete(other.id)
    assert files_of(workspace) == []
    assert not workspace.datasets.delete(other.id)


def test_the_newest_is_listed_first_and_samples_last(workspace: Workspace) -> None:
    first, second = imported(workspace), imported(workspace, name="second")
    listed = workspace.datasets.page()
    assert [info.id for info in listed[:2]] == [second.id, first.id]
    assert all(info.is_sample for info in listed[2:])
    assert len(listed) > 6
    assert len(workspace.datasets.page(limit=1)) == 1


@pytest.mark.parametrize(
    ("dataset", "column", "field", "said"),
    [
        ("nowhere", "v", "dataset", "there is no dataset 'nowhere'"),
        ("air-passengers", "cargo", "column", "its number columns are: passengers"),
        ("air-passengers", "month", "column", "holds times"),
        ("messy-sales", "Revenue", "column", "text_to_number"),
        ("messy-sales", "Units", "dataset", "sort_by_time"),
    ],
)
def test_what_is_no_series_is_blamed_at_its_field_with_the_way_out(
    workspace: Workspace, dataset: str, column: str, field: str, said: str
) -> None:
    reference = DatasetColumn(dataset=dataset, column=column)
    for ask in (
        lambda: workspace.datasets.check_column(reference, ("series",)),
        lambda: workspace.datasets.read_series(reference),
    ):
        with pytest.raises(RequestError) as refused:
            ask()
        assert refused.value.problems[0].loc == ("series", field)
        assert said in str(refused.value)


def test_samples_cannot_be_deleted(workspace: Workspace) -> None:
    assert not workspace.datasets.delete("air-passengers")
    assert workspace.datasets.get("air-passengers") is not None


def test_the_hash_of_the_content_does_not_depend_on_how_the_file_was_cut(workspace: Workspace) -> None:
    rows = [f"2024-01-01,{at},text {at % 7}" for at in range(80_000)]
    comma = imported(workspace, "day,v,note\n" + "\n".join(rows))
    padded = imported(workspace, "day;v;note\n" + "\n".join(f"{row.replace(',', ';')}" for row in rows), name="b")
    assert comma.sha256 == padded.sha256


def test_a_file_whose_writer_died_is_swept_and_a_living_one_is_not(tmp_path: Path) -> None:
    folder = tmp_path / "incoming"
    with incoming_file(folder) as (path, _):
        dead = folder / "dead.incoming"
        dead.write_bytes(b"half")
        assert sweep_incoming(folder, settle_s=-1) == 1
        assert path.exists()
        assert not dead.exists()
    assert list(folder.iterdir()) == []
