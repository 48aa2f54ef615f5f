"""Quick routes for the web process, which must not load what computes them: one warm child answers, one question after
the other.

The child is started at the first question, ends with the server, and ends itself when it is idle for long or takes too
long for an answer. Whoever cannot be answered within a moment is told so, and asks again or plans.
"""

import subprocess
import threading
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Any, Final

from compute.schema import RequestError
from services.children import start_on_line
from services.logs import logger
from services.route_questions import QuestionWriter
from services.route_words import FAILED, FOUND, NO_MEMORY, READY, REFUSED, read_problems
from services.settings import Settings

ROUTES: Final = "lookahead.routes"
"""Name of the `RouteService` among the server's extensions."""
PATIENCE_S = 2.0  # for an answer, the wait for one's turn included: longer is no answer to a hand that drags
MOST_WAITING = 4  # requests that wait for their turn; each holds a thread of the server
MEMORY_MIB = 1024  # for the child: libraries take 250, the ground of the largest map some hundred
IDLE_S = 900.0


class NoRouteYetError(RuntimeError):
    """There is no answer within the moment that a quick route may take; says why."""


class RouteFailedError(RuntimeError):
    """The child met something that no request explains."""


class RouteService:
    """Quick routes of one server; safe to use from its threads."""

    def __init__(self, settings: Settings, patience_s: float = PATIENCE_S) -> None:
        self._settings = settings
        self._patience_s = patience_s
        self._places = threading.BoundedSemaphore(MOST_WAITING + 1)
        self._turn = threading.Lock()  # held by whoever talks with the child
        self._child: _Child | None = None
        self._is_closed = False
        self._writer = QuestionWriter()

    def ask(self, data: dict[str, Any]) -> bytes:
        """Return the `RouteResult` of a `RouteRequest`, both as JSON.

        Raises NoRouteYetError where it takes longer than a moment, RequestError, and RouteFailedError.
        """
        deadline = time.monotonic() + self._patience_s
        if not self._places.acquire(blocking=False):
            raise NoRouteYetError(f"{MOST_WAITING} others wait for a route already")
        try:
            if not self._turn.acquire(timeout=self._patience_s):
                raise NoRouteYetError("routes of others take long just now")
            try:
                return _read(self._answer(self._writer.write(data).to_bytes(), deadline))
            finally:
                self._turn.release()
        finally:
            self._places.release()

    @property
    def pid(self) -> int | None:
        """The number of the child, None where there is none."""
        child = self._child
        return child.popen.pid if child is not None and child.popen.poll() is None else None

    def close(self) -> None:
        """End the child; nothing is answered any more."""
        with self._turn:
            self._is_closed = True
            self._dismiss()

    def _answer(self, question: bytes, deadline: float) -> bytes:
        child = self._at_work()
        try:
            if not child.is_free(deadline):
                why = "the search of an earlier route goes on" if child.is_ready else "the search for routes starts up"
                raise NoRouteYetError(why)
            child.ask(question)
            if not child.is_free(deadline):
                raise NoRouteYetError("the search for this route takes longer than a moment")
        except (EOFError, OSError):
            code = child.popen.poll()
            self._dismiss()
            logger("routes").warning("route child died", code=code)
            raise NoRouteYetError("the search for routes ended unexpectedly and is started again") from None
        return child.said

    def _at_work(self) -> "_Child":
        """Return the child; start one where there is none alive."""
        if self._is_closed:
            raise NoRouteYetError("the server is stopping")
        if self._child is not None and self._child.popen.poll() is not None:
            self._dismiss()
        if self._child is None:
            self._child = _Child.start(self._settings)
            logger("routes").info("route child started", pid=self._child.popen.pid)
        return self._child

    def _dismiss(self) -> None:
        child, self._child = self._child, None
        if child is not None:
            child.end()


class _Child:
    """The process, and whether it owes an answer."""

    def __init__(self, popen: "subprocess.Popen[bytes]", line: "Connection[bytes, bytes]") -> None:
        self.popen = popen
        self.said = b""
        self.is_ready = False
        self._line = line
        self._owes = True  # its first word, that it is ready

    @classmethod
    def start(cls, settings: Settings) -> "_Child":
        """Return a child that has begun to start."""
        memory = str(min(MEMORY_MIB, settings.worker_memory_mib))
        return cls(*start_on_line(settings, "services.route_child", "--memory-mib", memory, "--idle-s", str(IDLE_S)))

    def ask(self, question: bytes) -> None:
        """Let it answer a question; it must be free."""
        self._line.send_bytes(question)
        self._owes = True

    def is_free(self, deadline: float) -> bool:
        """Wait until it owes nothing and keep what it said last; False where it does at the deadline."""
        if self._owes and self._line.poll(max(0.0, deadline - time.monotonic())):
            self.said = self._line.recv_bytes()
            self._owes = False
            self.is_ready = self.is_ready or self.said == READY
        return not self._owes

    def end(self) -> None:
        """Kill it, and wait until it is gone."""
        self.popen.kill()
        self.popen.wait()
        if self.popen.stdin is not None:
            self.popen.stdin.close()
        self._line.close()


def _read(said: bytes) -> bytes:
    kind, body = said[:1], said[1:]
    refusals: dict[bytes, Callable[[], Exception]] = {
        REFUSED: lambda: RequestError(read_problems(body)),
        NO_MEMORY: lambda: NoRouteYetError(f"the map is too large for the {MEMORY_MIB} MiB of a quick route"),
        FAILED: lambda: RouteFailedError(body.decode("utf-8", "replace")),
    }
    if kind == FOUND:
        return body
    raise refusals.get(kind, lambda: RouteFailedError(f"the route child said {said[:50]!r}"))()
