"""The kept past of latencies: minutes for two days, hours for ninety, each route's histograms as bytes.

The present minute is written over and over as it grows, so a killed process loses the last seconds only. Hours are
sums of minutes, without loss. What is shown of it belongs to `reading`.
"""

import secrets
import sqlite3
from collections.abc import Iterable, Iterator
from pathlib import Path

from services.kept_file import KeptFile
from services.latency.histogram import Histogram
from services.latency.recorder import Tallies, add_tallies
from services.latency.routes import KINDS, Route
from services.latency.tally import STAGES, Tally

FILE = "latency.db"
MINUTE_S = 60
HOUR_S = 3600
KEPT_S = {"minutes": 48 * HOUR_S, "hours": 90 * 24 * HOUR_S}
_ROLLED_AGAIN = 3  # hours: the clock may have been set back into one that was summed
_BLOBS = ", ".join(f"{stage} BLOB NOT NULL" for stage in STAGES)
_SCHEMA = f"""
CREATE TABLE IF NOT EXISTS routes (id INTEGER PRIMARY KEY, kind TEXT, method TEXT, name TEXT,
  UNIQUE (kind, method, name));
CREATE TABLE IF NOT EXISTS minutes (at INTEGER, route INTEGER, part INTEGER, failed INTEGER, refused INTEGER, {_BLOBS},
  PRIMARY KEY (at, route, part)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS hours (at INTEGER, route INTEGER, part INTEGER, failed INTEGER, refused INTEGER, {_BLOBS},
  PRIMARY KEY (at, route, part)) WITHOUT ROWID;
"""
_READ = f"""SELECT at, kind, method, name, failed, refused, {", ".join(STAGES)} FROM {{table}}
  JOIN routes ON routes.id = route WHERE at >= ? AND at < ? {{only}} ORDER BY at"""

Point = tuple[int, Tallies]
"""Unix seconds at which a minute or hour begins, and what was counted in it."""


class LatencyHistory:
    """The file `latency.db` in the data directory."""

    def __init__(self, folder: Path) -> None:
        self._file = KeptFile(folder / FILE, _SCHEMA)
        self._minute = -1
        self._part = 0
        self._counted: Tallies = {}
        self._rolled_at = -1

    @property
    def notice(self) -> str | None:
        """What befell the file, if anything."""
        return self._file.notice

    def write(self, tallies: Tallies, now: float) -> None:
        """Add what was counted since the last write to the minute of Unix time `now`.

        Raises sqlite3.Error when it cannot be kept; the next write of the same minute makes up for it.
        """
        minute = int(now) // MINUTE_S * MINUTE_S
        if minute != self._minute:
            # A new part each time: a clock that was set back, or another process, adds to a minute and replaces none.
            self._minute, self._part, self._counted = minute, secrets.randbits(40), {}
        add_tallies(self._counted, tallies)
        if not self._counted:
            return
        with self._file.writing() as connection:
            rows = [self._row(connection, route, tally) for route, tally in self._counted.items()]
            connection.executemany(_insert("minutes"), rows)

    def tidy(self, now: float) -> None:
        """Sum the hours that are over and forget what is too old; does something once in ten minutes."""
        turn = int(now) // 600
        if turn == self._rolled_at:
            return
        self._rolled_at = turn
        hour = int(now) // HOUR_S * HOUR_S
        with self._file.writing() as connection:
            for table, kept_s in KEPT_S.items():
                connection.execute(f"DELETE FROM {table} WHERE at < ?", (int(now) - kept_s,))
            for start in range(hour - _ROLLED_AGAIN * HOUR_S, hour, HOUR_S):
                _roll_up(connection, start)

    def minutes(self, since: float, until: float, route: Route | None = None) -> Iterator[Point]:
        """Yield the minutes that begin from `since` to before `until` (Unix seconds), of one route or of all."""
        return self._points("minutes", since, until, route)

    def hours(self, since: float, until: float, route: Route | None = None) -> Iterator[Point]:
        """Yield the whole hours that begin from `since` to before `until`, then minutes of the hours not yet summed."""
        last = -1
        for at, tallies in self._points("hours", since, until, route):
            last = at
            yield at, tallies
        yield from self._points("minutes", max(since, last + HOUR_S), until, route)

    def _points(self, table: str, since: float, until: float, route: Route | None) -> Iterator[Point]:
        only = "" if route is None else "AND kind = ? AND method = ? AND name = ?"
        with self._file.reading() as connection:
            rows = connection.execute(_READ.format(table=table, only=only), (since, until, *(route or ())))
            yield from _grouped(rows)

    def _row(self, connection: sqlite3.Connection, route: Route, tally: Tally) -> tuple[object, ...]:
        return (self._minute, _route_id(connection, route), self._part, *_packed(tally))


def _grouped(rows: Iterable[tuple[object, ...]]) -> Iterator[Point]:
    at, tallies = -1, {}  # type: int, Tallies
    for row in rows:
        moment, kind, method, name, failed, refused, *blobs = row
        if moment != at and tallies:
            yield at, tallies
            tallies = {}
        at = int(str(moment))
        if kind in KINDS:
            route = Route(kind, str(method), str(name))
            add_tallies(tallies, {route: _unpacked(int(str(failed)), int(str(refused)), blobs)})
    if tallies:
        yield at, tallies


def _roll_up(connection: sqlite3.Connection, hour: int) -> None:
    rows = connection.execute(_READ.format(table="minutes", only=""), (hour, hour + HOUR_S)).fetchall()
    whole: Tallies = {}
    for _, tallies in _grouped(rows):
        add_tallies(whole, tallies)
    packed = [(hour, _route_id(connection, route), 0, *_packed(tally)) for route, tally in whole.items()]
    connection.executemany(_insert("hours"), packed)


def _insert(table: str) -> str:
    return f"INSERT OR REPLACE INTO {table} VALUES ({', '.join('?' * (5 + len(STAGES)))})"


def _route_id(connection: sqlite3.Connection, route: Route) -> int:
    connection.execute("INSERT OR IGNORE INTO routes (kind, method, name) VALUES (?, ?, ?)", route)
    found = connection.execute("SELECT id FROM routes WHERE kind = ? AND method = ? AND name = ?", route).fetchone()
    return int(found[0])


def _packed(tally: Tally) -> tuple[object, ...]:
    return (tally.failed, tally.refused, *(tally.stage(stage).to_bytes() for stage in STAGES))


def _unpacked(failed: int, refused: int, blobs: Iterable[object]) -> Tally:
    tally = Tally()
    tally.failed, tally.refused = failed, refused
    for stage, blob in zip(STAGES, blobs, strict=True):
        assert isinstance(blob, bytes)
        setattr(tally, stage, Histogram.from_bytes(blob))
    return tally
