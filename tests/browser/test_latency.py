"""From the table of endpoints to the stages of one, and an alert that is seen to; on one server, a few page loads."""

import json
import urllib.request

import pytest
from dash.testing.browser import Browser

from services.alerts.rules import FILE
from tests.browser.accessibility import assert_accessible
from tests.browser.steps import assert_fits, click, find, open_page, prefer_scheme, see, use_phone
from tests.live import LiveServer

pytestmark = pytest.mark.usefixtures("quiet_afterwards")
RULE = """shipped = false
[[rule]]
name = "plenty-of-memory"
title = "There is memory"
signal = "host_memory_percent"
above = 0
for_s = 0
severity = "info"
action = "Nothing to do: this rule always holds."
"""


def ask(ui: Browser, path: str) -> object:
    """Return the answer of the server."""
    with urllib.request.urlopen(f"{ui.server_url}{path}", timeout=30) as answer:
        return json.loads(answer.read())


def test_an_endpoint_leads_to_its_stages(ui: Browser) -> None:
    for _ in range(5):
        ask(ui, "/api/v1/jobs")
    prefer_scheme(ui, "dark")
    open_page(ui, "/latency?window=3600&kind=rest")
    find(ui, '[data-graph="percentiles"] .main-svg')
    see(ui, "What limits the application")
    assert_accessible(ui)
    assert_fits(ui)
    click(ui, "GET /api/v1/jobs")
    see(ui, "Where the time goes")
    see(ui, "Making bytes")
    assert_fits(ui)
    use_phone(ui)
    assert_fits(ui)


def test_an_alert_is_told_on_an_open_page_and_seen_to(ui: Browser, live: LiveServer) -> None:
    rules = live.data_dir / FILE
    before = rules.read_text()
    open_page(ui, "/alerts")
    see(ui, "All is well")
    rules.write_text(RULE)
    try:
        see(ui, "Nothing to do: this rule always holds.")
        find(ui, '[href="/alerts"] .mantine-Indicator-indicator')
        assert_accessible(ui)
        assert_fits(ui)
        click(ui, "I see to it: There is memory")
        see(ui, "seen to by")
        click(ui, "Silence for 1 h: There is memory")
        see(ui, "silenced until")
    finally:
        rules.write_text(before)
    see(ui, "the rule is gone or switched off")
