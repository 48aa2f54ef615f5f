"""Parquet files of every type of column, and broken or exploding ones."""

import io
import random
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import psutil
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from compute.job import Cancelled
from compute.schema import RequestError
from services.datasets.sources import parquet as source_of_parquet
from tests.services.datasets.reading import parse


def parquet(**columns: Any) -> bytes:
    buffer = io.BytesIO()
    pq.write_table(pa.table(columns), buffer)
    return buffer.getvalue()


DAYS = [datetime(2024, 1, day) for day in (1, 2, 3)]
PLAIN = parquet(day=pa.array(DAYS), v=[1.5, 2.5, None], text=["a", "b", "a"])


@pytest.mark.parametrize("kind", [pa.timestamp("s"), pa.timestamp("us"), pa.timestamp("ns"), pa.date32(), pa.string()])
def test_times_of_every_type_are_read(tmp_path: Path, kind: Any) -> None:
    days = pa.array(DAYS).cast(pa.timestamp("us")).cast(pa.date32() if kind == pa.string() else kind).cast(kind)
    parsed = parse(tmp_path, parquet(day=days, v=[1, 2, 3]))
    assert parsed.info.time_column == "day"
    assert parsed.columns["day"] == [f"2024-01-0{day}T00:00:00Z" for day in (1, 2, 3)]


def test_times_with_a_zone_are_converted_to_utc(tmp_path: Path) -> None:
    days = pa.array(DAYS, pa.timestamp("us", "Europe/Berlin"))
    assert parse(tmp_path, parquet(day=days, v=[1, 2, 3])).columns["day"][0] == "2024-01-01T00:00:00Z"


@pytest.mark.parametrize(
    "values",
    [
        pa.array([1, 2, None], pa.int8()),
        pa.array([1, 2, None], pa.uint64()),
        pa.array([1.0, 2.0, None], pa.float32()),
        pa.array([1.0, 2.0, float("nan")], pa.float64()),
        pa.array([Decimal(1), Decimal(2), None], pa.decimal128(10, 2)),
        pa.array(["1", "2", None], pa.string()),
        pa.array(["1", "2", None], pa.large_string()),
        pa.array(["1", "2", None]).dictionary_encode(),
    ],
    ids=lambda values: str(values.type)[:20],
)
def test_numbers_of_every_type_are_read(tmp_path: Path, values: Any) -> None:
    assert parse(tmp_path, parquet(v=values)).columns == {"v": [1, 2]} or parse(
        tmp_path, parquet(w=[0, 0, 0], v=values)
    ).columns["v"] == [1, 2, None]


def test_columns_of_other_types_are_left_out_and_named(tmp_path: Path) -> None:
    parsed = parse(tmp_path, parquet(v=[1, 2], deep=[[1], [2]], raw=[b"a", b"b"]))
    assert list(parsed.columns) == ["v"]
    assert "'deep'" in parsed.said
    assert "'raw'" in parsed.said


def test_names_with_dots_and_blanks_are_kept_apart(tmp_path: Path) -> None:
    parsed = parse(tmp_path, parquet(**{"a.b": [1, 2], "a": [3, 4], " a ": [5, 6]}))
    assert parsed.columns == {"a.b": [1, 2], "a": [3, 4], "a (2)": [5, 6]}


def repeated_text(length: int, rows: int) -> bytes:
    """A file of a few kB that multiplies out to `length` times `rows` bytes."""
    return parquet(t=pa.DictionaryArray.from_arrays(pa.array([0] * rows, pa.int32()), pa.array(["x" * length])))


HOSTILE = {
    "garbage": (b"PAR1" + b"\x15\x04" * 40 + b"PAR1", "damaged"),
    "cut off": (PLAIN[:-12], "damaged"),
    "no rows": (parquet(v=pa.array([], pa.int64())), "no rows of values"),
    "nothing to read": (parquet(raw=[b"a"]), "no column of numbers, times or text"),
    "year 9999": (parquet(day=pa.array([date(9999, 1, 1)])), "'day' holds times before 1678 or after 2261"),
    "long text": (repeated_text(40_000, 10), "'t' holds a text longer"),
    "bomb": (repeated_text(30_000, 100_000), "'t' holds more text than can be read"),
    "10^4 columns": (parquet(**{f"c{number}": [1] for number in range(10_000)}), "10000 columns; at most 2000"),
}


@pytest.mark.parametrize(("content", "message"), HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_or_broken_file_is_refused(tmp_path: Path, content: bytes, message: str) -> None:
    with pytest.raises(RequestError) as refused:
        parse(tmp_path, content)
    assert message in str(refused.value)


@pytest.mark.parametrize("seed", range(40))
def test_damage_is_read_or_refused_and_raises_nothing_else(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    what = chance.randbytes(chance.randint(1, 8))
    at = chance.randrange(4, len(PLAIN))
    try:
        parse(tmp_path, PLAIN[:at] + what + PLAIN[at + len(what) :])
    except RequestError as refusal:
        assert str(refusal)  # noqa: PT017  # reading it is as good


def test_a_file_that_brings_its_reader_down_is_refused_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    probe = tmp_path / "probe.py"
    probe.write_text("import os\nos.abort()\n")
    monkeypatch.setattr(source_of_parquet, "PROBE", probe)
    with pytest.raises(RequestError, match=r"damaged.*signal 6"):
        parse(tmp_path, PLAIN)


def test_a_cancelled_import_ends_the_probe_of_its_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    probe = tmp_path / "probe.py"
    probe.write_text(
        "import os, pathlib, sys, time\n"
        "pathlib.Path(sys.argv[1] + '.pid').write_text(str(os.getpid()))\ntime.sleep(600)\n"
    )
    monkeypatch.setattr(source_of_parquet, "PROBE", probe)
    file = tmp_path / "t.parquet"
    file.write_bytes(PLAIN)
    pid = tmp_path / "t.parquet.pid"

    def tick(_fraction: float) -> None:
        if pid.exists() and pid.read_text():
            raise Cancelled

    with pytest.raises(Cancelled):
        source_of_parquet.ParquetSource(file, tick)
    assert not psutil.pid_exists(int(pid.read_text()))
