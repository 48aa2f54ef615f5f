"""How an idle worker notices new jobs for next to nothing: SQLite's own change counter, or a plain pause."""

import select
import sqlite3
from typing import Protocol

from sqlalchemy import Engine

LOOK_S = 0.03  # SQLite: a start 15 ms late on average is not felt, and a look costs about 0.1 ms of a core
POLL_S = 0.1  # other databases: each look is a query over the wire


class WakeUp(Protocol):
    """Waits for the table to change."""

    is_exact: bool
    """Whether `has_changed` means that something did change, not only that it may have."""

    def wait(self, leash: int | None) -> bool:
        """Pause a little; return True when the table may have changed. Returns at once when `leash` is readable."""

    def has_changed(self) -> bool:
        """True when the table may have changed since the last look."""


class PauseWakeUp:
    """Looks again after a fixed pause, changed or not."""

    is_exact = False

    def wait(self, leash: int | None) -> bool:
        """Pause; the table may always have changed."""
        _pause(leash, POLL_S)
        return True

    def has_changed(self) -> bool:
        """True: there is no cheaper way to know."""
        return True


class SqliteWakeUp:
    """Asks SQLite whether any other connection has committed since it was asked last."""

    is_exact = True

    def __init__(self, path: str) -> None:
        self._connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._seen = self._version()

    def wait(self, leash: int | None) -> bool:
        """Pause, then compare the change counter."""
        _pause(leash, LOOK_S)
        return self.has_changed()

    def has_changed(self) -> bool:
        """True when somebody has committed since the last look."""
        before, self._seen = self._seen, self._version()
        return before != self._seen

    def _version(self) -> int:
        return int(self._connection.execute("PRAGMA data_version").fetchone()[0])


def open_wake_up(engine: Engine) -> WakeUp:
    """Return the cheapest way to wait for changes of this database."""
    if engine.dialect.name == "sqlite" and engine.url.database:
        return SqliteWakeUp(engine.url.database)
    return PauseWakeUp()


def _pause(leash: int | None, seconds: float) -> None:
    select.select([] if leash is None else [leash], [], [], seconds)
