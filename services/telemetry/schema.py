"""The tables of the history: samples as they came, minutes and hours, drawn from the tables of metrics.

One file of its own, so that nothing that happens to it can touch jobs.
"""

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from services.telemetry.metrics import METRICS, Subject

FILE = Path("telemetry", "history.db")
MS = 1000
MINUTE_MS = 60 * MS
HOUR_MS = 60 * MINUTE_MS
DAY_MS = 24 * HOUR_MS


@dataclass(frozen=True)
class Tier:
    """How finely samples are kept, and for how long."""

    name: str
    step_ms: int
    kept_ms: int


RAW = Tier("raw", 0, 2 * DAY_MS)
MINUTE = Tier("minute", MINUTE_MS, 90 * DAY_MS)
HOUR = Tier("hour", HOUR_MS, 730 * DAY_MS)
SUMMARIES = (MINUTE, HOUR)
TIERS = (RAW, *SUMMARIES)


def connect(path: Path, *, is_reader: bool = False) -> sqlite3.Connection:
    """Return a connection; readers never wait for the writer. Raises sqlite3.DatabaseError."""
    where = f"{path.absolute().as_uri()}?mode={'ro' if is_reader else 'rwc'}"
    connection = sqlite3.connect(where, uri=True, timeout=5.0, isolation_level=None, check_same_thread=False)
    if not is_reader:
        connection.execute("PRAGMA auto_vacuum=INCREMENTAL")
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=NORMAL")  # a killed process loses nothing; only power loss may
    return connection


def table(subject: Subject, tier: Tier) -> str:
    """Return the name of a table."""
    return f"{subject}_{tier.name}"


def create_tables(connection: sqlite3.Connection) -> None:
    """Make what is missing; metrics that an earlier release did not know become new columns."""
    for statement in (
        "CREATE TABLE IF NOT EXISTS sources (id INTEGER PRIMARY KEY, subject TEXT NOT NULL, key TEXT NOT NULL, "
        "title TEXT NOT NULL, UNIQUE (subject, key))",
        "CREATE TABLE IF NOT EXISTS ticks (tick INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL)",
        "CREATE TABLE IF NOT EXISTS events (id INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, "
        "kind TEXT NOT NULL, source TEXT NOT NULL, code INTEGER, text TEXT NOT NULL)",
    ):
        connection.execute(statement)
    for subject in METRICS:
        for tier in TIERS:
            _create(connection, table(subject, tier), tuple(_columns(subject, tier)))


def _columns(subject: Subject, tier: Tier) -> Iterator[str]:
    for each in METRICS[subject]:
        yield each.name
        if tier in SUMMARIES:
            yield from (f"{each.name}_n", f"{each.name}_min", f"{each.name}_max")


def _create(connection: sqlite3.Connection, name: str, columns: tuple[str, ...]) -> None:
    listed = ", ".join(f"{column} REAL" for column in columns)
    connection.execute(
        f"CREATE TABLE IF NOT EXISTS {name} (source INTEGER NOT NULL, at INTEGER NOT NULL, {listed}, "
        "PRIMARY KEY (source, at)) WITHOUT ROWID"
    )
    present = {row[1] for row in connection.execute(f"PRAGMA table_info({name})")}
    for column in columns:
        if column not in present:
            connection.execute(f"ALTER TABLE {name} ADD COLUMN {column} REAL")
