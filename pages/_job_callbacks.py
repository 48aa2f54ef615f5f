"""What happens on a job page: run, follow, cancel, compare. Its states are drawn by `_job_page` from the job table.

A click is noted in the browser, under a job id made there. The server judges the form and hands the request to
Dash's background callback, whose manager puts it in the job table. Everything that is then shown is read from the
table, so a page that was reloaded, left and reopened, or opened from a link shows the same.
"""

import time
from typing import Any
from urllib.parse import parse_qsl

from dash import (
    ALL,
    ClientsideFunction,
    Input,
    Output,
    State,
    callback,
    clientside_callback,
    no_update,
)
from dash.exceptions import PreventUpdate

from components.form import PlacedProblems
from components.ids import ShellId
from compute.schema import RequestError
from pages._form_callbacks import form_outputs, form_states, form_updates, register_form_callbacks
from pages._job_choices import register_choices, register_comparison
from pages._job_page import following_store, new_job, page_body
from pages._job_pictures import Pictures
from pages._job_records import JobPage, View
from pages._job_views import LIVE, awaited_view, refused_view, view_of, what_is_seen
from pages._workspace import owner, workspace
from services.jobs import Job, JobState
from services.submission import parse_request, submit_job

LOOKED_AT = ("status", "result", "result_class", "is_idle", "hides_cancel", "is_stopping", "seen", "failed")
_PICTURES = Pictures()
UNSEEN_S = 15.0  # a job that is not in the table this long after the click never arrived


def register_callbacks(page: JobPage) -> None:
    """Register everything that happens on the page; once per page, when its module is imported."""
    _register_run(page)
    _register_following(page)
    _register_look(page)
    register_choices(page)
    register_comparison(page)
    _register_address(page)


def _register_run(page: JobPage) -> None:
    form = page.form
    clientside_callback(
        ClientsideFunction("jobPage", "ask"),
        Output(page.part("asked"), "data"),
        Input({"page": page.name, "run": ALL}, "n_clicks"),
        State(form.all_fields, "value"),
        State(form.all_fields, "id"),
        State(form.all_tabs, "value"),
        State(form.all_tabs, "id"),
        State(form.all_flags, "checked"),
        State(form.all_flags, "id"),
        State(page.part("asked"), "data"),
        prevent_initial_call=True,
    )

    @callback(
        output={
            "form": form_outputs(page),
            "following": Output(page.part("following"), "children"),
            "current": Output(page.part("current"), "data"),
        },
        inputs={"asked": Input(page.part("asked"), "data")},
        state={"shown": form_states(page)},
        prevent_initial_call=True,
    )
    def run(asked: dict[str, Any] | None, shown: dict[str, list[str | None]]) -> dict[str, Any]:
        """Judge the form; show what is wrong at its fields, or hand the request on."""
        if not asked:
            raise PreventUpdate
        latest = asked["items"][-1]
        try:
            parsed = parse_request(page.task, form.read(latest["values"]), workspace())
        except RequestError as error:
            placed = form.place(latest["values"], error.problems)
            return {"form": form_updates(page, placed, shown), "following": no_update, "current": no_update}
        _submit(page, asked["items"])
        job = new_job(page, parsed.model_dump(mode="json"), latest["job_id"])
        current = {"job_id": job["job_id"], "compare": None, "address": "push", "asked_at": time.time()}
        return {
            "form": form_updates(page, PlacedProblems({}, ()), shown),
            "following": following_store(page, job),
            "current": current,
        }


def _submit(page: JobPage, items: list[dict[str, Any]]) -> None:
    """Submit what was asked for, now and just before, a round trip earlier than the background callback could, which
    finds the job by its id and follows it. Dash drops a callback's answer when a newer call was made meanwhile, so of
    several quick clicks only the last would reach the background callback. Ids make a repeat harmless."""
    for item in items:
        try:
            submit_job(workspace(), page.kind, page.form.read(item["values"]), owner=owner(), job_id=item["job_id"])
        except RequestError:
            continue  # it was told at its fields when it was asked


def _register_following(page: JobPage) -> None:
    @callback(
        output=Output(page.part("delivered"), "data"),
        inputs=Input(page.part("request"), "data"),
        background=True,
        interval=100,  # between polls; each stays with the server until there is something to tell, if it may
        progress=[Output(page.part("progress"), "data"), Output(page.part("message"), "data")],
        cancel=[Input(page.part("cancel"), "n_clicks")],
    )
    def follow(asked: dict[str, Any]) -> dict[str, Any]:
        """Return what is wanted; the manager puts it in the job table and follows it there."""
        return asked

    # Dash holds back every callback that listens to an output of a running one. What is delivered therefore goes
    # through a store that is nobody's output, or nothing could be drawn while the job runs.
    clientside_callback(
        ClientsideFunction("jobPage", "passOn"),
        Input(page.part("delivered"), "data"),
        State(page.part("arrived"), "id"),
        prevent_initial_call=True,
    )

    @callback(
        output={"clicked": Output(page.part("cancel"), "disabled", allow_duplicate=True)},
        inputs={"clicks": Input(page.part("cancel"), "n_clicks")},
        state={"current": State(page.part("current"), "data")},
        prevent_initial_call=True,
    )
    def cancel(clicks: int | None, current: dict[str, Any] | None) -> dict[str, Any]:
        """Cancel in the table as well, so that it also works where Dash's own polling was lost."""
        if not clicks or not current:
            return {"clicked": no_update}
        workspace().jobs.cancel(current["job_id"])
        return {"clicked": True}


def _register_look(page: JobPage) -> None:
    @callback(
        output={
            "status": Output(page.part("status"), "children"),
            "result": Output(page.part("result"), "children"),
            "result_class": Output(page.part("result"), "className"),
            "is_idle": Output(page.part("clock"), "disabled"),
            "hides_cancel": Output(page.part("cancel"), "hidden"),
            "is_stopping": Output(page.part("cancel"), "disabled"),
            "seen": Output(page.part("seen"), "data"),
            "failed": Output(page.part("failed"), "data"),
        },
        inputs={
            "current": Input(page.part("current"), "data"),
            "_tick": Input(page.part("clock"), "n_intervals"),
            "_progress": Input(page.part("progress"), "data"),  # the message comes with it: one look is for both
            "arrived": Input(page.part("arrived"), "data"),
        },
        state={"seen": State(page.part("seen"), "data")},
        prevent_initial_call=True,
    )
    def look(current: dict[str, Any] | None, arrived: Any, seen: dict[str, Any] | None, **_: Any) -> dict[str, Any]:
        """Draw the job as the table has it now; leave alone what has not changed."""
        nothing = dict.fromkeys(LOOKED_AT, no_update)
        if not current:
            raise PreventUpdate
        job = workspace().jobs.get(current["job_id"])
        if job is None and arrived and arrived["job_id"] == current["job_id"]:
            view = refused_view(page, arrived["errors"])
        elif job is None and time.time() - current.get("asked_at", 0.0) < UNSEEN_S:
            view = awaited_view(page)
        elif job is not None and job.state.is_final and _is_drawn(current, job, seen):
            return nothing | {"is_idle": True, "hides_cancel": True}
        else:
            view = _see(page, current, job)
        return nothing | _changes(current, view, seen)

    @callback(
        output={"form": form_outputs(page)},
        inputs={"failed": Input(page.part("failed"), "data")},
        state={
            "values": State(page.form.all_fields, "value"),
            "ids": State(page.form.all_fields, "id"),
            "tabs": State(page.form.all_tabs, "value"),
            "tab_ids": State(page.form.all_tabs, "id"),
            "shown": form_states(page),
        },
        prevent_initial_call=True,
    )
    def blame(
        failed: str | None,
        values: list[Any],
        ids: list[Any],
        tabs: list[Any],
        tab_ids: list[Any],
        shown: dict[str, list[str | None]],
    ) -> dict[str, Any]:
        """Show at its fields what only the run found wrong with the request."""
        job = workspace().jobs.get(failed) if failed else None
        if job is None or job.error is None or not job.error.errors:
            raise PreventUpdate
        held = {each["field"]: value for each, value in zip(ids, values, strict=True)}
        held |= {each["tab"]: value for each, value in zip(tab_ids, tabs, strict=True)}
        return {"form": form_updates(page, page.form.place(held, job.error.errors), shown)}


def _see(page: JobPage, current: dict[str, Any], job: Job | None) -> View:
    """Return what is to be seen of the job; the looks that its end brings about share one drawing."""
    if job is None or job.state is not JobState.DONE:
        return view_of(page, current["job_id"], job, current["compare"])
    key = (page.name, job.id, job.finished_at, current["compare"], str(workspace().settings.data_dir))
    return _PICTURES.see(key, lambda: view_of(page, job.id, job, current["compare"]))


def _is_drawn(current: dict[str, Any], job: Job, seen: dict[str, Any] | None) -> bool:
    return seen == {"job_id": job.id, "compare": current["compare"], "state": job.state.value, "is_stopping": False}


def _changes(current: dict[str, Any], view: View, seen: dict[str, Any] | None) -> dict[str, Any]:
    """Return what must be drawn anew. While a new job works, the result before it stays, faded, so nothing jumps."""
    now = what_is_seen(current, view)
    if view.is_live and now == seen:
        return {"status": view.status}  # what is set anew is drawn anew, and heard by who listens to it
    updates = {
        "status": view.status,
        "is_idle": not view.is_live,
        "hides_cancel": not view.is_live,
        "is_stopping": view.is_stopping,
        "seen": now,
    }
    if view.state == JobState.FAILED:
        updates["failed"] = current["job_id"]  # tells the form, which is asked about nothing else
    if not view.is_live:
        return updates | {"result": view.result, "result_class": "la-result"}
    was_done = seen is not None and seen["state"] == JobState.DONE
    was_live = seen is not None and seen["state"] in LIVE
    if was_done:
        return updates | {"result_class": "la-result la-result-old"}
    return updates if was_live else updates | {"result": view.result, "result_class": "la-result"}


def _register_address(page: JobPage) -> None:
    clientside_callback(
        ClientsideFunction("jobPage", "showAddress"),
        Output(page.part("address"), "data"),  # a callback without outputs is not called for a page that is opened
        Input(page.part("current"), "data"),
    )

    @callback(
        output={"body": Output(page.part("root"), "children")},
        inputs={"visit": Input(page.part("visit"), "data")},
        prevent_initial_call=True,
    )
    def open_again(visit: dict[str, str] | None) -> dict[str, Any]:
        """Draw the page for an address that Dash's own router took for the one that is shown."""
        return {"body": no_update if not visit else page_body(page, dict(parse_qsl(visit["search"].lstrip("?"))))}


def register_once() -> None:
    """Register what all job pages share."""
    clientside_callback(
        ClientsideFunction("jobPage", "believe"),
        Input(ShellId.URL, "search"),
    )


register_form_callbacks()
register_once()
