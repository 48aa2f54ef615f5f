"""Asking the history: series over a time with means and extremes, what came after a cursor, and what happened.

Any number of threads and processes may ask while the sampler writes. Where there is no file, or it is damaged, the
answer is empty: the sampler says why.
"""

import os
import sqlite3
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from services.telemetry.metrics import METRICS, Subject
from services.telemetry.schema import HOUR, MINUTE, MS, RAW, Tier, connect, table

POINTS = 450  # of one line: about one per pixel of a chart; hours are drawn from summed-up minutes
MAX_POINTS = 5000
_STEPS_S = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 21_600, 43_200, 86_400)


@dataclass(frozen=True)
class Source:
    """Something that is sampled: the machine, a GPU, a place for a worker."""

    subject: Subject
    key: str
    title: str


@dataclass(frozen=True)
class Line:
    """One metric over time: per step the mean, the least and the largest value; None where none was reported."""

    mean: list[float | None]
    least: list[float | None]
    largest: list[float | None]


@dataclass(frozen=True)
class Lines:
    """Metrics of one source over the same times (Unix milliseconds, the beginning of each step)."""

    source: Source
    step_s: int
    at_ms: list[int]
    lines: dict[str, Line]


@dataclass(frozen=True)
class News:
    """Samples after a cursor: times (Unix milliseconds) and, by subject, key and metric, the values at them."""

    cursor: int
    at_ms: list[int]
    values: dict[tuple[Subject, str], dict[str, list[float | None]]]


def step_for(window_s: float) -> int:
    """Return the step in seconds at which a window is drawn with about `POINTS` points."""
    wanted = window_s / POINTS
    return next((step for step in _STEPS_S if step >= wanted), _STEPS_S[-1])


class HistoryReader:
    """Reads the file at `path`, whether it is there yet or not, and notices when it was replaced."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._connection: sqlite3.Connection | None = None
        self._inode = -1

    def sources(self, subject: Subject, since_ms: int = 0) -> list[Source]:
        """Return what was sampled since then, in the order in which it was first seen."""
        rows = self._ask(
            f"SELECT key, title FROM sources AS s WHERE subject = ? AND (EXISTS (SELECT 1 FROM {table(subject, RAW)} "
            f"WHERE source = s.id AND at >= ?) OR EXISTS (SELECT 1 FROM {table(subject, HOUR)} "
            "WHERE source = s.id AND at >= ?)) ORDER BY id",
            (subject, since_ms, since_ms),
        )
        return [Source(subject, key, title) for key, title in rows]

    def lines(self, source: Source, names: Sequence[str], since_ms: int, until_ms: int, step_s: int) -> Lines:
        """Return metrics of `source` in [since, until), one point per `step_s` seconds in which there was a sample."""
        known = {metric.name for metric in METRICS[source.subject]}
        names = [name for name in names if name in known]
        tier = _tier(since_ms, step_s)
        step_ms = max(step_s * MS, tier.step_ms)
        rows = self._ask(*_bucket_query(source, names, tier, since_ms, until_ms, step_ms))
        columns: Any = list(zip(*rows, strict=True)) or [()] * (1 + 3 * len(names))
        lines = {name: Line(*(list(columns[1 + 3 * i + j]) for j in range(3))) for i, name in enumerate(names)}
        return Lines(source, step_ms // MS, [int(at) for at in columns[0]], lines)

    def news(self, cursor: int, limit: int) -> News | None:
        """Return the samples after `cursor`, at most the last `limit`; None when the file cannot tell."""
        with self._lock:
            try:
                connection = self._open()
                if connection is None:
                    return None
                ticks = connection.execute(
                    "SELECT tick, at FROM ticks WHERE tick > ? ORDER BY tick DESC LIMIT ?", (cursor, limit)
                ).fetchall()[::-1]
                times = [int(at) for _, at in ticks]
                values = _values_at(connection, times) if times else {}
            except sqlite3.Error:
                self._close()
                return None
        return News(int(ticks[-1][0]) if ticks else cursor, times, values)

    def events(self, limit: int = 50) -> list[tuple[int, str, str, int | None, str]]:
        """Return what happened last, newest first: time (Unix ms), kind, source, code and words."""
        return self._ask("SELECT at, kind, source, code, text FROM events ORDER BY id DESC LIMIT ?", (limit,))

    def close(self) -> None:
        """Let the file go."""
        with self._lock:
            self._close()

    def _ask(self, query: str, values: Sequence[Any]) -> list[Any]:
        with self._lock:
            try:
                connection = self._open()
                return [] if connection is None else connection.execute(query, values).fetchall()
            except sqlite3.Error:
                self._close()
                return []

    def _open(self) -> sqlite3.Connection | None:
        try:
            inode = os.stat(self._path).st_ino
        except OSError:
            self._close()
            return None
        if self._connection is None or inode != self._inode:
            self._close()
            self._connection, self._inode = connect(self._path, is_reader=True), inode
        return self._connection

    def _close(self) -> None:
        if self._connection is not None:
            with suppress(sqlite3.Error):
                self._connection.close()
            self._connection = None


def _tier(since_ms: int, step_s: int) -> Tier:
    age_ms = time.time() * MS - since_ms
    if step_s * MS >= HOUR.step_ms or age_ms > MINUTE.kept_ms:
        return HOUR
    return MINUTE if step_s * MS >= MINUTE.step_ms or age_ms > RAW.kept_ms else RAW


def _bucket_query(
    source: Source, names: Sequence[str], tier: Tier, since_ms: int, until_ms: int, step_ms: int
) -> tuple[str, tuple[Any, ...]]:
    """Return the query of the buckets: summed-up rows as far as there are any, and from there on the samples."""
    chosen = "(SELECT id FROM sources WHERE subject = ? AND key = ?)"
    raw_columns = ", ".join(f"{n}, {n} IS NOT NULL AS {n}_n, {n} AS {n}_min, {n} AS {n}_max" for n in names)
    raw = f"SELECT at, {raw_columns} FROM {table(source.subject, RAW)} WHERE source = {chosen} AND at >= ? AND at < ?"
    who = (source.subject, source.key)
    values: tuple[Any, ...]
    if tier is RAW:
        rows, values = raw, (*who, since_ms, until_ms)
    else:
        summed = table(source.subject, tier)
        columns = ", ".join(f"{n}, {n}_n, {n}_min, {n}_max" for n in names)
        end = f"(SELECT coalesce(max(at), 0) FROM {summed} WHERE source = {chosen})"
        rows = (
            f"SELECT at, {columns} FROM {summed} WHERE source = {chosen} AND at >= ? AND at < min(?, {end}) UNION ALL "
            f"{raw.replace('at >= ?', f'at >= max(?, {end})')}"
        )
        first = since_ms // tier.step_ms * tier.step_ms
        values = (*who, first, until_ms, *who, *who, first, *who, until_ms)
    sums = ", ".join(f"sum({n} * {n}_n) / nullif(sum({n}_n), 0), min({n}_min), max({n}_max)" for n in names)
    return f"SELECT at / {step_ms} * {step_ms} AS start, {sums} FROM ({rows}) GROUP BY start ORDER BY start", values


def _values_at(
    connection: sqlite3.Connection, times: list[int]
) -> dict[tuple[Subject, str], dict[str, list[float | None]]]:
    found: dict[tuple[Subject, str], dict[str, list[float | None]]] = {}
    positions = {at: position for position, at in enumerate(times)}
    for subject, metrics in METRICS.items():
        names = [metric.name for metric in metrics]
        rows = connection.execute(
            f"SELECT s.key, r.at, {', '.join(f'r.{name}' for name in names)} FROM sources AS s "
            f"JOIN {table(subject, RAW)} AS r ON r.source = s.id AND r.at >= ? AND r.at <= ? WHERE s.subject = ?",
            (min(times), max(times), subject),
        )
        for key, at, *values in rows:
            position = positions.get(at)
            if position is None:
                continue  # of another time at which the clock showed the same
            columns = found.setdefault((subject, key), {name: [None] * len(times) for name in names})
            for name, value in zip(names, values, strict=True):
                columns[name][position] = value
    return found
