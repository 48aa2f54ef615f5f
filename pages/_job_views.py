"""What is to be seen of a job, in each of its states, as the job table tells it. The page around it is `_job_page`."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from dash import dcc, html
from dash.development.base_component import Component
from pydantic import ValidationError

from components.export import tool_button
from components.icons import icon
from components.status import age, empty_state, failed_state, working_state
from compute.schema import FieldProblem
from pages._job_records import Finished, JobPage, View
from pages._result_head import how_it_was_made, result_head
from pages._workspace import workspace
from services.jobs import Job, JobState
from services.logs import logger

COMPARABLE = 30  # as many earlier results are offered for comparison
LIVE = (JobState.QUEUED, JobState.RUNNING)


def view_of(page: JobPage, job_id: str, job: Job | None, compared_with: str | None) -> View:
    """Return what is to be seen of a job."""
    if job is None:
        return failed_view(
            page,
            "There is no such job",
            f"Nothing is known of job {job_id}: it was deleted, or the link is incomplete.",
        )
    if job.kind != page.kind:
        other = workspace().tasks.get(job.kind)
        what = other.title if other else job.kind
        return failed_view(page, "This job is of another kind", f"Job {job.id} is: {what}.")
    if job.state in LIVE:
        return View(
            _working(page, job), page.draw_waiting(), True, job.state.value, is_stopping=job.is_cancel_requested
        )
    if job.state is JobState.DONE:
        return _done_view(page, job, compared_with)
    if job.state is JobState.CANCELLED:
        return View(
            failed_state(
                "Cancelled", "The job was stopped before it was done.", (), [_retry(page, job)], was_cancelled=True
            ),
            None,
            False,
            job.state.value,
        )
    error = job.error
    title = error.title if error else "The job failed"
    problems = error.errors if error else ()
    status = failed_state(title, error.detail if error else job.message, problems, [_retry(page, job)])
    return View(status, None, False, job.state.value, problems)


def finished(kind: str, job_id: str | None) -> Finished | None:
    """Return the job with its result, or None unless it is done and of that kind."""
    job = workspace().jobs.get(job_id) if job_id else None
    if job is None or job.kind != kind or job.state is not JobState.DONE:
        return None
    result = _result(kind, job.id, job.finished_at, str(workspace().settings.data_dir))
    return None if result is None else Finished(job, result)


@lru_cache(maxsize=2)  # what is looked at, and what it is compared with: a click on a part of a large one is quick
def _result(kind: str, job_id: str, _finished_at: datetime | None, _folder: str) -> Any:
    body = workspace().jobs.result(job_id)
    try:
        return None if body is None else workspace().tasks[kind].result.model_validate_json(body)
    except ValidationError as error:
        logger("app").warning("a result of another version", job=job_id, error=str(error))
        return None


def refused_view(page: JobPage, errors: Sequence[Mapping[str, Any]]) -> View:
    """Return what is seen of a request that became no job, because the world changed since the form was judged."""
    problems = tuple(FieldProblem.model_validate(error) for error in errors)
    detail = "; ".join(problem.msg for problem in problems)
    return View(failed_state("The request cannot be met", detail, problems), None, False, "refused", problems)


def what_is_seen(current: Mapping[str, Any], view: View) -> dict[str, Any]:
    """Return what tells one picture of a job from another, so that it is drawn once."""
    shown = {"job_id": current["job_id"], "compare": current["compare"], "state": view.state}
    return shown | {"is_stopping": view.is_stopping}


def awaited_view(page: JobPage) -> View:
    """Return what is seen between the click and the job's arrival in the table."""
    return View(_working(page, None), page.draw_waiting(), True, JobState.QUEUED.value)


def empty_view(page: JobPage) -> View:
    links = [
        dcc.Link(
            [icon("play", 16), html.Span(sample.label)],
            href=page.link(sample.request),
            className=f"la-button {'la-button-plain' if position else 'la-button-primary'}",
        )
        for position, sample in enumerate(page.samples)
    ]
    return View(None, empty_state(page.empty_title, page.empty_message, links, icon_name=page.name), False, "empty")


def failed_view(page: JobPage, title: str, detail: str) -> View:
    return View(failed_state(title, detail), empty_view(page).result, False, "unknown")


def _done_view(page: JobPage, job: Job, compared_with: str | None) -> View:
    done = finished(page.kind, job.id)
    if done is None and workspace().jobs.result(job.id) is not None:
        detail = f"Job {job.id} was done by release {job.code_version or 'unknown'}, whose results are read no more."
        return View(
            failed_state("Made by another version", detail, (), [_retry(page, job)]), None, False, job.state.value
        )
    if done is None:
        return failed_view(page, "The result is gone", f"Job {job.id} was done, but its result is no longer kept.")
    other = finished(page.kind, compared_with)
    try:
        return _drawn(page, done, other, compared_with)
    except Exception as error:  # noqa: BLE001  # a page that kept its last picture for ever would tell nothing
        logger("app").exception("a result cannot be drawn", job=job.id, page=page.name)
        detail = f"Drawing it failed with {type(error).__name__}; the result itself is kept and can be exported."
        return View(failed_state("The result cannot be drawn", detail), how_it_was_made(job), False, job.state.value)


def _drawn(page: JobPage, done: Finished, other: Finished | None, compared_with: str | None) -> View:
    answer = page.answer(done, other)
    choices = comparable(page, done.job)
    head = result_head(page.path, page.task, done, answer, page.part("compare"), choices, compared_with)
    body = html.Div([page.draw(done, other), how_it_was_made(done.job)], className="la-stack")
    return View(head, body, False, done.job.state.value)


def comparable(page: JobPage, job: Job) -> list[dict[str, str]]:
    """Return the other results of this kind, newest first, as options."""
    others = workspace().jobs.page(kind=page.kind, states=[JobState.DONE], limit=COMPARABLE).jobs
    return [
        {"value": other.id, "label": f"{page.describe(other)}, {age(other.finished_at or other.created_at)}"}
        for other in others
        if other.id != job.id
    ]


def _working(page: JobPage, job: Job | None) -> Component:
    is_running = job is not None and job.state is JobState.RUNNING
    return working_state(
        page.working_title,
        job.progress if job is not None else 0.0,
        _message(job),
        started_at=job.started_at if job is not None and is_running else None,
        now=datetime.now(UTC),
    )


def _message(job: Job | None) -> str:
    if job is None:
        return "On its way"
    if job.is_cancel_requested:
        return "Stopping"
    if job.state is JobState.QUEUED:
        ahead = workspace().jobs.ahead_of(job.id)
        return f"Waiting: {ahead} job{'' if ahead == 1 else 's'} ahead" if ahead else "Waiting for a worker"
    return job.message


def _retry(page: JobPage, job: Job) -> Component:
    return tool_button("Run again", "refresh", id=page.button(f"retry {job.id}"))
