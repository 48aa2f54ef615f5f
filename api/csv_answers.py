"""Tables as files for spreadsheets, streamed piece by piece. Which rows they have belongs to `services.export`."""

import re
from collections.abc import Iterable
from urllib.parse import quote

from flask import Response
from pydantic import ValidationError

from api.errors import ProblemError
from api.operations import Answer
from services.export import NoTableError, write_csv
from services.jobs import Job
from services.tasks import Task

CSV = "text/csv"
DISPOSITION = {"Content-Disposition": "The name under which a browser keeps the file."}
_PLAIN_NAME = re.compile(r"[^A-Za-z0-9._-]+")


def csv_answer(description: str) -> Answer:
    """Return the documentation of `csv_response`."""
    return Answer(200, description, media_type=CSV, headers=DISPOSITION)


def csv_response(pieces: Iterable[str], name: str) -> Response:
    """Return the pieces as a file called `name`."""
    response = Response((piece.encode("utf-8", "replace") for piece in pieces), content_type=f"{CSV}; charset=utf-8")
    plain = _PLAIN_NAME.sub("-", name).strip("-.") or "table"
    response.headers["Content-Disposition"] = (
        f"attachment; filename=\"{plain}.csv\"; filename*=UTF-8''{quote(f'{name}.csv', safe='', errors='replace')}"
    )
    return response


def result_csv(task: Task, job: Job, body: bytes) -> Response:
    """Return a job's result as a table; raise ProblemError when it is none."""
    try:
        pieces = write_csv(task.kind, task.result.model_validate_json(body))
    except NoTableError as error:
        raise ProblemError("not-found", str(error)) from error
    except ValidationError as error:
        detail = f"the result of job {job.id} was made by another version ({job.code_version}); submit the job again"
        raise ProblemError("conflict", detail) from error
    return csv_response(pieces, f"{task.kind}-{job.id}")
