"""The tables of the job engine, and the engine that reaches them. What is done with rows belongs to `store`."""

from pathlib import Path
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    Engine,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    create_engine,
    event,
    inspect,
)

METADATA = MetaData()

POOL = {"pool_size": 16, "max_overflow": 48}  # connections: as many at most as the server's default number of threads

JOBS = Table(
    "jobs",
    METADATA,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("id", String(64), nullable=False, unique=True),
    Column("kind", String(64), nullable=False),
    Column("state", String(16), nullable=False),
    Column("lane", String(16), nullable=False),
    Column("owner", String(120), nullable=False),
    Column("priority", Integer, nullable=False, default=0),
    Column("request", Text, nullable=False),  # JSON; of a large one only its outline, see `outline`
    Column("cache_key", String(64)),
    Column("idempotency_key", String(200), unique=True),
    Column("result_of", String(64)),  # the job whose result answers this one, when it was answered from the cache
    Column("progress", Float, nullable=False, default=0.0),
    Column("message", Text, nullable=False, default=""),
    Column("attempts", Integer, nullable=False, default=0),
    Column("fence", Integer, nullable=False, default=0),  # grows with each claim; a finish must name the current one
    Column("worker", String(120)),
    Column("lease_until", Float),
    Column("heartbeat_at", Float),
    Column("cancel_requested_at", Float),
    Column("created_at", Float, nullable=False),
    Column("started_at", Float),
    Column("finished_at", Float),
    Column("device", String(32)),
    Column("error", Text),
    Column("measures", Text),  # JSON: what the run cost (wall and CPU seconds, peak memory)
    Column("code_version", String(64)),
    Column("is_request_apart", Boolean),
)
Index("jobs_by_turn", JOBS.c.state, JOBS.c.priority.desc(), JOBS.c.seq)
Index("jobs_by_cache_key", JOBS.c.cache_key)
Index("jobs_by_end", JOBS.c.finished_at)

REQUESTS = Table(  # large requests, apart from the rows that are listed, claimed and renewed all the time
    "requests",
    METADATA,
    Column("job_id", String(64), ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True),
    Column("body", Text, nullable=False),  # JSON
)

RESULTS = Table(
    "results",
    METADATA,
    Column("job_id", String(64), ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True),
    Column("body", LargeBinary, nullable=False),  # JSON, zlib-compressed
)

VALUES = Table(  # small facts that outlive a process, such as the key that signs browser sessions
    "kept_values",
    METADATA,
    Column("name", String(100), primary_key=True),
    Column("value", Text, nullable=False),
)


def open_engine(url: str) -> Engine:
    """Return an engine on `url` with all tables present. SQLite gets WAL, so that readers never wait for a writer."""
    if url.startswith("sqlite:///"):
        Path(url.removeprefix("sqlite:///")).parent.mkdir(parents=True, exist_ok=True)
        engine = create_engine(url, connect_args={"timeout": 30}, **POOL)
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_immediate)
    else:
        engine = create_engine(url, pool_pre_ping=True, **POOL)
    METADATA.create_all(engine)
    _add_new_columns(engine)
    return engine


def _add_new_columns(engine: Engine) -> None:
    """Give a table of an earlier release the columns and indexes it lacks; new columns are always nullable."""
    known = {column["name"] for column in inspect(engine).get_columns(JOBS.name)}
    for column in JOBS.columns:
        if column.name not in known:
            kind = column.type.compile(engine.dialect)
            with engine.begin() as connection:
                connection.exec_driver_sql(f"ALTER TABLE {JOBS.name} ADD COLUMN {column.name} {kind}")
    for index in JOBS.indexes:
        index.create(engine, checkfirst=True)


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # the driver's own BEGIN comes too late for writers; see _begin_immediate
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=NORMAL")
    connection.execute("PRAGMA foreign_keys=ON")


def _begin_immediate(connection: Any) -> None:
    options = connection.get_execution_options()
    if options.get("one_statement", False):
        return  # SQLite runs a lone statement as a transaction of its own; BEGIN and COMMIT would triple its cost
    connection.exec_driver_sql("BEGIN" if options.get("reads_only", False) else "BEGIN IMMEDIATE")
