"""Tables as files for spreadsheets, streamed piece by piece. Which rows they have belongs to `services.export`."""

import re
from collections.abc import Iterable, Mapping
from urllib.parse import quote

from flask import Response
from pydantic import ValidationError

from api.errors import ProblemError
from api.operations import Answer
from services.export import NoTableError, TableForm, write_table
from services.jobs import Job
from services.task_records import Task

CSV = "text/csv"
MEDIA_TYPES: Mapping[TableForm, str] = {
    "csv": CSV,
    "parquet": "application/vnd.apache.parquet",
    "arrow": "application/vnd.apache.arrow.file",
}
DISPOSITION = {"Content-Disposition": "The name under which a browser keeps the file."}
_PLAIN_NAME = re.compile(r"[^A-Za-z0-9._-]+")


def csv_answer(description: str) -> Answer:
    """Return the documentation of `csv_response`."""
    return Answer(200, description, media_type=CSV, headers=DISPOSITION)


def csv_response(pieces: Iterable[str], name: str) -> Response:
    """Return the pieces as a CSV file called `name`."""
    return file_response((piece.encode("utf-8", "replace") for piece in pieces), name, "csv")


def file_response(pieces: Iterable[bytes], name: str, form: TableForm) -> Response:
    """Return the pieces as a file called `name`, with the extension of its form."""
    content_type = f"{CSV}; charset=utf-8" if form == "csv" else MEDIA_TYPES[form]
    response = Response(pieces, content_type=content_type)
    plain = _PLAIN_NAME.sub("-", name).strip("-.") or "table"
    exact = quote(f"{name}.{form}", safe="", errors="replace")
    response.headers["Content-Disposition"] = f"attachment; filename=\"{plain}.{form}\"; filename*=UTF-8''{exact}"
    return response


def result_csv(task: Task, job: Job, body: bytes) -> Response:
    """Return a job's result as a CSV table; raise ProblemError when it is none."""
    return result_table("csv", task, job, body)


def result_table(form: TableForm, task: Task, job: Job, body: bytes, part: str | None = None) -> Response:
    """Return a job's result, or the named part of it, as a table of that form; raise ProblemError when it is none."""
    try:
        pieces = write_table(task.kind, task.result.model_validate_json(body), form, part)
    except NoTableError as error:
        raise ProblemError("not-found", str(error)) from error
    except ValidationError as error:
        detail = f"the result of job {job.id} was made by another version ({job.code_version}); submit the job again"
        raise ProblemError("conflict", detail) from error
    return file_response(pieces, "-".join([task.kind, *([part] if part else []), job.id]), form)
