"""The GPU page: what GPUs, machine, workers and jobs do, live and over time. With no GPU it says why."""

from enum import StrEnum
from typing import Any

import dash
import dash_mantine_components as dmc
from dash import Input, Output, callback, dcc, html
from dash.development.base_component import Component

from components.attributes import aria, data
from components.export import pop_up, tool_button
from components.page_frame import page_heading
from pages._gpu_charts import WINDOWS, read_charts, read_window
from pages._gpu_details import draw_details
from pages._gpu_views import NAME, draw_charts, notices
from pages._workspace import workspace
from services.telemetry import open_telemetry
from services.telemetry.records import Status

dash.register_page(__name__, path="/gpu", name="GPU", order=40, icon="chip", shortcut="u", title="GPU | Lookahead")

SUBJECTS = (("device", "GPUs"), ("host", "Machine and jobs"), ("process", "Workers"))


class GpuId(StrEnum):
    """Components of the page; `assets/live.js` writes to the two stores."""

    WINDOW = "gpu-window"
    CHARTS = "gpu-charts"
    NOTICES = "gpu-notices"
    DETAILS = "gpu-details"
    EXPORT = "gpu-export"
    REDRAW = "gpu-redraw"
    LOOK = "gpu-look"


def layout(window: str | None = None, **_query: str) -> html.Div:
    """Return the page; `window` is how far it looks back, in seconds."""
    window_s = read_window(window)
    return html.Div(
        [
            page_heading("GPU", "What GPUs, machine, workers and jobs do: now, and up to seven days back."),
            _bar(window_s),
            html.Div(notices(_status()), id=GpuId.NOTICES, className="la-live-notices"),
            html.Div(_draw_charts(window_s), id=GpuId.CHARTS),
            html.Div(_draw_details(), id=GpuId.DETAILS),
            dcc.Store(id=GpuId.REDRAW),
            dcc.Store(id=GpuId.LOOK),
        ],
        className="la-page la-stack la-page-gpu",
    )


@callback(
    output={"charts": Output(GpuId.CHARTS, "children"), "export": Output(GpuId.EXPORT, "children")},
    inputs={"window": Input(GpuId.WINDOW, "value"), "_redraw": Input(GpuId.REDRAW, "data")},
    prevent_initial_call=True,
)
def redraw(window: str, _redraw: Any) -> dict[str, Any]:
    """Draw the charts of another window, or those of a long one anew."""
    window_s = read_window(window)
    return {"charts": _draw_charts(window_s), "export": _export(window_s)}


@callback(
    output={"notices": Output(GpuId.NOTICES, "children"), "details": Output(GpuId.DETAILS, "children")},
    inputs={"_look": Input(GpuId.LOOK, "data")},
    prevent_initial_call=True,
)
def look_again(_look: Any) -> dict[str, Any]:
    """Draw notices and tables anew."""
    return {"notices": notices(_status()), "details": _draw_details()}


def _status() -> Status:
    return open_telemetry(workspace().settings).status.read()


def _draw_charts(window_s: int) -> Component:
    telemetry = open_telemetry(workspace().settings)
    status = telemetry.status.read()
    return draw_charts(status, read_charts(telemetry, status, window_s), workspace().settings.sample_hz)


def _draw_details() -> Component:
    telemetry = open_telemetry(workspace().settings)
    return draw_details(workspace(), telemetry, telemetry.status.read())


def _bar(window_s: int) -> html.Div:
    choices = [{"value": str(seconds), "label": label} for seconds, label in WINDOWS.items()]
    return html.Div(
        [
            dmc.SegmentedControl(id=GpuId.WINDOW, data=choices, value=str(window_s), size="sm", **aria(label="Window")),
            tool_button("Pause", "stop", **data(live_pause="true"), **aria(pressed="false")),
            html.Div(_export(window_s), id=GpuId.EXPORT),
            html.Span("Waiting", className="la-live-state", role="status"),
        ],
        className="la-live-bar la-bar",
    )


def _export(window_s: int) -> Component:
    """Return the ways to take samples along; each chart saves itself as PNG by the camera above it."""
    files = [
        html.A(
            f"{title} as CSV",
            href=f"/api/v1/gpu/history?subject={subject}&window={window_s}&format=csv",
            download=f"{NAME}-{subject}.csv",
            className="la-export-link",
        )
        for subject, title in SUBJECTS
    ]
    has_gpus = bool(_status().devices)
    images = [
        html.Button(
            f"{title} as PNG",
            type="button",
            className="la-export-link",
            **data(export="png", graph=graph, file=graph),
        )
        for graph, title in (("device-utilization", "Busy time"), ("host-cpu_percent", "Processor"))
        if has_gpus or graph.startswith("host")
    ]
    return pop_up("Export", "download", [*files, *images])
