"""What the status feed tells: the newest sample of GPUs and machine, jobs by state, alerts that are not over."""

import time
from collections.abc import Hashable

import orjson

from services.operations import Operations
from services.status_feed import Topic


def status_topics(operations: Operations) -> tuple[Topic, ...]:
    """Return the topics of one server."""
    status, jobs, alerts = operations.status, operations.workspace.jobs, operations.alerts

    def sampled() -> Hashable:
        latest = status.latest()
        return ("alone", int(time.monotonic())) if latest is None else latest.tick

    def alerted() -> Hashable:
        return tuple((alert.id, alert.state, alert.silenced_until) for alert in alerts.current())

    return (
        Topic("telemetry", sampled, lambda: status.read().model_dump_json().encode()),
        Topic("jobs", jobs.revision, lambda: orjson.dumps({str(state): n for state, n in jobs.counts().items()})),
        Topic("alerts", alerted, lambda: orjson.dumps([one.model_dump(mode="json") for one in alerts.current()])),
    )
