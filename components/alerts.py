"""What is shown of alerts: the header's button, those that are not over, the past ones, and the rules."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import dash_mantine_components as dmc
from dash import dcc, html
from dash.development.base_component import Component

from components.attributes import aria
from components.icons import icon
from components.ids import ShellId
from components.status import age, duration, empty_state
from components.tables import Column, shown_number, table

COLOURS: Final = {"critical": "red", "warning": "orange", "info": "gray"}
SILENCES: Final = ((3600, "1 h"), (8 * 3600, "8 h"), (7 * 24 * 3600, "7 days"))


@dataclass(frozen=True)
class AlertRow:
    """One alert."""

    id: str
    title: str
    subject: str
    severity: str
    is_acknowledged: bool
    acknowledged_by: str | None
    value: float
    worst: float
    threshold: float
    is_above: bool
    unit: str
    meaning: str
    action: str
    started_at: datetime
    resolved_at: datetime | None
    resolution: str | None
    silenced_until: datetime | None


@dataclass(frozen=True)
class RuleRow:
    """One rule."""

    title: str
    meaning: str
    condition: str
    clears: str
    duration_s: float
    severity: str
    is_enabled: bool


def alerts_button() -> Component:
    """Return the header's link to the alerts, with the number of those that are not over."""
    return html.Div(
        [
            dcc.Link(
                dmc.Indicator(
                    html.Span(
                        [
                            icon("alert"),
                            html.Span("Alerts", id=ShellId.ALERTS_SPOKEN, className="la-visually-hidden"),
                        ],
                        className="la-header-link",
                    ),
                    id=ShellId.ALERTS_COUNT,
                    label="",
                    disabled=True,
                    color="red",
                    size=17,
                    offset=5,
                ),
                href="/alerts",
            ),
            dcc.Store(id=ShellId.ALERTS_TICK),
            dcc.Store(id=ShellId.ALERTS_SEEN),
        ]
    )


def alert_button_id(action: str, alert: str) -> dict[str, str]:
    """Return the id of a button on an alert; `action` is `acknowledge` or the seconds of a silence."""
    return {"type": "alert-action", "action": action, "alert": alert}


def alerts_list(rows: Sequence[AlertRow], now: datetime) -> Component:
    """Return the alerts that are not over, with what can be done about each."""
    if not rows:
        return empty_state(
            "All is well",
            "No rule holds just now. When one does, it stands here, on every page, and goes to the webhook.",
            icon_name="check",
            is_small=True,
        )
    return html.Ul([html.Li(_alert(row, now), className="la-observation") for row in rows], className="la-observations")


def past_table(rows: Sequence[AlertRow], now: datetime) -> Component:
    """Return the alerts that are over."""
    if not rows:
        return html.P("No alert has ended yet.", className="la-muted")
    columns = (
        Column("Alert"),
        Column("About"),
        Column("Severity"),
        Column("Began"),
        Column("Lasted", help="From the beginning of the alert until its value was back for long enough."),
        Column("Worst", help="The value farthest beyond the threshold."),
        Column("Ended because"),
    )
    cells: list[list[Any]] = [
        [
            row.title,
            row.subject or "–",
            row.severity,
            age(row.started_at, now),
            duration((row.resolved_at - row.started_at).total_seconds()) if row.resolved_at else "–",
            _value(row.worst, row.unit),
            row.resolution or "–",
        ]
        for row in rows
    ]
    return table("Alerts that are over", columns, cells)


def rules_table(rows: Sequence[RuleRow]) -> Component:
    """Return the rules in force."""
    columns = (
        Column("Rule"),
        Column("Watches"),
        Column("Holds"),
        Column("For", help="For how long the value must be beyond the threshold before anybody is told."),
        Column("Over", help="The value at which the alert is over: farther back than the threshold, so that a value "
               "that trembles around it does not begin and end alerts all the time."),
        Column("Severity"),
        Column("State"),
    )  # fmt: skip
    cells: list[list[Any]] = [
        [
            row.title,
            row.meaning,
            row.condition,
            duration(row.duration_s),
            row.clears,
            row.severity,
            "on" if row.is_enabled else "off",
        ]
        for row in rows
    ]
    return table("Rules", columns, cells)


def told_value(value: float, unit: str) -> str:
    """Return a value with its unit."""
    return _value(value, unit)


def _alert(row: AlertRow, now: datetime) -> html.Div:
    side = "above" if row.is_above else "below"
    told = (
        f"{row.meaning} Now {_value(row.value, row.unit)}, at worst {_value(row.worst, row.unit)}; "
        f"the rule holds {side} {_value(row.threshold, row.unit)}. Began {age(row.started_at, now)}."
    )
    return html.Div(
        [
            html.Div(
                [
                    dmc.Badge(row.severity, color=COLOURS[row.severity], variant="light"),
                    html.Strong(row.title),
                    html.Code(row.subject) if row.subject else None,
                    *_marks(row),
                ],
                className="la-observation-head",
            ),
            html.Div(told, className="la-muted la-small"),
            html.Div(row.action),
            html.Div(_buttons(row), className="la-observation-head"),
        ]
    )


def _marks(row: AlertRow) -> list[Component]:
    marks: list[Component] = []
    if row.is_acknowledged:
        marks.append(dmc.Badge(f"seen to by {row.acknowledged_by}", color="teal", variant="light", tt="none"))
    if row.silenced_until is not None:
        until = f"silenced until {row.silenced_until:%d %b %H:%M} UTC"
        marks.append(dmc.Badge(until, color="gray", variant="light", tt="none"))
    return marks


def _buttons(row: AlertRow) -> list[Component]:
    seen_to = dmc.Button(
        "I see to it",
        id=alert_button_id("acknowledge", row.id),
        size="compact-sm",
        disabled=row.is_acknowledged,
        **aria(label=f"I see to it: {row.title}"),
    )
    if row.silenced_until is not None:
        return [seen_to, _quiet(row, 0, "End the silence")]
    return [seen_to, *(_quiet(row, seconds, f"Silence for {label}") for seconds, label in SILENCES)]


def _quiet(row: AlertRow, seconds: int, label: str) -> dmc.Button:
    return dmc.Button(
        label,
        id=alert_button_id(str(seconds), row.id),
        size="compact-sm",
        variant="default",
        **aria(label=f"{label}: {row.title}"),
    )


def _value(value: float, unit: str) -> str:
    return f"{shown_number(value if abs(value) < 1000 else round(value), 3)} {unit}".strip()
