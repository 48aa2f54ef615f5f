"""Tells one configured address of alerts: signed, in a thread of its own, with a time limit and few repetitions.

The address comes from the settings only, never from a request, and redirections are not followed: nobody who can reach
this application can make it call somewhere else.
"""

import hashlib
import hmac
import queue
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import orjson

from services.alerts.records import Alert
from services.logs import logger

TIMEOUT_S = 5.0
PAUSES_S = (1.0, 5.0)  # before the second and the third try
WAITING = 200  # messages at most; beyond, the oldest are dropped
ANSWER_BYTES = 1024
SIGNATURE = "X-Lookahead-Signature"
TIMESTAMP = "X-Lookahead-Timestamp"
Event = Literal["begin", "end", "acknowledge"]


@dataclass(frozen=True)
class Message:
    """What is sent: the same bytes at each try, so that its receiver can tell a repetition by its id."""

    id: str
    body: bytes


class Webhook:
    """Sends messages one after the other. Nobody waits for it."""

    def __init__(self, url: str, secret: str, pause: Callable[[float], object] | None = None) -> None:
        self._url = url
        self._secret = secret.encode()
        self._messages: queue.Queue[Message] = queue.Queue(WAITING)
        self._is_stopped = threading.Event()
        self._pause = pause or self._is_stopped.wait
        self._thread = threading.Thread(target=self._work, name="webhook", daemon=True)
        self.sent = 0
        self.given_up = 0
        self.problem: str | None = None
        """Why the last message did not arrive."""

    def start(self) -> None:
        """Begin to send."""
        self._thread.start()

    def stop(self) -> None:
        """End; what is not sent by then is not sent."""
        self._is_stopped.set()

    def tell(self, event: Event, alert: Alert) -> None:
        """Put a message in line; returns at once."""
        body = orjson.dumps({"event": event, "alert": alert.model_dump(mode="json")})
        message = Message(f"{alert.id}-{event}", body)
        while True:
            try:
                self._messages.put_nowait(message)
                return
            except queue.Full:
                self._drop_oldest()

    def send_waiting(self) -> None:
        """Send what is in line, and return when that is done."""
        while not self._messages.empty():
            self._send(self._messages.get_nowait())

    def _drop_oldest(self) -> None:
        try:
            self._messages.get_nowait()
            self.given_up += 1
        except queue.Empty:
            pass

    def _work(self) -> None:
        while not self._is_stopped.is_set():
            try:
                message = self._messages.get(timeout=1.0)
            except queue.Empty:
                continue
            self._send(message)

    def _send(self, message: Message) -> None:
        for pause_s in (*PAUSES_S, None):
            self.problem = self._try(message)
            if self.problem is None:
                self.sent += 1
                return
            if pause_s is None or self._is_stopped.is_set():
                break
            self._pause(pause_s)
        self.given_up += 1
        logger("alerts").warning("the webhook was not told", message=message.id, error=self.problem)

    def _try(self, message: Message) -> str | None:
        request = urllib.request.Request(self._url, data=message.body, headers=self._headers(message), method="POST")
        try:
            with _OPENER.open(request, timeout=TIMEOUT_S) as answer:
                answer.read(ANSWER_BYTES)
                return None if 200 <= answer.status < 300 else f"it answered {answer.status}"
        except urllib.error.HTTPError as error:
            error.close()
            return f"it answered {error.code}"
        except (OSError, ValueError) as error:
            return str(getattr(error, "reason", error))

    def _headers(self, message: Message) -> dict[str, str]:
        stamp = str(int(time.time()))
        headers = {"Content-Type": "application/json", "X-Lookahead-Message": message.id, TIMESTAMP: stamp}
        if self._secret:
            headers[SIGNATURE] = sign(self._secret, stamp, message.body)
        return headers


def sign(secret: bytes, timestamp: str, body: bytes) -> str:
    """Return the signature of a message: HMAC-SHA256 of timestamp, a full stop and the body, as `sha256=<hex>`."""
    return "sha256=" + hmac.new(secret, timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()


class _NoRedirection(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_given: Any) -> None:
        return None


_OPENER = urllib.request.build_opener(_NoRedirection)
