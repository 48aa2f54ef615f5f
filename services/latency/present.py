"""What is noted of the request that is answered now: waiting and serialising, from wherever they happen.

Set up and read by the measuring of the server; code that waits or serialises adds to it and needs to know no server.
"""

from contextvars import ContextVar
from typing import Final

QUEUED_NS: Final = "queued_ns"
"""Attribute of a connection: when its request was put in line for a thread."""


class Notes:
    """Notes of one request, in nanoseconds."""

    __slots__ = ("is_failed", "route", "serialise_ns", "status", "viewed_ns", "wait_ns")

    def __init__(self, wait_ns: int = 0) -> None:
        self.wait_ns = wait_ns
        self.serialise_ns = 0
        self.viewed_ns = 0
        self.status = 0
        self.is_failed = False
        self.route: object = None


_PRESENT: ContextVar[Notes] = ContextVar("present request")
_NOBODY = Notes()  # takes what is noted outside of a request


def begin_notes(wait_ns: int) -> Notes:
    """Return empty notes, from now on those of the present request."""
    notes = Notes(wait_ns)
    _PRESENT.set(notes)
    return notes


def present() -> Notes:
    """Return the notes of the present request."""
    return _PRESENT.get(_NOBODY)
