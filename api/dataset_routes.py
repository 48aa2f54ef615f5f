"""Datasets: sending one, the list, one of them, its rows, deleting it. Importing and repairing are tasks."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from flask import request
from pydantic import Field, create_model
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.wrappers import Response

from api.answers import success
from api.csv_answers import csv_answer, csv_response
from api.dispatch import require_type, too_large
from api.errors import ProblemError
from api.job_answers import JOB_PROBLEMS, job_answers
from api.multipart import MAX_HELD_BYTES, MultipartForm
from api.operations import BASE, Answer, Body, Operation
from api.preferences import PREFER
from api.task_routes import submit
from api.upload_routes import STORAGE_ERRORS, storage_problem
from compute.schema import Record, RequestError
from services.datasets.records import DatasetInfo
from services.datasets.requests import ImportRequest
from services.datasets.table_csv import dataset_csv
from services.waiting import JobWatcher
from services.workspace import Workspace

TAG = "Datasets"
FORM = "multipart/form-data"
FILE_PART = "file"
MAX_ROWS = 10_000  # in one JSON answer; more is read page by page, or as CSV
IMPORT_KIND = "import_dataset"


_HOW_TO_READ: dict[str, Any] = {
    name: (field.annotation, field) for name, field in ImportRequest.model_fields.items() if name != "source"
}
DatasetForm = create_model(
    "DatasetForm",
    __base__=Record,
    __doc__="A file and how to read it; what is left out is found out from the file.",
    file=(str, Field(description="CSV, TSV, XLSX, Parquet or JSON records.", json_schema_extra={"format": "binary"})),
    **_HOW_TO_READ,
)


class DatasetList(Record):
    """Datasets, newest first, bundled samples last."""

    datasets: tuple[DatasetInfo, ...]


class RowsQuery(Record):
    """Which rows."""

    offset: int = Field(default=0, ge=0, le=2**53, description="Rows to leave out at the beginning.")
    limit: int = Field(default=100, ge=1, le=MAX_ROWS, description="Rows to answer at most.")


class Rows(Record):
    """Some rows of a dataset."""

    offset: int
    total: int = Field(description="Rows of the whole dataset.")
    rows: tuple[dict[str, Any], ...] = Field(
        description="By column: numbers, text, ISO 8601 times, null where missing."
    )


def dataset_operations(workspace: Workspace, watcher: JobWatcher) -> Sequence[Operation]:
    """Return what can be done with datasets."""
    one = f"{BASE}/datasets/{{dataset_id}}"
    return (
        Operation(
            name="send_dataset",
            method="POST",
            path=f"{BASE}/datasets",
            summary="Send a file and import it",
            description="A multipart form with the file in the part `file`. The same content gets the same id. Files "
            "of many megabytes are better sent in chunks: see Uploads.",
            handle=partial(_send, workspace, watcher),
            tag=TAG,
            body=Body(FORM, DatasetForm, max_bytes=workspace.uploads.limit_bytes + MAX_HELD_BYTES),
            headers=(PREFER,),
            answers=job_answers(DatasetInfo),
            problems=("too-large", "media-type", "invalid", "storage-full", *JOB_PROBLEMS),
            curl=f"curl -F file=@sales.csv http://localhost:8050{BASE}/datasets",
        ),
        Operation(
            name="list_datasets",
            method="GET",
            path=f"{BASE}/datasets",
            summary="List datasets",
            handle=partial(_list, workspace),
            tag=TAG,
            answers=(Answer(200, "Datasets.", DatasetList),),
        ),
        Operation(
            name="get_dataset",
            method="GET",
            path=one,
            summary="Look at a dataset",
            handle=partial(_get, workspace),
            tag=TAG,
            answers=(Answer(200, "The dataset: its columns, and what its audit found.", DatasetInfo),),
        ),
        Operation(
            name="get_dataset_rows",
            method="GET",
            path=f"{one}/data",
            summary="Read rows of a dataset",
            handle=partial(_rows, workspace),
            tag=TAG,
            query=RowsQuery,
            answers=(Answer(200, "Rows.", Rows),),
            problems=("invalid",),
        ),
        Operation(
            name="get_dataset_table",
            method="GET",
            path=f"{one}/data.csv",
            summary="Get a dataset as CSV",
            description="All rows, streamed. Text that a spreadsheet would run as a formula is made harmless.",
            handle=partial(_table, workspace),
            tag=TAG,
            answers=(csv_answer("The table."),),
        ),
        Operation(
            name="delete_dataset",
            method="DELETE",
            path=one,
            summary="Delete a dataset",
            handle=partial(_delete, workspace),
            tag=TAG,
            answers=(Answer(204, "It is gone.", media_type=None),),
            problems=("conflict",),
        ),
    )


def find_dataset(workspace: Workspace, dataset_id: str) -> DatasetInfo:
    """Return what is known of the dataset; raise ProblemError when there is none."""
    info = workspace.datasets.get(dataset_id)
    if info is None:
        raise ProblemError(
            "not-found", f"there is no dataset {dataset_id[:80]!r}; {BASE}/datasets lists those there are"
        )
    return info


def _send(workspace: Workspace, watcher: JobWatcher) -> Response:
    require_type(FORM)
    request.max_content_length = workspace.uploads.limit_bytes + MAX_HELD_BYTES
    try:
        upload_id, fields = _receive(workspace)
    except RequestEntityTooLarge as error:
        raise too_large(workspace.uploads.limit_bytes) from error
    except STORAGE_ERRORS as error:
        raise storage_problem(error) from error
    try:
        return submit(workspace, watcher, IMPORT_KIND, {**fields, "source": {"upload": upload_id}})
    except RequestError:
        workspace.uploads.remove(upload_id)
        raise


def _receive(workspace: Workspace) -> tuple[str, dict[str, str]]:
    form = MultipartForm(request.stream, request.mimetype_params.get("boundary"))
    file = form.open_file(FILE_PART)
    if file is None:
        raise RequestError.at(FILE_PART, msg="this part is required: the file to import")
    upload = workspace.uploads.receive(file.file_name, file)
    try:
        form.read_rest()
        if "source" in form.fields:
            raise RequestError.at("source", msg="this field is not known here; the file of the form is the source")
    except (ProblemError, RequestError):
        workspace.uploads.remove(upload.id)
        raise
    return upload.id, form.fields


def _list(workspace: Workspace) -> Response:
    return success(DatasetList(datasets=workspace.datasets.page()))


def _get(workspace: Workspace, dataset_id: str) -> Response:
    return success(find_dataset(workspace, dataset_id))


def _rows(workspace: Workspace, dataset_id: str, query: RowsQuery) -> Response:
    info = find_dataset(workspace, dataset_id)
    rows = workspace.datasets.rows(dataset_id, offset=query.offset, limit=query.limit)
    return success({"offset": query.offset, "total": info.rows, "rows": rows})


def _table(workspace: Workspace, dataset_id: str) -> Response:
    info = find_dataset(workspace, dataset_id)
    return csv_response(dataset_csv(workspace.datasets, info), info.name)


def _delete(workspace: Workspace, dataset_id: str) -> Response:
    if find_dataset(workspace, dataset_id).is_sample:
        raise ProblemError("conflict", f"{dataset_id} is a bundled sample, which stays")
    workspace.datasets.delete(dataset_id)
    return Response(status=204)
