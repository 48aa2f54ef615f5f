"""What can be done with every result, export, link, rerun, compare, repeat elsewhere, and how it was made."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import dash_mantine_components as dmc
from dash import html

from components.attributes import aria, data
from components.export import ExportFile, code_block, copy_button, export_menu, pop_up, tool_button
from components.icons import icon
from components.status import duration


@dataclass(frozen=True)
class BarContent:
    """What the bar of one result offers."""

    job_path: str
    """Path and query that reopen the result."""
    graph_id: str
    """`data-graph` of the chart that is exported as an image."""
    file_name: str
    files: Sequence[ExportFile]
    panel: str
    """The request panel that "Change and rerun" leads to."""
    compare_id: Any
    comparable: Sequence[dict[str, str]]
    """Other results, as options of a Select."""
    compared_with: str | None
    commands: Sequence[tuple[str, str]]
    """Title and text of each way to repeat the request."""
    has_report: bool = False
    """True where all that is shown may be saved as one page."""


@dataclass(frozen=True)
class Provenance:
    """How a result came to be."""

    job_id: str
    request_json: str
    seed: int | None
    data: str
    """What the request was about, with the hash that names its content."""
    code_version: str | None
    device: str | None
    finished_at: datetime | None
    wall_s: float | None
    cpu_s: float | None
    cached_from: str | None
    owner: str


def result_bar(content: BarContent) -> html.Div:
    """Return the bar; every result has the same one."""
    return html.Div(
        [
            export_menu(content.graph_id, content.file_name, content.files, has_report=content.has_report),
            copy_button(content.job_path, "Copy link", "link", is_path=True),
            tool_button("Change and rerun", "refresh", **data(open_panel=content.panel)),
            _copy_as(content.commands),
            dmc.Select(
                id=content.compare_id,
                data=list(content.comparable),
                value=content.compared_with,
                placeholder="Compare with …" if content.comparable else "Nothing to compare",
                disabled=not content.comparable,
                leftSection=icon("compare", 16),
                clearable=True,
                searchable=True,
                size="sm",
                className="la-compare",
                comboboxProps={"width": 360, "position": "bottom-end"},
                **aria(label="Compare with another result"),
            ),
        ],
        className="la-bar",
        role="toolbar",
        **aria(label="Result"),
    )


def _copy_as(commands: Sequence[tuple[str, str]]) -> html.Details:
    tabs = dmc.Tabs(
        [
            dmc.TabsList([dmc.TabsTab(title, value=title) for title, _ in commands]),
            *(dmc.TabsPanel(code_block(text, f"{title} command"), value=title, pt="sm") for title, text in commands),
        ],
        value=commands[0][0],
    )
    note = dmc.Text("Do the same from elsewhere; the answer is the same.", size="sm", mb="xs")
    return pop_up("Copy as", "terminal", [note, tabs], is_wide=True)


def provenance(made: Provenance) -> html.Details:
    """Return how the result was made: everything needed to make it again."""
    when = "" if made.finished_at is None else f"{made.finished_at:%Y-%m-%d %H:%M:%S} UTC"
    facts = (
        ("Data", made.data),
        ("Seed", "none" if made.seed is None else str(made.seed)),
        ("Code", made.code_version or "unknown"),
        ("Device", made.device or "unknown"),
        ("Finished", when),
        ("Took", _cost(made)),
        ("Answered from", f"the earlier job {made.cached_from}" if made.cached_from else "its own run"),
        ("Asked by", made.owner),
        ("Job", made.job_id),
    )
    return html.Details(
        [
            html.Summary([html.Span("How it was made"), icon("chevron-down", 16)], className="la-fold-summary"),
            html.Dl(
                [html.Div([html.Dt(name), html.Dd(value)]) for name, value in facts], className="la-facts la-provenance"
            ),
            html.Details(
                [
                    html.Summary("Request as JSON", className="la-fold-summary"),
                    code_block(made.request_json, "Request as JSON"),
                ],
                className="la-fold",
            ),
        ],
        className="la-card la-fold la-made",
    )


def _cost(made: Provenance) -> str:
    if made.wall_s is None:
        return "no time of its own" if made.cached_from else "unknown"
    processor = "" if made.cpu_s is None else f", {duration(made.cpu_s)} of processor time"
    return f"{_short(made.wall_s)}{processor}"


def _short(seconds: float) -> str:
    return f"{1000 * seconds:.0f} ms" if seconds < 1 else duration(seconds)
