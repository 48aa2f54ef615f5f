"""What a job tells those who watch: each batch once and in order, in a small ring; a bad disk harms nobody."""

import json
import os
import threading
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from compute.schema import Record
from services.jobs.stream import BATCH_S, FOLDER, KEPT_S, StreamReader, StreamWriter, forget_streams


class Said(Record):
    """One thing."""

    number: int


class Clock:
    """A clock that is moved by hand."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def numbers(reader: StreamReader) -> list[int]:
    return [frame["number"] for batch in reader.read() for frame in json.loads(batch.body)["frames"]]


def test_things_are_told_in_batches_a_moment_apart(tmp_path: Path) -> None:
    clock = Clock()
    writer, reader = StreamWriter(tmp_path, "job", 1, clock=clock), StreamReader(tmp_path, "job")
    writer.publish(Said(number=0))
    assert reader.read() == []
    clock.now += BATCH_S
    writer.publish(Said(number=1))
    (batch,) = reader.read()
    assert (batch.number, json.loads(batch.body)) == (1, {"attempt": 1, "frames": [{"number": 0}, {"number": 1}]})
    writer.publish(Said(number=2))
    writer.flush()
    writer.flush()
    assert numbers(reader) == [2]
    assert numbers(reader) == []


@given(st.lists(st.booleans(), max_size=60), st.integers(60, 400))
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_who_reads_now_and_then_hears_no_batch_twice_and_the_last_ones_always(
    tmp_path: Path, reads: list[bool], half_bytes: int
) -> None:
    for file in (tmp_path / FOLDER).glob("*"):
        file.unlink()
    writer, reader = StreamWriter(tmp_path, "job", 1, half_bytes), StreamReader(tmp_path, "job")
    heard: list[int] = []
    for number, does_read in enumerate(reads):
        writer.publish(Said(number=number))
        writer.flush()
        if does_read:
            heard += numbers(reader)
            assert heard[-1] == number
    assert heard == sorted(set(heard))
    if reads and all(reads):
        assert heard == list(range(len(reads)))
    sizes = [file.stat().st_size for file in (tmp_path / FOLDER).glob("*")]
    assert sum(sizes) <= 2 * half_bytes


def test_another_attempt_goes_on_counting_and_says_that_it_is_another(tmp_path: Path) -> None:
    reader = StreamReader(tmp_path, "job")
    for attempt in (1, 2):
        writer = StreamWriter(tmp_path, "job", attempt)
        writer.publish(Said(number=0))
        writer.flush()
    assert [(batch.number, json.loads(batch.body)["attempt"]) for batch in reader.read()] == [(1, 1), (2, 2)]


def test_a_batch_that_is_half_written_is_heard_when_it_is_whole(tmp_path: Path) -> None:
    writer, reader = StreamWriter(tmp_path, "job", 1), StreamReader(tmp_path, "job")
    writer.publish(Said(number=0))
    writer.flush()
    file = tmp_path / FOLDER / "job.new"
    whole = file.read_bytes()
    file.write_bytes(whole[:-5])
    assert reader.read() == []
    file.write_bytes(whole)
    assert numbers(reader) == [0]


def test_a_reader_beside_a_writer_misses_nothing(tmp_path: Path) -> None:
    writer, reader = StreamWriter(tmp_path, "job", 1, half_bytes=100_000), StreamReader(tmp_path, "job")

    def write() -> None:
        for number in range(300):
            writer.publish(Said(number=number))
            writer.flush()

    thread = threading.Thread(target=write)
    thread.start()
    heard: list[int] = []
    while thread.is_alive():
        heard += numbers(reader)
    heard += numbers(reader)
    assert heard == list(range(300))


def test_streams_that_ended_long_ago_are_forgotten(tmp_path: Path) -> None:
    for job in ("old", "young"):
        writer = StreamWriter(tmp_path, job, 1)
        writer.publish(Said(number=0))
        writer.flush()
    file = tmp_path / FOLDER / "old.new"
    os.utime(file, (file.stat().st_mtime - KEPT_S - 1,) * 2)
    forget_streams(tmp_path / FOLDER)
    assert [each.name for each in (tmp_path / FOLDER).iterdir()] == ["young.new"]


def test_a_stream_that_cannot_be_written_costs_nothing_but_the_view(tmp_path: Path) -> None:
    (tmp_path / FOLDER).write_text("no folder")
    writer = StreamWriter(tmp_path, "job", 1)
    writer.publish(Said(number=0))
    writer.flush()
    assert StreamReader(tmp_path, "job").read() == []
