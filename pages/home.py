"""The first page: what can be done here, one click from a result; the last jobs; the state of the machine."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any
from urllib.parse import quote

import dash
import dash_mantine_components as dmc
from dash import Input, Output, State, callback, dcc, html, no_update
from dash.development.base_component import Component

from components.attributes import aria
from components.icons import icon
from components.ids import ShellId
from components.jobs_drawer import job_item
from components.links import link_button
from components.overview import overview_tiles
from components.page_frame import page_heading
from components.sparkline import sparkline
from components.status import empty_state
from components.words import count_words
from pages._dataset_series import shape_of
from pages._home_overview import read_overview
from pages._machine import MachineState, gpu_words, memory_words, processor_words, read_machine
from pages._shell import job_row
from pages._workspace import workspace
from services.datasets.records import DatasetInfo
from services.version import VERSION

dash.register_page(__name__, path="/", name="Home", order=0, icon="home", shortcut="h", title="Lookahead")

SHOWN_JOBS = 5
OVERVIEW_MS = 5000


class HomeId(StrEnum):
    """Components of the page."""

    JOBS = "home-jobs"
    MACHINE = "home-machine"
    SEEN = "home-seen"
    OVERVIEW = "home-overview"
    OVERVIEW_CLOCK = "home-overview-clock"
    OVERVIEW_JOBS = "home-overview-jobs"


@dataclass(frozen=True)
class Start:
    """A sample and a forecast of it that is worth seeing."""

    sample: str
    column: str
    label: str
    model: Mapping[str, Any]
    horizon: int

    @property
    def href(self) -> str:
        """The address that starts this forecast at once."""
        request = {
            "series": {"dataset": self.sample, "column": self.column},
            "horizon": self.horizon,
            "model": dict(self.model),
        }
        return f"/forecast?run={quote(json.dumps(request, separators=(',', ':')))}"


_AIRLINE = {"kind": "arima", "p": 0, "d": 1, "q": 1, "P": 0, "D": 1, "Q": 1}  # Box and Jenkins (1976), this series
_CYCLE = {"kind": "arima", "p": 9, "d": 0, "q": 0}  # of all orders up to ten the lowest AIC here
_LEVEL = {"kind": "arima", "p": 0, "d": 1, "q": 1}  # a random walk seen through noise (Durbin and Koopman 2001)
STARTS = (
    Start("air-passengers", "passengers", "Forecast two years", _AIRLINE, 24),
    Start("sunspots", "sunspots", "Forecast two cycles", _CYCLE, 22),
    Start("nile", "flow_1e8_m3", "Forecast ten years", _LEVEL, 10),
)


def layout(**_query: str) -> html.Div:
    """Return the page."""
    upload = link_button("Upload a file", "/datasets", icon_name="upload")
    forecast = link_button("New forecast", "/forecast", icon_name="forecast", is_primary=True)
    return html.Div(
        [
            page_heading(
                "Look ahead",
                "Forecast a series from your own file or from a sample: with intervals, and with an accuracy that is "
                "measured on the very series. The same work is a REST call and a command.",
                [upload, forecast],
            ),
            html.Section([html.H2("One click to a result"), _starts()]),
            html.Section([html.H2("Right now"), html.Div(_overview(), id=HomeId.OVERVIEW)]),
            html.Div(
                [
                    html.Section(
                        [html.Div(html.H2("Last jobs"), className="la-card-head"), html.Div(_jobs(), id=HomeId.JOBS)],
                        className="la-card",
                    ),
                    html.Section(
                        [
                            html.Div(html.H2("This machine"), className="la-card-head"),
                            html.Div(_machine(read_machine()), id=HomeId.MACHINE),
                        ],
                        className="la-card",
                    ),
                ],
                className="la-home-columns",
            ),
            dcc.Store(id=HomeId.SEEN),
            dcc.Interval(id=HomeId.OVERVIEW_CLOCK, interval=OVERVIEW_MS),
        ],
        className="la-page la-stack",
    )


@callback(
    output={
        "jobs": Output(HomeId.JOBS, "children"),
        "machine": Output(HomeId.MACHINE, "children"),
        "seen": Output(HomeId.SEEN, "data"),
    },
    inputs={"seen_by_drawer": Input(ShellId.JOBS_SEEN, "data")},
    state={"seen": State(HomeId.SEEN, "data")},
    prevent_initial_call=True,
)
def refresh(seen_by_drawer: str | None, seen: str | None) -> dict[str, Any]:
    """Draw jobs and machine again when the drawer's clock saw a change."""
    if seen_by_drawer == seen:
        return {"jobs": no_update, "machine": no_update, "seen": no_update}
    return {"jobs": _jobs(), "machine": _machine(read_machine()), "seen": seen_by_drawer}


@callback(
    output={"tiles": Output(HomeId.OVERVIEW, "children")},
    inputs={"_tick": Input(HomeId.OVERVIEW_CLOCK, "n_intervals")},
    prevent_initial_call=True,
)
def refresh_overview(_tick: int | None) -> dict[str, Any]:
    """Draw the tiles again."""
    return {"tiles": _overview()}


@callback(
    output={"is_open": Output(ShellId.JOBS_DRAWER, "opened", allow_duplicate=True)},
    inputs={"clicks": Input(HomeId.OVERVIEW_JOBS, "n_clicks")},
    prevent_initial_call=True,
)
def open_jobs(clicks: int | None) -> dict[str, Any]:
    """Open the list of jobs."""
    return {"is_open": True if clicks else no_update}


def _overview() -> html.Ul:
    return overview_tiles(read_overview(HomeId.OVERVIEW_JOBS))


def _starts() -> html.Ul:
    known = {info.id: info for info in workspace().datasets.page() if info.is_sample}
    cards = [html.Li(_start_card(start, known[start.sample])) for start in STARTS if start.sample in known]
    return html.Ul(cards, className="la-datasets")


def _start_card(start: Start, info: DatasetInfo) -> dcc.Link:
    about = info.notes[0] if info.notes else ""
    return dcc.Link(
        [
            html.Span(info.name, className="la-dataset-name"),
            html.Span(about, className="la-muted la-small"),
            sparkline(shape_of(info.id, start.column), f"Shape of {info.name}"),
            html.Span([start.label, " ", icon("arrow-right", 16)], className="la-start-label"),
        ],
        href=start.href,
        className="la-dataset",
    )


def _jobs() -> Component:
    jobs = workspace().jobs.page(limit=SHOWN_JOBS).jobs
    if not jobs:
        return empty_state(
            "Nothing has run yet", "Start a forecast above; it shows up here.", icon_name="jobs", is_small=True
        )
    now = datetime.now(UTC)
    rows = [html.Li(job_item(job_row(job), now, can_cancel=False), className="la-job") for job in jobs]
    return html.Ul(rows, className="la-jobs")


def _machine(state: MachineState) -> Component:
    if state.workers:
        workers = f"{count_words(state.workers, 'worker')} ready"
    else:
        workers = "No worker: jobs wait until one is there"
    waiting = f"{state.running} running, {state.queued} waiting"
    facts = (
        ("Workers", workers),
        ("Jobs", waiting),
        ("Processors", processor_words(state.status)),
        ("Memory", memory_words(state.status)),
        ("GPU", dcc.Link(gpu_words(state.status), href="/gpu", className="la-link")),
        ("Your datasets", dcc.Link(str(state.datasets), href="/datasets", className="la-link")),
        ("Release", VERSION),
    )
    listed = [html.Div([html.Dt(name), html.Dd(value)]) for name, value in facts]
    warning = dmc.Alert(
        "Jobs are kept and run as soon as a worker starts. The server starts workers by itself; its log says why "
        "none is there.",
        title="No worker is alive",
        color="red",
        icon=icon("alert"),
        mb="md",
    )
    return html.Div(
        [
            None if state.workers else warning,
            html.Dl(listed, className="la-facts", **aria(label="State of the machine")),
        ]
    )
