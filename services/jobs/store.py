"""The job table's front: submitting, cancelling, keeping small facts, and all that readers and workers may do.

Each change is one atomic statement or transaction. Running jobs belongs to `services.worker`, watching workers to
`services.supervisor`.
"""

import json
from typing import Any

from sqlalchemy import Connection, RowMapping, bindparam, case, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from services.jobs.outline import LARGE, outline_of
from services.jobs.reading import LIVE, as_job
from services.jobs.records import Job, JobState, Submission
from services.jobs.running import JobRunning, LeaseLostError
from services.jobs.table import JOBS, REQUESTS, VALUES
from services.jobs.upkeep import JobUpkeep

__all__ = ["JobStore", "LeaseLostError"]

_INSERT = insert(JOBS).returning(JOBS)
_CACHED_SOURCE = (
    select(JOBS.c.id, JOBS.c.device)
    .where(
        JOBS.c.cache_key == bindparam("key"),
        JOBS.c.state == JobState.DONE,
        JOBS.c.result_of.is_(None),
        JOBS.c.code_version == bindparam("version"),
        JOBS.c.finished_at > bindparam("since"),
    )
    .order_by(JOBS.c.seq.desc())
    .limit(1)
)
_IS_QUEUED = JOBS.c.state == JobState.QUEUED
_CANCEL = (  # one statement for both states, so that a job that changes state meanwhile cannot slip through
    update(JOBS)
    .where(JOBS.c.id == bindparam("job_id"), JOBS.c.state.in_(LIVE))
    .values(
        state=case((_IS_QUEUED, JobState.CANCELLED), else_=JOBS.c.state),
        finished_at=case((_IS_QUEUED, bindparam("now")), else_=JOBS.c.finished_at),
        message=case((_IS_QUEUED, "cancelled"), else_=JOBS.c.message),
        cancel_requested_at=func.coalesce(JOBS.c.cancel_requested_at, bindparam("now")),
    )
)


class JobStore(JobRunning, JobUpkeep):
    """The job table. Safe to use from many threads and processes at once."""

    def submit(self, submission: Submission, *, cache_ttl_s: float = 0.0, code_version: str | None = None) -> Job:
        """Put a job in the queue and return it; return the earlier one when its id or idempotency key is known.

        A result younger than `cache_ttl_s` seconds with the same cache key and code version answers at once: the
        new job is born done.
        """
        now = self._clock()
        request_json = json.dumps(submission.request)
        row = _new_row(submission, request_json, now, code_version)
        may_be_cached = submission.cache_key is not None and cache_ttl_s > 0
        is_one_statement = not (may_be_cached or row["is_request_apart"])
        try:
            with (self._single if is_one_statement else self.engine).begin() as connection:
                if may_be_cached:
                    row |= _answer(_cached_source(connection, row, now - cache_ttl_s), now)
                inserted = connection.execute(_INSERT, row).mappings().one()
                if row["is_request_apart"]:
                    connection.execute(insert(REQUESTS), {"job_id": submission.id, "body": request_json})
                return as_job(inserted, request_json)
        except IntegrityError:
            existing = self.get(submission.id) or self._by_idempotency_key(submission.idempotency_key)
            if existing is None:
                raise
            return existing

    def cancel(self, job_id: str) -> Job | None:
        """Cancel a queued job now, ask a running one to stop; do nothing to a finished one. Return the job."""
        with self._single.begin() as connection:
            connection.execute(_CANCEL, {"job_id": job_id, "now": self._clock()})
        return self.get(job_id)

    def keep_value(self, name: str, value: str) -> str:
        """Keep `value` under `name` unless one is kept already; return the one that is kept."""
        try:
            with self._single.begin() as connection:
                connection.execute(insert(VALUES).values(name=name, value=value))
        except IntegrityError:
            with self._single.begin() as connection:
                return str(connection.execute(select(VALUES.c.value).where(VALUES.c.name == name)).scalar_one())
        return value


def _new_row(submission: Submission, request_json: str, now: float, code_version: str | None) -> dict[str, Any]:
    is_large = len(request_json) > LARGE
    return submission.model_dump(exclude={"request"}) | {
        "request": json.dumps(outline_of(submission.request)) if is_large else request_json,
        "is_request_apart": is_large,
        "state": JobState.QUEUED,
        "result_of": None,
        "device": None,
        "progress": 0.0,
        "message": "",
        "created_at": now,
        "started_at": None,
        "finished_at": None,
        "code_version": code_version,
    }


def _cached_source(connection: Connection, row: dict[str, Any], since: float) -> RowMapping | None:
    values = {"key": row["cache_key"], "version": row["code_version"], "since": since}
    return connection.execute(_CACHED_SOURCE, values).mappings().first()


def _answer(source: RowMapping | None, now: float) -> dict[str, Any]:
    if source is None:
        return {}
    return {
        "state": JobState.DONE,
        "result_of": source["id"],
        "device": source["device"],
        "progress": 1.0,
        "started_at": now,
        "finished_at": now,
        "message": "answered from an earlier result",
    }
