"""What earlier benchmarks found, per device and driver: kept when a benchmark ends, asked by the next and by pages."""

import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from pydantic import Field
from sqlalchemy import Engine, and_, delete, func, insert, select

from compute.benchmark.comparison import Earlier
from compute.benchmark.options import KindName
from compute.benchmark.result import BenchmarkResult, Ceiling, ChangeName, Machine, Measurement, VerdictName
from compute.benchmark.roofline import BANDWIDTH, ceiling_of, peak_rate
from compute.schema import Record
from services.benchmark.table import BENCHMARKS, create_table
from services.version import code_version

MOST_ROWS = 100_000  # kept; the oldest go first
LOOKED_AT = 100  # earlier runs that a comparison chooses from


class KeptMeasurement(Record):
    """One measurement of an earlier run."""

    run: str = Field(description="The same for all measurements of one benchmark.")
    at: datetime
    device: str
    name: str = Field(description="Of the processor or the GPU.")
    driver: str | None
    threads: int | None = Field(description="Of the processors that were used; null on a GPU.")
    kind: KindName
    variant: str
    title: str
    library: str | None
    size: int
    size_title: str
    median_ms: float
    iqr_ms: float
    rate: float
    unit: str
    verdict: VerdictName
    change: ChangeName | None
    change_percent: float | None
    message: str
    preset: str
    code_version: str


class BenchmarkHistory:
    """The kept measurements. Safe to use from many threads and processes."""

    def __init__(self, engine: Engine, clock: Callable[[], float] = time.time) -> None:
        self._engine = engine
        self._clock = clock
        create_table(engine)

    def keep(self, result: BenchmarkResult, machines: Mapping[str, Machine]) -> str:
        """Keep what was measured and was right, by the machine of its device; return the name of the run."""
        run, now = uuid.uuid4().hex, self._clock()
        rows = [row for each in result.measurements if (row := _row(each, machines[each.device])) is not None]
        common = {"run": run, "at": now, "preset": result.preset, "code_version": code_version()}
        with self._engine.begin() as connection:
            if rows:
                connection.execute(insert(BENCHMARKS), [row | common for row in rows])
            newest = connection.execute(select(func.max(BENCHMARKS.c.seq))).scalar() or 0
            connection.execute(delete(BENCHMARKS).where(BENCHMARKS.c.seq <= newest - MOST_ROWS))
        return run

    def earlier(self, measurement: Measurement, machine: Machine) -> Sequence[Earlier]:
        """Return earlier runs of the same measurement on this device under this driver, newest first."""
        conditions = [
            *_is_of(machine),
            BENCHMARKS.c.kind == measurement.kind,
            BENCHMARKS.c.variant == measurement.variant,
            BENCHMARKS.c.library == (measurement.library or ""),
        ]
        query = select(BENCHMARKS.c.rate, BENCHMARKS.c.size, BENCHMARKS.c.verdict).where(and_(*conditions))
        with self._engine.begin() as connection:
            rows = connection.execute(query.order_by(BENCHMARKS.c.seq.desc()).limit(LOOKED_AT)).all()
        return [Earlier(row.rate, row.size, row.verdict) for row in rows]

    def ceilings(self, machine: Machine) -> Sequence[Ceiling]:
        """Return the highest that was ever measured of each number type and of the memory on this device."""
        highest = (
            select(BENCHMARKS.c.ceiling, func.max(BENCHMARKS.c.peak).label("peak"))
            .where(*_is_of(machine), BENCHMARKS.c.ceiling.is_not(None))
            .group_by(BENCHMARKS.c.ceiling)
            .subquery()
        )
        is_highest = and_(BENCHMARKS.c.ceiling == highest.c.ceiling, BENCHMARKS.c.peak == highest.c.peak)
        query = select(BENCHMARKS).join(highest, is_highest).where(*_is_of(machine)).order_by(BENCHMARKS.c.seq)
        with self._engine.begin() as connection:
            rows = connection.execute(query).all()
        return list({row.ceiling: _ceiling(row) for row in rows}.values())

    def page(self, device: str | None = None, kind: str | None = None, limit: int = 500) -> tuple[KeptMeasurement, ...]:
        """Return the newest measurements, newest first; `device` is cpu, cuda:0 or a device's name."""
        query = select(BENCHMARKS).order_by(BENCHMARKS.c.seq.desc()).limit(limit)
        if device is not None:
            query = query.where((BENCHMARKS.c.device == device) | (BENCHMARKS.c.name == device))
        if kind is not None:
            query = query.where(BENCHMARKS.c.kind == kind)
        with self._engine.begin() as connection:
            return tuple(_kept(dict(row)) for row in connection.execute(query).mappings())

    def devices(self) -> tuple[str, ...]:
        """Return the names of all devices that were measured."""
        with self._engine.begin() as connection:
            names = connection.execute(select(BENCHMARKS.c.name).distinct().order_by(BENCHMARKS.c.name)).scalars()
            return tuple(names)


def _is_of(machine: Machine) -> list[Any]:
    """Return the conditions that a row is of this device under this driver with as many threads."""
    return [
        BENCHMARKS.c.device == machine.device,
        BENCHMARKS.c.name == machine.name,
        BENCHMARKS.c.driver == (machine.driver or ""),
        BENCHMARKS.c.threads == (machine.threads or 0),
    ]


def _row(each: Measurement, machine: Machine) -> dict[str, Any] | None:
    if each.rate is None or each.timing is None or each.verdict is None or each.size is None:
        return None
    comparison = each.comparison
    return {
        "device": each.device,
        "name": machine.name,
        "driver": machine.driver or "",
        "threads": machine.threads or 0,
        "kind": each.kind,
        "variant": each.variant,
        "title": each.title,
        "library": each.library or "",
        "size": each.size,
        "size_title": each.size_title,
        "median_ms": each.timing.median_ms,
        "iqr_ms": each.timing.iqr_ms,
        "rate": each.rate.value,
        "unit": each.rate.unit,
        "ceiling": ceiling_of(each),
        "peak": peak_rate(each),
        "verdict": each.verdict.name,
        "change": None if comparison is None else comparison.change,
        "change_percent": None if comparison is None else comparison.change_percent,
        "message": "" if comparison is None else comparison.message,
    }


def _kept(row: dict[str, Any]) -> KeptMeasurement:
    row["at"] = datetime.fromtimestamp(row["at"], UTC)
    for name in ("driver", "threads", "library"):
        row[name] = row[name] or None
    return KeptMeasurement(**{name: row[name] for name in KeptMeasurement.model_fields})


def _ceiling(row: Any) -> Ceiling:
    day = datetime.fromtimestamp(row.at, UTC)
    source = f"{row.title} on {day:%Y-%m-%d}, the quickest of all runs"
    return Ceiling(
        name=row.ceiling, unit="B/s" if row.ceiling == BANDWIDTH else "flop/s", value=row.peak, source=source
    )
