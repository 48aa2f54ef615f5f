"""Measures every answer of the server: how long it waited, was computed and was serialised, under the route's name.

The clock runs around the whole application; a function that Flask calls right after the view tells where computing
ends and the making of bytes begins.
"""

import time
from collections.abc import Callable, Collection, Iterable
from functools import wraps
from typing import Any

from dash import _callback
from flask import Flask, Request, Response, request

from services.latency.present import QUEUED_NS, begin_notes, present
from services.latency.recorder import Recorder
from services.latency.routes import CALLBACKS, CATCH_ALL, UNMATCHED, Route, RouteNames

_CHANNEL = "waitress.client_disconnected"  # the key under which waitress puts a method of the connection
_PAGES = ("/", f"/{CATCH_ALL}")
FAILED = 500


def measure(
    server: Flask,
    recorder: Recorder,
    pages: Callable[[], Collection[str]] = tuple,
    callbacks: Callable[[], Collection[str]] = tuple,
) -> None:
    """Count every answer of `server`. Call it when all else that follows a request is registered.

    `pages` returns the addresses of pages, `callbacks` Dash's names of outputs: what is none of these has no name.
    """
    plain = server.wsgi_app
    names = RouteNames(pages, callbacks)
    clock = time.perf_counter_ns

    def measured(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        begun = clock()
        queued = getattr(getattr(environ.get(_CHANNEL), "__self__", None), QUEUED_NS, begun)
        notes = begin_notes(begun - queued)
        answer: Iterable[bytes] = plain(environ, start_response)
        now = clock()
        if isinstance(notes.route, Route):
            total = now - queued
            serialise = min(notes.serialise_ns + now - notes.viewed_ns, total)
            wait = min(notes.wait_ns, total - serialise)
            recorder.add(notes.route, FAILED if notes.is_failed else notes.status, total, wait, serialise, now)
        return answer

    def note_viewed(response: Response) -> Response:
        notes = present()
        notes.viewed_ns = clock()
        notes.status = response.status_code
        notes.route = _route_of(request._get_current_object(), names)  # type: ignore[attr-defined]
        return response

    server.after_request(note_viewed)
    server.wsgi_app = measured  # type: ignore[method-assign]


def measure_dash() -> None:
    """Count the time that Dash takes to make JSON of a callback's answer as serialising. Harmless when repeated.

    Dash offers no hook for it; a test watches that the function which is wrapped here is still there.
    """
    plain: Callable[[Any], Any] = vars(_callback)["to_json"]
    if getattr(plain, "is_measured", False):
        return

    @wraps(plain)
    def to_json(value: Any) -> Any:
        begun = time.perf_counter_ns()
        try:
            return plain(value)
        finally:
            present().serialise_ns += time.perf_counter_ns() - begun

    to_json.is_measured = True  # type: ignore[attr-defined]
    vars(_callback)["to_json"] = to_json


def _route_of(asked: Request, names: RouteNames) -> Route:
    rule = asked.url_rule
    if rule is None:
        return UNMATCHED
    known = names.by_endpoint.get((rule.endpoint, asked.method))
    if known is not None:
        return known
    if rule.rule == CALLBACKS and asked.method == "POST":
        body = asked.get_json(silent=True)  # parsed before, by Dash, and kept
        return names.of_callback(body.get("output") if isinstance(body, dict) else None)
    if rule.rule in _PAGES:
        return names.of_page(asked.path)
    return names.of_rule(rule.rule, asked.method, rule.endpoint)
