"""Axe in the browser: what of a page somebody with other senses or hands could not use."""

import json
from functools import cache
from pathlib import Path
from typing import Any

from dash.testing.browser import Browser

AXE = Path(__file__).parent / "axe" / "axe.min.js"
REFUSED = ("serious", "critical")
_RUN = """
const done = arguments[arguments.length - 1];
const rules = arguments[0].length ? {runOnly: arguments[0]} : {};
axe.run(document, {resultTypes: ["violations"], ...rules}).then(
  (found) => done(found.violations.map((rule) => ({
    impact: rule.impact, rule: rule.id, help: rule.help,
    nodes: rule.nodes.slice(0, 5).map((node) => node.html.slice(0, 200) + " | " + node.failureSummary),
  }))),
  (error) => done([{impact: "critical", rule: "axe itself", help: String(error), nodes: []}]),
);
"""


def assert_accessible(browser: Browser, *rules: str) -> None:
    """Fail when axe finds anything serious or critical on the page as it is now, by all rules or by those given."""
    if not browser.driver.execute_script("return 'axe' in window"):
        browser.driver.execute_script(_source())
    found: list[dict[str, Any]] = browser.driver.execute_async_script(_RUN, rules)
    serious = [each for each in found if each["impact"] in REFUSED]
    assert not serious, json.dumps(serious, indent=2)


@cache
def _source() -> str:
    return AXE.read_text(encoding="utf-8")
