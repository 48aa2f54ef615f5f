"""What a request that submitted a job, or asks for its result, is answered."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, Literal

import orjson
from flask import Response, request

from api.answers import success
from api.errors import ProblemError
from api.operations import Answer
from api.preferences import APPLIED, Preference
from api.views import Submitted, job_url
from compute.schema import Record
from services.jobs import Job, JobState
from services.latency.present import present
from services.waiting import JobWatcher
from services.workspace import Workspace

JOB_PROBLEMS = ("conflict", "job-request", "job-memory", "job-lost", "job-internal")
_CODES = {"request": "job-request", "memory": "job-memory", "lost": "job-lost"}
Render = Callable[[Job, bytes], Response]
LOCATION = {"Location": "Where the job is.", "Retry-After": "Seconds after which to look again."}
LOOK_AGAIN_S = "1"
GOES_ON = Answer(202, "The job goes on; look at its address.", Submitted, headers=LOCATION | APPLIED)


def job_answers(
    result: type[Record] | tuple[type[Record], ...], other_types: tuple[str, ...] = ()
) -> tuple[Answer, ...]:
    """Return the documentation of `answer_when_done`, whose result may have other forms."""
    return (Answer(200, "The result.", result, headers=APPLIED, other_types=other_types), GOES_ON)


def answer_when_done(
    workspace: Workspace, watcher: JobWatcher, job: Job, preference: Preference, render: Render | None = None
) -> Response:
    """Wait for the job as long as is preferred and answer with its result, its failure, or where to look for it.

    `render` makes another answer of a done job and its result than the JSON envelope.
    """
    if not job.state.is_final and preference.wait_s > 0:
        job = _wait(watcher, job, preference)
    headers = preference.headers
    if job.state is JobState.DONE:
        body = workspace.jobs.result(job.id)
        if body is None:
            raise ProblemError("not-found", f"the result of job {job.id} was deleted; submit the job again")
        return _envelope(workspace, job, body, headers) if render is None else render(job, body)
    if job.state is JobState.CANCELLED:
        detail = f"job {job.id} was cancelled and has no result; submit it again"
        raise ProblemError("conflict", detail, headers=headers)
    if job.state is JobState.FAILED:
        raise _failure(job, headers)
    data = Submitted(job_id=job.id, state=job.state)
    return success(
        data, status=202, headers={**headers, "Location": job_url(job.id), "Retry-After": LOOK_AGAIN_S}, job=job
    )


def _wait(watcher: JobWatcher, job: Job, preference: Preference) -> Job:
    try:
        begun = datetime.now(UTC)
        ended = watcher.wait(job.id, preference.wait_s, is_abandoned=_is_client_gone())
        present().wait_ns += _queued_ns(ended, begun, datetime.now(UTC))
        return ended
    except KeyError as error:
        raise ProblemError("not-found", f"job {job.id} was deleted while you waited; submit it again") from error


def _queued_ns(job: Job, begun: datetime, ended: datetime) -> int:
    """Return for how long of the wait from `begun` to `ended` the job was not even started, in nanoseconds."""
    started = min(job.started_at or ended, ended)
    return round(max((started - begun).total_seconds(), 0.0) * 1e9)


def _envelope(workspace: Workspace, job: Job, body: bytes, headers: Mapping[str, str]) -> Response:
    task = workspace.tasks.get(job.kind)
    cache: Literal["hit", "miss"] | None = None
    if task is not None and task.is_cacheable:
        cache = "hit" if job.is_cached else "miss"
    return success(orjson.Fragment(body), headers=headers, job=job, cache=cache)


def _failure(job: Job, headers: Mapping[str, str]) -> ProblemError:
    if job.error is None:
        return ProblemError("job-internal", f"job {job.id} failed without saying why", headers=headers)
    code = _CODES.get(job.error.type, "job-internal")
    return ProblemError(code, f"{job.error.title}: {job.error.detail}", errors=job.error.errors, headers=headers)


def _is_client_gone() -> Any:
    """Return a function that tells whether the client hung up; servers that cannot tell never say so."""
    return request.environ.get("waitress.client_disconnected", lambda: False)
