"""What the GPU page is made of: numbers that stay up to date, charts under their names, tiles of them."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import dash_mantine_components as dmc
from dash import html
from dash.development.base_component import Component

from components.attributes import aria, data
from components.cards import graph
from components.defined import defined
from components.figures.telemetry import HEIGHT, DrawnChart, telemetry_chart
from components.numbers import ABSENT, significant
from components.theme import DASHES, PALETTE


@dataclass(frozen=True)
class Tile:
    """One number of the newest sample."""

    title: str
    definition: str
    unit: str
    value: float | None
    live: str = ""
    """`subject:key|metric` of the live answer; a tile without it stays as it is until the page looks again."""
    of: str = ""
    """What it is a part of, such as `of 80 GiB`."""
    scale: float = 1.0
    """What the live number is divided by."""
    absent: str = ABSENT


def tiles(shown: Iterable[Tile], label: str) -> html.Dl:
    """Return numbers side by side, each with its definition on hover and focus."""
    return html.Dl([_tile(each) for each in shown], className="la-facts la-live-tiles", **data(tiles=label))


def chart_grid(page: str, charts: Iterable[DrawnChart], step_s: int, revision: str) -> Component:
    """Return the charts that have something to show, and the names of those that have not."""
    charts = tuple(charts)
    shown = [chart for chart in charts if any(each.is_reported for each in chart.series)]
    silent = [chart.title for chart in charts if chart not in shown]
    parts: list[Any] = [
        _legend(charts),
        html.Div([_panel(page, chart, step_s, revision) for chart in shown], className="la-live-grid"),
    ]
    if silent:
        parts.append(dmc.Text(f"Not reported in this window: {', '.join(silent)}.", className="la-muted", size="sm"))
    return html.Div(parts, className="la-live-charts")


def shown_value(value: float) -> str:
    """Return a number as `assets/live.js` shows it: whole ones as such, others to three digits."""
    return f"{value:.0f}" if float(value).is_integer() else significant(value, 3)


def _legend(charts: tuple[DrawnChart, ...]) -> html.Ul | None:
    """Return whose line is which, once for all charts; nothing where each has one line only."""
    titles = [each.title for each in charts[0].series] if charts else []
    if len(titles) < 2:
        return None
    return html.Ul(
        [html.Li([_swatch(i), html.Span(title)]) for i, title in enumerate(titles)], className="la-live-legend"
    )


def _swatch(position: int) -> html.Span:
    dash = DASHES[position % len(DASHES)]
    border = "solid" if dash == "solid" else "dotted" if dash == "dot" else "dashed"
    style = {"borderTop": f"3px {border} {PALETTE[position % len(PALETTE)]}"}
    return html.Span(className="la-live-swatch", style=style, **aria(hidden="true"))


def _panel(page: str, chart: DrawnChart, step_s: int, revision: str) -> html.Div:
    title = f"{chart.title} ({chart.unit})" if chart.unit else chart.title
    return html.Div(
        [
            html.H3(defined(title, chart.definition), className="la-live-title"),
            _graph(page, chart, step_s, revision, title),
        ],
        className="la-live-panel",
    )


def _graph(page: str, chart: DrawnChart, step_s: int, revision: str, label: str) -> html.Div:
    made = graph(page, chart.name, telemetry_chart(chart, step_s, revision), HEIGHT, label, has_bar=True)
    made.children.config |= {"modeBarButtons": [["toImage", "resetScale2d"]]}
    made.children.config["toImageButtonOptions"] = {"format": "png", "scale": 2, "filename": chart.name}
    return made


def _tile(tile: Tile) -> html.Div:
    attributes = data(live=tile.live, scale=tile.scale) if tile.live else {}
    shown = tile.absent if tile.value is None else shown_value(tile.value)
    number = html.Span(shown, className="la-number", **attributes)
    beside = " ".join(part for part in (tile.unit if tile.value is not None else "", tile.of) if part)
    return html.Div(
        [
            html.Dt(defined(tile.title, tile.definition)),
            html.Dd([number, html.Span(f" {beside}", className="la-muted")]),
        ]
    )
