"""One dataset: facts, findings with their repairs, the chart of a column, its columns, its rows."""

from typing import Any

import dash_ag_grid as dag
import dash_mantine_components as dmc
from dash import dcc, html
from dash.development.base_component import Component

from components.attributes import aria, data
from components.figures.series import series_figure
from components.icons import icon
from components.links import download_button, link_button
from components.page_frame import page_heading
from components.tables import Column, table
from components.theme import GRAPH_CONFIG, GRID_THEME
from components.words import count_words, frequency_words, time_words
from pages._dataset_ids import DatasetsId, dataset_href, forecast_href, repair_id
from pages._dataset_reading import reading_card
from pages._dataset_series import Drawable, drawable, number_columns
from pages._workspace import workspace
from services.datasets.records import ColumnInfo, DatasetInfo, Finding
from services.jobs import Job

SHOWN_COLUMNS = 200  # of the columns' table; a table of 100 000 rows helps nobody
GRID_COLUMNS = 60
GRID_BLOCK = 100  # rows fetched at a time
MAX_LINEAGE = 20
SEVERITY_ICONS = {"info": "info", "warning": "alert", "error": "alert"}


def detail_view(info: DatasetInfo, job: Job | None) -> list[Component]:
    """Return what stands on `/datasets?id=`; `job` is the import or repair that made it, when it is known."""
    numbers = number_columns(info)
    first = drawable(info, numbers[0]) if numbers else None
    sections: list[Component | None] = [
        dcc.Store(id=DatasetsId.SHOWN, data=info.id),
        dcc.Link([icon("arrow-left", 16), " All datasets"], href="/datasets", className="la-link la-back"),
        page_heading(info.name, _summary(info), _actions(info, numbers if first and first.reason is None else [])),
        _lineage(info),
        _notes(info),
        reading_card(info, job),
        findings_card(info.findings),
        _chart_card(info, numbers, first) if first else None,
        _columns_card(info, is_series=first is not None and first.reason is None),
        _rows_card(info),
        _delete_dialog(info),
    ]
    return [section for section in sections if section is not None]


def findings_card(findings: tuple[Finding, ...]) -> html.Section:
    """Return what the audit found, each finding with the repair that mends it."""
    repairable = [finding for finding in findings if finding.repair]
    repair_all = dmc.Button(
        f"Repair all {len(repairable)}",
        id=DatasetsId.REPAIR_ALL,
        variant="default",
        size="xs",
        leftSection=icon("wrench", 16),
        display=None if len(repairable) > 1 else "none",
    )
    body: Component = html.P("Nothing: times, values and columns are as they should be.", className="la-muted")
    if findings:
        body = html.Ul([_finding(index, each) for index, each in enumerate(findings)], className="la-findings")
    head = html.Div([html.H2("What the audit found"), repair_all], className="la-card-head")
    return html.Section([head, body], className="la-card")


def _finding(index: int, finding: Finding) -> html.Li:
    examples = f"For example {'; '.join(finding.examples)}" if finding.examples else None
    repair = dmc.Button(
        finding.repair_label or "Repair",
        id=repair_id(index),
        variant="light",
        size="xs",
        leftSection=icon("wrench", 16),
    )
    text = [html.P(finding.message), html.P(examples, className="la-muted la-small") if examples else None]
    return html.Li(
        [
            icon(SEVERITY_ICONS[finding.severity], 20, label=finding.severity),
            html.Div(text, className="la-finding-text"),
            repair if finding.repair else None,
        ],
        className="la-finding",
        **data(severity=finding.severity, code=finding.code),
    )


def _summary(info: DatasetInfo) -> str:
    facts = [count_words(info.rows, "row"), count_words(len(info.columns), "column")]
    time = next((column for column in info.columns if column.name == info.time_column), None)
    if time is not None:
        facts.append(
            f"{frequency_words(info.frequency)} from {time_words(_text(time.min))} to {time_words(_text(time.max))}"
        )
    else:
        facts.append("no time column: rows are numbered")
    origin = f" Source: {info.source} ({info.licence})." if info.is_sample else ""
    return ", ".join(facts) + "." + origin


def _actions(info: DatasetInfo, numbers: list[str]) -> list[Component]:
    actions: list[Component] = []
    if numbers:
        forecast = forecast_href(info.id, numbers[0])
        actions.append(link_button(f"Forecast {numbers[0]}", forecast, icon_name="forecast", is_primary=True))
    actions.append(download_button("CSV", f"/api/v1/datasets/{info.id}/data.csv", f"{info.name}.csv"))
    if not info.is_sample:
        actions.append(
            dmc.ActionIcon(
                icon("trash"), id=DatasetsId.DELETE, variant="default", size=36, **aria(label=f"Delete {info.name}")
            )
        )
    return actions


def _lineage(info: DatasetInfo) -> Component | None:
    if info.parent is None:
        return None
    versions = [info]
    while (parent := versions[0].parent) and len(versions) < MAX_LINEAGE:
        known = workspace().datasets.get(parent)
        if known is None:
            break
        versions.insert(0, known)
    steps: list[Component] = []
    for position, version in enumerate(versions):
        label = "Upload" if version.parent is None else _repairs_words(version)
        is_last = position == len(versions) - 1
        shown = html.Strong(label) if is_last else dcc.Link(label, href=dataset_href(version.id), className="la-link")
        steps.append(html.Li([icon("chevron-right", 14) if position else icon("branch", 16), " ", shown]))
    return html.Nav(html.Ol(steps, className="la-lineage"), **aria(label="Versions"))


def _repairs_words(version: DatasetInfo) -> str:
    words = [str(repair.get("kind", "repair")).replace("_", " ") for repair in version.repairs]
    columns = [str(repair["column"]) for repair in version.repairs if "column" in repair]
    said = ", ".join(dict.fromkeys(words)) or "repaired"
    return f"{said} ({', '.join(dict.fromkeys(columns))})" if columns else said


def _notes(info: DatasetInfo) -> Component | None:
    notes = [html.P(note, className="la-muted la-note") for note in info.notes]
    warnings = html.Ul([html.Li(line) for line in info.warnings], className="la-problems")
    alert = dmc.Alert(warnings, title="Read with care", color="yellow", icon=icon("info"))
    return html.Div([*notes, alert if info.warnings else None]) if notes or info.warnings else None


def _chart_card(info: DatasetInfo, numbers: list[str], first: Drawable) -> html.Section:
    picker = dmc.Select(
        id=DatasetsId.COLUMN,
        data=numbers,
        value=numbers[0],
        allowDeselect=False,
        searchable=len(numbers) > 10,
        w=240,
        display=None if len(numbers) > 1 else "none",
        **aria(label="Column to draw"),
    )
    graph = dcc.Graph(
        id=DatasetsId.CHART,
        figure=series_figure(first.series),
        config=GRAPH_CONFIG,
        className="la-series-graph",
        responsive=True,
    )
    is_over_time = info.time_column is not None and first.reason is None
    head = html.Div([html.H2("Over time" if is_over_time else "In the file's order"), picker], className="la-card-head")
    reason = html.P(f"{first.reason}.", className="la-muted la-note") if first.reason else None
    return html.Section([head, reason, graph], className="la-card", **aria(label="Chart"))


def _columns_card(info: DatasetInfo, *, is_series: bool) -> html.Section:
    shown = info.columns[:SHOWN_COLUMNS]
    rest = len(info.columns) - len(shown)
    columns = (
        Column("Column"),
        Column("Kind", help="Time, number or text, as it was read from the file."),
        Column("Missing", is_number=True, help="Rows without a value in this column."),
        Column("Lowest", is_number=True),
        Column("Highest", is_number=True),
        Column("Actions", is_silent=True),
    )
    caption = f"{count_words(len(info.columns), 'column')}" + (f", the first {len(shown)} of them" if rest else "")
    rows = [_column_row(info, column, is_series=is_series) for column in shown]
    return html.Section(
        [html.H2("Columns", className="la-card-head"), table(caption, columns, rows)], className="la-card"
    )


def _column_row(info: DatasetInfo, column: ColumnInfo, *, is_series: bool) -> list[Any]:
    is_time = column.kind == "time"
    can_forecast = is_series and column.kind == "number"
    low, high = (time_words(_text(value)) if is_time else value for value in (column.min, column.max))
    forecast = dcc.Link(
        "Forecast",
        href=forecast_href(info.id, column.name),
        className="la-link",
        title=f"Forecast {column.name}",
    )
    return [column.name, column.kind, column.missing, low, high, forecast if can_forecast else ""]


def _rows_card(info: DatasetInfo) -> html.Section:
    shown = info.columns[:GRID_COLUMNS]
    grid = dag.AgGrid(
        id=DatasetsId.GRID,
        columnDefs=[{"headerName": "Row", "valueGetter": {"function": "params.node.rowIndex + 1"}, "width": 90}]
        + [_grid_column(column) for column in shown],
        rowModelType="infinite",
        defaultColDef={"resizable": True, "sortable": False, "minWidth": 90},
        dashGridOptions={
            "theme": {"function": GRID_THEME},
            "cacheBlockSize": GRID_BLOCK,
            "maxBlocksInCache": 20,
            "suppressFieldDotNotation": True,  # a column may be named `a.b`
            "rowHeight": 34,
            "headerHeight": 38,
        },
        style={"height": min(420, 60 + 34 * max(info.rows, 1))},
    )
    rest = len(info.columns) - len(shown)
    note = html.Span(f"the first {len(shown)} columns", className="la-muted la-small") if rest else None
    return html.Section(
        [html.Div([html.H2("Rows"), note], className="la-card-head"), grid], className="la-card", **aria(label="Rows")
    )


def _grid_column(column: ColumnInfo) -> dict[str, Any]:
    made: dict[str, Any] = {"field": column.name, "headerName": column.name}
    return made | ({"type": "rightAligned"} if column.kind == "number" else {})


def _delete_dialog(info: DatasetInfo) -> dmc.Modal:
    return dmc.Modal(
        [
            dmc.Text(f"{info.name} and its {count_words(info.rows, 'row')} are deleted from this machine. Results of "
                     "jobs that used it stay."),
            dmc.Group(
                [
                    dmc.Button("Keep it", id=DatasetsId.DELETE_KEEP, variant="default"),
                    dmc.Button("Delete", id=DatasetsId.DELETE_SURE, color="red.9"),
                ],
                justify="flex-end",
                mt="md",
            ),
        ],
        id=DatasetsId.DELETE_ASKED,
        title=html.H2("Delete this dataset?", className="la-drawer-title"),
        centered=True,
        closeButtonProps=aria(label="Close without deleting"),
    )  # fmt: skip


def _text(value: float | str | None) -> str | None:
    return None if value is None else str(value)
