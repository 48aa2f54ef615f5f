"""Keeping samples: tiers, retention, size, damage, a full disk, a killed writer, a clock that is set."""

import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.environment import ROOT
from services.telemetry.history import ROOM_MIB, TRY_AGAIN_S, Event, History, Sample
from services.telemetry.reading import HistoryReader, Source, step_for
from services.telemetry.rolling import drop_old, shrink
from services.telemetry.schema import DAY_MS, HOUR_MS, MINUTE_MS, connect, create_tables

MACHINE = Source("host", "host", "This machine")
NOON_MS = 1_795_348_800_000  # a full hour


class Clock:
    """A wall clock and a steady one that go only when told to."""

    def __init__(self) -> None:
        self.wall_s, self.steady_s = NOON_MS / 1000, 100.0


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def history(tmp_path: Path, clock: Clock) -> Iterator[History]:
    made = History(tmp_path / "history.db", 64, clock=lambda: clock.wall_s, steady=lambda: clock.steady_s)
    yield made
    made.close()


@pytest.fixture
def reader(history: History) -> Iterator[HistoryReader]:
    made = HistoryReader(history.path)
    yield made
    made.close()


def sample(value: float | None) -> tuple[Sample, ...]:
    return (Sample("host", "host", "This machine", {"cpu_percent": value}),)


def fill(history: History, values: list[float | None], start_ms: int = NOON_MS, step_ms: int = 1000) -> None:
    for i, value in enumerate(values):
        assert history.add(start_ms + i * step_ms, sample(value))


def test_samples_come_back_as_they_were_kept(history: History, reader: HistoryReader) -> None:
    fill(history, [1.0, None, 3.0])
    lines = reader.lines(MACHINE, ["cpu_percent", "load_1m", "no_such"], NOON_MS, NOON_MS + 3000, 1)
    assert lines.at_ms == [NOON_MS, NOON_MS + 1000, NOON_MS + 2000]
    assert lines.lines["cpu_percent"].mean == [1.0, None, 3.0]
    assert set(lines.lines) == {"cpu_percent", "load_1m"}
    assert reader.sources("host") == [MACHINE]


@settings(max_examples=12)
@given(st.lists(st.none() | st.floats(0, 100), min_size=130, max_size=400), st.sampled_from([60, 120, 3600]))
def test_sums_of_minutes_are_those_of_the_samples(values: list[float | None], step_s: int) -> None:
    path = Path(f"file-{random.getrandbits(32)}")
    history = History(path, 64)
    connection = sqlite3.connect(":memory:", isolation_level=None)
    create_tables(connection)
    history._connection = connection
    fill(history, values)
    rows = connection.execute(
        f"SELECT sum(cpu_percent * cpu_percent_n), sum(cpu_percent_n), min(cpu_percent_min), max(cpu_percent_max) "
        f"FROM host_minute WHERE at < {NOON_MS + len(values) // 60 * MINUTE_MS}"
    ).fetchone()
    whole = [value for value in values[: (len(values) - 1) // 60 * 60] if value is not None]
    assert (rows[1] or 0) == len(whole)
    assert (rows[0] or 0) == pytest.approx(sum(whole))
    assert (rows[2], rows[3]) == ((min(whole), max(whole)) if whole else (None, None))


def test_a_long_window_sums_minutes_and_the_samples_after_them(history: History, reader: HistoryReader) -> None:
    values: list[float | None] = [float(i % 7) for i in range(150)]
    now_ms = int(time.time()) * 1000 // HOUR_MS * HOUR_MS
    fill(history, values, start_ms=now_ms)
    line = reader.lines(MACHINE, ["cpu_percent"], now_ms, now_ms + HOUR_MS, 60).lines["cpu_percent"]
    parts = [[float(i % 7) for i in range(a, b)] for a, b in ((0, 60), (60, 120), (120, 150))]
    assert line.mean == pytest.approx([sum(part) / len(part) for part in parts])
    assert (line.least, line.largest) == ([0.0] * 3, [6.0] * 3)
    hours = reader.lines(MACHINE, ["cpu_percent"], now_ms, now_ms + HOUR_MS, 3600).lines["cpu_percent"]
    assert len(hours.mean) == 1


def test_minutes_that_a_killed_process_left_are_summed_at_the_next_start(history: History, clock: Clock) -> None:
    fill(history, [1.0] * 59)
    history.close()
    clock.wall_s += 600
    again = History(history.path, 64, clock=lambda: clock.wall_s, steady=lambda: clock.steady_s)
    again.add(NOON_MS + 600_000, sample(2.0))
    assert again._connection is not None
    assert again._connection.execute("SELECT cpu_percent, cpu_percent_n FROM host_minute").fetchall() == [(1.0, 59.0)]
    assert again.tick == 60
    again.close()


def test_what_is_old_is_dropped_by_its_tier(history: History) -> None:
    fill(history, [1.0] * 61)
    connection = history._connection
    assert connection is not None
    drop_old(connection, NOON_MS + 3 * DAY_MS)
    assert connection.execute("SELECT count(*) FROM host_raw").fetchone() == (0,)
    assert connection.execute("SELECT count(*) FROM host_minute").fetchone() == (1,)
    drop_old(connection, NOON_MS + 91 * DAY_MS)
    assert connection.execute("SELECT count(*) FROM host_minute").fetchone() == (0,)
    assert connection.execute("SELECT count(*) FROM host_hour").fetchone() == (1,)


def test_a_file_that_grows_too_large_loses_its_oldest_samples(history: History) -> None:
    fill(history, [float(i) for i in range(3000)], step_ms=100)
    connection = history._connection
    assert connection is not None
    before = connection.execute("SELECT count(*) FROM host_raw").fetchone()[0]
    shrink(connection, 150_000)
    left, oldest, newest = connection.execute("SELECT count(*), min(at), max(at) FROM host_raw").fetchone()
    assert 0 < left < before
    assert (oldest > NOON_MS, newest) == (True, NOON_MS + 299_900)


@pytest.mark.parametrize("damage", [b"this is no database at all " * 99, None], ids=["no database", "a damaged page"])
def test_a_damaged_file_is_moved_aside_and_a_new_one_begun(
    history: History, reader: HistoryReader, damage: bytes | None
) -> None:
    fill(history, [1.0] * 400)
    history.close()
    if damage is None:  # a page in the middle
        raw = bytearray(history.path.read_bytes())
        raw[8192:12288] = os.urandom(4096)
        damage = bytes(raw)
    history.path.write_bytes(damage)
    assert not history.add(NOON_MS + 1_000_000, sample(2.0))
    assert history.add(NOON_MS + 1_001_000, sample(3.0))
    assert "damaged" in (history.state.notice or "")
    assert history.path.with_name("history.db.damaged").read_bytes()[100:] == damage[100:]
    line = reader.lines(MACHINE, ["cpu_percent"], NOON_MS, NOON_MS + HOUR_MS, 1)
    assert line.lines["cpu_percent"].mean == [3.0]


def test_a_full_disk_pauses_the_history_which_recovers_by_itself(history: History, clock: Clock) -> None:
    fill(history, [1.0])
    connection = history._connection
    assert connection is not None
    pages = connection.execute("PRAGMA page_count").fetchone()[0]
    connection.execute(f"PRAGMA max_page_count={pages}")
    kept = [history.add(NOON_MS + (i + 1) * 10, sample(float(i))) for i in range(400)]
    assert not all(kept)
    assert "full" in (history.state.reason or "")
    connection.execute("PRAGMA max_page_count=100000")
    assert not history.add(NOON_MS + 50_000, sample(0.0))  # too early to try again
    clock.steady_s += TRY_AGAIN_S
    assert history.add(NOON_MS + 60_000, sample(0.0))
    assert history.state.is_kept


def test_little_room_is_left_to_jobs(history: History) -> None:
    assert not history.add(NOON_MS, sample(1.0), free_mib=ROOM_MIB - 1)
    assert "MiB left" in (history.state.reason or "")
    assert not history.path.exists()


@pytest.mark.parametrize("hours", [-1, 1])
def test_a_clock_that_is_set_by_an_hour_loses_nothing(history: History, reader: HistoryReader, hours: int) -> None:
    fill(history, [1.0] * 90)
    cursor = history.tick
    fill(history, [2.0] * 90, start_ms=NOON_MS + hours * HOUR_MS + 90_500)
    news = reader.news(cursor, 1000)
    assert news is not None
    assert news.values["host", "host"]["cpu_percent"] == [2.0] * 90
    line = reader.lines(MACHINE, ["cpu_percent"], NOON_MS - 2 * HOUR_MS, NOON_MS + 2 * HOUR_MS, 1)
    assert len(line.at_ms) == 180
    assert line.at_ms == sorted(line.at_ms)


def test_news_come_after_the_cursor_and_no_more_than_asked(history: History, reader: HistoryReader) -> None:
    fill(history, [float(i) for i in range(10)])
    news = reader.news(0, 4)
    assert news is not None
    assert news.values["host", "host"]["cpu_percent"] == [6.0, 7.0, 8.0, 9.0]
    again = reader.news(news.cursor, 4)
    assert again is not None
    assert (again.at_ms, again.cursor) == ([], news.cursor)


def test_events_are_told_newest_first(history: History, reader: HistoryReader) -> None:
    history.add(
        NOON_MS, sample(1.0), (Event(NOON_MS, "xid", "GPU 0", "XID 79", 79), Event(NOON_MS, "clock", "m", "set"))
    )
    assert [event[1] for event in reader.events()] == ["clock", "xid"]


def test_without_a_file_there_is_nothing_and_no_error(tmp_path: Path) -> None:
    reader = HistoryReader(tmp_path / "none.db")
    assert reader.sources("device") == []
    assert reader.lines(MACHINE, ["cpu_percent"], 0, NOON_MS, 60).at_ms == []
    assert reader.news(0, 10) is None


def test_a_killed_writer_loses_no_sample_that_it_told_of(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from services.telemetry.history import History, Sample\n"
        f"h = History(Path({str(tmp_path / 'history.db')!r}), 64)\n"
        "for i in range(10**6):\n"
        f"    h.add({NOON_MS} + i, (Sample('host', 'host', '', {{'cpu_percent': float(i)}}),)); print(i, flush=True)\n"
    )
    writer = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert writer.stdout is not None
    told = [int(writer.stdout.readline()) for _ in range(200)]
    writer.send_signal(signal.SIGKILL)
    writer.wait()
    writer.stdout.close()
    connection = connect(tmp_path / "history.db")
    kept = {row[0] for row in connection.execute("SELECT cpu_percent FROM host_raw")}
    assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    connection.close()
    assert kept >= {float(i) for i in told}


@pytest.mark.parametrize(("window_s", "step_s"), [(60, 1), (900, 2), (3600, 10), (86_400, 300), (7 * 86_400, 1800)])
def test_a_window_is_drawn_in_some_hundred_steps(window_s: int, step_s: int) -> None:
    assert step_for(window_s) == step_s
