"""The alerts page shows what holds and does what its buttons ask; the header counts on every page."""

import dash
import pytest
from dash.development.base_component import Component
from flask import Flask

from app import create_app
from pages._pulse import PULSE
from services.alerts import AlertState
from services.alerts.rules import FILE
from services.alerts.signals import Value
from services.operations import OPERATIONS, Operations
from services.workspace import Workspace
from tests.pages.conftest import texts_of

RULE = '[[rule]]\nname = "long"\ntitle = "Jobs pile up"\nsignal = "jobs_queued"\nabove = 5\nfor_s = 0\naction = "Do."\n'


@pytest.fixture
def server(workspace: Workspace) -> Flask:
    """The application with one alert."""
    application: dash.Dash = create_app(workspace.settings, workspace)
    server: Flask = application.server
    alerts = server.extensions[OPERATIONS].alerts
    (workspace.settings.data_dir / FILE).write_text(RULE)
    alerts.signals.sources.append(lambda: [Value("jobs_queued", "twin", 9.0)])
    return server


def draw() -> Component:
    """Return the page."""
    [page] = [page for page in dash.page_registry.values() if page["path"] == "/alerts"]
    drawn: Component = page["layout"]()
    return drawn


def test_the_page_tells_what_holds_and_all_rules(server: Flask) -> None:
    operations: Operations = server.extensions[OPERATIONS]
    with server.test_request_context("/"):
        assert "All is well" in texts_of(draw())
        operations.alerts.tick()
        told = texts_of(draw())
    assert "Jobs pile up" in told
    assert "Now 9, at worst 9" in told
    assert "I see to it" in told
    assert "above 2\u202f000 ms" in told, "the shipped rules are listed"


def test_buttons_acknowledge_and_silence(server: Flask) -> None:
    operations: Operations = server.extensions[OPERATIONS]
    operations.alerts.tick()
    [alert] = [one for one in operations.alerts.current() if one.rule == "long"]
    import pages.alerts as page

    with server.test_request_context("/"):
        page._act("acknowledge", alert.id)
        page._act("3600", alert.id)
        told = texts_of(draw())
    [alert] = [one for one in operations.alerts.current() if one.rule == "long"]
    assert alert.state is AlertState.ACKNOWLEDGED
    assert alert.silenced_until is not None
    assert "seen to by" in told
    assert "End the silence" in told


def test_open_pages_hear_of_an_alert_by_their_pulse(server: Flask) -> None:
    operations: Operations = server.extensions[OPERATIONS]
    client = server.test_client()
    before = client.get(PULSE, base_url="http://127.0.0.1").json
    operations.alerts.tick()
    after = client.get(PULSE, base_url="http://127.0.0.1").json
    assert before is not None
    assert after is not None
    assert before["alerts"] != after["alerts"]
    assert before["jobs"] == after["jobs"]
