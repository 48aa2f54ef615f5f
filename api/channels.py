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
    is_left_to_loop = False  # whether the client did not take all that was sent, and the loop goes on with it
    held: list[bytes] | None = None  # what waits for the rest of its piece; only the serving thread looks at it

    def service(self) -> None:
        """Answer one request."""
        _PRESENT.channel = self
        try:
            super().service()
        finally:
            _PRESENT.channel = None

    def readable(self) -> bool:
        """Return whether the loop has to read; while its thread sends an answer, as if all of it were sent."""
        if not self._is_sent_by_thread:
            return bool(super().readable())
        is_ending = self.will_close or self.close_when_flushed
        return not is_ending and len(self.requests) <= self.adj.channel_request_lookahead

    def writable(self) -> bool:
        """Return whether the loop has to send: not what its thread is just sending, or it would ask all that time."""
        if not self._is_sent_by_thread:
            return bool(super().writable())
        return bool(self.will_close or self.close_when_flushed)

    def handle_write(self) -> None:
        """Send what the thread left to the loop."""
        super().handle_write()
        if self.is_left_to_loop and self.outbuf_lock.acquire(False):  # who leaves something to the loop holds it
            try:
                self.is_left_to_loop = self.total_outbufs_len > 0
            finally:
                self.outbuf_lock.release()

    @property
    def _is_sent_by_thread(self) -> bool:
        return bool(self.requests) and not self.is_left_to_loop

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
