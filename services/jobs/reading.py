"""What may be asked of the job table. Nothing here changes it.

Statements are built once and filled in per question: building one costs three times as much as running it.
"""

import hashlib
import json
import time
import zlib
from collections.abc import Callable, Iterable
from typing import Any

from sqlalchemy import Engine, RowMapping, and_, bindparam, func, or_, select

from services.jobs.records import Job, JobError, JobPage, JobState, ListedJob, Measures, Run, as_datetime
from services.jobs.table import JOBS, REQUESTS, RESULTS

LIVE = (JobState.QUEUED, JobState.RUNNING)

_WHOLE = select(JOBS, REQUESTS.c.body).outerjoin(REQUESTS, JOBS.c.id == REQUESTS.c.job_id)
_BY_ID = _WHOLE.where(JOBS.c.id == bindparam("job_id"))
_BY_IDEMPOTENCY_KEY = _WHOLE.where(JOBS.c.idempotency_key == bindparam("key"))
_WHOLE_REQUEST = select(REQUESTS.c.body).where(REQUESTS.c.job_id == bindparam("job_id"))
_STATES = select(JOBS.c.id, JOBS.c.state, JOBS.c.progress, JOBS.c.message).where(
    JOBS.c.id.in_(bindparam("job_ids", expanding=True))
)
_RESULT = (
    select(RESULTS.c.body)
    .join(JOBS, func.coalesce(JOBS.c.result_of, JOBS.c.id) == RESULTS.c.job_id)
    .where(JOBS.c.id == bindparam("job_id"), JOBS.c.state == JobState.DONE)
)
_COUNTS = select(JOBS.c.state, func.count()).group_by(JOBS.c.state)
_IS_CANCEL_REQUESTED = select(JOBS.c.seq).where(
    JOBS.c.id == bindparam("job_id"), JOBS.c.cancel_requested_at.is_not(None)
)
_HAS_TURN = (
    select(JOBS.c.seq)
    .where(JOBS.c.state == JobState.QUEUED, JOBS.c.lane.in_(bindparam("lanes", expanding=True)))
    .limit(1)
)
_HAS_LIVE = select(JOBS.c.seq).where(JOBS.c.state.in_(LIVE)).limit(1)
_RUNNING = select(JOBS.c.id, JOBS.c.worker, JOBS.c.lease_until, JOBS.c.cancel_requested_at).where(
    JOBS.c.state == JobState.RUNNING
)
_LIVE_ROWS = (
    select(JOBS.c.seq, JOBS.c.state, JOBS.c.progress, JOBS.c.message, JOBS.c.cancel_requested_at)
    .where(JOBS.c.state.in_(LIVE))
    .order_by(JOBS.c.seq)
)
_LATEST = select(func.max(JOBS.c.seq))
_MINE = select(JOBS.c.lane, JOBS.c.priority, JOBS.c.seq).where(JOBS.c.id == bindparam("job_id")).subquery()
_AHEAD_OF = select(func.count()).where(
    JOBS.c.state == JobState.QUEUED,
    JOBS.c.lane == _MINE.c.lane,
    or_(JOBS.c.priority > _MINE.c.priority, and_(JOBS.c.priority == _MINE.c.priority, JOBS.c.seq < _MINE.c.seq)),
)


class JobReading:
    """The questions."""

    def __init__(self, engine: Engine, clock: Callable[[], float] = time.time) -> None:
        self.engine = engine
        # A single statement is atomic by itself: on SQLite it needs no BEGIN and COMMIT around it.
        self._single = engine.execution_options(one_statement=True)
        self._clock = clock

    def get(self, job_id: str) -> Job | None:
        """Return the job, or None when there is no such job."""
        return self._one_job(_BY_ID, job_id=job_id)

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
        with self._single.begin() as connection:
            rows = connection.execute(query).mappings().all()
        jobs = tuple(ListedJob(**_fields(row, row["request"])) for row in rows[:limit])
        return JobPage(jobs=jobs, cursor=str(jobs[-1].seq) if len(rows) > limit else None)

    def states(self, job_ids: Iterable[str]) -> dict[str, tuple[JobState, float, str]]:
        """Return state, progress and message of each known job: the cheap question that waiting asks often."""
        with self._single.begin() as connection:
            rows = connection.execute(_STATES, {"job_ids": list(job_ids)}).all()
        return {row.id: (JobState(row.state), row.progress, row.message) for row in rows}

    def is_cancel_requested(self, job_id: str) -> bool:
        """True when somebody asked this job to stop."""
        return self._exists(_IS_CANCEL_REQUESTED, job_id=job_id)

    def ahead_of(self, job_id: str) -> int:
        """Return how many queued jobs of the same lane come before this queued one."""
        with self._single.begin() as connection:
            return int(connection.execute(_AHEAD_OF, {"job_id": job_id}).scalar_one())

    def result(self, job_id: str) -> bytes | None:
        """Return the result as JSON bytes, or None when the job is not done."""
        with self._single.begin() as connection:
            body = connection.execute(_RESULT, {"job_id": job_id}).scalar_one_or_none()
        return None if body is None else zlib.decompress(body)

    def counts(self) -> dict[JobState, int]:
        """Return how many jobs are in each state."""
        with self._single.begin() as connection:
            found = {JobState(state): count for state, count in connection.execute(_COUNTS)}
        return {state: found.get(state, 0) for state in JobState}

    def has_turn(self, lanes: Iterable[str]) -> bool:
        """True when a queued job waits in one of `lanes`; a read, so that idle workers take no write lock."""
        return self._exists(_HAS_TURN, lanes=list(lanes))

    def has_live(self) -> bool:
        """True while any job is queued or running."""
        return self._exists(_HAS_LIVE)

    def revision(self) -> str:
        """Return what changes whenever a job comes, goes on or ends: two cheap queries, however many jobs there are."""
        with self._single.begin() as connection:
            live = [tuple(row) for row in connection.execute(_LIVE_ROWS)]
            latest = connection.execute(_LATEST).scalar()
        return hashlib.blake2b(repr((latest, live)).encode(), digest_size=8).hexdigest()

    def running(self) -> tuple[Run, ...]:
        """Return what is being run, by whom, until when: one cheap query."""
        with self._single.begin() as connection:
            return tuple(Run(*row) for row in connection.execute(_RUNNING))

    def _whole_request(self, job_id: str) -> str:
        with self._single.begin() as connection:
            return str(connection.execute(_WHOLE_REQUEST, {"job_id": job_id}).scalar_one())

    def _by_idempotency_key(self, key: str | None) -> Job | None:
        return None if key is None else self._one_job(_BY_IDEMPOTENCY_KEY, key=key)

    def _one_job(self, query: Any, **parameters: Any) -> Job | None:
        with self._single.begin() as connection:
            row = connection.execute(query, parameters).mappings().first()
        return None if row is None else as_job(row, row["body"] or row["request"])

    def _exists(self, query: Any, **parameters: Any) -> bool:
        with self._single.begin() as connection:
            return connection.execute(query, parameters).first() is not None


def as_job(row: RowMapping, request_json: str) -> Job:
    """Return the record of a row of the table and the whole of its request."""
    return Job(**_fields(row, request_json))


def _fields(row: RowMapping, request_json: str) -> dict[str, Any]:
    return {
        "seq": row["seq"],
        "id": row["id"],
        "kind": row["kind"],
        "state": JobState(row["state"]),
        "lane": row["lane"],
        "owner": row["owner"],
        "priority": row["priority"],
        "request": json.loads(request_json),
        "progress": row["progress"],
        "message": row["message"],
        "attempts": row["attempts"],
        "is_cancel_requested": row["cancel_requested_at"] is not None,
        "created_at": as_datetime(row["created_at"]),
        "started_at": as_datetime(row["started_at"]),
        "finished_at": as_datetime(row["finished_at"]),
        "device": row["device"],
        "error": None if row["error"] is None else JobError.model_validate_json(row["error"]),
        "measures": None if row["measures"] is None else Measures.model_validate_json(row["measures"]),
        "result_of": row["result_of"],
        "code_version": row["code_version"],
    }
