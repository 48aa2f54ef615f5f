"""What a supervisor does to the job table: take jobs back from dead workers, end runaways, forget what is old."""

from typing import Any

from sqlalchemy import and_, bindparam, delete, select, update

from services.jobs.reading import LIVE, JobReading
from services.jobs.records import JobError, JobState
from services.jobs.table import JOBS

_FREE: dict[str, Any] = {"worker": None, "lease_until": None}
_FAIL_RUNNING_OF = (
    update(JOBS)
    .where(JOBS.c.worker == bindparam("worker_name"), JOBS.c.state == JobState.RUNNING)
    .values(
        state=JobState.FAILED,
        error=bindparam("why"),
        message=bindparam("words"),
        finished_at=bindparam("now"),
        **_FREE,
    )
    .returning(JOBS.c.id)
)


class JobUpkeep(JobReading):
    """The supervisor's part."""

    def requeue_lost(self, max_attempts: int, worker: str | None = None) -> list[str]:
        """Take running jobs back from a dead `worker`, or else all whose lease has run out; return their ids.

        A job goes back to the queue, ends cancelled when that was asked, or fails after `max_attempts` starts.
        """
        now = self._clock()
        lost = JOBS.c.worker == worker if worker is not None else JOBS.c.lease_until < now
        running = and_(JOBS.c.state == JobState.RUNNING, lost)
        error = _too_many_starts(max_attempts)
        ended = _FREE | {"finished_at": now}
        is_wanted = JOBS.c.cancel_requested_at.is_(None)
        changes: tuple[tuple[Any, dict[str, Any]], ...] = (
            (~is_wanted, ended | {"state": JobState.CANCELLED, "message": "cancelled"}),
            (
                and_(is_wanted, JOBS.c.attempts >= max_attempts),
                ended | {"state": JobState.FAILED, "error": error.model_dump_json(), "message": error.title},
            ),
            (
                and_(is_wanted, JOBS.c.attempts < max_attempts),
                _FREE | {"state": JobState.QUEUED, "progress": 0.0, "message": "waiting to run again"},
            ),
        )
        taken: list[str] = []
        with self.engine.begin() as connection:
            for condition, values in changes:
                rows = connection.execute(update(JOBS).where(running, condition).values(values).returning(JOBS.c.id))
                taken += [row.id for row in rows]
        return taken

    def fail_running_of(self, worker: str, error: JobError) -> str | None:
        """End the job of a worker that was killed for cause; return its id."""
        values = {
            "worker_name": worker,
            "why": error.model_dump_json(),
            "words": error.title,
            "now": self._clock(),
        }
        with self._single.begin() as connection:
            row = connection.execute(_FAIL_RUNNING_OF, values).first()
        return None if row is None else str(row.id)

    def forget_finished(self, older_than_s: float) -> int:
        """Delete finished jobs and their results older than `older_than_s` seconds; return how many.

        A job whose result answers a younger one stays as long as that one does.
        """
        limit = self._clock() - older_than_s
        borrowed = select(JOBS.c.result_of).where(JOBS.c.result_of.is_not(None))
        statement = delete(JOBS).where(
            JOBS.c.finished_at < limit, JOBS.c.state.not_in(LIVE), JOBS.c.id.not_in(borrowed)
        )
        with self._single.begin() as connection:
            return connection.execute(statement).rowcount


def _too_many_starts(max_attempts: int) -> JobError:
    return JobError(
        type="lost",
        title="The worker died",
        detail=f"the job was started {max_attempts} times and its worker died each time; run it with less data "
        "or look into the worker's log",
    )
