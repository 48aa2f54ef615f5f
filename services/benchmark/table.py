"""The table of what benchmarks found: a row for each measurement whose answer was right."""

from sqlalchemy import Column, Engine, Float, Index, Integer, String, Table, Text

from services.jobs.table import METADATA

BENCHMARKS = Table(
    "benchmarks",
    METADATA,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("run", String(32), nullable=False),  # the measurements of one job
    Column("at", Float, nullable=False),
    Column("device", String(32), nullable=False),
    Column("name", String(200), nullable=False),
    Column("driver", String(100), nullable=False),  # empty where it is not told
    Column("threads", Integer, nullable=False),  # 0 on a GPU
    Column("kind", String(40), nullable=False),
    Column("variant", String(40), nullable=False),
    Column("title", String(100), nullable=False),
    Column("library", String(16), nullable=False),  # empty for an engine of this application
    Column("size", Integer, nullable=False),
    Column("size_title", String(40), nullable=False),
    Column("median_ms", Float, nullable=False),
    Column("iqr_ms", Float, nullable=False),
    Column("rate", Float, nullable=False),
    Column("unit", String(32), nullable=False),
    Column("ceiling", String(32)),
    Column("peak", Float),  # flop/s or B/s of the quickest repeat, where there is such a ceiling
    Column("verdict", String(16), nullable=False),
    Column("change", String(16)),
    Column("change_percent", Float),
    Column("message", Text, nullable=False),
    Column("preset", String(16), nullable=False),
    Column("code_version", String(64), nullable=False),
)
Index("benchmarks_by_measurement", BENCHMARKS.c.name, BENCHMARKS.c.kind, BENCHMARKS.c.variant, BENCHMARKS.c.seq)


def create_table(engine: Engine) -> None:
    """Create the table where it is absent."""
    METADATA.create_all(engine, tables=[BENCHMARKS])
