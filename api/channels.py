"""One connection of the web server and one answer on it, as waitress has them but for less work per answer."""

import threading

from waitress.channel import HTTPChannel
from waitress.task import WSGITask

JOINED_BYTES = 65536  # of a body that are worth copying to send them with the head: about what the kernel takes at once


class Answering(WSGITask):  # type: ignore[misc]  # waitress has no types
    """One answer, whose head and beginning leave in one piece: each piece is work for the kernel and the client."""

    def write(self, data: bytes) -> None:
        """Send `data`, and before the first of it the head."""
        if self.wrote_header or not 0 < len(data) <= JOINED_BYTES:
            super().write(data)
            return
        held: list[bytes] = []
        self.channel.held = held
        try:
            super().write(data)
        finally:
            self.channel.held = None
        self.channel.write_soon(b"".join(held))


class Channel(HTTPChannel):  # type: ignore[misc]
    """One connection, which its thread finds again by `served_channel`."""

    task_class = Answering
    held: list[bytes] | None = None  # what waits for the rest of its piece; only the serving thread looks at it

    def service(self) -> None:
        """Answer one request."""
        _PRESENT.channel = self
        try:
            super().service()
        finally:
            _PRESENT.channel = None

    def write_soon(self, data: bytes) -> int:
        """Send `data` as soon as the client takes it; return how many bytes these are."""
        if self.held is None:
            return int(super().write_soon(data))
        self.held.append(data)
        return len(data)


class _Present(threading.local):
    channel: Channel | None = None


_PRESENT = _Present()


def served_channel() -> Channel | None:
    """Return the connection that this thread serves."""
    return _PRESENT.channel
