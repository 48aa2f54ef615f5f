"""One route for each kind of job, drawn from the table of tasks."""

from collections.abc import Sequence
from typing import Any

from werkzeug.wrappers import Response

from api.errors import ProblemError
from api.forms import TABLE_TYPES, FormQuery, choose_render, has_table
from api.job_answers import JOB_PROBLEMS, answer_when_done, job_answers
from api.operations import BASE, JSON, Body, Operation
from api.preferences import CACHE_CONTROL, IDEMPOTENCY_KEY, PREFER, read_idempotency_key, read_preference, wants_cached
from services.submission import IdempotencyConflictError, submit_job
from services.task_records import Task
from services.waiting import JobWatcher
from services.workspace import Workspace

OWNER = "api"


def task_operations(workspace: Workspace, watcher: JobWatcher) -> Sequence[Operation]:
    """Return the operation that submits each kind of job."""
    return [_operation(workspace, watcher, task) for task in workspace.tasks.values()]


def submit(workspace: Workspace, watcher: JobWatcher, kind: str, data: Any, query: FormQuery | None = None) -> Response:
    """Submit a job for the present request and answer when it is done or the wait is over."""
    render = choose_render(workspace.tasks[kind], query) if query is not None else None
    try:
        job = submit_job(
            workspace,
            kind,
            data,
            owner=OWNER,
            idempotency_key=read_idempotency_key(),
            use_cache=wants_cached(),
        )
    except IdempotencyConflictError as error:
        raise ProblemError("conflict", str(error)) from error
    return answer_when_done(workspace, watcher, job, read_preference(), render)


def _operation(workspace: Workspace, watcher: JobWatcher, task: Task) -> Operation:
    def handle(body: Any, query: FormQuery | None = None) -> Response:
        return submit(workspace, watcher, task.kind, body, query)

    return Operation(
        name=task.kind,
        method="POST",
        path=f"{BASE}{task.route}",
        summary=task.title,
        description=task.summary,
        handle=handle,
        tag="Work",
        body=Body(JSON, task.request, example=dict(task.example)),
        headers=(PREFER, IDEMPOTENCY_KEY, *((CACHE_CONTROL,) if task.is_cacheable else ())),
        query=FormQuery if has_table(task) else None,
        answers=job_answers(task.result, TABLE_TYPES if has_table(task) else ()),
        problems=("too-large", "media-type", "invalid", *JOB_PROBLEMS),
    )
