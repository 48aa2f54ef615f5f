"""The API on its real web server, over real sockets, in the process of the tests."""

import json
import socket
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from flask import Flask

from api import create_server
from api.threads import WarmThreads
from services.settings import Settings

LONG_S = 30.0


@dataclass
class Served:
    """A server that listens."""

    port: int
    threads: WarmThreads

    def ask(self, path: str, body: Any = None, **headers: str) -> tuple[int, dict[str, str], bytes]:
        """Send a request; return status, headers, body."""
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", data, headers=headers)
        if data is not None:
            request.add_header("Content-Type", "application/json")
        try:
            with urllib.request.urlopen(request, timeout=LONG_S) as answer:
                return answer.status, dict(answer.headers), answer.read()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, dict(error.headers), error.read()

    def connect(self, sent: bytes) -> socket.socket:
        """Open a connection and send `sent` on it."""
        connection = socket.create_connection(("127.0.0.1", self.port), timeout=LONG_S)
        connection.sendall(sent)
        return connection


@contextmanager
def serving(server: Flask, settings: Settings) -> Iterator[Served]:
    """The server on waitress and a free port; afterwards its threads are gone."""
    waitress = create_server(server, settings)
    thread = threading.Thread(target=waitress.run, daemon=True)
    thread.start()
    try:
        yield Served(int(waitress.effective_port), waitress.task_dispatcher)
    finally:
        channels = list(waitress._map.values())
        waitress._map.clear()
        waitress.pull_trigger()  # wakes the loop, which sees that nothing is left to look at
        thread.join(5)
        for channel in channels:
            channel.close()
        waitress.task_dispatcher.shutdown(timeout=5)
