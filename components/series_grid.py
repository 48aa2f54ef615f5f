"""Thousands of series of a batch as a grid that asks for the rows it scrolls to; sorting and filtering happen here."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import dash_ag_grid as dag

from components.batch_tables import FIRST_HELP, LAST_HELP, MASE_HELP, widest_level
from components.theme import GRID_THEME
from compute.forecast.batch.result import BatchForecastResult, SeriesForecast

BLOCK = 100  # rows fetched at a time
HEIGHT = 460
Row = Mapping[str, Any]
_TEXT = {"filter": "agTextColumnFilter", "filterParams": {"filterOptions": ["contains"], "maxNumConditions": 1}}
_NUMBER = {
    "type": "rightAligned",
    "filter": "agNumberColumnFilter",
    "filterParams": {"filterOptions": ["greaterThan", "lessThan", "inRange"], "maxNumConditions": 1},
    "valueFormatter": {"function": "params.value == null ? '–' : d3.format('.5~g')(params.value)"},
    "width": 96,
}


def series_grid(grid_id: Any, result: BatchForecastResult) -> dag.AgGrid:
    """Return the grid of the batch's series, empty until it asks for rows."""
    level = widest_level(result)
    columns: list[dict[str, Any]] = [
        {"field": "name", "headerName": "Series", "flex": 2, "minWidth": 130, **_TEXT},
        {"field": "status", "headerName": "Status", "flex": 1, "minWidth": 90, "tooltipField": "status", **_TEXT},
        {"field": "first", "headerName": "First", "headerTooltip": FIRST_HELP, **_NUMBER},
        {"field": "last", "headerName": "Last", "headerTooltip": LAST_HELP, **_NUMBER},
    ]
    if level:
        meaning = f"of the {level} % interval at the last step, in the unit of the series."
        columns += [
            {"field": "lower", "headerName": "Low", "headerTooltip": f"Lower end {meaning}", **_NUMBER},
            {"field": "upper", "headerName": "High", "headerTooltip": f"Upper end {meaning}", **_NUMBER},
        ]
    if any(series.accuracy for series in result.series):
        columns.append({"field": "mase", "headerName": "MASE", "headerTooltip": MASE_HELP, **_NUMBER})
    columns.append({"field": "model", "headerName": "Model", "flex": 1, "minWidth": 120, **_TEXT})
    return dag.AgGrid(
        id=grid_id,
        columnDefs=columns,
        rowModelType="infinite",
        getRowId="params.data.at",
        defaultColDef={"resizable": True, "sortable": True, "minWidth": 80, "floatingFilter": True},
        dashGridOptions={
            "theme": {"function": GRID_THEME},
            "cacheBlockSize": BLOCK,
            "maxBlocksInCache": 20,
            "rowHeight": 34,
            "headerHeight": 38,
            "enableCellTextSelection": True,
        },
        style={"height": HEIGHT},
    )


def grid_rows(series: Iterable[SeriesForecast]) -> list[dict[str, Any]]:
    """Return the row of each series; `at` is its place in the result."""
    return [_row(at, each) for at, each in enumerate(series)]


def wanted_rows(rows: Sequence[Row], wanted: Mapping[str, Any]) -> list[Row]:
    """Return the rows that pass the filters of the grid's request, in the order it asks for."""
    kept = list(rows)
    for field, rule in (wanted.get("filterModel") or {}).items():
        kept = [row for row in kept if _passes(row.get(field), rule)]
    for order in reversed(wanted.get("sortModel") or []):
        field = order["colId"]
        known = [row for row in kept if row.get(field) is not None]
        unknown = [row for row in kept if row.get(field) is None]
        known.sort(key=lambda row: _sort_key(row[field]), reverse=order["sort"] == "desc")
        kept = known + unknown  # what has no value stands last either way
    return kept


def _row(at: int, series: SeriesForecast) -> dict[str, Any]:
    row: dict[str, Any] = {"at": str(at), "name": series.name, "model": series.model, "status": series.status}
    if series.status == "failed":
        row["status"] = f"failed: {series.reason or 'no reason is known'}"
    if series.mean:
        row |= {"first": series.mean[0], "last": series.mean[-1]}
    widest = max(series.intervals, key=lambda interval: interval.level, default=None)
    if widest is not None and widest.lower:
        row |= {"lower": widest.lower[-1], "upper": widest.upper[-1]}
    if series.accuracy is not None:
        row["mase"] = series.accuracy.mase
    return row


def _passes(value: Any, rule: Mapping[str, Any]) -> bool:
    if value is None:
        return False
    bound = rule.get("filter")
    match rule.get("type"):
        case "contains":
            return str(bound).casefold() in str(value).casefold()
        case "greaterThan":
            return bool(value > bound)
        case "lessThan":
            return bool(value < bound)
        case "inRange":
            return bool(bound <= value <= rule["filterTo"])
    return True


def _sort_key(value: Any) -> Any:
    return value.casefold() if isinstance(value, str) else value
