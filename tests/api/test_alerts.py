"""Alerts over the interface: listed, acknowledged, silenced; and what is asked wrongly is refused with a reason."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from services.alerts.rules import FILE
from services.alerts.signals import Value
from services.operations import OPERATIONS, Operations
from services.workspace import Workspace

RULE = '[[rule]]\nname = "long"\ntitle = "Long"\nsignal = "jobs_queued"\nabove = 5\nfor_s = 0\nclear_s = 0\n'


@pytest.fixture
def operations(server: Flask, workspace: Workspace) -> Operations:
    """A server's measurements, with an alert about waiting jobs."""
    found: Operations = server.extensions[OPERATIONS]
    (workspace.settings.data_dir / FILE).write_text(RULE)
    found.alerts.signals.sources.append(lambda: [Value("jobs_queued", "twin", 9.0)])
    found.alerts.tick()
    return found


def alert_of(client: FlaskClient, **query: str) -> list[dict[str, object]]:
    answer = client.get("/api/v1/alerts", query_string=query)
    assert answer.status_code == 200
    assert answer.json is not None
    return [alert for alert in answer.json["data"]["alerts"] if alert["rule"] == "long"]


def test_an_alert_is_listed_acknowledged_silenced_and_over(client: FlaskClient, operations: Operations) -> None:
    [alert] = alert_of(client)
    assert (alert["state"], alert["value"], alert["threshold"], alert["is_above"]) == ("active", 9.0, 5.0, True)
    acknowledged = client.post(f"/api/v1/alerts/{alert['id']}/acknowledge")
    assert acknowledged.json is not None
    assert acknowledged.json["data"]["state"] == "acknowledged"
    silenced = client.post(f"/api/v1/alerts/{alert['id']}/silence", json={"seconds": 60})
    assert silenced.json is not None
    assert silenced.json["data"]["silenced_until"] is not None
    assert alert_of(client, state="active") == []
    operations.alerts.signals.sources[:] = [lambda: [Value("jobs_queued", "twin", 0.0)]]
    operations.alerts.tick()
    assert alert_of(client, state="acknowledged") == []
    [over] = alert_of(client, state="resolved")
    assert over["resolved_at"] is not None
    assert client.post(f"/api/v1/alerts/{alert['id']}/acknowledge").status_code == 200, "harmless when it is over"


def test_rules_are_listed_with_what_is_wrong_in_their_file(
    client: FlaskClient, operations: Operations, workspace: Workspace
) -> None:
    answer = client.get("/api/v1/alerts/rules").json
    assert answer is not None
    assert "long" in [rule["name"] for rule in answer["data"]["rules"]]
    assert answer["data"]["problem"] is None
    (workspace.settings.data_dir / FILE).write_text("[[rule]]\nname = 3")
    operations.alerts.tick()
    answer = client.get("/api/v1/alerts/rules").json
    assert answer is not None
    assert "rule 3" in answer["data"]["problem"]


def test_what_is_asked_wrongly_is_refused(client: FlaskClient, operations: Operations) -> None:
    [alert] = alert_of(client)
    assert client.post("/api/v1/alerts/none/acknowledge").status_code == 404
    assert client.post("/api/v1/alerts/none/silence", json={}).status_code == 404
    assert client.post(f"/api/v1/alerts/{alert['id']}/silence", json={"seconds": -1}).status_code == 422
    assert client.post(f"/api/v1/alerts/{alert['id']}/silence", json={"seconds": "NaN"}).status_code == 422
    assert client.get("/api/v1/alerts?state=gone").status_code == 422


def test_performance_is_told_for_windows_that_can_be(client: FlaskClient) -> None:
    for name in ("endpoints", "summary", "bottlenecks"):
        for window in (60, 300, 3600, 86_400):
            answer = client.get(f"/api/v1/performance/{name}?window={window}")
            assert answer.status_code == 200
            assert answer.json is not None
            assert answer.json["data"]["window"] == window
        assert client.get(f"/api/v1/performance/{name}?window=0").status_code == 422
        assert client.get(f"/api/v1/performance/{name}?window=soon").status_code == 422
