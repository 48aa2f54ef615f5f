"""The kept past: what was written is read, hours are sums of minutes, a damaged file is moved aside."""

import sqlite3
from pathlib import Path

import pytest

from services.latency.book import LatencyBook
from services.latency.history import FILE, HOUR_S, KEPT_S, LatencyHistory
from services.latency.recorder import Tallies
from services.latency.routes import Route
from services.latency.tally import Tally

ROUTE = Route("rest", "GET", "/api/v1/jobs")
NOON = 1_800_000_000 // HOUR_S * HOUR_S  # the beginning of an hour


def some(count: int = 1, total_ms: int = 4, route: Route = ROUTE) -> Tallies:
    tally = Tally()
    for _ in range(count):
        tally.add(200, total_ms * 1_000_000, 1000, 2000)
    return {route: tally}


def total(points: object) -> int:
    return sum(tally.count for _, tallies in points for tally in tallies.values())  # type: ignore[attr-defined]


def test_what_was_written_is_read_by_a_new_process(tmp_path: Path) -> None:
    LatencyHistory(tmp_path).write(some(3), NOON + 61.5)
    [(at, tallies)] = list(LatencyHistory(tmp_path).minutes(NOON, NOON + 600))
    assert at == NOON + 60
    assert tallies[ROUTE].count == 3
    assert tallies[ROUTE].total.high == 4_000_000


def test_a_minute_grows_with_each_write_and_with_each_process(tmp_path: Path) -> None:
    first = LatencyHistory(tmp_path)
    first.write(some(1), NOON + 2)
    first.write(some(1), NOON + 4)
    LatencyHistory(tmp_path).write(some(5), NOON + 6)
    assert total(first.minutes(NOON, NOON + 60)) == 7


def test_a_clock_set_back_an_hour_loses_nothing(tmp_path: Path) -> None:
    history = LatencyHistory(tmp_path)
    for moment in (NOON, NOON + HOUR_S, NOON + 1, NOON + HOUR_S + 1):
        history.write(some(1), moment)
    assert total(history.minutes(NOON - 1, NOON + 2 * HOUR_S)) == 4


def test_hours_are_the_sums_of_their_minutes(tmp_path: Path) -> None:
    history = LatencyHistory(tmp_path)
    for minute in range(0, 60, 7):
        history.write(some(2, total_ms=minute + 1), NOON + 60 * minute)
    history.tidy(NOON + HOUR_S + 700)
    history.write(some(1), NOON + HOUR_S + 701)
    points = list(history.hours(NOON, NOON + 2 * HOUR_S))
    assert [at for at, _ in points] == [NOON, NOON + HOUR_S + 660]
    assert points[0][1][ROUTE].count == 18
    assert points[0][1][ROUTE].total.low == 1_000_000
    assert total(history.hours(NOON, NOON + 2 * HOUR_S)) == total(history.minutes(NOON, NOON + 2 * HOUR_S))


def test_what_is_too_old_is_forgotten(tmp_path: Path) -> None:
    history = LatencyHistory(tmp_path)
    history.write(some(1), NOON)
    history.tidy(NOON + HOUR_S + 10)
    later = NOON + KEPT_S["minutes"] + 2 * HOUR_S
    history.tidy(later)
    assert total(history.minutes(0, later)) == 0
    assert total(history.hours(0, later)) == 1
    history.tidy(NOON + KEPT_S["hours"] + 2 * HOUR_S)
    assert total(history.hours(0, later)) == 0


def test_one_route_is_read_alone(tmp_path: Path) -> None:
    other = Route("page", "GET", "/")
    LatencyHistory(tmp_path).write(some(2) | some(3, route=other), NOON)
    assert total(LatencyHistory(tmp_path).minutes(0, NOON + 1, other)) == 3


@pytest.mark.parametrize("content", [b"no database at all" * 100, b""])
def test_a_damaged_file_is_moved_aside_and_a_new_one_begun(tmp_path: Path, content: bytes) -> None:
    (tmp_path / FILE).write_bytes(content)
    history = LatencyHistory(tmp_path)
    history.write(some(1), NOON)
    assert total(history.minutes(0, NOON + 1)) == 1
    aside = list(tmp_path.glob(f"{FILE}.damaged-*"))
    assert [path.read_bytes() for path in aside] == ([content] if content else [])
    assert ("moved to" in (history.notice or "")) == bool(content)


def test_damage_while_it_is_used_costs_one_write(tmp_path: Path) -> None:
    book = LatencyBook(tmp_path, clock=lambda: NOON + 1.0)
    book.history.write(some(50), NOON)
    for companion in ("-wal", "-shm"):
        (tmp_path / f"{FILE}{companion}").unlink(missing_ok=True)
    (tmp_path / FILE).write_bytes(b"overwritten by somebody" * 1000)
    book.save(is_forced=True)
    book.save(is_forced=True)
    assert book.save_problem is None
    assert total(book.history.minutes(0, NOON + 60)) == 50  # the present minute is written as a whole


def test_without_a_place_to_write_answers_are_counted_all_the_same(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file where the folder should be")
    book = LatencyBook(tmp_path / "data")
    book.open()
    book.recorder.add(ROUTE, 200, 1000, 0, 0, book.recorder.started_ns)
    book.save(is_forced=True)
    assert "not kept" in (book.save_problem or "")
    assert book.window(60).tallies[ROUTE].count == 1
    (tmp_path / "data").unlink()
    book.save(is_forced=True)
    assert book.save_problem is None
    assert total(book.history.minutes(0, 4e9)) == 1


def test_a_past_that_cannot_be_read_is_told_and_no_failure(tmp_path: Path) -> None:
    book = LatencyBook(tmp_path, clock=lambda: NOON + 30.0)
    book.history.write(some(4), NOON)
    assert [tally[ROUTE].count for _, tally in book.series(3600, 60)] == [4]
    with sqlite3.connect(tmp_path / FILE) as connection:
        connection.execute("UPDATE minutes SET total = x'00'")
    assert list(book.series(3600, 60)) == []
    assert book.window(7200).tallies == {}
    assert book.week_before(-3600) == {}
    assert "cannot be read" in " ".join(book.notices())
    with sqlite3.connect(tmp_path / FILE) as connection:
        connection.execute("DELETE FROM minutes")
    assert list(book.series(3600, 60)) == []
    assert book.notices() == ()


def test_a_restarted_server_knows_the_hour_before(tmp_path: Path) -> None:
    LatencyHistory(tmp_path).write(some(6), NOON - 600)
    book = LatencyBook(tmp_path, clock=lambda: float(NOON))
    book.open()
    assert book.window(3600).tallies[ROUTE].count == 6
    assert book.window(60).tallies == {}
    assert book.window(7200).tallies[ROUTE].count == 6


def test_a_writer_that_was_killed_leaves_a_readable_file(tmp_path: Path) -> None:
    history = LatencyHistory(tmp_path)
    history.write(some(1), NOON)
    with sqlite3.connect(tmp_path / FILE) as connection:  # a transaction that nobody ended
        connection.execute("BEGIN")
        connection.execute("DELETE FROM minutes")
        copy = tmp_path / "after"
        copy.mkdir()
        for path in tmp_path.glob(f"{FILE}*"):
            (copy / path.name).write_bytes(path.read_bytes())
        connection.execute("ROLLBACK")
    assert total(LatencyHistory(copy).minutes(0, NOON + 1)) == 1
