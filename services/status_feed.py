"""The present state of the installation for those who watch it all the time: what changed, made once for all of them.

Nobody is told a backlog: of each topic only the newest is kept, so whoever is slow or comes back hears the present. No
thread runs for it: the first of those who follow to find the last look too old looks for all.
"""

import re
import secrets
import sqlite3
import threading
import time
from collections.abc import Callable, Hashable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass

from sqlalchemy.exc import SQLAlchemyError

from services.waiting import NoPlaceError

LOOK_S = 0.25  # between looks: what happens is told within this time
HEARTBEAT_S = 10.0
_ID = re.compile(r"([0-9a-f]{8})-([0-9]{1,15})")


@dataclass(frozen=True)
class Topic:
    """Something that is told whenever its revision changes."""

    name: str
    revision: Callable[[], Hashable]
    """Cheap: asked at each look."""
    tell: Callable[[], bytes]
    """Return the present state as JSON on one line; asked once per revision."""


@dataclass(frozen=True)
class Told:
    """One state of a topic; `id` is what `Last-Event-ID` says of it."""

    id: str
    number: int
    topic: str
    body: bytes


class StatusFeed:
    """Tells topics to at most `places` followers, any number of threads."""

    def __init__(
        self, topics: Iterable[Topic], places: int, clock: Callable[[], float] = time.monotonic, look_s: float = LOOK_S
    ) -> None:
        self._topics = tuple(topics)
        self._places = threading.BoundedSemaphore(places)
        self._clock = clock
        self._look_s = look_s
        self._lock = threading.Lock()
        self._looked_at = float("-inf")
        self._run = secrets.token_hex(4)  # numbers begin anew with the server
        self._number = 0
        self._revisions: dict[str, Hashable] = {}
        self._newest: dict[str, Told] = {}
        self._is_over = threading.Event()

    def end(self) -> None:
        """Let all who follow come to their end, now and from now on: the server stops."""
        self._is_over.set()

    def follow(self, last_id: str = "", heartbeat_s: float = HEARTBEAT_S) -> "StatusFollowing":
        """Return an iterator over what changes after `last_id`; NoPlaceError when as many follow as may.

        It must be closed: it holds a place.
        """
        if not self._places.acquire(blocking=False):
            raise NoPlaceError("too many watch the status already")
        found = _ID.fullmatch(last_id)
        after = int(found[2]) if found and found[1] == self._run else 0
        return StatusFollowing(self, after, heartbeat_s, self._places.release)

    def after(self, number: int) -> list[Told]:
        """Return the newest state of each topic that changed after `number`, in the order of the changes."""
        with self._lock:
            if self._clock() - self._looked_at >= self._look_s:
                self._look()
                self._looked_at = self._clock()
            return sorted(
                (told for told in self._newest.values() if told.number > number), key=lambda told: told.number
            )

    def _look(self) -> None:
        for topic in self._topics:
            with suppress(SQLAlchemyError, sqlite3.Error, OSError):  # a table that is busy or gone is asked again
                revision = topic.revision()
                if topic.name not in self._newest or self._revisions[topic.name] != revision:
                    body = topic.tell()
                    self._number += 1
                    self._revisions[topic.name] = revision
                    self._newest[topic.name] = Told(f"{self._run}-{self._number}", self._number, topic.name, body)


class StatusFollowing(Iterator[list[Told]]):
    """What changes as it does; an empty list when nothing did for `heartbeat_s`."""

    def __init__(self, feed: StatusFeed, after: int, heartbeat_s: float, leave: Callable[[], None]) -> None:
        self._feed = feed
        self._after = after
        self._heartbeat_s = heartbeat_s
        self._leave = leave
        self._closed = False

    def __next__(self) -> list[Told]:
        deadline = time.monotonic() + self._heartbeat_s
        while not (self._closed or self._feed._is_over.is_set()):
            found = self._feed.after(self._after)
            remaining = deadline - time.monotonic()
            if found or remaining <= 0:
                self._after = found[-1].number if found else self._after
                return found
            self._feed._is_over.wait(min(self._feed._look_s, remaining))
        raise StopIteration

    def close(self) -> None:
        """Give the place back. Closing twice is harmless."""
        if not self._closed:
            self._closed = True
            self._leave()
