"""What every page around one kind of job shares: its layout, for whatever address it was opened with.

What is seen of the job is in `_job_views`, what happens on the page in `_job_callbacks`.
"""

import json
import time
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

import dash_mantine_components as dmc
from dash import dcc, html
from dash.development.base_component import Component

from components.asset_picker import asset_extras, asset_options
from components.attributes import data as data_attributes
from components.export import tool_button
from components.icons import icon
from components.page_frame import page_frame
from components.page_tabs import page_tabs
from components.series_picker import DatasetChoice, picker_extras, picker_options, suggested_columns
from compute.schema import FieldProblem, RequestError
from pages._job_records import JobPage, View
from pages._job_views import awaited_view, empty_view, failed_view, view_of, what_is_seen
from pages._workspace import workspace
from services.submission import parse_request

CLOCK_MS = 1000  # how often a live page looks at the table by itself, should Dash's own polling be lost
UPLOAD_PATH = "/datasets"
MAX_PASTED = 200_000  # characters of pasted series that a form shows again


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
    if query.get("fill"):
        return _filled(page, query["fill"])
    return _frame(page, _preselected(page, query), empty_view(page))


def _opened(page: JobPage, job_id: str, compared_with: str | None) -> Component:
    job = workspace().jobs.get(job_id)
    view = view_of(page, job_id, job, compared_with)
    request = job.request if job is not None and job.kind == page.kind else page.task.example
    following = None
    if job is not None and view.is_live:
        following = {"job_id": job.id, "kind": job.kind, "request": job.request}
    current = {"job_id": job_id, "compare": compared_with, "address": "is right"}
    return _frame(page, _for_form(request), view, current=current, following=following)


def _for_form(request: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return what the form can hold: thousands of pasted series would be megabytes in one field, and are left out."""
    series = request.get("series")
    is_held = not isinstance(series, list) or len(json.dumps(series)) <= MAX_PASTED
    return request if is_held else {**request, "series": []}


def _started(page: JobPage, asked: str) -> Component:
    """Return the page that asks for the request in the address; what is wrong with it stands at its fields."""
    try:
        request = json.loads(asked)
        parsed = parse_request(page.task, request, workspace())
    except json.JSONDecodeError as error:
        return _unreadable(page, f"its request is not JSON: {error}")
    except RequestError as error:
        view = View(empty_view(page).status, empty_view(page).result, False, "empty", error.problems)
        return _frame(page, request, view)
    following = new_job(page, parsed.model_dump(mode="json"))
    current = {"job_id": following["job_id"], "compare": None, "address": "replace", "asked_at": time.time()}
    return _frame(page, following["request"], awaited_view(page), current=current, following=following)


def _filled(page: JobPage, asked: str) -> Component:
    """Return the page with what the address knows of a request in its form, and the example's values where it is
    silent."""
    try:
        request = json.loads(asked)
    except json.JSONDecodeError as error:
        return _unreadable(page, f"its request is not JSON: {error}")
    if not isinstance(request, dict):
        return _unreadable(page, "its request is no object with the fields of the form")
    return _frame(page, {**page.task.example, **request}, empty_view(page))


def _unreadable(page: JobPage, why: str) -> Component:
    return _frame(page, page.task.example, failed_view(page, "This link cannot be read", why))


def restarted_body(page: JobPage, request: Mapping[str, Any], compared_with: str) -> Component:
    """Return the page that asks for a variation of an earlier request, and will show the two results side by side."""
    following = new_job(page, request)
    current = {
        "job_id": following["job_id"],
        "compare": compared_with,
        "address": "push",
        "asked_at": time.time(),
        "is_asked_below": True,
    }
    return _frame(page, _for_form(request), awaited_view(page), current=current, following=following)


def _preselected(page: JobPage, query: Mapping[str, str]) -> Mapping[str, Any]:
    """Return the request to begin with: the example, on the series that the address names."""
    request = dict(page.task.example)
    chosen = next((each for each in datasets() if each.id == query.get("dataset")), None)
    if chosen is not None and "series" in request:
        column = query.get("column")
        known = column if column in chosen.columns else next(iter(chosen.columns), "")
        request["series"] = {"dataset": chosen.id} | ({"column": known} if "column" in request["series"] else {})
    elif chosen is not None and "assets" in request:
        request["assets"] = {"dataset": chosen.id}
    elif chosen is not None and "track" in request:
        request["track"] = {"dataset": chosen.id, "columns": chosen.columns[:2]}
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
        *page.stage(),
        html.Div(
            [html.Div(view.status, id=page.part("status")), _cancel_button(page, view)], className="la-status-slot"
        ),
        html.Div(view.result, id=page.part("result"), className="la-result"),
        dcc.Store(id=page.part("asked")),
        dcc.Store(id=page.part("current"), data=current),
        dcc.Store(id=page.part("seen"), data=seen),
        dcc.Store(id=page.part("failed")),
        dcc.Store(id=page.part("address")),
        dcc.Store(id=page.part("progress")),
        dcc.Store(id=page.part("message")),
        dcc.Store(id=page.part("delivered")),
        dcc.Store(id=page.part("arrived")),
        dcc.Interval(id=page.part("clock"), interval=CLOCK_MS, disabled=not view.is_live),
        html.Div(following_store(page, following), id=page.part("following")),
    ]
    panel = _panel(page, request, view.problems)
    tabs = page_tabs(*page.tabs, current=page.path) if page.tabs else None
    return page_frame(page.title, page.subtitle, panel, results, page_id=page.name, tabs=tabs)


def following_store(page: JobPage, following: dict[str, Any] | None) -> Any:
    """Return the store that the background callback listens to, or nothing: a new store is a new call."""
    return dcc.Store(id=page.part("request"), data=following) if following else None


def _cancel_button(page: JobPage, view: View) -> Component:
    """Return the button that cancels. It is always there, if hidden: Dash takes one that appears for one that was
    clicked, and one that is drawn again with the progress would lose the focus each time."""
    return tool_button(
        "Cancel",
        "stop",
        id=page.part("cancel"),
        hidden=not view.is_live,
        disabled=view.is_stopping,
        **data_attributes(cancel=page.name),
    )


def _panel(page: JobPage, request: Any, problems: Sequence[FieldProblem]) -> list[Component]:
    known = datasets()
    extras = picker_extras(page.form, UPLOAD_PATH) | asset_extras(page.form, UPLOAD_PATH) | dict(page.extras())
    if isinstance(request, Mapping) and request.get("series") == []:
        too_many = "The pasted series are too many to be shown here; the result below was made from all of them."
        extras["series/inline"] = dmc.Text(too_many, size="xs", className="la-muted")
    form = page.form.layout(
        request,
        problems=problems,
        choices={**picker_options(page.form, request, known), **asset_options(page.form, request, known)},
        extras=extras,
        suggestions=suggested_columns(page.form, request, known),
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


def new_job(page: JobPage, request: Mapping[str, Any], job_id: str | None = None) -> dict[str, Any]:
    """Return what the background callback is to submit."""
    return {"job_id": job_id or uuid.uuid4().hex, "kind": page.kind, "request": request}


def datasets() -> tuple[DatasetChoice, ...]:
    """Return the datasets that a series can be picked from."""
    return tuple(
        DatasetChoice(
            id=info.id,
            name=info.name,
            rows=info.rows,
            columns=tuple(column.name for column in info.columns if column.kind == "number"),
            is_sample=info.is_sample,
            texts=tuple(column.name for column in info.columns if column.kind == "text"),
        )
        for info in workspace().datasets.page()
    )
