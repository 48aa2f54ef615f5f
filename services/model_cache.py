"""What batches learned of single series, kept in the data directory: forecasts by content, estimates by beginning.

This is not the cache of whole results (`metadata.cache`, see `submission`): there a request must be the same in every
byte; here a batch of which some series changed computes those alone, and a series that grew is estimated from where it
was. Entries are safetensors bytes, never pickle; a damaged or unreadable cache is an empty one, never a failed job.
"""

import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import NamedTuple, TypeVar

from services.logs import logger
from services.settings import Settings

MIB = 2**20
DAY_S = 86_400.0
MOMENTS_MIB = 256  # of portfolio moments: a covariance of 1000 assets takes 8
BUSY_S = 2.0  # that a statement waits for another worker's
AT_ONCE = 500  # keys in one statement
KEPT_SHARE = 0.9  # of the bound, when entries are thrown away
T = TypeVar("T")
_SCHEMA = """
CREATE TABLE IF NOT EXISTS entries (key BLOB PRIMARY KEY, branch BLOB, length INTEGER, body BLOB, used_at REAL);
CREATE INDEX IF NOT EXISTS entries_by_branch ON entries (branch, length);
CREATE INDEX IF NOT EXISTS entries_by_use ON entries (used_at);
"""


class Entry(NamedTuple):
    """Something to keep: its key, and for estimates the branch (how the series begins) and the number of values."""

    key: bytes
    body: bytes
    branch: bytes | None = None
    length: int | None = None


class ModelCache:
    """Entries in one SQLite file, bounded in size and age; safe to use from many processes at once."""

    def __init__(self, folder: Path, limit_mib: int, ttl_days: float, clock: Callable[[], float] = time.time) -> None:
        self._path = folder / "models.db"
        self._limit = limit_mib * MIB
        self._ttl_s = ttl_days * DAY_S
        self._clock = clock
        self._is_made = False

    @property
    def is_kept(self) -> bool:
        """False when the settings keep nothing."""
        return self._limit > 0

    def find(self, keys: Sequence[bytes]) -> dict[bytes, bytes]:
        """Return the bodies that are kept under the keys, and note their use."""

        def look(connection: sqlite3.Connection) -> dict[bytes, bytes]:
            found: dict[bytes, bytes] = {}
            for part in _parts(keys):
                query = f"SELECT key, body FROM entries WHERE used_at > ? AND key IN ({','.join('?' * len(part))})"
                found.update(connection.execute(query, (self._clock() - self._ttl_s, *part)))
            used = [(self._clock(), key) for key in found]
            connection.executemany("UPDATE entries SET used_at = ? WHERE key = ?", used)
            return found

        return self._attempt(look) or {}

    def lengths(self, branches: Sequence[bytes]) -> dict[bytes, list[int]]:
        """Return, by branch, how many values the known beginnings have, the longest first."""

        def look(connection: sqlite3.Connection) -> dict[bytes, list[int]]:
            found: dict[bytes, list[int]] = {}
            for part in _parts(branches):
                chosen = ",".join("?" * len(part))
                query = f"SELECT DISTINCT branch, length FROM entries WHERE branch IN ({chosen}) ORDER BY length DESC"
                for branch, length in connection.execute(query, part):
                    found.setdefault(branch, []).append(length)
            return found

        return self._attempt(look) or {}

    def keep(self, entries: Iterable[Entry]) -> None:
        """Keep the entries; one of the same key is replaced."""
        rows = [(entry.key, entry.branch, entry.length, entry.body, self._clock()) for entry in entries]
        self._attempt(
            lambda connection: connection.executemany("INSERT OR REPLACE INTO entries VALUES (?, ?, ?, ?, ?)", rows)
        )

    def sweep(self) -> None:
        """Forget what is too old, then the longest unused until the rest is within its bound."""

        def forget(connection: sqlite3.Connection) -> None:
            connection.execute("DELETE FROM entries WHERE used_at <= ?", (self._clock() - self._ttl_s,))
            size = connection.execute("SELECT COALESCE(SUM(LENGTH(body)), 0) FROM entries").fetchone()[0]
            excess = size - KEPT_SHARE * self._limit if size > self._limit else 0.0
            doomed: list[tuple[bytes]] = []
            for key, length in connection.execute("SELECT key, LENGTH(body) FROM entries ORDER BY used_at"):
                if excess <= 0:
                    break
                doomed.append((key,))
                excess -= length
            connection.executemany("DELETE FROM entries WHERE key = ?", doomed)

        self._attempt(forget)

    def _attempt(self, use: Callable[[sqlite3.Connection], T]) -> T | None:
        """Return what one transaction on the file answers, None where anything is wrong with the file."""
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            with closing(sqlite3.connect(self._path, timeout=BUSY_S)) as connection:
                if not self._is_made:
                    connection.executescript(f"PRAGMA journal_mode=WAL; {_SCHEMA}")
                    self._is_made = True
                connection.execute("PRAGMA synchronous=OFF")  # what a power cut destroys is computed again
                with connection:
                    return use(connection)
        except (sqlite3.Error, OSError) as error:
            logger("worker").warning("model cache is not used", error=str(error))
            return None


def open_model_cache(settings: Settings) -> ModelCache:
    """Return the cache of an installation; nothing is read or made yet."""
    return ModelCache(settings.data_dir / "models", settings.model_cache_mib, settings.model_cache_days)


def open_moments_cache(settings: Settings) -> ModelCache:
    """Return the cache of portfolio moments, which is small and forgets within minutes."""
    minutes = settings.moments_cache_minutes
    return ModelCache(settings.data_dir / "moments", MOMENTS_MIB if minutes > 0 else 0, minutes / 1440)


def _parts(keys: Sequence[bytes]) -> Iterator[Sequence[bytes]]:
    for start in range(0, len(keys), AT_ONCE):
        yield keys[start : start + AT_ONCE]
