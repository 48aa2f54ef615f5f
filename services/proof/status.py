"""What a worker says of itself, kept in the database so that every door can show it. As metrics: `metrics`."""

import time
from collections.abc import Callable
from datetime import UTC, datetime

from sqlalchemy import Engine, insert, select, update

from compute.proof.receipt import Sizes
from compute.schema import Record
from services.proof.autotune import Tuning
from services.proof.breaker import BreakerState
from services.proof.statistics import Figures, Health
from services.proof.table import WORKERS, create_tables
from services.proof.worker import ProofWorker


class WorkerStatus(Record):
    """One worker at one moment."""

    worker: int
    """Its number."""
    pid: int
    started_at: datetime
    read_at: datetime
    uptime_s: float
    device_did: str
    public_hex: str
    driver: str
    health: Health
    breaker: BreakerState
    breaker_wait_s: float
    """Until the next probe; 0 when calls are made."""
    figures: Figures
    pending: int
    """Receipts that are still to be sent."""
    sizes: Sizes | None
    """None before the first attempt."""
    tuning: Tuning | None
    last_error: str | None
    notes: tuple[str, ...]
    """What became of the last change of the configuration."""
    config: dict[str, str]
    """The variables in force, secrets masked."""
    ended_at: datetime | None = None
    """When it was stopped; None while it runs, and where it died."""


class StatusStore:
    """The last word of each worker."""

    def __init__(self, engine: Engine, clock: Callable[[], float] = time.time) -> None:
        self._engine = engine
        self._clock = clock
        create_tables(engine)

    def put(self, status: WorkerStatus) -> None:
        """Keep what a worker says in place of what it said before."""
        values = {"updated_at": self._clock(), "body": status.model_dump_json()}
        with self._engine.begin() as connection:
            changed = connection.execute(update(WORKERS).where(WORKERS.c.worker == status.worker).values(values))
            if not changed.rowcount:
                connection.execute(insert(WORKERS).values(worker=status.worker, **values))

    def get(self, worker: int = 0) -> WorkerStatus | None:
        """Return the last word of a worker, however old; None when it never had one."""
        query = select(WORKERS.c.body).where(WORKERS.c.worker == worker)
        with self._engine.begin() as connection:
            body = connection.execute(query).scalar_one_or_none()
        return None if body is None else WorkerStatus.model_validate_json(body)

    def all(self) -> tuple[WorkerStatus, ...]:
        """Return the last word of every worker, however old."""
        with self._engine.begin() as connection:
            bodies = connection.execute(select(WORKERS.c.body).order_by(WORKERS.c.worker)).scalars().all()
        return tuple(WorkerStatus.model_validate_json(body) for body in bodies)

    def end(self, worker: int = 0) -> None:
        """Note that a worker was stopped on purpose, and nobody need miss it."""
        status = self.get(worker)
        if status is not None and status.ended_at is None:
            self.put(status.model_copy(update={"ended_at": datetime.now(UTC)}))


def describe(
    worker: ProofWorker, pending: int, pid: int, started_at: datetime, public_hex: str, driver: str,
    notes: tuple[str, ...] = (),
) -> WorkerStatus:  # fmt: skip
    """Return what a worker can say of itself now."""
    figures, now = worker.statistics.figures(), datetime.now(UTC)
    return WorkerStatus(
        worker=worker.config.worker_index,
        pid=pid,
        started_at=started_at,
        read_at=now,
        uptime_s=max(0.0, (now - started_at).total_seconds()),
        device_did=worker.device_did,
        public_hex=public_hex,
        driver=driver,
        health=figures.health,
        breaker=worker.breaker.state,
        breaker_wait_s=worker.breaker.wait_s(),
        figures=figures,
        pending=pending,
        sizes=worker.sizes,
        tuning=worker.tuning,
        last_error=worker.last_error,
        notes=notes,
        config=worker.config.shown(),
    )
