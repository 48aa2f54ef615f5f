"""The short way to an answer of the live page, which every viewer asks for each second: before Flask, same answer.

Flask, its hooks and the schema of the query cost several times what the answer itself does. Whatever is not plainly a
page of this application asking for a few new samples goes the long way: refusals, mistakes, large answers.
"""

import re
import time
from collections.abc import Callable, Iterable
from typing import Any

import orjson
from flask import Flask

from api.answers import API_VERSION, REQUEST_ID_HEADER, Metadata, sane_request_id
from api.operations import BASE, JSON
from api.protection import data_headers, known_names, names_known_host
from services.latency.present import present
from services.latency.routes import Route
from services.settings import Settings
from services.telemetry import open_telemetry

PATH = f"{BASE}/gpu/live"
LARGEST_BYTES = 4096  # beyond, compressing is worth its time, and the long way does it
_QUERY = re.compile(r"cursor=([0-9]{1,15})")
_ROUTE = Route("rest", "GET", PATH)
_OWN_SITE = ("same-origin", "none")


def add_live_lane(server: Flask, settings: Settings) -> None:
    """Let `server` answer the live page the short way. Call it before its answers are measured."""
    plain = server.wsgi_app
    live = open_telemetry(settings).live
    names = known_names(settings)
    fixed = [("Content-Type", JSON), ("Vary", "Accept-Encoding"), *data_headers()]

    def lane(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        asked = _asked_cursor(environ, names)
        if asked is None:
            return plain(environ, start_response)
        begun = time.perf_counter()
        body = live.since(asked)
        if len(body) > LARGEST_BYTES:
            return plain(environ, start_response)
        request_id = sane_request_id(environ.get("HTTP_X_REQUEST_ID", ""))
        taken_ms = round((time.perf_counter() - begun) * 1000, 3)
        about = Metadata(request_id=request_id, api_version=API_VERSION, processing_time_ms=taken_ms)
        answer = b'{"data":%s,"metadata":%s}' % (body, orjson.dumps(about.model_dump()))
        notes = present()
        notes.route, notes.status, notes.viewed_ns = _ROUTE, 200, time.perf_counter_ns()
        own = [("Content-Length", str(len(answer))), (REQUEST_ID_HEADER, request_id)]
        start_response("200 OK", [*fixed, *own])
        return (answer,)

    server.wsgi_app = lane  # type: ignore[method-assign]


def _asked_cursor(environ: dict[str, Any], names: frozenset[str]) -> int | None:
    """Return the cursor that is asked for, or None where the request has to go the long way."""
    if environ.get("PATH_INFO") != PATH or environ.get("REQUEST_METHOD") != "GET":
        return None
    found = _QUERY.fullmatch(environ.get("QUERY_STRING", ""))
    if found is None or environ.get("HTTP_SEC_FETCH_SITE", "none") not in _OWN_SITE:
        return None
    return int(found[1]) if names_known_host(environ.get("HTTP_HOST", ""), names) else None
