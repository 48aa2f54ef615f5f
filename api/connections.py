"""The open connections of the web server, and the loop that waits until one of them has something to do.

waitress asks every connection whether it wants to read or write, and tells the kernel of all of them, twice a request:
of a hundred open ones that is more work than most answers. Here the kernel keeps the list (epoll), and a connection is
asked again when something happened to it: an event of its own, or what the thread did that serves it. All are asked
once a second: waitress marks connections that were idle too long, and says so to nobody.
"""

import select
import threading
import time
from collections import deque
from contextlib import suppress
from typing import Any

from waitress import wasyncore

ASK_ALL_S = 1.0
HAS_EPOLL = hasattr(select, "epoll")  # Linux; elsewhere waitress' own loop does the work
_READ, _WRITE = select.POLLIN | select.POLLPRI, select.POLLOUT  # epoll has the same numbers


class Connections(dict[int, Any]):
    """The parts of one waitress server by descriptor: its listener, its trigger, and a channel per connection.

    waitress fills it, and takes a part out before it closes its descriptor: so the kernel never tells of a descriptor
    that belongs to somebody else by now. A part is taken out by any thread; all else is done by the one in `loop`.
    """

    def __init__(self, ask_all_s: float = ASK_ALL_S) -> None:
        super().__init__()
        self._ask_all_s = ask_all_s
        self._epoll = select.epoll()
        self._lock = threading.Lock()  # of the next, and of who belongs to a descriptor
        self._watched: dict[int, int] = {}  # what the kernel is asked about, by descriptor; never 0
        self._changed: deque[Any] = deque()

    def __setitem__(self, descriptor: int, part: Any) -> None:
        super().__setitem__(descriptor, part)
        self._changed.append(part)  # it is not finished yet and cannot be asked now

    def __delitem__(self, descriptor: int) -> None:
        with self._lock:
            super().__delitem__(descriptor)
            if self._watched.pop(descriptor, 0):
                with suppress(OSError):
                    self._epoll.unregister(descriptor)

    def has_changed(self, part: Any) -> bool:
        """Return whether `part` wants something else than it is watched for, and have it asked when `loop` wakes.

        Its thread tells what it did first and asks then, `loop` does it the other way round: one of them notices.
        """
        if _wanted(part) == self._watched.get(part._fileno, 0):
            return False
        self._changed.append(part)
        return True

    def loop(self, listener: Any) -> None:
        """Let the parts read and write when they can, until none is left. `listener` may refuse or accept any time."""
        all_asked_at = float("-inf")
        while self:
            now = time.monotonic()
            if now - all_asked_at >= self._ask_all_s:
                all_asked_at = now
                self._changed.extend(list(self.values()))
            while self._changed:
                self._ask(self._changed.popleft())
            self._ask(listener)
            for part, events in self._happened(max(0.0, all_asked_at + self._ask_all_s - now)):
                if self.get(part._fileno) is part:
                    wasyncore.readwrite(part, events)
                    self._ask(part)

    def _happened(self, timeout_s: float) -> list[tuple[Any, int]]:
        found = ((self.get(descriptor), events) for descriptor, events in self._epoll.poll(timeout_s))
        return [(part, events) for part, events in found if part is not None]

    def _ask(self, part: Any) -> None:
        """Have `part` watched for what it wants, and look again: it may have changed while the kernel was told."""
        descriptor = part._fileno
        while (wanted := _wanted(part)) != self._watched.get(descriptor, 0):
            with self._lock:
                if self.get(descriptor) is not part:
                    return  # closed, perhaps by another thread
                self._watch(descriptor, wanted)

    def _watch(self, descriptor: int, wanted: int) -> None:
        is_watched = descriptor in self._watched
        if not wanted:
            self._epoll.unregister(descriptor)
            del self._watched[descriptor]
            return
        (self._epoll.modify if is_watched else self._epoll.register)(descriptor, wanted)
        self._watched[descriptor] = wanted


def _wanted(part: Any) -> int:
    """Return the events that waitress' own loop would wait for."""
    reads = _READ if part.readable() else 0
    return reads | _WRITE if part.writable() and not part.accepting else reads
