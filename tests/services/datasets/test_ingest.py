"""Importing as a job does it: repeatable, cancellable, and leaving nothing behind."""

import io
import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from compute.job import Cancelled, ignore_progress
from compute.schema import RequestError
from services.datasets.ingest import check_source, import_dataset
from services.datasets.requests import ImportRequest
from services.datasets.uploads import UnknownUploadError
from services.workspace import Workspace

GOOD = b"day,v\n2024-01-01,1\n2024-01-02,2\n"
UNSURE = b"day,v\n01/02/2024,1\n02/02/2024,2\n03/02/2024,3\n"


def upload(workspace: Workspace, content: bytes, name: str = "sales.csv") -> str:
    return workspace.uploads.receive(name, io.BytesIO(content)).id


def request(upload_id: str, **options: object) -> ImportRequest:
    return ImportRequest.model_validate({"source": {"upload": upload_id}} | options)


def left_behind(workspace: Workspace) -> list[Path]:
    """Files that hold bytes of a table without being a dataset."""
    data = workspace.settings.data_dir
    return [*data.glob("uploads/*.data"), *data.glob("datasets/incoming/*")]


def test_an_import_keeps_the_table_and_drops_the_upload(workspace: Workspace) -> None:
    info = import_dataset(request(upload(workspace, GOOD)), workspace, ignore_progress)
    assert workspace.datasets.get(info.id) == info
    assert (info.name, info.file_name, info.rows, info.frequency) == ("sales", "sales.csv", 2, "P1D")
    assert left_behind(workspace) == []


def test_a_job_that_is_run_again_answers_the_same(workspace: Workspace) -> None:
    again = request(upload(workspace, GOOD))
    first = import_dataset(again, workspace, ignore_progress)
    check_source(again, workspace)
    assert import_dataset(again, workspace, ignore_progress) == first
    assert sum(not info.is_sample for info in workspace.datasets.page()) == 1


@pytest.mark.parametrize("at", [0, 1, 3])
def test_two_jobs_that_import_the_same_upload_answer_the_same(workspace: Workspace, at: int) -> None:
    both = request(upload(workspace, GOOD))
    calls = []

    def let_the_other_go_first(_share: float, _message: str) -> None:
        calls.append(len(calls))
        if calls[-1] == at:
            import_dataset(both, workspace, ignore_progress)

    late = import_dataset(both, workspace, let_the_other_go_first)
    assert len(calls) > at
    assert import_dataset(both, workspace, ignore_progress) == late
    assert left_behind(workspace) == []


def test_an_upload_that_was_imported_cannot_be_read_otherwise(workspace: Workspace) -> None:
    name = upload(workspace, GOOD)
    info = import_dataset(request(name), workspace, ignore_progress)
    with pytest.raises(RequestError, match=f"imported already, as dataset {info.id}"):
        check_source(request(name, name="other"), workspace)
    workspace.datasets.delete(info.id)
    with pytest.raises(RequestError, match="deleted since"):
        check_source(request(name), workspace)


def test_progress_grows_from_nothing_to_all(workspace: Workspace) -> None:
    seen: list[float] = []
    rows = b"".join(b"%d,%d\n" % (at, at % 97) for at in range(300_000))
    import_dataset(request(upload(workspace, b"a,b\n" + rows)), workspace, lambda share, _: seen.append(share))
    assert seen == sorted(seen)
    assert (seen[0], len(seen) > 10) == (0.0, True)
    assert 0.9 < seen[-1] <= 1.0


@pytest.mark.parametrize("at", [0, 1, 2, 5])
def test_a_cancelled_import_leaves_nothing(workspace: Workspace, at: int) -> None:
    calls = 0

    def cancel(_share: float, _message: str) -> None:
        nonlocal calls
        calls += 1
        if calls > at:
            raise Cancelled

    with pytest.raises(Cancelled):
        import_dataset(request(upload(workspace, GOOD)), workspace, cancel)
    assert left_behind(workspace) == []
    assert all(info.is_sample for info in workspace.datasets.page())


def test_a_file_that_is_no_table_leaves_nothing(workspace: Workspace) -> None:
    name = upload(workspace, b"only a header\n")
    with pytest.raises(RequestError):
        import_dataset(request(name), workspace, ignore_progress)
    assert left_behind(workspace) == []
    with pytest.raises(UnknownUploadError):
        workspace.uploads.path(name)


def test_a_wrong_answer_about_the_file_can_be_corrected_without_another_upload(workspace: Workspace) -> None:
    name = upload(workspace, GOOD)
    with pytest.raises(RequestError):
        import_dataset(request(name, time_column="date"), workspace, ignore_progress)
    assert import_dataset(request(name, time_column="day"), workspace, ignore_progress).rows == 2
    assert left_behind(workspace) == []


def test_a_guess_can_be_corrected_without_another_upload(workspace: Workspace) -> None:
    name = upload(workspace, UNSURE)
    guess = import_dataset(request(name), workspace, ignore_progress)
    assert not guess.is_sure
    answer = import_dataset(request(name, day_first=True), workspace, ignore_progress)
    assert (answer.is_sure, answer.frequency) == (True, "P1D")
    assert left_behind(workspace) == []


@pytest.mark.parametrize(
    ("source", "field"), [({"upload": "0" * 32}, "upload"), ({"sample": "no-such-sample"}, "sample")]
)
def test_a_source_that_is_not_there_is_blamed(workspace: Workspace, source: dict[str, str], field: str) -> None:
    with pytest.raises(RequestError) as refused:
        check_source(ImportRequest.model_validate({"source": source}), workspace)
    assert refused.value.problems[0].loc == ("source", field)


def test_an_upload_that_is_not_finished_is_blamed(workspace: Workspace) -> None:
    name = workspace.uploads.create("a.csv", 10)
    with pytest.raises(RequestError, match="finish it first"):
        check_source(request(name), workspace)


def test_a_sample_is_itself_unless_it_is_wanted_otherwise(workspace: Workspace) -> None:
    plain = ImportRequest.model_validate({"source": {"sample": "air-passengers"}})
    assert import_dataset(plain, workspace, ignore_progress).id == "air-passengers"
    named = import_dataset(plain.model_copy(update={"name": "mine"}), workspace, ignore_progress)
    assert (named.name, named.is_sample, named.licence) == ("mine", False, "Apache-2.0")
    assert workspace.datasets.delete(named.id)


SCRIPT = """
import resource, sys
from pathlib import Path
from compute.job import ignore_progress
from compute.schema import RequestError
from services.datasets.parse import ParseOptions, parse_file
import scipy.ndimage
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
with open(sys.argv[2], "w+b") as sink:
    try:
        print(parse_file(Path(sys.argv[1]), sink, ParseOptions(), ignore_progress).rows)
    except RequestError as error:
        print("refused", error)
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
"""


@pytest.mark.processes
@pytest.mark.parametrize("kind", ["wide", "tall", "garbage"])
def test_memory_stays_flat_for_large_files(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "large.csv"
    with path.open("wb") as file:
        if kind == "wide":
            file.write(b",".join(b"column %d" % at for at in range(1_000)) + b"\n")
            file.writelines([b"1.25," * 999 + b"2\n"] * 4_000)
        elif kind == "tall":
            file.write(
                b"a,b,c\n" + b"first text,second text,some words that fill the line and are no numbers\n" * 850_000
            )
        else:
            file.write(os.urandom(2**20) * 60)
    out = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(path), str(tmp_path / "sink")],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parents[3],
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (4 * 2**30, 4 * 2**30)),
    ).stdout.split("\n")
    assert out[0] == {"wide": "4000", "tall": "850000"}.get(kind, out[0])
    assert kind != "garbage" or out[0].startswith("refused")
    assert int(out[1]) < 400  # MiB above what the libraries take, for files of 20 to 60 MiB
