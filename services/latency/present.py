"""What is noted of the request that this thread answers now: waiting and serialising, from wherever they happen.

Set up and read by the measuring of the server; code that waits or serialises adds to it and needs to know no server.
"""

import threading
from typing import Final

QUEUED_NS: Final = "queued_ns"
"""Attribute of a connection: when its request was put in line for a thread."""


class Present(threading.local):
    """Notes of one thread's present request, in nanoseconds."""

    def __init__(self) -> None:
        self.started_ns = 0
        self.viewed_ns = 0
        self.wait_ns = 0
        self.serialise_ns = 0
        self.is_failed = False

    def begin(self, started_ns: int, wait_ns: int) -> None:
        """Forget the request before."""
        self.started_ns = started_ns
        self.viewed_ns = 0
        self.wait_ns = wait_ns
        self.serialise_ns = 0
        self.is_failed = False


PRESENT = Present()
