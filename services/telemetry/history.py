"""Keeping samples: each is committed as it comes, minutes and hours are summed up as they end, what is old is dropped.

A damaged file is moved aside and a new one begun; on a full disk sampling stops before anything else suffers and goes
on by itself. Reading belongs to `reading`, the tables to `schema`.
"""

import sqlite3
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from services.logs import logger
from services.telemetry.metrics import METRICS, Subject
from services.telemetry.records import HistoryState
from services.telemetry.rolling import drop_old, last_minute, roll, shrink
from services.telemetry.schema import HOUR_MS, MINUTE_MS, MS, RAW, SUMMARIES, connect, create_tables, table

ROOM_MIB = 128  # less free disk than this is left to jobs; the readiness check speaks up at 64
TRY_AGAIN_S = 10.0
UPKEEP_S = 600.0
MIB = 2**20
Values = Mapping[str, float | None]


@dataclass(frozen=True)
class Sample:
    """What one thing did at one moment. `key` names it for ever, `title` for people."""

    subject: Subject
    key: str
    title: str
    values: Values


@dataclass(frozen=True)
class Event:
    """Something that happened."""

    at_ms: int
    kind: str
    source: str
    text: str
    code: int | None = None


@dataclass
class History:
    """The one writer of the file at `path`."""

    path: Path
    limit_mib: float
    clock: Callable[[], float] = time.time
    """Wall clock, in Unix seconds."""
    steady: Callable[[], float] = time.monotonic
    tick: int = 0
    """Number of the newest sample; the next one has a larger number whatever the clock does."""
    _connection: sqlite3.Connection | None = None
    _reason: str | None = None
    _notice: str | None = None
    _again_at: float = float("-inf")
    _upkeep_at: float = float("-inf")
    _minute: int | None = None
    _sources: dict[tuple[str, str], tuple[int, str]] = field(default_factory=dict)

    @property
    def state(self) -> HistoryState:
        """Whether samples are kept, and what happened to the file."""
        return HistoryState(is_kept=self._reason is None, reason=self._reason, notice=self._notice)

    def add(
        self, at_ms: int, samples: tuple[Sample, ...], events: tuple[Event, ...] = (), *, free_mib: float | None = None
    ) -> bool:
        """Keep what was sampled at `at_ms`; return whether it was kept. Never raises for what disk or file do."""
        self.tick += 1
        if free_mib is not None and free_mib < ROOM_MIB:
            self._pause(f"the disk has {free_mib:.0f} MiB left; below {ROOM_MIB} MiB samples are not kept")
            return False
        if self._reason is not None and self.steady() < self._again_at:
            return False
        try:
            self._write(at_ms, samples, events)
        except sqlite3.OperationalError as error:
            self._pause(f"samples cannot be kept: {error}")
            return False
        except sqlite3.DatabaseError as error:
            self._begin_anew(error)
            return False
        if self._reason is not None:
            logger("sampler").info("samples are kept again", before=self._reason)
            self._reason = None
        return True

    def close(self) -> None:
        """Let the file go."""
        if self._connection is not None:
            with suppress(sqlite3.Error):
                self._connection.close()
            self._connection = None

    def _write(self, at_ms: int, samples: tuple[Sample, ...], events: tuple[Event, ...]) -> None:
        connection = self._open()
        minute = at_ms // MINUTE_MS
        connection.execute("BEGIN IMMEDIATE")
        try:
            self.tick = max(self.tick, 1)
            connection.execute("INSERT OR REPLACE INTO ticks VALUES (?, ?)", (self.tick, at_ms))
            for sample in samples:
                self._insert(connection, at_ms, sample)
            connection.executemany(
                "INSERT INTO events (at, kind, source, code, text) VALUES (?, ?, ?, ?, ?)",
                [(event.at_ms, event.kind, event.source, event.code, event.text) for event in events],
            )
            if self._minute is not None and minute != self._minute:
                self._sum_up(connection, self._minute)
            connection.execute("COMMIT")
        except sqlite3.Error:
            with suppress(sqlite3.Error):
                connection.execute("ROLLBACK")
            raise
        self._minute = minute
        self._keep_up(connection, at_ms)

    def _insert(self, connection: sqlite3.Connection, at_ms: int, sample: Sample) -> None:
        names = [metric.name for metric in METRICS[sample.subject]]
        marks = ", ".join("?" * (len(names) + 2))
        row = (self._source(connection, sample), at_ms, *(sample.values.get(name) for name in names))
        connection.execute(
            f"INSERT OR REPLACE INTO {table(sample.subject, RAW)} (source, at, {', '.join(names)}) VALUES ({marks})",
            row,
        )

    def _source(self, connection: sqlite3.Connection, sample: Sample) -> int:
        name = (sample.subject, sample.key)
        known = self._sources.get(name)
        if known is None or known[1] != sample.title:
            row = connection.execute(
                "INSERT INTO sources (subject, key, title) VALUES (?, ?, ?) "
                "ON CONFLICT (subject, key) DO UPDATE SET title = excluded.title RETURNING id",
                (*name, sample.title),
            ).fetchone()
            known = self._sources[name] = (int(row[0]), sample.title)
        return known[0]

    def _sum_up(self, connection: sqlite3.Connection, minute: int) -> None:
        """Sum up the minute that has ended, and its hour as far as it went."""
        start = minute * MINUTE_MS
        hour = start // HOUR_MS * HOUR_MS
        for subject in METRICS:
            roll(connection, subject, SUMMARIES[0], start, start + MINUTE_MS)
            roll(connection, subject, SUMMARIES[1], hour, hour + HOUR_MS)

    def _keep_up(self, connection: sqlite3.Connection, at_ms: int) -> None:
        now = self.steady()
        if now - self._upkeep_at < UPKEEP_S:
            return
        self._upkeep_at = now
        drop_old(connection, at_ms)
        shrink(connection, self.limit_mib * MIB)

    def _open(self) -> sqlite3.Connection:
        if self._connection is not None:
            return self._connection
        self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        connection = connect(self.path)
        try:
            verdict = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
            if verdict != "ok":
                raise sqlite3.DatabaseError(verdict)
            create_tables(connection)
            newest = connection.execute("SELECT max(tick) FROM ticks").fetchone()[0] or 0
            self.tick = max(self.tick, newest + 1)
            self._catch_up(connection)
        except sqlite3.Error:
            connection.close()
            raise
        self._connection, self._sources = connection, {}
        return connection

    def _catch_up(self, connection: sqlite3.Connection) -> None:
        """Sum up the minutes that a process which was killed did not."""
        now = int(self.clock() * MS)
        for subject in METRICS:
            for tier in SUMMARIES:
                since = last_minute(connection, subject, tier)
                roll(connection, subject, tier, since, now // tier.step_ms * tier.step_ms)

    def _pause(self, reason: str) -> None:
        if self._reason is None:
            logger("sampler").warning("samples are not kept", reason=reason)
        self._reason = reason
        self._again_at = self.steady() + TRY_AGAIN_S

    def _begin_anew(self, error: sqlite3.DatabaseError) -> None:
        """Move the damaged file aside (one is kept) so that the next sample makes a new one."""
        self.close()
        self._minute = None
        aside = self.path.with_name(f"{self.path.name}.damaged")
        moment = time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime(self.clock()))
        with suppress(OSError):
            self.path.replace(aside)
        for ending in ("-wal", "-shm"):
            self.path.with_name(self.path.name + ending).unlink(missing_ok=True)
        why = str(error).splitlines()[-1]
        self._notice = f"the history was damaged ({why}) and began anew on {moment}; the old file is {aside.name}"
        logger("sampler").error("history damaged", error=str(error), moved_to=str(aside))
