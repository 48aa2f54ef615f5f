"""Whether the application lives, whether it can serve, which version it is, and how it is described."""

from collections.abc import Callable, Sequence
from functools import cache, lru_cache, partial
from typing import Literal

import orjson
from flask import Response as FlaskResponse
from flask import request
from pydantic import Field
from werkzeug.wrappers import Response

from api.answers import API_VERSION, success
from api.docs import docs_page
from api.errors import DOCS, RETRY_AFTER_S, ProblemError
from api.openapi import openapi_document
from api.operations import BASE, JSON, Answer, Operation
from api.readiness import unready_reasons
from compute.schema import Record
from services.version import VERSION, code_version
from services.workspace import Workspace

TAG = "Service"


class Health(Record):
    """The server answers."""

    status: Literal["ok"] = "ok"


class Version(Record):
    """Which code answers."""

    version: str
    code_version: str = Field(description="Release and digest of the code that computes.")
    api_version: str


def service_operations(workspace: Workspace, all_operations: Callable[[], Sequence[Operation]]) -> Sequence[Operation]:
    """Return what tells about the service itself; `all_operations` gives what there is to describe."""

    @cache
    def document() -> bytes:
        return orjson.dumps(openapi_document(all_operations()))

    @lru_cache(maxsize=8)  # of addresses it is asked at
    def page(base: str) -> str:
        return docs_page(all_operations(), base)

    return (
        Operation(
            name="health",
            method="GET",
            path="/health",
            summary="Whether the server answers",
            handle=lambda: success(Health()),
            tag=TAG,
            answers=(Answer(200, "It does.", Health),),
        ),
        Operation(
            name="ready",
            method="GET",
            path="/health/ready",
            summary="Whether it can serve",
            description="503 when the database cannot be written, the disk is full, or no worker is alive.",
            handle=partial(_ready, workspace),
            tag=TAG,
            answers=(Answer(200, "It can.", Health),),
            problems=("unavailable",),
        ),
        Operation(
            name="version",
            method="GET",
            path=f"{BASE}/version",
            summary="Which version this is",
            handle=lambda: success(Version(version=VERSION, code_version=code_version(), api_version=API_VERSION)),
            tag=TAG,
            answers=(Answer(200, "The version.", Version),),
        ),
        Operation(
            name="openapi",
            method="GET",
            path=f"{BASE}/openapi.json",
            summary="This API as OpenAPI 3.1",
            handle=lambda: FlaskResponse(document(), content_type=JSON),
            tag=TAG,
            answers=(Answer(200, "The document."),),
        ),
        Operation(
            name="docs",
            method="GET",
            path=DOCS,
            summary="This API as a page",
            handle=lambda: FlaskResponse(page(request.url_root.rstrip("/")), content_type="text/html; charset=utf-8"),
            tag=TAG,
            answers=(Answer(200, "The page.", media_type="text/html"),),
        ),
    )


def _ready(workspace: Workspace) -> Response:
    reasons = unready_reasons(workspace)
    if reasons:
        raise ProblemError("unavailable", "; ".join(reasons), headers={"Retry-After": RETRY_AFTER_S})
    return success(Health())
