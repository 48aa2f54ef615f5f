"""What can be done on the datasets page: import, follow, repair, read again, delete, draw a column, page the rows."""

from typing import Any

from dash import ALL, Input, Output, State, callback, ctx, no_update

from components.figures.series import series_figure
from components.ids import ShellId, notice
from components.status import failed_state
from components.words import time_words
from compute.schema import RequestError
from pages._dataset_ids import PATH, DatasetsId, dataset_href, job_href
from pages._dataset_reading import answer_of
from pages._dataset_series import drawable
from pages._dataset_working import working_view
from pages._workspace import owner, workspace
from services.datasets.records import DatasetInfo
from services.jobs import Job, JobState
from services.submission import submit_job

IMPORT = "import_dataset"
REPAIR = "repair_dataset"


def dataset_made_by(job: Job) -> str | None:
    """Return the id of the dataset that a finished import or repair made (it may be deleted since), else None."""
    body = workspace().jobs.result(job.id) if job.state is JobState.DONE else None
    return None if body is None else DatasetInfo.model_validate_json(body).id


@callback(
    output={"href": Output(DatasetsId.URL, "href", allow_duplicate=True)},
    inputs={"uploaded": Input(DatasetsId.UPLOADED, "data")},
    prevent_initial_call=True,
)
def import_upload(uploaded: dict[str, str] | None) -> dict[str, Any]:
    """Start the import of a file that has arrived, and follow it."""
    if not uploaded:
        return {"href": no_update}
    job = submit_job(workspace(), IMPORT, {"source": {"upload": uploaded["upload"]}}, owner=owner())
    return {"href": job_href(job.id)}


@callback(
    output={
        "shown": Output(DatasetsId.JOB_STATE, "children"),
        "is_over": Output(DatasetsId.JOB_CLOCK, "disabled"),
        "href": Output(DatasetsId.URL, "href", allow_duplicate=True),
    },
    inputs={"_tick": Input(DatasetsId.JOB_CLOCK, "n_intervals")},
    state={"job_id": State(DatasetsId.JOB, "data")},
    prevent_initial_call=True,
)
def follow_job(_tick: int, job_id: str) -> dict[str, Any]:
    """Show how far the import or repair is; when it is done, open what it made."""
    job = workspace().jobs.get(job_id)
    if job is None:
        gone = failed_state("This job is gone", "It was deleted after its time of keeping; import the file again.")
        return {"shown": gone, "is_over": True, "href": no_update}
    made = dataset_made_by(job)
    if made is not None:
        return {"shown": no_update, "is_over": True, "href": dataset_href(made, job.id)}
    return {"shown": working_view(job), "is_over": job.state.is_final, "href": no_update}


@callback(
    output={"is_asked": Output(DatasetsId.JOB_CANCEL, "disabled")},
    inputs={"clicks": Input(DatasetsId.JOB_CANCEL, "n_clicks")},
    state={"job_id": State(DatasetsId.JOB, "data")},
    prevent_initial_call=True,
)
def cancel_job(clicks: int | None, job_id: str) -> dict[str, Any]:
    """Ask the import or repair to stop."""
    if not clicks:
        return {"is_asked": no_update}
    workspace().jobs.cancel(job_id)
    return {"is_asked": True}


@callback(
    output={
        "href": Output(DatasetsId.URL, "href", allow_duplicate=True),
        "notices": Output(ShellId.NOTIFICATIONS, "sendNotifications", allow_duplicate=True),
    },
    inputs={
        "one": Input({"type": "datasets-repair", "index": ALL}, "n_clicks"),
        "every": Input(DatasetsId.REPAIR_ALL, "n_clicks"),
    },
    state={"dataset_id": State(DatasetsId.SHOWN, "data")},
    prevent_initial_call=True,
)
def repair(one: list[int | None], every: int | None, dataset_id: str) -> dict[str, Any]:
    """Start the repair of one finding or of all, and follow it."""
    info = workspace().datasets.get(dataset_id)
    if info is None or not (every or any(one)):
        return {"href": no_update, "notices": no_update}
    wanted = info.findings
    if isinstance(ctx.triggered_id, dict):
        wanted = (info.findings[ctx.triggered_id["index"]],)
    repairs = [finding.repair for finding in wanted if finding.repair]
    try:
        job = submit_job(workspace(), REPAIR, {"dataset": info.id, "repairs": repairs}, owner=owner())
    except RequestError as error:
        return {"href": no_update, "notices": [notice("That repair cannot be made", str(error), colour="red")]}
    return {"href": job_href(job.id), "notices": no_update}


@callback(
    output={
        "href": Output(DatasetsId.URL, "href", allow_duplicate=True),
        "problem": Output(DatasetsId.READ_AGAIN_PROBLEM, "children"),
    },
    inputs={"clicks": Input(DatasetsId.READ_AGAIN, "n_clicks")},
    state={
        "request": State(DatasetsId.SOURCE, "data"),
        "time_column": State(DatasetsId.TIME_COLUMN, "value"),
        "day_first": State(DatasetsId.DAY_FIRST, "value"),
        "decimal_comma": State(DatasetsId.DECIMAL_COMMA, "value"),
    },
    prevent_initial_call=True,
)
def read_again(
    clicks: int | None, request: dict[str, Any], time_column: str | None, day_first: str, decimal_comma: str
) -> dict[str, Any]:
    """Import the same file with the reading that was chosen, and follow it."""
    if not clicks:
        return {"href": no_update, "problem": no_update}
    reading = {
        "time_column": time_column or None,
        "day_first": answer_of(day_first),
        "decimal_comma": answer_of(decimal_comma),
    }
    try:
        job = submit_job(workspace(), IMPORT, request | reading, owner=owner())
    except RequestError as error:
        return {"href": no_update, "problem": failed_state("The file cannot be read again", str(error))}
    return {"href": job_href(job.id), "problem": None}


@callback(
    output={"is_open": Output(DatasetsId.DELETE_ASKED, "opened")},
    inputs={"ask": Input(DatasetsId.DELETE, "n_clicks"), "keep": Input(DatasetsId.DELETE_KEEP, "n_clicks")},
    prevent_initial_call=True,
)
def ask_to_delete(ask: int | None, keep: int | None) -> dict[str, Any]:
    """Open or close the question whether to delete."""
    return {"is_open": bool(ask) and ctx.triggered_id == DatasetsId.DELETE and ask != keep}


@callback(
    output={
        "href": Output(DatasetsId.URL, "href", allow_duplicate=True),
        "notices": Output(ShellId.NOTIFICATIONS, "sendNotifications", allow_duplicate=True),
    },
    inputs={"clicks": Input(DatasetsId.DELETE_SURE, "n_clicks")},
    state={"dataset_id": State(DatasetsId.SHOWN, "data")},
    prevent_initial_call=True,
)
def delete_dataset(clicks: int | None, dataset_id: str) -> dict[str, Any]:
    """Delete the dataset that is shown and go back to the list."""
    if not clicks:
        return {"href": no_update, "notices": no_update}
    info = workspace().datasets.get(dataset_id)
    workspace().datasets.delete(dataset_id)
    return {"href": PATH, "notices": [notice("Deleted", info.name if info else "It was gone already.")]}


@callback(
    output={"figure": Output(DatasetsId.CHART, "figure")},
    inputs={"column": Input(DatasetsId.COLUMN, "value")},
    state={"dataset_id": State(DatasetsId.SHOWN, "data")},
    prevent_initial_call=True,
)
def draw_column(column: str | None, dataset_id: str) -> dict[str, Any]:
    """Draw another column."""
    info = workspace().datasets.get(dataset_id)
    if not column or info is None:
        return {"figure": no_update}
    return {"figure": series_figure(drawable(info, column).series)}


@callback(
    output={"rows": Output(DatasetsId.GRID, "getRowsResponse")},
    inputs={"wanted": Input(DatasetsId.GRID, "getRowsRequest")},
    state={"dataset_id": State(DatasetsId.SHOWN, "data")},
    prevent_initial_call=True,
)
def read_rows(wanted: dict[str, Any] | None, dataset_id: str) -> dict[str, Any]:
    """Return the block of rows that the grid scrolled to."""
    info = workspace().datasets.get(dataset_id)
    if info is None or not wanted:
        return {"rows": no_update}
    start, end = int(wanted["startRow"]), int(wanted["endRow"])
    rows = workspace().datasets.rows(dataset_id, offset=start, limit=end - start)
    times = {column.name for column in info.columns if column.kind == "time"}
    shown = [{name: _shown(value, name in times) for name, value in row.items()} for row in rows]
    return {"rows": {"rowData": shown, "rowCount": info.rows}}


def _shown(value: Any, is_time: bool) -> Any:
    if is_time:
        return time_words(value)
    return f"{value:.10g}" if isinstance(value, float) else value
