"""Files sent in chunks: begun, continued at an offset, looked at, given up. Importing one is a job."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from flask import request
from pydantic import Field
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.wrappers import Response

from api.answers import success
from api.dispatch import require_type, too_large, validate
from api.errors import ProblemError
from api.operations import BASE, JSON, Answer, Body, Operation
from compute.schema import Record
from services.datasets.uploads import (
    IncompleteUploadError,
    StorageFullError,
    UnknownUploadError,
    Upload,
    UploadStore,
    UploadTooLargeError,
    WrongOffsetError,
)
from services.workspace import Workspace

TAG = "Uploads"
OCTETS = "application/octet-stream"
MAX_CHUNK_BYTES = 16 * 2**20  # sent in about a second on a slow line, so that a broken chunk costs little
OFFSET_HEADERS = {"Upload-Offset": "Bytes that have arrived.", "Upload-Length": "Bytes that were announced."}


class UploadBegin(Record):
    """A file to be sent in chunks."""

    file_name: str = Field(min_length=1, max_length=1000, title="File name", description="A label, never a path.")
    size: int = Field(
        ge=0, le=2**53, title="Size", description="Of the whole file.", json_schema_extra={"unit": "bytes"}
    )


class UploadView(Record):
    """What is known of an upload."""

    id: str
    file_name: str
    size: int | None
    offset: int = Field(description="Bytes that have arrived: where the next chunk starts.")
    is_complete: bool = Field(description="True when it can be imported.")
    sha256: str | None = Field(description="Of the whole file, once complete.")
    max_chunk_bytes: int


class ChunkQuery(Record):
    """Where a chunk belongs."""

    offset: int = Field(ge=0, le=2**53, description="Byte at which this chunk starts.")
    sha256: str | None = Field(
        default=None,
        pattern=r"^[0-9a-fA-F]{64}$",
        description="Of the whole file: checked when its last byte has come.",
    )


def upload_operations(workspace: Workspace) -> Sequence[Operation]:
    """Return what can be done with uploads."""
    store, one = workspace.uploads, f"{BASE}/uploads/{{upload_id}}"
    return (
        Operation(
            name="begin_upload",
            method="POST",
            path=f"{BASE}/uploads",
            summary="Begin an upload",
            description="Then send the file in chunks, and import it with `POST /api/v1/datasets/import`.",
            handle=partial(_begin, store),
            tag=TAG,
            body=Body(JSON, UploadBegin, example={"file_name": "sales.csv", "size": 12}),
            answers=(Answer(201, "The upload.", UploadView, headers={"Location": "Where to send the chunks."}),),
            problems=("too-large", "media-type", "invalid", "storage-full"),
        ),
        Operation(
            name="send_chunk",
            method="PUT",
            path=one,
            summary="Send a chunk",
            description=f"At most {MAX_CHUNK_BYTES} bytes. A chunk at the wrong offset is refused with 409 and the "
            "offset to go on from in `Upload-Offset`.",
            handle=partial(_append, store),
            tag=TAG,
            query=ChunkQuery,
            body=Body(OCTETS, max_bytes=MAX_CHUNK_BYTES),
            answers=(Answer(200, "The upload.", UploadView, headers={"Upload-Offset": "Bytes that have arrived."}),),
            problems=("conflict", "too-large", "media-type", "invalid", "storage-full"),
        ),
        Operation(
            name="look_at_upload",
            method="HEAD",
            path=one,
            summary="Ask how much has arrived",
            handle=partial(_offset, store),
            tag=TAG,
            answers=(Answer(200, "The headers tell.", media_type=None, headers=OFFSET_HEADERS),),
        ),
        Operation(
            name="delete_upload",
            method="DELETE",
            path=one,
            summary="Give an upload up",
            handle=partial(_delete, store),
            tag=TAG,
            answers=(Answer(204, "It is gone.", media_type=None),),
        ),
    )


def storage_problem(error: Exception) -> ProblemError:
    """Return the problem that an upload's failure is."""
    match error:
        case UnknownUploadError():
            return ProblemError("not-found", str(error.args[0]))
        case WrongOffsetError():
            return ProblemError("conflict", str(error), headers={"Upload-Offset": str(error.expected)})
        case IncompleteUploadError():
            return ProblemError("conflict", str(error))
        case UploadTooLargeError():
            return ProblemError("too-large", str(error))
        case StorageFullError():
            return ProblemError("storage-full", f"{error.strerror}; delete datasets or free some disk")
    raise error


STORAGE_ERRORS = (UnknownUploadError, WrongOffsetError, IncompleteUploadError, UploadTooLargeError, StorageFullError)


def _begin(store: UploadStore, body: dict[str, Any]) -> Response:
    begin = validate(UploadBegin, body)
    try:
        upload_id = store.create(begin.file_name, begin.size)
        upload = store.finish(upload_id) if begin.size == 0 else store.describe(upload_id)
    except STORAGE_ERRORS as error:
        raise storage_problem(error) from error
    return success(_view(upload), status=201, headers={"Location": f"{BASE}/uploads/{upload_id}"})


def _append(store: UploadStore, upload_id: str, query: ChunkQuery) -> Response:
    require_type(OCTETS)
    request.max_content_length = MAX_CHUNK_BYTES
    try:
        offset = store.append(upload_id, query.offset, request.stream)
        upload = store.describe(upload_id)
        if offset == upload.size_bytes:
            upload = store.finish(upload_id, query.sha256)
    except RequestEntityTooLarge as error:
        raise too_large(MAX_CHUNK_BYTES) from error
    except STORAGE_ERRORS as error:
        raise storage_problem(error) from error
    return success(_view(upload), headers={"Upload-Offset": str(offset)})


def _offset(store: UploadStore, upload_id: str) -> Response:
    upload = _describe(store, upload_id)
    headers = {"Upload-Offset": str(upload.received_bytes)}
    if upload.size_bytes is not None:
        headers["Upload-Length"] = str(upload.size_bytes)
    return success(_view(upload), headers=headers)


def _delete(store: UploadStore, upload_id: str) -> Response:
    _describe(store, upload_id)
    store.remove(upload_id)
    return Response(status=204)


def _describe(store: UploadStore, upload_id: str) -> Upload:
    try:
        return store.describe(upload_id)
    except UnknownUploadError as error:
        raise storage_problem(error) from error


def _view(upload: Upload) -> UploadView:
    return UploadView(
        id=upload.id,
        file_name=upload.file_name,
        size=upload.size_bytes,
        offset=upload.received_bytes,
        is_complete=upload.is_complete,
        sha256=upload.sha256,
        max_chunk_bytes=MAX_CHUNK_BYTES,
    )
