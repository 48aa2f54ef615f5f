"""A SQLite file of measurements: opened, and moved aside when it is damaged, so that nothing waits for its repair.

For what may be lost at worst. Jobs and datasets are not of that kind: they live in the database of `services.jobs`.
"""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

BUSY_S = 5.0
_COMPANIONS = ("-wal", "-shm")


class KeptFile:
    """One file of one process that writes it; any thread may read."""

    def __init__(self, path: Path, schema: str) -> None:
        self.path = path
        self._schema = schema
        self._lock = threading.Lock()
        self._is_prepared = False
        self.notice: str | None = None
        """What befell the file, for the reader of its numbers."""

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """A transaction that is kept when the block ends well.

        Raises sqlite3.Error when the disk is full or cannot be reached. A damaged file is moved aside first.
        """
        with self._lock:
            if not self._is_prepared:
                self._prepare()
            try:
                with _connected(self.path) as connection, connection:
                    yield connection
            except sqlite3.DatabaseError as error:
                self._is_prepared = False  # look at the file again, the next time
                if not isinstance(error, sqlite3.OperationalError):
                    self._set_aside(str(error))
                raise

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """A connection for questions; raises sqlite3.Error when the file cannot be read."""
        if not self._is_prepared:
            with self._lock:
                self._prepare()
        with _connected(self.path) as connection:
            yield connection

    def _prepare(self) -> None:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._create()
        except sqlite3.OperationalError:
            raise  # no damage: the disk is full, or somebody holds the file
        except OSError as error:
            raise sqlite3.OperationalError(f"{self.path.parent} cannot be used: {error.strerror}") from error
        except sqlite3.DatabaseError as error:
            self._set_aside(str(error))
            self._create()
        self._is_prepared = True

    def _create(self) -> None:
        with _connected(self.path) as connection:
            connection.execute("PRAGMA journal_mode=WAL")
            answer = connection.execute("PRAGMA quick_check(1)").fetchone()
            if answer != ("ok",):
                raise sqlite3.DatabaseError(str(answer[0] if answer else "no answer"))
            connection.executescript(self._schema)

    def _set_aside(self, reason: str) -> None:
        moment = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%f")
        aside = self.path.with_name(f"{self.path.name}.damaged-{moment}")
        with suppress(FileNotFoundError):
            self.path.replace(aside)
        for companion in _COMPANIONS:
            self.path.with_name(self.path.name + companion).unlink(missing_ok=True)
        self.notice = f"{self.path.name} was damaged ({reason}); it was moved to {aside.name} and a new one begun"


@contextmanager
def _connected(path: Path) -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(path, timeout=BUSY_S)
    try:
        connection.execute("PRAGMA synchronous=NORMAL")
        yield connection
    finally:
        connection.close()
