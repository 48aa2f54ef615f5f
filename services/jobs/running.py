"""What a worker does to the job table: claim, renew, end, give back. Each is one atomic change, guarded by the fence.

A fence grows with each claim, so whoever held the job before can change nothing any more.
"""

import json
import zlib
from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, and_, bindparam, case, insert, select, update

from services.jobs.reading import JobReading
from services.jobs.records import Claim, JobError, JobState, Measures
from services.jobs.table import JOBS, RESULTS

_TURN = (
    select(JOBS.c.seq)
    .where(JOBS.c.state == JobState.QUEUED, JOBS.c.lane.in_(bindparam("lanes", expanding=True)))
    .order_by(JOBS.c.priority.desc(), JOBS.c.seq)
    .limit(1)
    .with_for_update(skip_locked=True)  # PostgreSQL: two workers never wait for the same row; SQLite has one writer
)
_CLAIM = (
    update(JOBS)
    .where(JOBS.c.seq == _TURN.scalar_subquery(), JOBS.c.state == JobState.QUEUED)
    .values(
        state=JobState.RUNNING,
        worker=bindparam("by"),
        device=bindparam("on"),
        fence=JOBS.c.fence + 1,
        attempts=JOBS.c.attempts + 1,
        started_at=bindparam("now"),
        heartbeat_at=bindparam("now"),
        lease_until=bindparam("until"),
        progress=0.0,
        message="",
    )
    .returning(JOBS.c.id, JOBS.c.kind, JOBS.c.request, JOBS.c.is_request_apart, JOBS.c.fence, JOBS.c.attempts)
)
_HELD = and_(
    JOBS.c.id == bindparam("held_id"),
    JOBS.c.state == JobState.RUNNING,
    JOBS.c.fence == bindparam("held_fence"),
)
_RENEW = (
    update(JOBS)
    .where(_HELD)
    .values(heartbeat_at=bindparam("now"), lease_until=bindparam("until"))
    .returning(JOBS.c.cancel_requested_at)
)
_RENEW_WITH_NEWS = _RENEW.values(progress=bindparam("fraction"), message=bindparam("words"))
_END = (
    update(JOBS)
    .where(_HELD)
    .values(
        state=bindparam("final_state"),
        finished_at=bindparam("now"),
        lease_until=None,
        worker=None,
        message=bindparam("words"),
        error=bindparam("why"),
        measures=bindparam("cost"),
    )
)
_END_DONE = _END.values(progress=1.0)
_STORE_RESULT = insert(RESULTS)
_IS_WANTED = JOBS.c.cancel_requested_at.is_(None)
_RELEASE = (
    update(JOBS)
    .where(_HELD)
    .values(
        state=case((_IS_WANTED, JobState.QUEUED), else_=JobState.CANCELLED),
        finished_at=case((_IS_WANTED, None), else_=bindparam("now")),
        message=case((_IS_WANTED, ""), else_="cancelled"),
        attempts=JOBS.c.attempts - 1,
        worker=None,
        lease_until=None,
        progress=0.0,
    )
)


class LeaseLostError(RuntimeError):
    """The job now belongs to somebody else; whatever this worker still computes for it must be thrown away."""


class JobRunning(JobReading):
    """The worker's part."""

    def claim(self, worker: str, lanes: Iterable[str], lease_s: float, device: str = "cpu") -> Claim | None:
        """Take the next job of `lanes` by priority and age, or None when there is none."""
        now = self._clock()
        values = {"lanes": list(lanes), "by": worker, "on": device, "now": now, "until": now + lease_s}
        with self._single.begin() as connection:
            row = connection.execute(_CLAIM, values).first()
        if row is None:
            return None
        request_json = self._whole_request(row.id) if row.is_request_apart else row.request
        return Claim(
            job_id=row.id,
            kind=row.kind,
            request=json.loads(request_json),
            worker=worker,
            fence=row.fence,
            attempts=row.attempts,
        )

    def renew(self, claim: Claim, lease_s: float, progress: float | None = None, message: str | None = None) -> bool:
        """Prolong the lease, with news if any; return whether the job was asked to stop. Raise LeaseLostError."""
        now = self._clock()
        values: dict[str, Any] = _held_by(claim) | {"now": now, "until": now + lease_s}
        statement = _RENEW
        if progress is not None:
            statement = _RENEW_WITH_NEWS
            values |= {"fraction": progress, "words": message or ""}
        with self._single.begin() as connection:
            row = connection.execute(statement, values).first()
        if row is None:
            raise LeaseLostError(f"job {claim.job_id} is no longer held under fence {claim.fence}")
        return row.cancel_requested_at is not None

    def finish(self, claim: Claim, result_json: bytes, measures: Measures | None = None) -> bool:
        """Store the result and end the job, in one transaction; return False when the fence is stale: no effect."""
        body = zlib.compress(result_json, level=1)  # before the transaction: others wait while one is open
        with self.engine.begin() as connection:
            if not self._end(connection, claim, JobState.DONE, measures=measures):
                return False
            connection.execute(_STORE_RESULT, {"job_id": claim.job_id, "body": body})
        return True

    def fail(self, claim: Claim, error: JobError, measures: Measures | None = None) -> bool:
        """End the job as failed; return False when the fence is stale."""
        with self._single.begin() as connection:
            return self._end(connection, claim, JobState.FAILED, error=error, measures=measures)

    def finish_cancelled(self, claim: Claim) -> bool:
        """End the job as cancelled; return False when the fence is stale."""
        with self._single.begin() as connection:
            return self._end(connection, claim, JobState.CANCELLED, message="cancelled")

    def release(self, claim: Claim) -> bool:
        """Put the job back in the queue as if this attempt had not been; return False when the fence is stale.

        A job that was asked to stop ends cancelled instead.
        """
        with self._single.begin() as connection:
            return connection.execute(_RELEASE, _held_by(claim) | {"now": self._clock()}).rowcount == 1

    def _end(
        self,
        connection: Connection,
        claim: Claim,
        state: JobState,
        *,
        message: str = "",
        error: JobError | None = None,
        measures: Measures | None = None,
    ) -> bool:
        values = _held_by(claim) | {
            "final_state": state,
            "now": self._clock(),
            "words": error.title if error else message,
            "why": None if error is None else error.model_dump_json(),
            "cost": None if measures is None else measures.model_dump_json(),
        }
        return connection.execute(_END_DONE if state is JobState.DONE else _END, values).rowcount == 1


def _held_by(claim: Claim) -> dict[str, Any]:
    return {"held_id": claim.job_id, "held_fence": claim.fence}
