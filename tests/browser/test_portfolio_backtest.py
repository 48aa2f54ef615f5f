"""Strategies walked through the past, in the browser: from a sample to growth, falls and weights."""

import pytest
from dash.testing.browser import Browser

from tests.browser.looks import assert_looks_well
from tests.browser.steps import click, eventually, find, forget_emulation, open_page, see

PATH = "/portfolio-backtest"

pytestmark = pytest.mark.usefixtures("quiet_afterwards")


def test_a_sample_leads_to_growth_falls_weights_and_a_log_scale(ui: Browser) -> None:
    open_page(ui, PATH)
    click(ui, "Least variance against three others")
    for name in ("growth", "falls", "weights", "rolling"):
        find(ui, f'[data-graph="{name}"] .main-svg')
    see(ui, "a year after costs")
    see(ui, "Hierarchical risk parity")
    assert_looks_well(ui)
    forget_emulation(ui)
    click(ui, "Log scale")
    find(ui, '[aria-pressed="true"]')
    growth = "document.querySelector('[data-graph=growth] .js-plotly-plot')"
    eventually(
        lambda: ui.driver.execute_script(f"return {growth}._fullLayout.yaxis.type") == "log", "the scale changes"
    )
