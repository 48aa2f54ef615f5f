"""Jobs: the list, one of them, its result, its events, and cancelling it."""

from collections.abc import Sequence
from functools import partial

from pydantic import Field
from werkzeug.wrappers import Response

from api.answers import success
from api.csv_answers import csv_answer, result_csv
from api.errors import ProblemError
from api.events import EVENT_STREAM, stream_events
from api.forms import TABLE_TYPES, FormQuery, choose_render
from api.job_answers import GOES_ON, JOB_PROBLEMS, answer_when_done, job_answers
from api.operations import BASE, Answer, Header, Operation
from api.preferences import PREFER, read_preference
from api.views import JobList, JobView, summarise, view
from compute.schema import Record
from services.jobs import Job, JobState
from services.waiting import JobWatcher
from services.workspace import Workspace

TAG = "Jobs"


class JobsQuery(Record):
    """Which jobs to list."""

    state: tuple[JobState, ...] = Field(
        default=(), max_length=5, description="Only jobs in this state; may be repeated."
    )
    kind: str | None = Field(default=None, max_length=64, description="Only jobs of this kind.")
    limit: int = Field(default=50, ge=1, le=200, description="How many at most.")
    cursor: str | None = Field(
        default=None, pattern=r"^[0-9]{1,18}$", description="That of the list before, to go on from there."
    )


def job_operations(workspace: Workspace, watcher: JobWatcher) -> Sequence[Operation]:
    """Return what can be done with jobs."""
    one = f"{BASE}/jobs/{{job_id}}"
    return (
        Operation(
            name="list_jobs",
            method="GET",
            path=f"{BASE}/jobs",
            summary="List jobs, newest first",
            handle=partial(_list, workspace),
            tag=TAG,
            query=JobsQuery,
            answers=(Answer(200, "Jobs.", JobList),),
            problems=("invalid",),
        ),
        Operation(
            name="get_job",
            method="GET",
            path=one,
            summary="Look at a job",
            handle=partial(_get, workspace),
            tag=TAG,
            answers=(Answer(200, "The job.", JobView),),
        ),
        Operation(
            name="cancel_job",
            method="DELETE",
            path=one,
            summary="Cancel a job",
            description="A queued job ends at once, a running one is asked to stop; an ended one stays as it is.",
            handle=partial(_cancel, workspace),
            tag=TAG,
            answers=(
                Answer(200, "The job, which has ended.", JobView),
                Answer(202, "The job, which was asked to stop.", JobView),
            ),
        ),
        Operation(
            name="get_job_result",
            method="GET",
            path=f"{one}/result",
            summary="Get the result of a job",
            description="What the job's own route answers. Without `Prefer` it does not wait.",
            handle=partial(_result, workspace, watcher),
            tag=TAG,
            headers=(PREFER,),
            query=FormQuery,
            answers=job_answers(tuple({task.result for task in workspace.tasks.values()}), TABLE_TYPES),
            problems=JOB_PROBLEMS,
        ),
        Operation(
            name="get_job_table",
            method="GET",
            path=f"{one}/result.csv",
            summary="Get the result of a job as CSV",
            description="For spreadsheets: text that one would run as a formula is made harmless. 404 when results of "
            "this kind are no table.",
            handle=partial(_table, workspace, watcher),
            tag=TAG,
            headers=(PREFER,),
            answers=(csv_answer("The table."), GOES_ON),
            problems=JOB_PROBLEMS,
        ),
        Operation(
            name="follow_job",
            method="GET",
            path=f"{one}/events",
            summary="Follow a job",
            description="Server-sent events: `progress` while it goes on, then one `state` with the ended job, then "
            "the end of the stream. A motion run tells its moments meanwhile: `frames` events hold `attempt` and "
            "`frames` as they are in the result. Whoever comes back with `Last-Event-ID` hears those that followed, as "
            "far as they are kept (4 MiB); all are in the result.",
            handle=partial(_events, workspace, watcher),
            tag=TAG,
            headers=(Header("Last-Event-ID", "Sent by browsers that reconnect.", "3"),),
            answers=(
                Answer(200, "Events until the job has ended.", media_type=EVENT_STREAM),
                Answer(204, "The end was told before: do not reconnect.", media_type=None),
            ),
            problems=("unavailable",),
        ),
    )


def find_job(workspace: Workspace, job_id: str) -> Job:
    """Return the job; raise ProblemError when there is none."""
    job = workspace.jobs.get(job_id)
    if job is None:
        raise ProblemError("not-found", f"there is no job {job_id[:80]!r}; it may have been deleted after its time")
    return job


def _list(workspace: Workspace, query: JobsQuery) -> Response:
    page = workspace.jobs.page(states=query.state or None, kind=query.kind, limit=query.limit, cursor=query.cursor)
    return success(JobList(jobs=tuple(summarise(job) for job in page.jobs), cursor=page.cursor))


def _get(workspace: Workspace, job_id: str) -> Response:
    job = find_job(workspace, job_id)
    return success(view(job), job=job)


def _cancel(workspace: Workspace, job_id: str) -> Response:
    find_job(workspace, job_id)
    workspace.jobs.cancel(job_id)
    job = find_job(workspace, job_id)
    return success(view(job), status=200 if job.state.is_final else 202, job=job)


def _result(workspace: Workspace, watcher: JobWatcher, job_id: str, query: FormQuery) -> Response:
    job = find_job(workspace, job_id)
    render = choose_render(workspace.tasks.get(job.kind), query)
    return answer_when_done(workspace, watcher, job, read_preference(default_wait_s=0.0), render)


def _table(workspace: Workspace, watcher: JobWatcher, job_id: str) -> Response:
    job = find_job(workspace, job_id)
    task = workspace.tasks.get(job.kind)
    if task is None:
        raise ProblemError("not-found", f"this version knows no job of kind {job.kind!r}")
    preference = read_preference(default_wait_s=0.0)
    return answer_when_done(workspace, watcher, job, preference, render=partial(result_csv, task))


def _events(workspace: Workspace, watcher: JobWatcher, job_id: str) -> Response:
    return stream_events(workspace, watcher, find_job(workspace, job_id))
