"""From a portfolio to what it may lose, in the browser."""

import pytest
from dash.testing.browser import Browser

from tests.browser.looks import assert_looks_well
from tests.browser.steps import click, find, open_page, see

pytestmark = pytest.mark.usefixtures("quiet_afterwards")


def test_a_sample_leads_to_losses_falls_shares_and_shocks(ui: Browser) -> None:
    open_page(ui, "/risk")
    click(ui, "A mixed portfolio")
    for name in ("returns", "falls", "assets", "groups", "shocks", "rolling"):
        find(ui, f'[data-graph="{name}"] .main-svg')
    see(ui, "In 95 % of cases one day loses less than")
    see(ui, "Information ratio")
    assert_looks_well(ui)
