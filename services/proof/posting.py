"""One POST of JSON, and what came back. Whether to try again belongs to `replies`."""

import http.client
import ssl
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
    """Return the answer to a POST of `body`; raise NoReplyError where there is none within `timeout_s` a step."""
    parts = urlsplit(url)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(parts.hostname or "", parts.port, timeout=timeout_s)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    try:
        connection.request("POST", path, body, {"Content-Type": "application/json", "Accept": "application/json"})
        answer = connection.getresponse()
        return Reply(answer.status, answer.read(MAX_ANSWER_BYTES), answer.getheader("Retry-After"))
    except (OSError, http.client.HTTPException, ssl.SSLError) as error:
        raise NoReplyError(f"{parts.netloc} does not answer ({type(error).__name__}: {error})") from error
    finally:
        connection.close()
