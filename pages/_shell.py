"""What the shell does: the jobs drawer told from the job table, drawers and menus, and a failed callback's notice."""

import json
from datetime import UTC, datetime
from typing import Any

from dash import ALL, ClientsideFunction, Input, Output, State, callback, clientside_callback, ctx, no_update, set_props

from components.ids import ShellId, notice
from components.jobs_drawer import JobRow, jobs_list
from pages._workspace import workspace
from services.datasets.uploads import UnknownUploadError
from services.jobs import JobState, ListedJob
from services.latency.present import present
from services.logs import logger
from services.task_records import Task

SHOWN_JOBS = 50
LIVE = (JobState.QUEUED, JobState.RUNNING)


def job_row(job: ListedJob) -> JobRow:
    """Return what is shown of a job in lists."""
    task = workspace().tasks.get(job.kind)
    return JobRow(
        id=job.id,
        title=task.title if task else job.kind,
        subject=_subject(job.request),
        state=job.state.value,
        progress=job.progress,
        message=job.error.detail if job.error else job.message,
        owner=job.owner,
        created_at=job.created_at,
        started_at=job.started_at,
        finished_at=job.finished_at,
        href=job_href(task, job.id),
        is_stopping=job.is_cancel_requested,
    )


def job_href(task: Task | None, job_id: str) -> str | None:
    """Return the link to a job's page, or None when its kind has none."""
    return f"{task.page}?job={job_id}" if task and task.page else None


def show_error(error: Exception) -> None:
    """Tell the reader that a callback failed, and the log why; for Dash's `on_error`."""
    present().is_failed = True
    logger("pages").error("callback failed", exc_info=error, triggered=str(ctx.triggered_id))
    told = notice("That did not work", f"{type(error).__name__}: {error}", colour="red", stays=True)
    set_props(ShellId.NOTIFICATIONS, {"sendNotifications": [told]})


@callback(
    output={
        "list": Output(ShellId.JOBS_LIST, "children"),
        "count": Output(ShellId.JOBS_COUNT, "label"),
        "is_idle": Output(ShellId.JOBS_COUNT, "disabled"),
        "spoken": Output(ShellId.JOBS_SPOKEN, "children"),
        "seen": Output(ShellId.JOBS_SEEN, "data"),
    },
    inputs={"_tick": Input(ShellId.JOBS_TICK, "data"), "is_open": Input(ShellId.JOBS_DRAWER, "opened")},
    state={"seen": State(ShellId.JOBS_SEEN, "data")},
)
def list_jobs(_tick: Any, is_open: bool | None, seen: str | None) -> dict[str, Any]:
    """Read the table and draw it; draw nothing when nothing changed, so that focus in the list stays where it is."""
    now = datetime.now(UTC)
    jobs = workspace().jobs.page(limit=SHOWN_JOBS).jobs if is_open else ()
    counts = workspace().jobs.counts()
    live = sum(counts[state] for state in LIVE)
    # Ages are told in words that change about every ten seconds; the minute-hand is part of what was seen.
    stamp = json.dumps([bool(is_open), live, int(now.timestamp() // 10), [_fingerprint(job) for job in jobs]])
    if stamp == seen:
        return dict.fromkeys(("list", "count", "is_idle", "spoken", "seen"), no_update)
    return {
        "list": jobs_list([job_row(job) for job in jobs], now) if is_open else no_update,
        "count": str(live) if live else "",
        "is_idle": live == 0,
        "spoken": f"Jobs, {live} waiting or running" if live else "Jobs",
        "seen": stamp,
    }


@callback(
    output={"tick": Output(ShellId.JOBS_TICK, "data", allow_duplicate=True)},
    inputs={"clicks": Input({"type": "shell-job-cancel", "job": ALL}, "n_clicks")},
    prevent_initial_call=True,
)
def cancel_job(clicks: list[int | None]) -> dict[str, Any]:
    """Cancel the job whose button was clicked and read the list again."""
    if not any(clicks) or not isinstance(ctx.triggered_id, dict):
        return {"tick": no_update}  # a button appeared; nobody clicked
    workspace().jobs.cancel(str(ctx.triggered_id["job"]))
    return {"tick": f"cancelled {ctx.triggered_id['job']}"}


def _subject(request: dict[str, Any]) -> str:
    for names in (("source", "target"), ("x", "y")):
        pair = [request.get(name) for name in names]
        if all(isinstance(each, dict) for each in pair):
            return " and ".join(str(each.get("column") or each.get("name", "series")) for each in pair if each)
    series = request.get("series") or request.get("track")
    if isinstance(series, dict):
        if "dataset" in series:
            columns = series.get("columns") or [series.get("column")]
            return ", ".join([series["dataset"], *(column for column in columns if column)])
        return str(series.get("name", "series"))
    source = request.get("source")
    if isinstance(source, dict):
        return str(request.get("name") or source.get("sample") or _file_name(str(source.get("upload"))))
    return str(request.get("dataset", ""))


def _file_name(upload_id: str) -> str:
    try:
        return workspace().uploads.describe(upload_id).file_name
    except UnknownUploadError:
        return "upload"


def _fingerprint(job: ListedJob) -> list[Any]:
    return [job.id, job.state.value, round(job.progress, 2), job.message, job.is_cancel_requested]


clientside_callback(
    ClientsideFunction("shell", "openDrawer"),
    Output(ShellId.JOBS_DRAWER, "opened"),
    Input(ShellId.JOBS_BUTTON, "n_clicks"),
    Input(ShellId.URL, "href"),
    prevent_initial_call=True,
)
clientside_callback(
    ClientsideFunction("shell", "openHelp"),
    Output(ShellId.HELP, "opened"),
    Input(ShellId.HELP_BUTTON, "n_clicks"),
    Input(ShellId.URL, "href"),
    prevent_initial_call=True,
)
clientside_callback(
    ClientsideFunction("shell", "closeMenu"),
    Output(ShellId.BURGER, "opened"),
    Input(ShellId.URL, "href"),
    prevent_initial_call=True,
)
clientside_callback(
    ClientsideFunction("shell", "foldMenu"),
    Output(ShellId.FRAME, "navbar"),
    Input(ShellId.BURGER, "opened"),
    State(ShellId.FRAME, "navbar"),
    prevent_initial_call=True,
)
