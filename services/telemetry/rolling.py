"""Summing samples up into minutes and hours, and dropping what is old or too much."""

import sqlite3

from services.telemetry.metrics import METRICS, Subject
from services.telemetry.schema import DAY_MS, RAW, TIERS, Tier, table

KEPT_EVENTS = 10_000
DROPPED_SHARE = 0.1  # of the raw samples at a time, while the file is too large
_ROUNDS = 12


def roll(connection: sqlite3.Connection, subject: Subject, tier: Tier, since_ms: int, until_ms: int) -> None:
    """Sum up samples of [since, until) into rows of `tier`; doing so again with more samples corrects the rows."""
    names = [metric.name for metric in METRICS[subject]]
    columns = ", ".join(f"{name}, {name}_n, {name}_min, {name}_max" for name in names)
    sums = ", ".join(f"avg({name}), count({name}), min({name}), max({name})" for name in names)
    connection.execute(
        f"INSERT OR REPLACE INTO {table(subject, tier)} (source, at, {columns}) "
        f"SELECT source, at / {tier.step_ms} * {tier.step_ms} AS start, {sums} FROM {table(subject, RAW)} "
        "WHERE source IN (SELECT id FROM sources WHERE subject = ?) AND at >= ? AND at < ? GROUP BY source, start",
        (subject, since_ms, until_ms),
    )


def last_minute(connection: sqlite3.Connection, subject: Subject, tier: Tier) -> int:
    """Return the start of the newest row of `tier`, in ms: what came after it may not have been summed up."""
    found = connection.execute(f"SELECT max(at) FROM {table(subject, tier)}").fetchone()[0]
    return int(found or 0)


def drop_old(connection: sqlite3.Connection, now_ms: int) -> None:
    """Delete what is older than its tier keeps."""
    for subject in METRICS:
        for tier in TIERS:
            _drop_before(connection, table(subject, tier), subject, now_ms - tier.kept_ms)
    connection.execute("DELETE FROM ticks WHERE at < ?", (now_ms - DAY_MS,))
    connection.execute("DELETE FROM events WHERE id <= (SELECT max(id) FROM events) - ?", (KEPT_EVENTS,))


def shrink(connection: sqlite3.Connection, limit_bytes: float) -> None:
    """Delete the oldest tenth of the samples, then of the minutes and hours, until the file is small enough."""
    for tier in TIERS:
        for _ in range(_ROUNDS):
            if _used_bytes(connection) <= limit_bytes:
                break
            for subject in METRICS:
                _drop_oldest_share(connection, subject, tier)
    connection.execute("PRAGMA incremental_vacuum")


def _drop_oldest_share(connection: sqlite3.Connection, subject: Subject, tier: Tier) -> None:
    name = table(subject, tier)
    first, last = connection.execute(f"SELECT min(at), max(at) FROM {name}").fetchone()
    if first is not None:
        _drop_before(connection, name, subject, first + max(1, int((last - first) * DROPPED_SHARE)))


def _drop_before(connection: sqlite3.Connection, name: str, subject: Subject, limit_ms: int) -> None:
    connection.execute(
        f"DELETE FROM {name} WHERE source IN (SELECT id FROM sources WHERE subject = ?) AND at < ?", (subject, limit_ms)
    )


def _used_bytes(connection: sqlite3.Connection) -> int:
    pages, free, size = (
        int(connection.execute(f"PRAGMA {name}").fetchone()[0])
        for name in ("page_count", "freelist_count", "page_size")
    )
    return (pages - free) * size
