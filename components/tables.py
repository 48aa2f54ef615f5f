"""Small tables: sorted by their headers, copied with a button (`assets/tables.js`). Many rows belong in a grid."""

from collections.abc import Sequence
from dataclasses import dataclass

import dash_mantine_components as dmc
from dash import html
from dash.development.base_component import Component

from components.attributes import aria, data
from components.icons import icon

Cell = str | float | int | Component | list[Component] | None


_EVENTS = {"hover": True, "focus": True, "touch": True}


@dataclass(frozen=True)
class Column:
    """One column of a table."""

    title: str
    is_number: bool = False
    is_silent: bool = False
    """Of links or buttons: its title is only spoken, and nothing is sorted by it."""
    help: str | None = None
    """The definition of what stands in it, shown on hover and focus."""


def table(
    caption: str, columns: Sequence[Column], rows: Sequence[Sequence[Cell]], *, can_copy: bool = True
) -> html.Div:
    """Return the table; the first cell of each row is its header. None is shown as a dash."""
    head = html.Thead(html.Tr([_header(column) for column in columns]))
    body = html.Tbody([html.Tr([_cell(row[0], columns[0], is_header=True), *_cells(row, columns)]) for row in rows])
    caption_row = html.Caption(
        html.Div([html.Span(caption), _copy_button(caption) if can_copy else None], className="la-caption")
    )
    return html.Div(
        html.Table([caption_row, head, body], className="la-table"),
        className="la-table-scroll",
        tabIndex=0,  # scrolls sideways inside itself; the keyboard must reach it
        role="region",
        **aria(label=caption),
    )


def shown_number(value: float | int | None, digits: int = 6) -> str:
    """Return a number for people: at most `digits` significant ones, thousands apart, no noise, a dash for None."""
    if value is None:
        return "–"
    if isinstance(value, int) or (float(value).is_integer() and abs(value) < 1e15):
        return f"{int(value):,}".replace(",", "\u202f")
    text = f"{value:.{digits}g}"
    return text.replace("e-0", "e-").replace("e+0", "e").replace("e+", "e")


def _header(column: Column) -> html.Th:
    if column.is_silent:
        return html.Th(html.Span(column.title, className="la-visually-hidden"), scope="col")
    label = html.Button([html.Span(column.title)], className="la-sort", type="button")
    shown = label if column.help is None else _explained(label, column.help)
    return html.Th(shown, scope="col", className="la-right" if column.is_number else "", **aria(sort="none"))


def _explained(label: Component, meaning: str) -> dmc.Tooltip:
    wrapper = {"style": {"display": "inline-block"}}  # keeps the header's alignment
    return dmc.Tooltip(label, label=meaning, multiline=True, maw=280, events=_EVENTS, boxWrapperProps=wrapper)


def _cells(row: Sequence[Cell], columns: Sequence[Column]) -> list[html.Td | html.Th]:
    return [_cell(value, column) for value, column in zip(row[1:], columns[1:], strict=True)]


def _cell(value: Cell, column: Column, *, is_header: bool = False) -> html.Td | html.Th:
    shown: Cell = value
    if value is None:
        shown = "–"
    elif isinstance(value, int | float):
        shown = shown_number(value)
    sort_key = data(value=value) if isinstance(value, int | float) else {}
    className = "la-right" if column.is_number else ""
    if is_header:
        return html.Th(shown, scope="row", className=className, **sort_key)
    return html.Td(shown, className=className, **sort_key)


def _copy_button(caption: str) -> html.Button:
    return html.Button(
        [icon("copy", 15), html.Span("Copy")], type="button", className="la-copy-table", **aria(label=f"Copy {caption}")
    )
