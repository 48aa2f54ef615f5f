"""The series of a finished batch: the one that is shown large, a dozen side by side, and all of them in a table.

Ten thousand fans are never sent to the browser: what is looked at is drawn when it is looked at.
"""

from collections.abc import Sequence
from typing import Any

import dash_mantine_components as dmc
from dash import ALL, Input, Output, State, callback, ctx, dcc, html, no_update
from dash.development.base_component import Component
from dash.exceptions import PreventUpdate

from components.attributes import aria, data
from components.batch_tables import count, series_table
from components.cards import card, graph
from components.export import tool_button
from components.figures import batch as charts
from components.figures import forecast as fan
from components.icons import icon
from components.series_grid import grid_rows, series_grid, wanted_rows
from compute.forecast.batch.result import BatchForecastResult, SeriesForecast
from pages._batch_past import pasts
from pages._job_records import Finished
from pages._job_views import finished

NAME = "batch"
KIND = "batch_forecast"
PER_PAGE = 12
TABLE_ROWS = 100  # more belong in a grid


def chosen_chart(done: Finished, other: Finished | None) -> Component:
    """Return the large chart, of the first series that was forecast."""
    first = next((at for at, series in enumerate(done.result.series) if series.mean), None)
    drawn = None if first is None else _large(done, other, first)
    return html.Div(drawn, id=_part("large"))


def small_multiples(done: Finished) -> Component:
    """Return the fans of the first series, with the search and the pager that lead to the others."""
    search = dmc.TextInput(
        id=_part("search"),
        placeholder="Find a series by name",
        debounce=300,
        size="sm",
        leftSection=icon("search", 16),
        className="la-batch-search",
        **aria(label="Find a series by name"),
    )
    found = found_places(done.result, "")
    bar = html.Div(
        [
            search,
            html.Span(_range_words(0, len(found)), id=_part("range"), className="la-muted la-small", role="status"),
            tool_button("Previous", "arrow-left", id=_part("previous"), disabled=True),
            tool_button("Next", "arrow-right", id=_part("next"), disabled=len(found) <= PER_PAGE),
        ],
        className="la-bar",
    )
    return card(
        "Series side by side",
        bar,
        html.Div(_panels(done, found[:PER_PAGE]), id=_part("panels"), className="la-batch-grid la-below"),
        dcc.Store(id=_part("page"), data=0),
    )


def series_card(done: Finished) -> Component:
    """Return all series: as a table while it is short, else as a grid that asks for the rows it shows."""
    result: BatchForecastResult = done.result
    if len(result.series) <= TABLE_ROWS:
        return card("All series", series_table(result, [_show_id(at, "table") for at in range(len(result.series))]))
    hint = "Click a row to see its forecast above; sort by the headers, filter below them."
    return card("All series", dmc.Text(hint, size="sm", mb="sm"), series_grid(_part("grid"), result))


def found_places(result: BatchForecastResult, search: str) -> list[int]:
    """Return the places of the forecast series whose names hold the words of `search`; all for none."""
    words = search.casefold().split()
    return [
        at
        for at, series in enumerate(result.series)
        if series.mean and all(word in series.name.casefold() for word in words)
    ]


def _panels(done: Finished, places: Sequence[int]) -> list[Component]:
    result: BatchForecastResult = done.result
    if not places:
        return [dmc.Text("No series of that name was forecast.", className="la-muted", size="sm")]
    drawn = zip(places, pasts(done.job, result, places), strict=True)
    return [_panel(at, result.series[at], charts.small_chart(result.series[at], past)) for at, past in drawn]


def _panel(at: int, series: SeriesForecast, figure: Any) -> Component:
    button = html.Button(
        series.name,
        id=_show_id(at, "panel"),
        type="button",
        className="la-batch-name",
        title=f"Show {series.name} large",
        **data(reveal="fan"),
    )
    label = f"Forecast of {series.name}"
    return html.Div(
        [button, graph(NAME, f"small-{at}", figure, charts.SMALL_HEIGHT, label)], className="la-batch-panel"
    )


def _large(done: Finished, other: Finished | None, at: int) -> Component:
    result: BatchForecastResult = done.result
    series: SeriesForecast = result.series[at]
    if not series.mean:
        return dmc.Text(f"{series.name} was not forecast: {series.reason or 'no reason is known'}", className="la-card")
    compared = None
    if other is not None:
        compared = next((each for each in other.result.series if each.name == series.name), None)
    chart = charts.large_chart(series, pasts(done.job, result, [at])[0], compared, revision=f"{done.job.id} {at}")
    label = f"Forecast of {series.name} with prediction intervals"
    return graph(NAME, "fan", chart, fan.HEIGHT, label, has_bar=True)


def _range_words(start: int, total: int) -> str:
    if not total:
        return "none"
    end = min(start + PER_PAGE, total)
    return f"{count(start + 1)} to {count(end)} of {count(total)}"


def _part(name: str) -> dict[str, str]:
    return {"page": NAME, "part": f"series/{name}"}


def _show_id(at: int, place: str) -> dict[str, Any]:
    return {"page": NAME, "series": at, "from": place}


def _current(current: dict[str, Any] | None) -> Finished:
    done = finished(KIND, current["job_id"]) if current else None
    if done is None:
        raise PreventUpdate
    return done


CURRENT = {"page": NAME, "part": "current"}


@callback(
    output={"large": Output(_part("large"), "children")},
    inputs={"clicks": Input({"page": NAME, "series": ALL, "from": ALL}, "n_clicks")},
    state={"current": State(CURRENT, "data")},
    prevent_initial_call=True,
)
def show_series(clicks: list[int | None], current: dict[str, Any] | None) -> dict[str, Any]:
    """Show the series large whose button was clicked."""
    if not any(clicks) or not isinstance(ctx.triggered_id, dict) or not ctx.triggered[0]["value"]:
        raise PreventUpdate
    return {"large": _shown(current, int(ctx.triggered_id["series"]))}


@callback(
    output={"large": Output(_part("large"), "children", allow_duplicate=True)},
    inputs={"cell": Input(_part("grid"), "cellClicked")},
    state={"current": State(CURRENT, "data")},
    prevent_initial_call=True,
)
def show_row(cell: dict[str, Any] | None, current: dict[str, Any] | None) -> dict[str, Any]:
    """Show the series large whose row was clicked."""
    if not cell:
        raise PreventUpdate
    return {"large": _shown(current, int(cell["rowId"]))}


def _shown(current: dict[str, Any] | None, at: int) -> Component:
    done = _current(current)
    if not 0 <= at < len(done.result.series):
        raise PreventUpdate
    return _large(done, finished(KIND, (current or {}).get("compare")), at)


@callback(
    output={
        "panels": Output(_part("panels"), "children"),
        "range": Output(_part("range"), "children"),
        "is_first": Output(_part("previous"), "disabled"),
        "is_last": Output(_part("next"), "disabled"),
        "page": Output(_part("page"), "data"),
    },
    inputs={
        "search": Input(_part("search"), "value"),
        "previous": Input(_part("previous"), "n_clicks"),
        "next": Input(_part("next"), "n_clicks"),
    },
    state={"page": State(_part("page"), "data"), "current": State(CURRENT, "data")},
    prevent_initial_call=True,
)
def turn_page(
    search: str | None, page: int | None, current: dict[str, Any] | None, **_clicks: int | None
) -> dict[str, Any]:
    """Draw the next or previous dozen, or the first of those that were searched for."""
    if not any(trigger["value"] is not None for trigger in ctx.triggered):
        raise PreventUpdate
    done = _current(current)
    found = found_places(done.result, search or "")
    last = max(0, (len(found) - 1) // PER_PAGE)
    turned = {"series/next": 1, "series/previous": -1}.get((ctx.triggered_id or {}).get("part", ""))
    wanted = 0 if turned is None else min(max((page or 0) + turned, 0), last)
    start = wanted * PER_PAGE
    return {
        "panels": _panels(done, found[start : start + PER_PAGE]),
        "range": _range_words(start, len(found)),
        "is_first": wanted == 0,
        "is_last": wanted == last,
        "page": wanted,
    }


@callback(
    output={"rows": Output(_part("grid"), "getRowsResponse")},
    inputs={"wanted": Input(_part("grid"), "getRowsRequest")},
    state={"current": State(CURRENT, "data")},
    prevent_initial_call=True,
)
def read_rows(wanted: dict[str, Any] | None, current: dict[str, Any] | None) -> dict[str, Any]:
    """Return the block of rows that the grid scrolled to."""
    if not wanted:
        return {"rows": no_update}
    done = _current(current)
    rows = wanted_rows(grid_rows(done.result.series), wanted)
    start, end = int(wanted["startRow"]), int(wanted["endRow"])
    return {"rows": {"rowData": rows[start:end], "rowCount": len(rows)}}
