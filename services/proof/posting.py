"""One POST of JSON, and what came back. Whether to try again belongs to `replies`."""

import http.client
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from urllib.parse import urlsplit

MAX_ANSWER_BYTES = 2**20


@dataclass(frozen=True)
class Reply:
    """What a server answered."""

    status: int
    body: bytes
    retry_after: str | None = None


class NoReplyError(OSError):
    """There was no answer; the request may have arrived all the same."""


def post_json(url: str, body: bytes, timeout_s: float) -> Reply:
    """Return the answer to a POST of `body`; raise NoReplyError where there is none, whole, within `timeout_s`."""
    parts = urlsplit(url)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(parts.hostname or "", parts.port, timeout=timeout_s)
    try:
        connection.connect()
        with _ended_after(connection.sock, timeout_s):
            connection.request("POST", parts.path or "/", body, {"Content-Type": "application/json"})
            answer = connection.getresponse()
            return Reply(answer.status, answer.read(MAX_ANSWER_BYTES), answer.getheader("Retry-After"))
    except (OSError, http.client.HTTPException, ssl.SSLError, UnicodeError) as error:
        raise NoReplyError(f"{parts.netloc} does not answer ({type(error).__name__}: {error})") from error
    finally:
        connection.close()


@contextmanager
def _ended_after(sock: socket.socket, seconds: float) -> Iterator[None]:
    """Close the way to and fro after so long: a server that sends a byte now and then would be waited for for ever."""

    is_over = threading.Event()

    def end() -> None:
        is_over.set()
        with suppress(OSError):
            sock.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(seconds, end)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
    if is_over.is_set():
        raise TimeoutError(f"no whole answer within {seconds:g} s")
