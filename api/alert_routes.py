"""Alerts: the list, the rules in force, and saying that somebody sees to one or that nobody wants to hear of it."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from pydantic import Field
from werkzeug.wrappers import Response

from api.answers import success
from api.dispatch import validate
from api.errors import ProblemError
from api.operations import BASE, JSON, Answer, Body, Operation
from api.task_routes import OWNER
from compute.schema import Record
from services.alerts import Alert, AlertDesk, AlertState, Rule

TAG = "Alerts"
ALL = f"{BASE}/alerts"
DAY_S = 86_400


class AlertsQuery(Record):
    """Which alerts to list."""

    state: tuple[AlertState, ...] = Field(
        default=(), max_length=3, description="Only alerts in this state; may be repeated."
    )
    limit: int = Field(default=100, ge=1, le=1000, description="How many that are over at most.")


class AlertList(Record):
    """Alerts: those that are not over, then those that are; the newest first in each part."""

    alerts: tuple[Alert, ...]
    notices: tuple[str, ...] = Field(description="What is wrong with the rules, the file or the webhook.")


class RuleList(Record):
    """The rules in force."""

    rules: tuple[Rule, ...]
    problem: str | None = Field(description="Why the file of rules is not used as it is.")


class Silence(Record):
    """For how long nobody is to be told."""

    seconds: float = Field(default=3600.0, ge=0, le=30 * DAY_S, description="s; 0 ends a silence.")


def alert_operations(desk: AlertDesk) -> Sequence[Operation]:
    """Return what can be done with alerts."""
    return (
        Operation(
            name="list_alerts",
            method="GET",
            path=ALL,
            summary="List alerts",
            handle=partial(_list, desk),
            tag=TAG,
            query=AlertsQuery,
            answers=(Answer(200, "The alerts.", AlertList),),
            problems=("invalid",),
        ),
        Operation(
            name="list_alert_rules",
            method="GET",
            path=f"{ALL}/rules",
            summary="List the rules of alerts",
            description="Shipped rules, and those of `alerts.toml` in the data directory.",
            handle=lambda: success(RuleList(rules=desk.book.rules, problem=desk.book.problem)),
            tag=TAG,
            answers=(Answer(200, "The rules.", RuleList),),
        ),
        Operation(
            name="acknowledge_alert",
            method="POST",
            path=f"{ALL}/{{alert_id}}/acknowledge",
            summary="Say that somebody sees to an alert",
            description="An alert that is over stays as it is.",
            handle=partial(_acknowledge, desk),
            tag=TAG,
            answers=(Answer(200, "The alert.", Alert),),
        ),
        Operation(
            name="silence_alert",
            method="POST",
            path=f"{ALL}/{{alert_id}}/silence",
            summary="Tell nobody of an alert for a while",
            description="Holds for the rule and what the alert is about, also when it begins again meanwhile.",
            handle=partial(_silence, desk),
            tag=TAG,
            body=Body(JSON, Silence, example={"seconds": 3600}, max_bytes=4096),
            answers=(Answer(200, "The alert.", Alert),),
            problems=("too-large", "media-type", "invalid"),
        ),
    )


def _list(desk: AlertDesk, query: AlertsQuery) -> Response:
    wanted = set(query.state) or set(AlertState)
    past = desk.past(query.limit) if AlertState.RESOLVED in wanted else ()
    alerts = tuple(alert for alert in (*desk.current(), *past) if alert.state in wanted)
    return success(AlertList(alerts=alerts, notices=desk.notices()))


def _acknowledge(desk: AlertDesk, alert_id: str) -> Response:
    return success(_found(desk.acknowledge(alert_id, OWNER), alert_id))


def _silence(desk: AlertDesk, alert_id: str, body: dict[str, Any]) -> Response:
    return success(_found(desk.silence(alert_id, validate(Silence, body).seconds), alert_id))


def _found(alert: Alert | None, alert_id: str) -> Alert:
    if alert is None:
        raise ProblemError(
            "not-found", f"there is no alert {alert_id[:80]!r}; those that are over are kept for 90 days"
        )
    return alert
