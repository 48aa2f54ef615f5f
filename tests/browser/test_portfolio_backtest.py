"""Strategies walked through the past, in the browser: from a sample to growth, falls and weights."""

import pytest
from dash.testing.browser import Browser

from tests.browser.accessibility import assert_accessible
from tests.browser.steps import assert_fits, click, eventually, find, open_page, prefer_scheme, see, use_phone

PATH = "/portfolio-backtest"

pytestmark = pytest.mark.usefixtures("quiet_afterwards")


def test_a_sample_leads_to_growth_falls_weights_and_a_log_scale(ui: Browser) -> None:
    open_page(ui, PATH)
    click(ui, "Least variance against three others")
    for name in ("growth", "falls", "weights", "rolling"):
        find(ui, f'[data-graph="{name}"] .main-svg')
    see(ui, "a year after costs")
    see(ui, "Hierarchical risk parity")
    assert_accessible(ui)
    click(ui, "Log scale")
    find(ui, '[aria-pressed="true"]')
    growth = "document.querySelector('[data-graph=growth] .js-plotly-plot')"
    eventually(
        lambda: ui.driver.execute_script(f"return {growth}._fullLayout.yaxis.type") == "log", "the scale changes"
    )


def test_the_page_fits_a_phone_and_the_dark(ui: Browser) -> None:
    use_phone(ui)
    prefer_scheme(ui, "dark")
    open_page(ui, PATH)
    click(ui, "Highest Sharpe ratio, at high costs")
    find(ui, '[data-graph="rolling"] .main-svg')
    assert_fits(ui)
    assert_accessible(ui)
