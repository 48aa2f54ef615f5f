"""What every successful answer looks like: data beside metadata, and a request id on everything."""

import re
import time
import uuid
from collections.abc import Mapping
from typing import Any, Literal

import orjson
from flask import Response, g, request
from pydantic import Field

from compute.schema import Record
from services.jobs import Job
from services.latency.present import present

API_VERSION = "1"
REQUEST_ID_HEADER = "X-Request-ID"
_SANE_REQUEST_ID = re.compile(r"[A-Za-z0-9._:@/+=-]{1,128}")  # nothing that could break a log line or a header


class Metadata(Record):
    """How an answer came to be."""

    request_id: str = Field(description="Of this request; also in the X-Request-ID header and in the log.")
    api_version: str
    processing_time_ms: float = Field(ge=0, description="Time the server spent on this request.")
    job_id: str | None = Field(default=None, description="The job that made the data.")
    device: str | None = Field(default=None, description="Where the job ran: cpu, cuda:0.")
    cache: Literal["hit", "miss"] | None = Field(default=None, description="hit: an earlier equal request's result.")


def success(data: Any, *, status: int = 200, headers: Mapping[str, str] | None = None, **about: Any) -> Response:
    """Return `data` (JSON-able, a Record, or raw JSON in an orjson.Fragment) in its envelope."""
    plain = data.model_dump(mode="json") if isinstance(data, Record) else data
    begun = time.perf_counter_ns()
    body = orjson.dumps({"data": plain, "metadata": metadata(**about).model_dump()})
    present().serialise_ns += time.perf_counter_ns() - begun
    return Response(body, status=status, content_type="application/json", headers=dict(headers or {}))


def metadata(
    job: Job | None = None, cache: Literal["hit", "miss"] | None = None, device: str | None = None
) -> Metadata:
    """Return the metadata of the answer to the present request."""
    return Metadata(
        request_id=request_id(),
        api_version=API_VERSION,
        processing_time_ms=round((time.perf_counter() - started_at()) * 1000, 3),
        job_id=None if job is None else job.id,
        device=device if job is None else job.device,
        cache=cache,
    )


def request_id() -> str:
    """Return the id of the present request: the client's when it is sane, else a new one."""
    if "request_id" not in g:
        g.request_id = sane_request_id(request.headers.get(REQUEST_ID_HEADER, ""))
    return str(g.request_id)


def sane_request_id(given: str) -> str:
    """Return the id that a client gave, or a new one where it is not sane."""
    return given if _SANE_REQUEST_ID.fullmatch(given) else uuid.uuid4().hex


def started_at() -> float:
    """Return when the present request came in, on the clock of `time.perf_counter`."""
    if "started_at" not in g:
        g.started_at = time.perf_counter()
    return float(g.started_at)


def stamp_request_id(response: Response) -> Response:
    """Return the response with the request's id in its headers."""
    response.headers[REQUEST_ID_HEADER] = request_id()
    return response
