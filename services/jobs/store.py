"""Everything that is done to the job table. Each change is one atomic statement, guarded by state and fence.

Running jobs belongs to `services.worker`, watching workers to `services.supervisor`.
"""

import json
import time
import zlib
from collections.abc import Callable, Iterable
from typing import Any

from sqlalchemy import Connection, Engine, RowMapping, and_, delete, func, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from services.jobs.records import Claim, Job, JobError, JobPage, JobState, Measures, Run, Submission, as_datetime
from services.jobs.table import JOBS, RESULTS, VALUES

LIVE = (JobState.QUEUED, JobState.RUNNING)


class LeaseLostError(RuntimeError):
    """The job now belongs to somebody else; whatever this worker still computes for it must be thrown away."""


class JobStore:
    """The job table. Safe to use from many threads and processes at once."""

    def __init__(self, engine: Engine, clock: Callable[[], float] = time.time) -> None:
        self.engine = engine
        self._read_engine = engine.execution_options(reads_only=True)
        self._clock = clock

    # ---- submitting and reading -------------------------------------------------------------------------------

    def submit(self, submission: Submission, *, cache_ttl_s: float = 0.0, code_version: str | None = None) -> Job:
        """Put a job in the queue and return it; return the earlier one when its id or idempotency key is known.

        A result younger than `cache_ttl_s` seconds with the same cache key and code version answers at once: the
        new job is born done.
        """
        now = self._clock()
        row = submission.model_dump(exclude={"request"}) | {
            "request": json.dumps(submission.request),
            "state": JobState.QUEUED,
            "created_at": now,
            "code_version": code_version,
        }
        try:
            with self.engine.begin() as connection:
                source = self._cached_source(connection, submission.cache_key, code_version, now - cache_ttl_s)
                if source is not None:
                    row |= {
                        "state": JobState.DONE,
                        "result_of": source["id"],
                        "device": source["device"],
                        "progress": 1.0,
                        "started_at": now,
                        "finished_at": now,
                        "message": "answered from an earlier result",
                    }
                connection.execute(insert(JOBS).values(row))
        except IntegrityError:
            existing = self.get(submission.id) or self._by_idempotency_key(submission.idempotency_key)
            if existing is None:
                raise
            return existing
        job = self.get(submission.id)
        assert job is not None, "a job that was just inserted"
        return job

    def get(self, job_id: str) -> Job | None:
        """Return the job, or None when there is no such job."""
        with self._read_engine.begin() as connection:
            row = connection.execute(select(JOBS).where(JOBS.c.id == job_id)).mappings().first()
        return None if row is None else _job(row)

    def page(
        self,
        *,
        states: Iterable[JobState] | None = None,
        kind: str | None = None,
        owner: str | None = None,
        limit: int = 50,
        cursor: str | None = None,
    ) -> JobPage:
        """Return jobs, newest first, at most `limit` of them; `cursor` is that of the page before."""
        query = select(JOBS).order_by(JOBS.c.seq.desc()).limit(limit + 1)
        if states is not None:
            query = query.where(JOBS.c.state.in_(list(states)))
        if kind is not None:
            query = query.where(JOBS.c.kind == kind)
        if owner is not None:
            query = query.where(JOBS.c.owner == owner)
        if cursor is not None:
            query = query.where(JOBS.c.seq < int(cursor))
        with self._read_engine.begin() as connection:
            rows = connection.execute(query).mappings().all()
        jobs = tuple(_job(row) for row in rows[:limit])
        return JobPage(jobs=jobs, cursor=str(jobs[-1].seq) if len(rows) > limit else None)

    def states(self, job_ids: Iterable[str]) -> dict[str, tuple[JobState, float, str]]:
        """Return state, progress and message of each known job: the cheap question that waiting asks often."""
        query = select(JOBS.c.id, JOBS.c.state, JOBS.c.progress, JOBS.c.message).where(JOBS.c.id.in_(list(job_ids)))
        with self._read_engine.begin() as connection:
            return {row.id: (JobState(row.state), row.progress, row.message) for row in connection.execute(query)}

    def is_cancel_requested(self, job_id: str) -> bool:
        """True when somebody asked this job to stop."""
        query = select(JOBS.c.seq).where(JOBS.c.id == job_id, JOBS.c.cancel_requested_at.is_not(None))
        with self._read_engine.begin() as connection:
            return connection.execute(query).first() is not None

    def ahead_of(self, job_id: str) -> int:
        """Return how many queued jobs of the same lane come before this queued one."""
        mine = select(JOBS.c.lane, JOBS.c.priority, JOBS.c.seq).where(JOBS.c.id == job_id).subquery()
        is_before = or_(
            JOBS.c.priority > mine.c.priority, and_(JOBS.c.priority == mine.c.priority, JOBS.c.seq < mine.c.seq)
        )
        query = select(func.count()).where(JOBS.c.state == JobState.QUEUED, JOBS.c.lane == mine.c.lane, is_before)
        with self._read_engine.begin() as connection:
            return connection.execute(query).scalar_one()

    def result(self, job_id: str) -> bytes | None:
        """Return the result as JSON bytes, or None when the job is not done."""
        query = (
            select(RESULTS.c.body)
            .join(JOBS, func.coalesce(JOBS.c.result_of, JOBS.c.id) == RESULTS.c.job_id)
            .where(JOBS.c.id == job_id, JOBS.c.state == JobState.DONE)
        )
        with self._read_engine.begin() as connection:
            body = connection.execute(query).scalar_one_or_none()
        return None if body is None else zlib.decompress(body)

    def counts(self) -> dict[JobState, int]:
        """Return how many jobs are in each state."""
        query = select(JOBS.c.state, func.count()).group_by(JOBS.c.state)
        with self._read_engine.begin() as connection:
            found = {JobState(state): count for state, count in connection.execute(query)}
        return {state: found.get(state, 0) for state in JobState}

    def cancel(self, job_id: str) -> Job | None:
        """Cancel a queued job now, ask a running one to stop; do nothing to a finished one. Return the job."""
        now = self._clock()
        with self.engine.begin() as connection:
            connection.execute(
                update(JOBS)
                .where(JOBS.c.id == job_id, JOBS.c.state == JobState.QUEUED)
                .values(state=JobState.CANCELLED, finished_at=now, cancel_requested_at=now, message="cancelled")
            )
            connection.execute(
                update(JOBS)
                .where(JOBS.c.id == job_id, JOBS.c.state == JobState.RUNNING, JOBS.c.cancel_requested_at.is_(None))
                .values(cancel_requested_at=now)
            )
        return self.get(job_id)

    # ---- what a worker does -----------------------------------------------------------------------------------

    def claim(self, worker: str, lanes: Iterable[str], lease_s: float, device: str = "cpu") -> Claim | None:
        """Take the next job of `lanes` by priority and age, or None when there is none."""
        now = self._clock()
        turn = (
            select(JOBS.c.seq)
            .where(JOBS.c.state == JobState.QUEUED, JOBS.c.lane.in_(list(lanes)))
            .order_by(JOBS.c.priority.desc(), JOBS.c.seq)
            .limit(1)
        )
        if self.engine.dialect.name == "postgresql":
            turn = turn.with_for_update(skip_locked=True)
        statement = (
            update(JOBS)
            .where(JOBS.c.seq == turn.scalar_subquery(), JOBS.c.state == JobState.QUEUED)
            .values(
                state=JobState.RUNNING,
                worker=worker,
                device=device,
                fence=JOBS.c.fence + 1,
                attempts=JOBS.c.attempts + 1,
                started_at=now,
                heartbeat_at=now,
                lease_until=now + lease_s,
                progress=0.0,
                message="",
            )
            .returning(JOBS.c.id, JOBS.c.kind, JOBS.c.request, JOBS.c.fence, JOBS.c.attempts)
        )
        with self.engine.begin() as connection:
            row = connection.execute(statement).first()
        if row is None:
            return None
        return Claim(
            job_id=row.id,
            kind=row.kind,
            request=json.loads(row.request),
            worker=worker,
            fence=row.fence,
            attempts=row.attempts,
        )

    def has_turn(self, lanes: Iterable[str]) -> bool:
        """True when a queued job waits in one of `lanes`; a read, so that idle workers take no write lock."""
        query = select(JOBS.c.seq).where(JOBS.c.state == JobState.QUEUED, JOBS.c.lane.in_(list(lanes))).limit(1)
        with self._read_engine.begin() as connection:
            return connection.execute(query).first() is not None

    def renew(self, claim: Claim, lease_s: float, progress: float | None = None, message: str | None = None) -> bool:
        """Prolong the lease, with news if any; return whether the job was asked to stop. Raise LeaseLostError."""
        now = self._clock()
        values: dict[str, Any] = {"heartbeat_at": now, "lease_until": now + lease_s}
        if progress is not None:
            values |= {"progress": progress, "message": message or ""}
        statement = update(JOBS).where(_held(claim)).values(values).returning(JOBS.c.cancel_requested_at)
        with self.engine.begin() as connection:
            row = connection.execute(statement).first()
        if row is None:
            raise LeaseLostError(f"job {claim.job_id} is no longer held under fence {claim.fence}")
        return row.cancel_requested_at is not None

    def finish(self, claim: Claim, result_json: bytes, measures: Measures | None = None) -> bool:
        """Store the result and end the job, in one transaction; return False when the fence is stale: no effect."""
        with self.engine.begin() as connection:
            if not self._end(connection, claim, JobState.DONE, progress=1.0, measures=measures):
                return False
            connection.execute(insert(RESULTS).values(job_id=claim.job_id, body=zlib.compress(result_json, level=1)))
        return True

    def fail(self, claim: Claim, error: JobError, measures: Measures | None = None) -> bool:
        """End the job as failed; return False when the fence is stale."""
        with self.engine.begin() as connection:
            return self._end(connection, claim, JobState.FAILED, error=error, measures=measures)

    def finish_cancelled(self, claim: Claim) -> bool:
        """End the job as cancelled; return False when the fence is stale."""
        with self.engine.begin() as connection:
            return self._end(connection, claim, JobState.CANCELLED, message="cancelled")

    def release(self, claim: Claim) -> bool:
        """Put the job back in the queue as if this attempt had not been; return False when the fence is stale."""
        statement = (
            update(JOBS)
            .where(_held(claim))
            .values(
                state=JobState.QUEUED,
                attempts=JOBS.c.attempts - 1,
                worker=None,
                lease_until=None,
                progress=0.0,
                message="",
            )
        )
        with self.engine.begin() as connection:
            return connection.execute(statement).rowcount == 1

    # ---- what a supervisor does -------------------------------------------------------------------------------

    def requeue_lost(self, max_attempts: int, worker: str | None = None) -> list[str]:
        """Take running jobs back from a dead `worker`, or else all whose lease has run out; return their ids.

        A job goes back to the queue, ends cancelled when that was asked, or fails after `max_attempts` starts.
        """
        now = self._clock()
        lost = JOBS.c.worker == worker if worker is not None else JOBS.c.lease_until < now
        running = and_(JOBS.c.state == JobState.RUNNING, lost)
        error = JobError(
            type="lost",
            title="The worker died",
            detail=f"the job was started {max_attempts} times and its worker died each time; run it with less data "
            "or look into the worker's log",
        )
        ended = {"finished_at": now, "worker": None, "lease_until": None}
        changes = (
            (JOBS.c.cancel_requested_at.is_not(None), ended | {"state": JobState.CANCELLED, "message": "cancelled"}),
            (
                JOBS.c.attempts >= max_attempts,
                ended | {"state": JobState.FAILED, "error": error.model_dump_json(), "message": error.title},
            ),
            (
                JOBS.c.attempts < max_attempts,
                {
                    "state": JobState.QUEUED,
                    "worker": None,
                    "lease_until": None,
                    "progress": 0.0,
                    "message": "waiting to run again",
                },
            ),
        )
        taken: list[str] = []
        with self.engine.begin() as connection:
            for condition, values in changes:
                rows = connection.execute(update(JOBS).where(running, condition).values(values).returning(JOBS.c.id))
                taken += [row.id for row in rows]
        return taken

    def running(self) -> tuple[Run, ...]:
        """Return what is being run, by whom, until when: one cheap query."""
        query = select(JOBS.c.id, JOBS.c.worker, JOBS.c.lease_until, JOBS.c.cancel_requested_at).where(
            JOBS.c.state == JobState.RUNNING
        )
        with self._read_engine.begin() as connection:
            return tuple(Run(*row) for row in connection.execute(query))

    def has_live(self) -> bool:
        """True while any job is queued or running."""
        with self._read_engine.begin() as connection:
            return connection.execute(select(JOBS.c.seq).where(JOBS.c.state.in_(LIVE)).limit(1)).first() is not None

    def running_of(self, worker: str) -> Job | None:
        """Return the job that `worker` is running, or None."""
        query = select(JOBS).where(JOBS.c.worker == worker, JOBS.c.state == JobState.RUNNING)
        with self._read_engine.begin() as connection:
            row = connection.execute(query).mappings().first()
        return None if row is None else _job(row)

    def fail_running_of(self, worker: str, error: JobError) -> str | None:
        """End the job of a worker that was killed for cause; return its id."""
        statement = (
            update(JOBS)
            .where(JOBS.c.worker == worker, JOBS.c.state == JobState.RUNNING)
            .values(
                state=JobState.FAILED,
                error=error.model_dump_json(),
                message=error.title,
                finished_at=self._clock(),
                worker=None,
                lease_until=None,
            )
            .returning(JOBS.c.id)
        )
        with self.engine.begin() as connection:
            row = connection.execute(statement).first()
        return None if row is None else str(row.id)

    def forget_finished(self, older_than_s: float) -> int:
        """Delete finished jobs and their results older than `older_than_s` seconds; return how many."""
        limit = self._clock() - older_than_s
        borrowed = select(JOBS.c.result_of).where(JOBS.c.result_of.is_not(None))
        statement = delete(JOBS).where(
            JOBS.c.finished_at < limit, JOBS.c.state.not_in(LIVE), JOBS.c.id.not_in(borrowed)
        )
        with self.engine.begin() as connection:
            return connection.execute(statement).rowcount

    # ---- small facts ------------------------------------------------------------------------------------------

    def keep_value(self, name: str, value: str) -> str:
        """Keep `value` under `name` unless one is kept already; return the one that is kept."""
        try:
            with self.engine.begin() as connection:
                connection.execute(insert(VALUES).values(name=name, value=value))
        except IntegrityError:
            with self._read_engine.begin() as connection:
                return str(connection.execute(select(VALUES.c.value).where(VALUES.c.name == name)).scalar_one())
        return value

    # ---- private ----------------------------------------------------------------------------------------------

    def _cached_source(
        self, connection: Connection, key: str | None, code_version: str | None, since: float
    ) -> RowMapping | None:
        if key is None:
            return None
        query = (
            select(JOBS.c.id, JOBS.c.device)
            .where(
                JOBS.c.cache_key == key,
                JOBS.c.state == JobState.DONE,
                JOBS.c.result_of.is_(None),
                JOBS.c.code_version == code_version,
                JOBS.c.finished_at > since,
            )
            .order_by(JOBS.c.seq.desc())
            .limit(1)
        )
        return connection.execute(query).mappings().first()

    def _by_idempotency_key(self, key: str | None) -> Job | None:
        if key is None:
            return None
        with self._read_engine.begin() as connection:
            row = connection.execute(select(JOBS).where(JOBS.c.idempotency_key == key)).mappings().first()
        return None if row is None else _job(row)

    def _end(
        self,
        connection: Connection,
        claim: Claim,
        state: JobState,
        *,
        progress: float | None = None,
        message: str = "",
        error: JobError | None = None,
        measures: Measures | None = None,
    ) -> bool:
        values: dict[str, Any] = {
            "state": state,
            "finished_at": self._clock(),
            "lease_until": None,
            "worker": None,
            "message": error.title if error else message,
            "error": None if error is None else error.model_dump_json(),
            "measures": None if measures is None else measures.model_dump_json(),
        }
        if progress is not None:
            values["progress"] = progress
        return connection.execute(update(JOBS).where(_held(claim)).values(values)).rowcount == 1


def _held(claim: Claim) -> Any:
    return and_(JOBS.c.id == claim.job_id, JOBS.c.state == JobState.RUNNING, JOBS.c.fence == claim.fence)


def _job(row: RowMapping) -> Job:
    return Job(
        seq=row["seq"],
        id=row["id"],
        kind=row["kind"],
        state=JobState(row["state"]),
        lane=row["lane"],
        owner=row["owner"],
        priority=row["priority"],
        request=json.loads(row["request"]),
        progress=row["progress"],
        message=row["message"],
        attempts=row["attempts"],
        is_cancel_requested=row["cancel_requested_at"] is not None,
        created_at=as_datetime(row["created_at"]),
        started_at=as_datetime(row["started_at"]),
        finished_at=as_datetime(row["finished_at"]),
        device=row["device"],
        error=None if row["error"] is None else JobError.model_validate_json(row["error"]),
        measures=None if row["measures"] is None else Measures.model_validate_json(row["measures"]),
        result_of=row["result_of"],
        code_version=row["code_version"],
    )
