"""How a file was read, and reading it again in another way: asked openly when the import was not sure."""

from collections.abc import Sequence

import dash_mantine_components as dmc
from dash import dcc, html

from components.icons import icon
from components.words import format_words
from pages._dataset_ids import DatasetsId
from pages._workspace import workspace
from services.datasets.records import DatasetInfo
from services.datasets.uploads import UnknownUploadError
from services.jobs import Job

AUTO = "auto"


def reading_card(info: DatasetInfo, job: Job | None) -> html.Section | None:
    """Return the question how to read the file: open when the import was unsure, none when it cannot be repeated."""
    if job is None or not can_read_again(job):
        return None
    is_unsure = not info.is_sure or info.time_column is None
    said = (
        _doubt(info) if is_unsure else f"Times were read from {info.time_column} as {format_words(info.time_format)}."
    )
    form = reading_form(job, [column.name for column in info.columns], chosen=info.time_column)
    if not is_unsure:
        return html.Section(
            html.Details([html.Summary("Read the file differently"), html.P(said), form]), className="la-reread"
        )
    head = html.Div([html.H2("Is this how the file is meant?"), icon("help")], className="la-card-head")
    return html.Section([head, html.P(said), form], className="la-card la-card-question")


def can_read_again(job: Job) -> bool:
    """True when `job` imported an upload whose bytes are still there."""
    upload_id = (job.request.get("source") or {}).get("upload")
    if upload_id is None:
        return False
    try:
        workspace().uploads.path(upload_id)
    except UnknownUploadError:
        return False
    return True


def reading_form(job: Job, columns: Sequence[str], chosen: str | None) -> html.Div:
    """Return the controls of a new reading; `columns` may be empty when the file could not be read at all."""
    request = job.request
    told = {
        "id": DatasetsId.TIME_COLUMN,
        "label": "Time column",
        "description": "Which column holds the times.",
        "placeholder": "Found by itself",
    }
    time_column = (
        dmc.Select(**told, data=list(columns), value=chosen, clearable=True, searchable=True)
        if columns
        else dmc.TextInput(**told, value=request.get("time_column") or "")
    )
    return html.Div(
        [
            dcc.Store(id=DatasetsId.SOURCE, data=request),
            html.Div(
                [
                    time_column,
                    _choice(DatasetsId.DAY_FIRST, "03/04/2025 is", "3 April", "4 March", request.get("day_first")),
                    _choice(
                        DatasetsId.DECIMAL_COMMA,
                        "1,5 is",
                        "one and a half",
                        "two columns",
                        request.get("decimal_comma"),
                    ),
                ],
                className="la-reading",
            ),
            html.Div(id=DatasetsId.READ_AGAIN_PROBLEM, role="alert"),
            dmc.Button("Import again", id=DatasetsId.READ_AGAIN, mt="md", variant="light"),
        ]
    )


def answer_of(value: str | None) -> bool | None:
    """Return the choice of a control: yes, no, or None to find out."""
    return {"yes": True, "no": False}.get(value or AUTO)


def _choice(control: DatasetsId, label: str, yes: str, no: str, value: bool | None) -> dmc.Select:
    options = [
        {"value": AUTO, "label": "Found by itself"},
        {"value": "yes", "label": yes},
        {"value": "no", "label": no},
    ]
    current = AUTO if value is None else "yes" if value else "no"
    return dmc.Select(
        id=control, label=label, description="In this file.", data=options, value=current, allowDeselect=False
    )


def _doubt(info: DatasetInfo) -> str:
    if info.time_column is None:
        return (
            "No column reads as times, so the rows were numbered. If one holds the times, choose it and import again."
        )
    return (
        f"The times were taken from {info.time_column}, read as {format_words(info.time_format)}, but another reading "
        "is possible. Keep it, or choose and import again."
    )
