"""Alerts from beginning to end: kept over restarts, acknowledged, silenced, told to the webhook with a signature."""

import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from services.alerts import AlertDesk, AlertState
from services.alerts.rules import FILE, RuleBook
from services.alerts.signals import SIGNALS, SignalReader, Value
from services.alerts.webhook import SIGNATURE, TIMESTAMP, WAITING, Webhook, sign
from services.operations import Operations
from services.workspace import Workspace

RULE = """[[rule]]
name = "long"
title = "Long"
signal = "jobs_queued"
above = 5
clears_at = 2
for_s = 10
clear_s = 5
"""


class Days:
    """A time of day and a steady clock, both set by hand; and how many jobs are said to wait."""

    def __init__(self) -> None:
        self.day = datetime(2026, 3, 29, 0, 30, tzinfo=UTC)
        self.steady = 100.0
        self.queued = 0.0

    def desk(self, workspace: Workspace, webhook: Webhook | None = None) -> AlertDesk:
        """Return a desk by these clocks, on rules of which one speaks of waiting jobs."""
        (workspace.settings.data_dir / FILE).write_text(RULE)
        desk = AlertDesk(Operations(workspace), webhook, lambda: self.day, lambda: self.steady)
        desk.book = RuleBook(workspace.settings.data_dir, shipped=workspace.settings.data_dir / FILE)
        desk.signals.sources.append(lambda: [Value("jobs_queued", "twin", self.queued)])
        desk.open()
        return desk

    def run(self, desk: AlertDesk, queued: float, seconds: int) -> None:
        """Let seconds pass with so many jobs waiting."""
        self.queued = queued
        for _ in range(seconds):
            self.steady += 1
            self.day += timedelta(seconds=1)
            desk.tick()


@pytest.fixture
def days() -> Days:
    """Clocks in the night in which many countries change theirs."""
    return Days()


def of_rule(desk: AlertDesk) -> list[Any]:
    return [alert for alert in desk.current() if alert.rule == "long"]


def test_an_alert_begins_is_acknowledged_and_ends(workspace: Workspace, days: Days) -> None:
    desk = days.desk(workspace)
    days.run(desk, 7, 10)
    assert of_rule(desk) == []
    days.run(desk, 9, 3)
    [alert] = of_rule(desk)
    assert (alert.state, alert.worst, alert.subject) == (AlertState.ACTIVE, 9, "twin")
    acknowledged = desk.acknowledge(alert.id, "ann")
    assert acknowledged is not None
    assert (acknowledged.state, acknowledged.acknowledged_by) == (AlertState.ACKNOWLEDGED, "ann")
    days.run(desk, 1, 7)
    assert of_rule(desk) == []
    [past] = [one for one in desk.past() if one.rule == "long"]
    assert (past.id, past.state) == (alert.id, AlertState.RESOLVED)
    assert past.resolved_at is not None
    assert desk.get(alert.id) == past


def test_an_alert_outlives_the_server(workspace: Workspace, days: Days) -> None:
    first = days.desk(workspace)
    days.run(first, 9, 12)
    [alert] = of_rule(first)
    first.acknowledge(alert.id, "ann")
    second = days.desk(workspace)
    [same] = of_rule(second)
    assert (same.id, same.state) == (alert.id, AlertState.ACKNOWLEDGED)
    days.run(second, 9, 30)
    assert len(of_rule(second)) == 1, "it is not begun again"
    days.run(second, 0, 8)
    assert of_rule(second) == []


@pytest.mark.parametrize("jump_s", [3600, -3600])
def test_a_clock_that_jumps_begins_and_ends_nothing(workspace: Workspace, days: Days, jump_s: int) -> None:
    desk = days.desk(workspace)
    days.run(desk, 9, 5)
    days.day += timedelta(seconds=jump_s)
    days.run(desk, 9, 4)
    assert of_rule(desk) == [], "nine seconds are not ten, whatever the clock on the wall says"
    days.run(desk, 9, 3)
    assert len(of_rule(desk)) == 1
    days.day -= timedelta(seconds=jump_s)
    days.run(desk, 9, 3)
    assert len(of_rule(desk)) == 1


def test_a_silence_holds_for_its_time_and_for_the_next_alert_of_the_rule(workspace: Workspace, days: Days) -> None:
    webhook = Webhook("http://127.0.0.1:9/", "")
    desk = days.desk(workspace, webhook)
    days.run(desk, 9, 12)
    [alert] = of_rule(desk)
    before = desk.revision()
    silenced = desk.silence(alert.id, 3600)
    assert silenced is not None
    assert silenced.silenced_until == days.day + timedelta(hours=1)
    assert desk.revision() != before
    days.run(desk, 0, 8)
    days.run(desk, 9, 12)
    [again] = of_rule(desk)
    assert again.id != alert.id
    assert again.silenced_until is not None
    assert webhook._messages.qsize() == 1, "only the first beginning was told"
    desk.silence(again.id, 0)
    assert of_rule(desk)[0].silenced_until is None


def test_without_a_file_alerts_are_told_all_the_same(workspace: Workspace, days: Days) -> None:
    desk = days.desk(workspace)
    (workspace.settings.data_dir / "alerts.db").unlink(missing_ok=True)
    (workspace.settings.data_dir / "alerts.db").mkdir()
    days.run(desk, 9, 12)
    assert len(of_rule(desk)) == 1
    assert "not kept" in " ".join(desk.notices())
    (workspace.settings.data_dir / "alerts.db").rmdir()
    days.run(desk, 9, 2)
    assert desk.problem is None
    assert [one.rule for one in days.desk(workspace).current() if one.rule == "long"] == ["long"]


def test_an_unknown_alert_is_none(workspace: Workspace, days: Days) -> None:
    desk = days.desk(workspace)
    assert desk.acknowledge("none", "ann") is None
    assert desk.silence("none", 60) is None


def test_every_signal_that_is_read_is_described(workspace: Workspace) -> None:
    values = SignalReader(Operations(workspace)).read()
    assert {value.signal for value in values} <= set(SIGNALS)
    assert {"jobs_queued", "workers_alive", "host_memory_percent", "disk_free_mib"} <= {one.signal for one in values}


# ---- the webhook ----------------------------------------------------------------------------------------------


class Receiver:
    """A server that notes what it is sent, and answers as it is told."""

    def __init__(self) -> None:
        self.answers = [200]
        self.received: list[tuple[str, dict[str, str], bytes]] = []
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.received.append((self.path, dict(self.headers), body))
                status = receiver.answers.pop(0) if len(receiver.answers) > 1 else receiver.answers[0]
                self.send_response(status)
                if status == 302:
                    self.send_header("Location", "/elsewhere")
                self.end_headers()

            def log_message(self, *_given: Any) -> None:
                pass

        self._server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/hook"
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A receiver on this machine."""
    made = Receiver()
    yield made
    made.close()


def test_the_webhook_is_told_with_a_signature(workspace: Workspace, days: Days, receiver: Receiver) -> None:
    webhook = Webhook(receiver.url, "secret")
    desk = days.desk(workspace, webhook)
    days.run(desk, 9, 12)
    days.run(desk, 0, 8)
    webhook.send_waiting()
    assert [json.loads(body)["event"] for _, _, body in receiver.received] == ["begin", "end"]
    path, headers, body = receiver.received[0]
    assert path == "/hook"
    assert headers[SIGNATURE] == sign(b"secret", headers[TIMESTAMP], body)
    assert json.loads(body)["alert"]["rule"] == "long"
    assert webhook.sent == 2


def test_a_receiver_that_fails_is_tried_again_and_then_given_up(
    workspace: Workspace, days: Days, receiver: Receiver
) -> None:
    pauses: list[float] = []
    webhook = Webhook(receiver.url, "secret", pause=pauses.append)
    desk = days.desk(workspace, webhook)
    receiver.answers = [503, 500, 200]
    days.run(desk, 9, 12)
    webhook.send_waiting()
    assert (webhook.sent, webhook.given_up, len(receiver.received)) == (1, 0, 3)
    assert len({headers["X-Lookahead-Message"] for _, headers, _ in receiver.received}) == 1
    receiver.answers = [500]
    days.run(desk, 0, 8)
    webhook.send_waiting()
    assert (webhook.sent, webhook.given_up) == (1, 1)
    assert len(pauses) == 4
    assert "answered 500" in " ".join(desk.notices())


def test_a_redirection_is_not_followed(workspace: Workspace, days: Days, receiver: Receiver) -> None:
    receiver.answers = [302]
    webhook = Webhook(receiver.url, "", pause=lambda _: None)
    days.run(days.desk(workspace, webhook), 9, 12)
    webhook.send_waiting()
    assert {path for path, _, _ in receiver.received} == {"/hook"}
    assert webhook.given_up == 1
    assert SIGNATURE not in receiver.received[0][1], "without a secret there is nothing to sign with"


def test_nobody_waits_for_a_receiver_that_is_not_there(workspace: Workspace, days: Days) -> None:
    webhook = Webhook("http://127.0.0.1:9/", "secret", pause=lambda _: None)
    desk = days.desk(workspace, webhook)
    days.run(desk, 9, 12)
    [alert] = of_rule(desk)
    for _ in range(WAITING + 50):
        webhook.tell("begin", alert)
    assert webhook.given_up >= 50
    assert webhook._messages.qsize() == WAITING


def test_pages_hear_that_somebody_sees_to_an_alert(workspace: Workspace, days: Days) -> None:
    desk = days.desk(workspace)
    days.run(desk, 9, 12)
    before = desk.revision()
    desk.acknowledge(of_rule(desk)[0].id, "ann")
    assert desk.revision() != before
