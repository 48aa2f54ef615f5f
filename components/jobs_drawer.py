"""The drawer that lists all jobs. What it shows is read from the job table by `pages/_shell.py`."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import dash_mantine_components as dmc
from dash import dcc, html
from dash.development.base_component import Component

from components.attributes import aria, data
from components.icons import icon
from components.ids import ShellId, cancel_id
from components.status import age, duration, time_left

LIVE_STATES = ("queued", "running")


@dataclass(frozen=True)
class JobRow:
    """What the drawer and the home page show of one job."""

    id: str
    title: str
    subject: str
    """What it is about, such as `air-passengers, passengers`."""
    state: str
    progress: float
    message: str
    owner: str
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    href: str | None
    is_stopping: bool = False

    @property
    def is_live(self) -> bool:
        """True while it waits or runs."""
        return self.state in LIVE_STATES


def jobs_button() -> dmc.Indicator:
    """Return the header's button with the number of jobs that wait or run."""
    return dmc.Indicator(
        dmc.ActionIcon(
            [icon("jobs"), html.Span("Jobs", id=ShellId.JOBS_SPOKEN, className="la-visually-hidden")],
            id=ShellId.JOBS_BUTTON,
            variant="subtle",
            color="gray",
            size="lg",
        ),
        id=ShellId.JOBS_COUNT,
        label="",
        disabled=True,
        size=17,
        offset=5,
    )


def jobs_drawer() -> html.Div:
    """Return the closed drawer and its stores; `connection.js` says when to read the jobs again."""
    return html.Div(
        [
            dcc.Store(id=ShellId.JOBS_TICK),
            dcc.Store(id=ShellId.JOBS_SEEN),
            dmc.Drawer(
                html.Div(id=ShellId.JOBS_LIST),
                id=ShellId.JOBS_DRAWER,
                title=html.H2("Jobs", className="la-drawer-title"),
                position="right",
                size="min(440px, 100vw)",
                keepMounted=True,  # the list is written while the drawer is closed
                closeButtonProps=aria(label="Close jobs"),
            ),
        ]
    )


def jobs_list(rows: Sequence[JobRow], now: datetime) -> Component:
    """Return all jobs, newest first, or what to do when there are none."""
    if not rows:
        return html.Div(
            [
                dmc.Text("No jobs yet.", fw=600),
                dmc.Text("A forecast or an import shows up here while it waits, runs and when it is done.", size="sm"),
            ],
            className="la-muted la-jobs-none",
        )
    return html.Ul([html.Li(job_item(row, now), className="la-job") for row in rows], className="la-jobs")


def job_item(row: JobRow, now: datetime, *, can_cancel: bool = True) -> list[dmc.Group | dmc.ProgressRoot | dmc.Text]:
    """Return one job: what it is, its state, how far it is, and its buttons."""
    head = dmc.Group(
        [
            html.Div(
                [html.Strong(row.title), html.Span(row.subject, className="la-muted la-job-subject")],
                className="la-job-title",
            ),
            state_badge("stopping" if row.is_stopping and row.is_live else row.state),
        ],
        justify="space-between",
        wrap="nowrap",
        gap="xs",
    )
    foot = dmc.Group(
        [
            dmc.Text(_facts(row, now), size="xs", className="la-muted"),
            dmc.Group([*_cancel_button(row, can_cancel), *_open_link(row)], gap=4, wrap="nowrap"),
        ],
        justify="space-between",
        wrap="nowrap",
        mih=30,
    )
    return [head, *_progress(row, now), foot]


def state_badge(state: str) -> html.Span:
    """Return the state as a word on its colour."""
    return html.Span(state, className="la-badge", **data(state=state))


def _facts(row: JobRow, now: datetime) -> str:
    took = ""
    if row.started_at and row.finished_at:
        took = f", took {duration((row.finished_at - row.started_at).total_seconds())}"
    return f"{age(row.created_at, now)}{took}, {row.owner}"


def _progress(row: JobRow, now: datetime) -> list[dmc.ProgressRoot | dmc.Text]:
    shown = []
    if row.state == "running":
        percent = round(row.progress * 100)
        left = None if row.started_at is None else time_left(row.progress, row.started_at, now)
        bar = dmc.ProgressSection(value=max(percent, 2), **aria(label=f"{row.title}: {percent} %"))
        shown.append(dmc.ProgressRoot(bar, size="sm", mt=6))
        shown.append(dmc.Text(", ".join(filter(None, [row.message or f"{percent} %", left])), size="xs", mt=4))
    elif row.message and row.state != "done" and row.message != row.state:
        shown.append(dmc.Text(row.message, size="xs", mt=4, lineClamp=3))
    return shown


def _cancel_button(row: JobRow, can_cancel: bool) -> list[dmc.Button]:
    if not (row.is_live and can_cancel):
        return []
    return [
        dmc.Button(
            "Cancel",
            id=cancel_id(row.id),
            variant="subtle",
            color="gray",
            size="compact-xs",
            disabled=row.is_stopping,
            **aria(label=f"Cancel {row.title} {row.subject}"),
        )
    ]


def _open_link(row: JobRow) -> list[dcc.Link]:
    if row.href is None:
        return []
    return [dcc.Link("Open", href=row.href, className="la-link la-job-open", title=f"Open {row.title} {row.subject}")]
