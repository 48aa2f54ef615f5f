"""What every page around one kind of job shares: its layout in every state, drawn from the job table.

What happens on it is in `_job_callbacks`; what a result looks like belongs to the page itself.
"""

import json
import time
import uuid
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import dash_mantine_components as dmc
from dash import dcc, html
from dash.development.base_component import Component

from components.attributes import data as data_attributes
from components.export import tool_button
from components.icons import icon
from components.page_frame import page_frame
from components.series_picker import DatasetChoice, picker_extras, picker_options
from components.status import age, empty_state, failed_state, working_state
from compute.schema import FieldProblem, RequestError
from pages._job_records import Finished, JobPage, View
from pages._result_head import how_it_was_made, result_head
from pages._workspace import workspace
from services.jobs import Job, JobState
from services.submission import parse_request

CLOCK_MS = 1000  # how often a live page looks at the table by itself, should Dash's own polling be lost
COMPARABLE = 30  # as many earlier results are offered for comparison
LIVE = (JobState.QUEUED, JobState.RUNNING)
UPLOAD_PATH = "/datasets"


# ---- the page as it is opened --------------------------------------------------------------------------------------


def page_layout(page: JobPage, query: Mapping[str, str]) -> html.Div:
    """Return the page for the address it was opened with."""
    return html.Div(
        [
            dcc.Store(id=page.part("visit")),
            html.Div(page_body(page, query), id=page.part("root"), **data_attributes(job_page=page.name)),
        ]
    )


def page_body(page: JobPage, query: Mapping[str, str]) -> Component:
    """Return everything on the page; what the address asks for decides what it starts with."""
    if query.get("job"):
        return _opened(page, query["job"], query.get("compare"))
    if query.get("run"):
        return _started(page, query["run"])
    return _frame(page, _preselected(page, query), _empty_view(page))


def _opened(page: JobPage, job_id: str, compared_with: str | None) -> Component:
    job = workspace().jobs.get(job_id)
    view = view_of(page, job_id, job, compared_with)
    request = job.request if job is not None and job.kind == page.kind else page.task.example
    following = None
    if job is not None and view.is_live:
        following = {"job_id": job.id, "kind": job.kind, "request": job.request}
    current = {"job_id": job_id, "compare": compared_with, "address": "is right"}
    return _frame(page, request, view, current=current, following=following)


def _started(page: JobPage, asked: str) -> Component:
    """Return the page that asks for the request in the address; what is wrong with it stands at its fields."""
    try:
        request = json.loads(asked)
        parsed = parse_request(page.task, request, workspace())
    except json.JSONDecodeError as error:
        view = _failed_view(page, "This link cannot be read", f"its request is not JSON: {error}")
        return _frame(page, page.task.example, view)
    except RequestError as error:
        view = View(_empty_view(page).status, _empty_view(page).result, False, "empty", error.problems)
        return _frame(page, request, view)
    following = new_job(page, parsed.model_dump(mode="json"))
    current = {"job_id": following["job_id"], "compare": None, "address": "replace", "asked_at": time.time()}
    return _frame(page, following["request"], awaited_view(page), current=current, following=following)


def _preselected(page: JobPage, query: Mapping[str, str]) -> Mapping[str, Any]:
    """Return the request to begin with: the example, on the series that the address names."""
    request = dict(page.task.example)
    chosen = next((each for each in datasets() if each.id == query.get("dataset")), None)
    if chosen is not None and "series" in request:
        column = query.get("column")
        known = column if column in chosen.columns else next(iter(chosen.columns), "")
        request["series"] = {"dataset": chosen.id, "column": known}
    return request


def _frame(
    page: JobPage,
    request: Any,
    view: View,
    *,
    current: dict[str, Any] | None = None,
    following: dict[str, Any] | None = None,
) -> Component:
    seen = what_is_seen(current, view) if current else None
    results = [
        html.Div(view.status, id=page.part("status"), className="la-status-slot"),
        html.Div(view.result, id=page.part("result"), className="la-result"),
        dcc.Store(id=page.part("asked")),
        dcc.Store(id=page.part("current"), data=current),
        dcc.Store(id=page.part("seen"), data=seen),
        dcc.Store(id=page.part("address")),
        dcc.Store(id=page.part("progress")),
        dcc.Store(id=page.part("message")),
        dcc.Store(id=page.part("delivered")),
        dcc.Store(id=page.part("arrived")),
        dcc.Interval(id=page.part("clock"), interval=CLOCK_MS, disabled=not view.is_live),
        html.Div(following_store(page, following), id=page.part("following")),
        # What Dash cancels by must always be there: a button that appears counts as clicked. The visible one, which
        # comes and goes, clicks this one (assets/job_page.js).
        html.Button("Cancel", id=page.part("cancel"), hidden=True, **data_attributes(cancel_button=page.name)),
    ]
    return page_frame(page.title, page.subtitle, _panel(page, request, view.problems), results, page_id=page.name)


def following_store(page: JobPage, following: dict[str, Any] | None) -> Any:
    """Return the store that the background callback listens to, or nothing: a new store is a new call."""
    return dcc.Store(id=page.part("request"), data=following) if following else None


def _panel(page: JobPage, request: Any, problems: Sequence[FieldProblem]) -> list[Component]:
    known = datasets()
    form = page.form.layout(
        request,
        problems=problems,
        choices=picker_options(page.form, request, known),
        extras=picker_extras(page.form, UPLOAD_PATH),
    )
    run = dmc.Button(
        page.run_label,
        id=page.button("panel"),
        leftSection=icon("play", 16),
        fullWidth=True,
        size="md",
        **data_attributes(run_button=page.name),
    )
    return [form, html.Div(run, className="la-run")]


def datasets() -> tuple[DatasetChoice, ...]:
    """Return the datasets that a series can be picked from."""
    return tuple(
        DatasetChoice(
            id=info.id,
            name=info.name,
            rows=info.rows,
            columns=tuple(column.name for column in info.columns if column.kind == "number"),
            is_sample=info.is_sample,
        )
        for info in workspace().datasets.page()
    )


# ---- the page as the job table tells it ----------------------------------------------------------------------------


def view_of(page: JobPage, job_id: str, job: Job | None, compared_with: str | None) -> View:
    """Return what is to be seen of a job."""
    if job is None:
        return _failed_view(
            page,
            "There is no such job",
            f"Nothing is known of job {job_id}: it was deleted, or the link is incomplete.",
        )
    if job.kind != page.kind:
        other = workspace().tasks.get(job.kind)
        what = other.title if other else job.kind
        return _failed_view(page, "This job is of another kind", f"Job {job.id} is: {what}.")
    if job.state in LIVE:
        return View(_working(page, job), page.draw_waiting(), True, job.state.value)
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
    body = workspace().jobs.result(job.id)
    return None if body is None else Finished(job, workspace().tasks[kind].result.model_validate_json(body))


def refused_view(page: JobPage, errors: Sequence[Mapping[str, Any]]) -> View:
    """Return what is seen of a request that became no job, because the world changed since the form was judged."""
    problems = tuple(FieldProblem.model_validate(error) for error in errors)
    detail = "; ".join(problem.msg for problem in problems)
    return View(failed_state("The request cannot be met", detail, problems), None, False, "refused", problems)


def what_is_seen(current: Mapping[str, Any], view: View) -> dict[str, Any]:
    """Return what tells one picture of a job from another, so that it is drawn once."""
    return {"job_id": current["job_id"], "compare": current["compare"], "state": view.state}


def awaited_view(page: JobPage) -> View:
    """Return what is seen between the click and the job's arrival in the table."""
    return View(_working(page, None), page.draw_waiting(), True, JobState.QUEUED.value)


def new_job(page: JobPage, request: Mapping[str, Any], job_id: str | None = None) -> dict[str, Any]:
    """Return what the background callback is to submit."""
    return {"job_id": job_id or uuid.uuid4().hex, "kind": page.kind, "request": request}


def _done_view(page: JobPage, job: Job, compared_with: str | None) -> View:
    done = finished(page.kind, job.id)
    if done is None:
        return _failed_view(page, "The result is gone", f"Job {job.id} was done, but its result is no longer kept.")
    other = finished(page.kind, compared_with)
    answer = page.answer(done, other)
    head = result_head(page.path, page.task, done, answer, page.part("compare"), comparable(page, job), compared_with)
    body = html.Div([page.draw(done, other), how_it_was_made(job)], className="la-stack")
    return View(head, body, False, job.state.value)


def comparable(page: JobPage, job: Job) -> list[dict[str, str]]:
    """Return the other results of this kind, newest first, as options."""
    others = workspace().jobs.page(kind=page.kind, states=[JobState.DONE], limit=COMPARABLE).jobs
    return [
        {"value": other.id, "label": f"{page.describe(other)}, {age(other.finished_at or other.created_at)}"}
        for other in others
        if other.id != job.id
    ]


def _working(page: JobPage, job: Job | None) -> Component:
    cancel = tool_button(
        "Cancel", "stop", disabled=job is not None and job.is_cancel_requested, **data_attributes(cancel=page.name)
    )
    is_running = job is not None and job.state is JobState.RUNNING
    return working_state(
        page.working_title,
        job.progress if job is not None else 0.0,
        _message(job),
        started_at=job.started_at if job is not None and is_running else None,
        now=datetime.now(UTC),
        cancel=cancel,
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


def _empty_view(page: JobPage) -> View:
    links = [
        dcc.Link(
            [icon("play", 16), html.Span(sample.label)],
            href=page.link(sample.request),
            className=f"la-button {'la-button-plain' if position else 'la-button-primary'}",
        )
        for position, sample in enumerate(page.samples)
    ]
    return View(None, empty_state(page.empty_title, page.empty_message, links, icon_name=page.name), False, "empty")


def _failed_view(page: JobPage, title: str, detail: str) -> View:
    return View(failed_state(title, detail), _empty_view(page).result, False, "unknown")


def _retry(page: JobPage, job: Job) -> Component:
    return tool_button("Run again", "refresh", id=page.button(f"retry {job.id}"))
