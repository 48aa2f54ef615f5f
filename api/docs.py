"""The documentation as one page: drawn on the server, no script, no request to anywhere."""

import shlex
from collections.abc import Sequence
from dataclasses import dataclass

import orjson
from flask import render_template

from api.errors import PROBLEMS
from api.fields import FieldRow, field_rows
from api.openapi import problem_codes
from api.operations import BASE, JSON, Operation


class _Samples(dict[str, str]):
    """What stands in an example for a part of the path: something that exists, else what it is: JOB for `{job_id}`."""

    def __missing__(self, name: str) -> str:
        return name.removesuffix("_id").upper()


_SAMPLE_PARAMETERS = _Samples(dataset_id="air-passengers", map_id="office")


@dataclass(frozen=True)
class Entry:
    """One operation as the page shows it."""

    operation: Operation
    fields: tuple[FieldRow, ...]
    query: tuple[FieldRow, ...]
    problems: tuple[tuple[int, str, str], ...]
    """Status, code, title."""
    curl: str


def docs_page(operations: Sequence[Operation], base: str) -> str:
    """Return the page about `operations`, with examples for a server at `base`."""
    groups: dict[str, list[Entry]] = {}
    for operation in operations:
        groups.setdefault(operation.tag, []).append(_entry(operation, base))
    return render_template("api_docs.html", groups=groups, problems=PROBLEMS.values(), base=BASE)


def curl_example(operation: Operation, base_url: str) -> str:
    """Return a command line that calls the operation."""
    words = ["curl"]
    if operation.method == "HEAD":
        words.append("--head")
    elif operation.method not in ("GET", "POST") or (operation.method == "POST" and operation.body is None):
        words += ["-X", operation.method]
    if "text/event-stream" in [answer.media_type for answer in operation.answers]:
        words.append("--no-buffer")
    if operation.body is not None:
        words += ["-H", f"Content-Type: {operation.body.media_type}"]
        sample = orjson.dumps(operation.body.example).decode() if operation.body.media_type == JSON else "@chunk"
        words += ["-d" if operation.body.media_type == JSON else "--data-binary", sample]
    query = "&".join(f"{row.name}=0" for row in _query_rows(operation) if row.is_required)
    path = operation.path.format_map(_SAMPLE_PARAMETERS)
    return shlex.join([*words, f"{base_url}{path}{'?' if query else ''}{query}"])


def _entry(operation: Operation, base_url: str) -> Entry:
    body = operation.body
    return Entry(
        operation=operation,
        fields=field_rows(body.schema) if body is not None and body.schema is not None else (),
        query=_query_rows(operation),
        problems=tuple((PROBLEMS[code].status, code, PROBLEMS[code].title) for code in problem_codes(operation)),
        curl=operation.curl or curl_example(operation, base_url),
    )


def _query_rows(operation: Operation) -> tuple[FieldRow, ...]:
    return () if operation.query is None else field_rows(operation.query)
