"""Measures every answer of the server: how long it waited, was computed and was serialised, under the route's name.

`begin` comes before everything else that is registered on the server, `end` after it: Flask calls what precedes a
request in that order and what follows it in the opposite one.
"""

import time
from collections.abc import Callable, Collection
from functools import wraps
from typing import Any

from dash import _callback
from flask import Flask, Response, request

from services.latency.present import PRESENT, QUEUED_NS
from services.latency.recorder import Recorder
from services.latency.routes import CALLBACKS, CATCH_ALL, UNMATCHED, Route, RouteNames

_CHANNEL = "waitress.client_disconnected"  # the key under which waitress puts a method of the channel
FAILED = 500


class Measuring:
    """The two ends of the measurement on one server."""

    def __init__(
        self,
        recorder: Recorder,
        pages: Callable[[], Collection[str]] = tuple,
        callbacks: Callable[[], Collection[str]] = tuple,
    ) -> None:
        self._recorder = recorder
        self._names = RouteNames(pages, callbacks)

    def begin(self, server: Flask) -> None:
        """Start the clock of each request, and stop it when everything else has seen the answer."""
        server.before_request(self._start)
        server.after_request(self._stop)

    def end(self, server: Flask) -> None:
        """Note the moment at which the view has answered, before anything is made of its answer."""
        server.after_request(_note_viewed)

    def _start(self) -> None:
        now = time.perf_counter_ns()
        channel = getattr(request.environ.get(_CHANNEL), "__self__", None)
        queued = getattr(channel, QUEUED_NS, now)
        PRESENT.begin(queued, now - queued)

    def _stop(self, response: Response) -> Response:
        present, now = PRESENT, time.perf_counter_ns()
        status = FAILED if present.is_failed else response.status_code
        finishing = now - present.viewed_ns if present.viewed_ns else 0
        total = now - present.started_ns
        serialise = min(present.serialise_ns + finishing, total)
        self._recorder.add(self._route(), status, total, min(present.wait_ns, total - serialise), serialise, now)
        return response

    def _route(self) -> Route:
        rule = request.url_rule
        if rule is None:
            return UNMATCHED
        if rule.rule == CALLBACKS and request.method == "POST":
            body = request.get_json(silent=True)  # parsed before, by Dash, and kept
            return self._names.of_callback(body.get("output") if isinstance(body, dict) else None)
        if rule.rule in ("/", f"/{CATCH_ALL}"):
            return self._names.of_page(request.path)
        return self._names.of_rule(rule.rule, request.method, rule.endpoint)


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
            PRESENT.serialise_ns += time.perf_counter_ns() - begun

    to_json.is_measured = True  # type: ignore[attr-defined]
    vars(_callback)["to_json"] = to_json


def _note_viewed(response: Response) -> Response:
    PRESENT.viewed_ns = time.perf_counter_ns()
    return response
