"""Jobs as programs see them: the fields the contract names, and no internals such as lanes and fences."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal

from pydantic import Field

from api.operations import BASE
from compute.schema import Record
from services.jobs import Job, JobError, JobState, ListedJob, Measures

Progress = Field(ge=0, le=1, description="Share of the work done.")


class Submitted(Record):
    """A job that was accepted and has not ended yet."""

    job_id: str
    state: JobState


class JobSummary(Record):
    """A job in a list: everything but its request."""

    id: str
    kind: str
    state: JobState
    progress: float = Progress
    message: str = Field(description="What is being done, in words.")
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    attempts: int = Field(description="How often it was started; more than once when a worker died.")
    device: str | None
    owner: str
    is_cancel_requested: bool
    is_cached: bool = Field(description="True when an earlier equal request's result answers it.")
    error: JobError | None
    measures: Measures | None
    code_version: str | None
    result_url: str | None = Field(description="Where the result is, once the job is done.")


class JobView(JobSummary):
    """A job with its request."""

    request: dict[str, Any] = Field(description="As validated: defaults filled in.")


class JobList(Record):
    """Jobs, newest first."""

    jobs: tuple[JobSummary, ...]
    cursor: str | None = Field(description="Ask with it for the jobs before these; null at the end.")


class JobNews(Record):
    """What an event says while the job goes on."""

    state: Literal["queued", "running"]
    progress: float = Progress
    message: str


def job_url(job_id: str) -> str:
    """Return the path of a job."""
    return f"{BASE}/jobs/{job_id}"


def summarise(job: ListedJob) -> JobSummary:
    """Return the job without its request."""
    return JobSummary(**_fields(job))


def view(job: Job) -> JobView:
    """Return the job with its request."""
    return JobView(**_fields(job), request=job.request)


def _fields(job: ListedJob) -> Mapping[str, Any]:
    return {
        "id": job.id,
        "kind": job.kind,
        "state": job.state,
        "progress": job.progress,
        "message": job.message,
        "created_at": job.created_at,
        "started_at": job.started_at,
        "finished_at": job.finished_at,
        "attempts": job.attempts,
        "device": job.device,
        "owner": job.owner,
        "is_cancel_requested": job.is_cancel_requested,
        "is_cached": job.is_cached,
        "error": job.error,
        "measures": job.measures,
        "code_version": job.code_version,
        "result_url": f"{job_url(job.id)}/result" if job.state is JobState.DONE else None,
    }
