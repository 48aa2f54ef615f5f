"""What is shown of latencies: tiles, the table of endpoints, the stages of a route, and what limits the whole."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import dash_mantine_components as dmc
from dash import dcc, html
from dash.development.base_component import Component

from components.facts import facts_list
from components.icons import icon
from components.numbers import percent, shown_ms, significant
from components.status import empty_state
from components.tables import Column, shown_number, table

DEFINITIONS: Final = {
    "count": "Answers that the server made in the window, whatever their status.",
    "rate": "Answers per second, over the seconds that the numbers cover.",
    "errors": "Share of answers with a status of 500 or above: faults of the server, not of the request.",
    "refused": "Share of answers with a status from 400 to 499: the request was at fault.",
    "mean": "Arithmetic mean of the times from the request being read to the answer being ready to send. Exact.",
    "p50": "Half of all answers took no longer: the usual answer. Within 0.4 %.",
    "p95": "95 of 100 answers took no longer. Within 0.4 %.",
    "p99": "99 of 100 answers took no longer: what the unlucky see. Within 0.4 %.",
    "max": "The longest of all answers. Exact.",
    "wait": "Time in line: for a thread of the server, and for a worker where a job was run.",
    "compute": "All time that is neither waiting nor making bytes.",
    "serialise": "Making bytes of the answer: JSON and compression.",
}
RANKED: Final = 5
STAGE_TITLES: Final = {"wait": "Waiting", "compute": "Computing", "serialise": "Making bytes"}


@dataclass(frozen=True)
class LatencyFacts:
    """Latencies of some answers; times in ms, shares from 0 to 1, None where there was no answer."""

    count: int
    rps: float
    error_rate: float | None
    refused_rate: float | None
    mean: float | None
    p50: float | None
    p95: float | None
    p99: float | None
    max: float | None


@dataclass(frozen=True)
class StageFacts:
    """One stage of a route; times in ms."""

    name: str
    share: float | None
    mean: float | None
    p50: float | None
    p95: float | None
    p99: float | None


@dataclass(frozen=True)
class EndpointRow:
    """One route in the table."""

    name: str
    kind: str
    href: str
    facts: LatencyFacts
    stages: tuple[StageFacts, ...]


@dataclass(frozen=True)
class FindingRow:
    """One bottleneck."""

    title: str
    subject: str
    severity: str
    evidence: tuple[str, ...]
    sample: str
    action: str


def latency_tiles(facts: LatencyFacts) -> html.Dl:
    """Return the numbers of all answers together."""
    return facts_list(
        (
            ("Answers", shown_number(facts.count), "count"),
            ("Per second", significant(facts.rps, 3), "rate"),
            ("Errors", percent(facts.error_rate, 2), "errors"),
            ("Refused", percent(facts.refused_rate, 2), "refused"),
            ("Median", shown_ms(facts.p50), "p50"),
            ("95th percentile", shown_ms(facts.p95), "p95"),
            ("99th percentile", shown_ms(facts.p99), "p99"),
            ("Longest", shown_ms(facts.max), "max"),
        ),
        DEFINITIONS,
    )


def endpoints_table(rows: Sequence[EndpointRow]) -> Component:
    """Return every route, the slowest first; a route leads to its own view."""
    if not rows:
        return empty_state(
            "No answers in this window",
            "Open a page or send a request, or look at a longer window.",
            icon_name="gauge",
            is_small=True,
        )
    return table("Endpoints, times in ms", _COLUMNS, [_endpoint_cells(row) for row in rows])


def ranking(rows: Sequence[EndpointRow], few: int) -> Component | None:
    """Return the slowest and the fastest of the routes with `few` answers or more; `rows` begin with the slowest."""
    told = [row for row in rows if row.facts.count >= few]
    if len(told) < 2:
        return None
    half = min(RANKED, len(told) // 2)
    parts = (("Slowest", told[:half]), ("Fastest", told[::-1][:half]))
    return html.Div(
        [html.Div([dmc.Title(title, order=4), html.Ol([_ranked(row) for row in part])]) for title, part in parts],
        className="la-ranking",
    )


def recommendations(actions: Sequence[str]) -> Component | None:
    """Return the first things to do, in their order."""
    if not actions:
        return None
    return html.Div(
        [dmc.Title("First things to do", order=4), html.Ol([html.Li(action) for action in actions])],
        className="la-recommendations",
    )


def stages_table(stages: Sequence[StageFacts]) -> html.Div:
    """Return where the time of a route went."""
    columns = (
        Column("Stage"),
        Column("Share", is_number=True, help="Part of the whole time of all answers."),
        *(Column(title, is_number=True, help=DEFINITIONS[key]) for key, title in _TIMES if key != "max"),
    )
    rows = [
        [
            STAGE_TITLES[stage.name],
            percent(stage.share, 1),
            *(rounded(value) for value in (stage.mean, stage.p50, stage.p95, stage.p99)),
        ]
        for stage in stages
    ]
    return table("Stages, times in ms", columns, rows)


def findings_list(rows: Sequence[FindingRow], rules: int) -> Component:
    """Return what limits the application, each with its numbers and what to do."""
    if not rows:
        return html.P(
            [icon("check", 18), f" None of {rules} rules found a bottleneck in this window. Rules with too few samples "
             "say nothing."],
            className="la-muted",
        )  # fmt: skip
    return html.Ul([html.Li(_finding(row), className="la-observation") for row in rows], className="la-observations")


def rounded(value: float | None) -> float | None:
    """Return a time to three significant digits, as a number that sorts."""
    return None if value is None else float(f"{value:.3g}")


_TIMES: Final = (("mean", "Mean"), ("p50", "p50"), ("p95", "p95"), ("p99", "p99"), ("max", "Max"))
_COLUMNS: Final = (
    Column("Endpoint"),
    Column("Kind", help="Route of the REST interface, callback of a page, page itself, or file that pages load."),
    Column("Answers", is_number=True, help=DEFINITIONS["count"]),
    Column("Errors", is_number=True, help=DEFINITIONS["errors"]),
    *(Column(title, is_number=True, help=DEFINITIONS[key]) for key, title in _TIMES),
    Column("Waiting", is_number=True, help=DEFINITIONS["wait"]),
    Column("Making bytes", is_number=True, help=DEFINITIONS["serialise"]),
)


def _endpoint_cells(row: EndpointRow) -> list[str | float | int | Component | list[Component] | None]:
    facts, shares = row.facts, {stage.name: stage.share for stage in row.stages}
    return [
        dcc.Link(row.name, href=row.href, className="la-link la-endpoint"),
        row.kind,
        facts.count,
        percent(facts.error_rate, 1),
        *(rounded(value) for value in (facts.mean, facts.p50, facts.p95, facts.p99, facts.max)),
        percent(shares["wait"]),
        percent(shares["serialise"]),
    ]


def _ranked(row: EndpointRow) -> html.Li:
    return html.Li([dcc.Link(row.name, href=row.href, className="la-link"), f" {shown_ms(row.facts.p95)}"])


def _finding(row: FindingRow) -> html.Div:
    colours = {"high": "red", "medium": "orange", "low": "gray"}
    return html.Div(
        [
            html.Div(
                [
                    dmc.Badge(row.severity, color=colours[row.severity], variant="light"),
                    html.Strong(row.title),
                    html.Code(row.subject),
                ],
                className="la-observation-head",
            ),
            html.Div(f"{'; '.join(row.evidence)} ({row.sample})", className="la-muted la-small"),
            html.Div(row.action),
        ]
    )
