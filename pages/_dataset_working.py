"""An import or a repair under way, failed or cancelled. One that is done is shown as the dataset it made."""

import dash_mantine_components as dmc
from dash import dcc, html
from dash.development.base_component import Component

from components.links import link_button
from components.page_frame import page_heading
from components.status import failed_state, working_state
from pages._dataset_ids import PATH, DatasetsId, dataset_href
from pages._dataset_reading import can_read_again, reading_form
from services.jobs import Job, JobState

POLL_MS = 400
TITLES = {"import_dataset": "Importing", "repair_dataset": "Repairing"}


def following_view(job: Job) -> list[Component]:
    """Return the page that follows `job` until it is over."""
    title = TITLES.get(job.kind, "Working")
    return [
        dcc.Store(id=DatasetsId.JOB, data=job.id),
        dcc.Interval(id=DatasetsId.JOB_CLOCK, interval=POLL_MS, disabled=job.state.is_final),
        page_heading(f"{title} a dataset", "You can leave this page; the job goes on and is found under Jobs."),
        html.Div(working_view(job), id=DatasetsId.JOB_STATE),
    ]


def working_view(job: Job) -> Component:
    """Return how far the job is, or why it ended without a dataset."""
    if job.state is JobState.CANCELLED:
        return failed_state("Cancelled", "Nothing was kept of it.", actions=_ways_on(job), was_cancelled=True)
    if job.state is JobState.FAILED:
        return _failed(job)
    cancel = dmc.Button(
        "Cancel", id=DatasetsId.JOB_CANCEL, variant="default", size="xs", disabled=job.is_cancel_requested
    )
    message = "Stopping" if job.is_cancel_requested else job.message
    return working_state(
        TITLES.get(job.kind, "Working"), job.progress, message, started_at=job.started_at, cancel=cancel
    )


def _failed(job: Job) -> Component:
    error = job.error
    detail = error.detail if error else "The job ended without saying why."
    shown = failed_state(
        error.title if error else "It failed", detail, error.errors if error else (), actions=_ways_on(job)
    )
    if not can_read_again(job):
        return shown
    again = html.Details([html.Summary("Read the file differently"), reading_form(job, [], chosen=None)])
    return html.Div([shown, html.Section(again, className="la-reread")], className="la-stack")


def _ways_on(job: Job) -> list[Component]:
    ways: list[Component] = [link_button("Choose another file", PATH)]
    if job.kind == "repair_dataset":
        ways = [link_button("Back to the dataset", dataset_href(str(job.request["dataset"])))]
    return ways
