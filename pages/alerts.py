"""The alerts page: what holds now, what can be done about it, what is over, and the rules."""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

import dash
from dash import ALL, Input, Output, State, callback, ctx, dcc, html, no_update
from dash.development.base_component import Component

from components.alerts import COLOURS, alerts_list, past_table, rules_table
from components.cards import card
from components.icons import icon
from components.ids import ShellId, notice
from components.page_frame import page_heading
from pages._alert_rows import alert_row, rule_row
from pages._workspace import operations, owner
from services.alerts.rules import FILE

dash.register_page(
    __name__, path="/alerts", name="Alerts", order=33, icon="alert", shortcut="k", title="Alerts | Lookahead"
)

SHOWN_PAST = 100
REFRESH_MS = 10_000
MANY = 3  # new alerts at once are told one by one up to this number


class AlertsId(StrEnum):
    """Components of the page."""

    BODY = "alerts-body"
    CLOCK = "alerts-clock"
    SEEN = "alerts-seen"


def layout(**_query: str) -> html.Div:
    """Return the page."""
    return html.Div(
        [
            page_heading(
                "Alerts",
                f"What needs somebody now, and what did. The rules are in {FILE} in the data directory; the shipped "
                "ones hold where it does not say otherwise.",
            ),
            html.Div(_body(), id=AlertsId.BODY, className="la-stack"),
            dcc.Store(id=AlertsId.SEEN, data=_stamp()),
            dcc.Interval(id=AlertsId.CLOCK, interval=REFRESH_MS),
        ],
        className="la-page la-stack",
    )


@callback(
    output={"body": Output(AlertsId.BODY, "children"), "seen": Output(AlertsId.SEEN, "data")},
    inputs={
        "_tick": Input(AlertsId.CLOCK, "n_intervals"),
        "_news": Input(ShellId.ALERTS_TICK, "data"),
        "clicks": Input({"type": "alert-action", "action": ALL, "alert": ALL}, "n_clicks"),
    },
    state={"seen": State(AlertsId.SEEN, "data")},
    prevent_initial_call=True,
)
def refresh(_tick: Any, _news: Any, clicks: list[int | None], seen: str | None) -> dict[str, Any]:
    """Do what a button asks, and draw the alerts again when something changed."""
    asked = ctx.triggered_id
    if isinstance(asked, dict) and any(clicks):
        _act(str(asked["action"]), str(asked["alert"]))
    stamp = _stamp()
    if stamp == seen:
        return {"body": no_update, "seen": no_update}
    return {"body": _body(), "seen": stamp}


@callback(
    output={
        "count": Output(ShellId.ALERTS_COUNT, "label"),
        "is_none": Output(ShellId.ALERTS_COUNT, "disabled"),
        "spoken": Output(ShellId.ALERTS_SPOKEN, "children"),
        "seen": Output(ShellId.ALERTS_SEEN, "data"),
        "told": Output(ShellId.NOTIFICATIONS, "sendNotifications", allow_duplicate=True),
    },
    inputs={"_news": Input(ShellId.ALERTS_TICK, "data")},
    state={"seen": State(ShellId.ALERTS_SEEN, "data")},
    prevent_initial_call=True,
)
def tell(_news: Any, seen: list[str] | None) -> dict[str, Any]:
    """Count the alerts in the header of every page, and tell of those that began since the page was opened."""
    alerts = [alert for alert in operations().alerts.current() if alert.silenced_until is None]
    new = [] if seen is None else [alert for alert in alerts if alert.id not in seen]
    told = [
        notice(alert.title, alert.action, colour=COLOURS[alert.severity], stays=alert.severity == "critical")
        for alert in new
    ]
    if len(told) > MANY:
        told = [notice(f"{len(new)} new alerts", "The Alerts page tells which.", colour="orange")]
    return {
        "count": str(len(alerts)) if alerts else "",
        "is_none": not alerts,
        "spoken": f"Alerts, {len(alerts)} active" if alerts else "Alerts",
        "seen": [alert.id for alert in alerts],
        "told": told or no_update,
    }


def _act(action: str, alert_id: str) -> None:
    desk = operations().alerts
    if action == "acknowledge":
        desk.acknowledge(alert_id, owner())
    elif action.isdigit():
        desk.silence(alert_id, int(action))


def _stamp() -> str:
    """Return what changes when the page has to be drawn again; ages change each minute."""
    desk = operations().alerts
    alerts = [(alert.id, alert.state, alert.value, str(alert.silenced_until)) for alert in desk.current()]
    return repr((alerts, desk.notices(), len(desk.book.rules), datetime.now(UTC).minute if alerts else 0))


def _body() -> list[Component]:
    desk, now = operations().alerts, datetime.now(UTC)
    notices = [html.P([icon("alert", 16), f" {text}"], role="status") for text in desk.notices()]
    return [
        *notices,
        card("Active", alerts_list([alert_row(alert) for alert in desk.current()], now)),
        card("Over", past_table([alert_row(alert) for alert in desk.past(SHOWN_PAST)], now)),
        card("Rules", rules_table([rule_row(rule) for rule in desk.book.rules])),
    ]
