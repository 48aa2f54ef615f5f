"""An application whose answers are easily told apart, on the real web server, and what its clients say and read."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from flask import Flask, Response, request

from api.connections import Connections
from api.serving import Server, create_server
from services.settings import Settings
from tests.live import wait_until

LONG_S = 30.0
HOUR_S = 3600.0
HUGE = 48 * 2**20  # more than waitress and the kernel keep for a client that does not read
PIECE = bytes(2**20)
GET = b"GET %s HTTP/1.1\r\nHost: localhost\r\n\r\n"


class Application:
    """An application whose answers are easily told apart."""

    def __init__(self) -> None:
        self.flask = Flask("connections", static_folder=None)
        self.begun, self.ended, self.gate = threading.Event(), threading.Event(), threading.Event()
        self.flask.add_url_rule("/say/<word>", view_func=lambda word: word)
        self.flask.add_url_rule("/length", view_func=_length, methods=["POST"])
        self.flask.add_url_rule("/huge", view_func=self._huge)
        self.flask.add_url_rule("/gone", view_func=self._gone)
        self.flask.add_url_rule("/stream", view_func=self._stream)

    def _huge(self) -> Response:
        def pieces() -> Iterator[bytes]:
            for _ in range(HUGE // len(PIECE)):
                yield PIECE

        answer = Response(pieces(), headers={"Content-Length": str(HUGE)})
        answer.call_on_close(self.ended.set)
        return answer

    def _stream(self) -> Response:
        def pieces() -> Iterator[str]:
            yield "one"
            assert self.gate.wait(LONG_S)
            yield "two"

        return Response(pieces())

    def _gone(self) -> str:
        self.begun.set()
        wait_until(request.environ["waitress.client_disconnected"], LONG_S, "the server sees that the client hung up")
        self.ended.set()
        return "nobody hears this"


def _length() -> str:
    return str(len(request.get_data()))


@contextmanager
def running(
    application: Application, folder: Path, has_kernel: bool, ask_all_s: float = HOUR_S, **adjusted: Any
) -> Iterator[Server]:
    """A server of few threads."""
    settings = Settings(_env_file=None, data_dir=folder, port=0, threads=8)
    server = create_server(application.flask, settings, Connections(ask_all_s) if has_kernel else {})
    for name, value in adjusted.items():
        setattr(server.adj, name, value)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        parts = list(server._map.values())
        server._map.clear()
        server.trigger.pull_trigger()
        thread.join(LONG_S)
        for part in parts:
            part.close()
        server.task_dispatcher.shutdown(timeout=LONG_S)
    assert not thread.is_alive()


def connect_to(server: Server) -> socket.socket:
    """Open a connection."""
    return socket.create_connection(("127.0.0.1", int(server.effective_port)), timeout=LONG_S)


def read_answer(connection: socket.socket) -> bytes:
    """Return the body of the next answer."""
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        byte = connection.recv(1)
        assert byte, f"the server hung up after {head!r}"
        head += byte
    length = int(next(line for line in head.split(b"\r\n") if line.startswith(b"Content-Length")).split()[1])
    body = bytearray()
    while len(body) < length:
        piece = connection.recv(min(length - len(body), 2**20))
        assert piece, f"the server hung up after {len(body)} of {length} bytes"
        body += piece
    return bytes(body)
