"""The latency page: how fast every endpoint answers, where its time goes, what limits the whole, and what to do."""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

import dash
import dash_mantine_components as dmc
from dash import Input, Output, State, callback, ctx, dcc, html, no_update
from dash.development.base_component import Component

from components.attributes import aria
from components.cards import card, graph
from components.defined import defined
from components.figures.latency import (
    HEAT_HEIGHT,
    LINES_HEIGHT,
    RATE_HEIGHT,
    heat_map,
    percentiles_chart,
    rate_chart,
)
from components.icons import icon
from components.latency import (
    endpoints_table,
    findings_list,
    latency_tiles,
    ranking,
    recommendations,
    stages_table,
)
from components.page_frame import page_heading
from components.status import duration, empty_state
from pages._latency_data import (
    KIND_TITLES,
    LIMITS_MS,
    WINDOWS,
    Choice,
    chart_span,
    finding_row,
    read_choice,
    read_endpoints,
    read_facts,
    read_points,
    read_stages,
    title_of,
)
from pages._workspace import operations
from services.bottlenecks import look_for_bottlenecks
from services.performance import FEW

dash.register_page(
    __name__, path="/latency", name="Latency", order=31, icon="gauge", shortcut="y", title="Latency | Lookahead"
)

NAME = "latency"
REFRESH_MS = 5000
CHART_TICKS = 3
RANKED_KINDS = tuple(KIND_TITLES[kind] for kind in ("rest", "callback", "page"))
BOTTLENECK_WINDOW_S = 300
PERCENTILES_MEANING = (
    "Half of the answers took at most the median, 95 and 99 of 100 at most what the other lines say. One point for "
    "each minute, or hour in a long window."
)
HEAT_MEANING = (
    "Each field counts the answers of one minute or hour that took so long; the scale beside it tells how many."
)
RATE_MEANING = "Answers of each minute or hour, divided by its seconds. A failed one has a status of 500 or above."


class LatencyId(StrEnum):
    """Components of the page."""

    CHOICE = "latency-choice"
    CLOCK = "latency-clock"
    LIVE = "latency-live"
    REFRESH = "latency-refresh"
    TILES = "latency-tiles"
    CHARTS = "latency-charts"
    TABLES = "latency-tables"


def layout(**query: str) -> html.Div:
    """Return the page for what its address asks for: `window`, `kind`, and `in`, `method`, `route` of one route."""
    choice = read_choice(query)
    title = "Latency" if choice.route is None else title_of(choice.route)
    subtitle = (
        "How fast every endpoint answers, where its time goes, and what limits the whole."
        if choice.route is None
        else f"{KIND_TITLES[choice.route.kind]}: its times, and the stages in which they were spent."
    )
    return html.Div(
        [
            page_heading(title, subtitle, _actions()),
            html.Div([_windows(choice), _kinds(choice)], className="la-choices"),
            html.Section(html.Div(_tiles(choice), id=LatencyId.TILES), className="la-card"),
            html.Div(_charts(choice), id=LatencyId.CHARTS, className="la-stack"),
            html.Div(_tables(choice), id=LatencyId.TABLES),
            dcc.Store(id=LatencyId.CHOICE, data=query),
            dcc.Interval(id=LatencyId.CLOCK, interval=REFRESH_MS),
        ],
        className="la-page la-stack",
    )


@callback(
    output={"tiles": Output(LatencyId.TILES, "children"), "charts": Output(LatencyId.CHARTS, "children")},
    inputs={"tick": Input(LatencyId.CLOCK, "n_intervals"), "_clicks": Input(LatencyId.REFRESH, "n_clicks")},
    state={"query": State(LatencyId.CHOICE, "data")},
    prevent_initial_call=True,
)
def refresh_numbers(tick: int | None, _clicks: Any, query: dict[str, str]) -> dict[str, Any]:
    """Draw the numbers again, and the charts each third time: a minute is their smallest step."""
    choice = read_choice(query)
    is_charts_turn = ctx.triggered_id != LatencyId.CLOCK or (tick or 0) % CHART_TICKS == 0
    return {"tiles": _tiles(choice), "charts": _charts(choice) if is_charts_turn else no_update}


@callback(
    output={"tables": Output(LatencyId.TABLES, "children")},
    inputs={"clicks": Input(LatencyId.REFRESH, "n_clicks")},
    state={"query": State(LatencyId.CHOICE, "data")},
    prevent_initial_call=True,
)
def refresh_tables(clicks: int | None, query: dict[str, str]) -> dict[str, Any]:
    """Draw the tables again when asked to: a table that changes under the reader's eyes cannot be read or sorted."""
    return {"tables": _tables(read_choice(query)) if clicks else no_update}


@callback(
    output={"is_off": Output(LatencyId.CLOCK, "disabled")},
    inputs={"is_live": Input(LatencyId.LIVE, "checked")},
    prevent_initial_call=True,
)
def pause(is_live: bool | None) -> dict[str, Any]:
    """Stop and start the clock."""
    return {"is_off": not is_live}


def _actions() -> list[Component]:
    return [
        dmc.Switch(
            id=LatencyId.LIVE, label="Live", checked=True, **aria(label="Live: draw numbers and charts again and again")
        ),
        dmc.Button("Refresh", id=LatencyId.REFRESH, variant="default", leftSection=icon("refresh", 18)),
    ]


def _windows(choice: Choice) -> html.Nav:
    links = [
        _link(label, Choice(seconds, choice.kind, choice.route).href, is_current=seconds == choice.window_s)
        for seconds, label in WINDOWS
    ]
    return html.Nav(links, className="la-segments", **aria(label="Window"))


def _kinds(choice: Choice) -> html.Nav:
    if choice.route is not None:
        return html.Nav(
            _link("All endpoints", Choice(choice.window_s, choice.kind).href, is_current=False),
            className="la-segments",
            **aria(label="Back"),
        )
    all_kinds = _link("All", Choice(choice.window_s).href, is_current=choice.kind is None)
    links = [
        _link(title, Choice(choice.window_s, kind).href, is_current=kind == choice.kind)
        for kind, title in KIND_TITLES.items()
    ]
    return html.Nav([all_kinds, *links], className="la-segments", **aria(label="Kind of endpoint"))


def _link(label: str, href: str, *, is_current: bool) -> dcc.Link:
    shown: Any = [label, html.Span(" (shown)", className="la-visually-hidden")] if is_current else label
    return dcc.Link(shown, href=href, className=f"la-segment{' la-segment-current' if is_current else ''}")


def _tiles(choice: Choice) -> list[Any]:
    facts, covered_s = read_facts(choice)
    now = datetime.now(UTC)
    notices = [html.P([icon("alert", 16), f" {text}"], role="status") for text in operations().latency.notices()]
    told = f"Covers the last {duration(covered_s)}, as of {now:%H:%M:%S} UTC"
    return [*notices, latency_tiles(facts), html.P(told, className="la-muted la-small")]


def _charts(choice: Choice) -> list[Component]:
    points = read_points(choice)
    if not points:
        return [
            card(
                "Over time",
                empty_state(
                    "Nothing to draw yet",
                    "Each minute in which something was answered becomes a point here.",
                    icon_name="chart",
                    is_small=True,
                ),
            )
        ]
    revision, span = choice.href, chart_span(choice)
    return [
        card(
            defined("Percentiles over time", PERCENTILES_MEANING),
            graph(
                NAME,
                "percentiles",
                percentiles_chart(points, span, revision),
                LINES_HEIGHT,
                "Percentiles",
                has_bar=True,
            ),
        ),
        card(
            defined("How the times are spread", HEAT_MEANING),
            graph(
                NAME,
                "heat",
                heat_map(points, LIMITS_MS, span, revision),
                HEAT_HEIGHT,
                "Heat map of times",
                has_bar=True,
            ),
        ),
        card(
            defined("Answers per second", RATE_MEANING),
            graph(NAME, "rate", rate_chart(points, span, revision), RATE_HEIGHT, "Answers per second", has_bar=True),
        ),
    ]


def _tables(choice: Choice) -> Component:
    drawn = datetime.now(UTC).isoformat()
    if choice.route is not None:
        return html.Div(card("Where the time goes", stages_table(read_stages(choice))), key=drawn)
    found = look_for_bottlenecks(operations(), max(choice.window_s, BOTTLENECK_WINDOW_S))
    rows = [finding_row(one) for one in found.bottlenecks]
    endpoints = read_endpoints(choice)
    ranks = ranking([row for row in endpoints if row.kind in RANKED_KINDS], FEW)
    return html.Div(
        [
            card(
                "What limits the application",
                recommendations([one.action for one in found.recommendations]),
                findings_list(rows, found.rules),
            ),
            card("Slowest and fastest, by their 95th percentile", ranks) if ranks is not None else None,
            card("Endpoints", endpoints_table(endpoints)),
        ],
        key=drawn,
        className="la-stack",
    )
