"""Which jobs are waiting and running, as the sampler asks it at every sample: one indexed query."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Engine, select
from sqlalchemy.exc import SQLAlchemyError

from services.jobs.reading import LIVE
from services.jobs.records import JobState
from services.jobs.table import JOBS
from services.telemetry.records import Jobs, WorkerLoad

_LIVE_JOBS = select(JOBS.c.id, JOBS.c.kind, JOBS.c.owner, JOBS.c.worker, JOBS.c.state).where(JOBS.c.state.in_(LIVE))


@dataclass(frozen=True)
class Running:
    """A job that a worker runs."""

    job_id: str
    kind: str
    owner: str


@dataclass(frozen=True)
class Busy:
    """What there is to do, and who does it."""

    jobs: Jobs
    by_worker: Mapping[str, Running]


def read_busy(engine: Engine) -> Busy | None:
    """Return the live jobs; None while the database does not answer."""
    try:
        with engine.execution_options(one_statement=True).begin() as connection:
            rows = connection.execute(_LIVE_JOBS).all()
    except SQLAlchemyError:
        return None
    running = [row for row in rows if row.state == JobState.RUNNING]
    return Busy(
        Jobs(running=len(running), queued=len(rows) - len(running)),
        {row.worker: Running(row.id, row.kind, row.owner) for row in running if row.worker},
    )


def with_jobs(workers: tuple[WorkerLoad, ...], busy: Busy | None) -> tuple[WorkerLoad, ...]:
    """Return the workers with kind and owner of what they run."""
    by_worker = {} if busy is None else busy.by_worker
    return tuple(
        worker
        if (run := by_worker.get(worker.worker)) is None
        else worker.model_copy(update={"job_kind": run.kind, "owner": run.owner})
        for worker in workers
    )
