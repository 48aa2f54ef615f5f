"""Importing: an upload or a sample becomes a stored dataset. How a file is read belongs to `parse`."""

import hashlib
import json
from pathlib import PurePath
from typing import TYPE_CHECKING

from compute.job import Report
from compute.schema import RequestError
from services.datasets.parse import ParseOptions, parse_file
from services.datasets.records import DatasetInfo
from services.datasets.requests import ImportRequest, SampleSource, UploadSource
from services.datasets.samples import SAMPLES, sample_info
from services.datasets.uploads import UnknownUploadError, Upload

if TYPE_CHECKING:
    from services.workspace import Workspace


def check_source(request: ImportRequest, workspace: "Workspace") -> None:
    """Raise RequestError at `source` unless there is such a sample, or such an upload with all its bytes."""
    if isinstance(request.source, SampleSource):
        _check_sample(request.source.sample)
    else:
        _upload(request, request.source, workspace)


def import_dataset(request: ImportRequest, workspace: "Workspace", report: Report) -> DatasetInfo:
    """Parse, audit and store what the request names; return what became of it.

    Afterwards the upload's bytes are gone, whether it worked, failed or was cancelled. They stay, to be swept later,
    in two cases: the times were a guess, so that the user may import again and say more; or the request was at fault
    and not the file. Importing an upload again with the same request answers the same dataset.
    """
    if isinstance(request.source, SampleSource):
        return _import_sample(request, request.source.sample, workspace, report)
    upload = _upload(request, request.source, workspace)
    if upload.dataset is not None:
        return workspace.datasets.check_exists(upload.dataset, loc=("source", "upload"))
    try:
        path = workspace.uploads.path(upload.id)
        with workspace.datasets.incoming() as (columns, sink):
            parsed = parse_file(path, sink, _options(request), report)
            named = parsed.model_copy(
                update={"name": request.name or _stem(upload.file_name), "file_name": upload.file_name}
            )
            info = workspace.datasets.add(named, columns)
    except (FileNotFoundError, UnknownUploadError):
        # another job imported the same upload meanwhile, or somebody removed it
        upload = _upload(request, request.source, workspace)
        return workspace.datasets.check_exists(upload.dataset or "", loc=("source", "upload"))
    except RequestError as error:
        if any(problem.loc[0] == "source" for problem in error.problems):
            workspace.uploads.remove(upload.id)
        raise
    except BaseException:
        workspace.uploads.remove(upload.id)
        raise
    if info.is_sure:
        workspace.uploads.mark_imported(upload.id, info.id, _import_key(request))
    return info


def _import_sample(request: ImportRequest, slug: str, workspace: "Workspace", report: Report) -> DatasetInfo:
    """Return the sample itself, unless the request wants it named or read in another way."""
    _check_sample(slug)
    options = _options(request)
    if request.name is None and options == ParseOptions():
        return sample_info(slug)
    sample = SAMPLES[slug]
    with workspace.datasets.incoming() as (columns, sink):
        parsed = parse_file(sample.path, sink, options, report)
        known = {
            "name": request.name or sample.title,
            "file_name": sample.path.name,
            "source": sample.source,
            "licence": sample.licence,
        }
        return workspace.datasets.add(parsed.model_copy(update=known), columns)


def _check_sample(slug: str) -> None:
    if slug not in SAMPLES:
        raise RequestError.at("source", "sample", msg=f"there is no sample {slug!r}; there are: {', '.join(SAMPLES)}")


def _upload(request: ImportRequest, source: UploadSource, workspace: "Workspace") -> Upload:
    """Return the upload, with its bytes or imported by an equal request; raise RequestError when it is neither."""
    try:
        upload = workspace.uploads.describe(source.upload)
    except UnknownUploadError as error:
        raise RequestError.at("source", "upload", msg=str(error)) from error
    if not upload.is_complete:
        msg = f"only {upload.received_bytes} bytes of the upload have arrived; finish it first"
        raise RequestError.at("source", "upload", msg=msg)
    if upload.dataset is None:
        return upload
    if workspace.datasets.get(upload.dataset) is None:
        msg = "this upload was imported and its dataset deleted since; upload the file again"
        raise RequestError.at("source", "upload", msg=msg)
    if upload.import_key != _import_key(request):
        msg = (
            f"this upload was imported already, as dataset {upload.dataset}; upload the file again to read it otherwise"
        )
        raise RequestError.at("source", "upload", msg=msg)
    return upload


def _options(request: ImportRequest) -> ParseOptions:
    return ParseOptions(request.time_column, request.day_first, request.decimal_comma)


def _import_key(request: ImportRequest) -> str:
    return hashlib.sha256(json.dumps(request.model_dump(mode="json"), sort_keys=True).encode()).hexdigest()


def _stem(file_name: str) -> str:
    return PurePath(file_name).stem or file_name
