"""From a portfolio to what it may lose, in the browser."""

import pytest
from dash.testing.browser import Browser

from tests.browser.accessibility import assert_accessible
from tests.browser.steps import assert_fits, click, find, open_page, prefer_scheme, see, use_phone

pytestmark = pytest.mark.usefixtures("quiet_afterwards")


def test_a_sample_leads_to_losses_falls_shares_and_shocks(ui: Browser) -> None:
    open_page(ui, "/risk")
    click(ui, "A mixed portfolio")
    for name in ("returns", "falls", "assets", "groups", "shocks", "rolling"):
        find(ui, f'[data-graph="{name}"] .main-svg')
    see(ui, "In 95 % of cases one day loses less than")
    see(ui, "Information ratio")
    assert_accessible(ui)


def test_the_page_fits_a_phone_and_the_dark(ui: Browser) -> None:
    use_phone(ui)
    prefer_scheme(ui, "dark")
    open_page(ui, "/risk")
    click(ui, "A mixed portfolio")
    find(ui, '[data-graph="returns"] .main-svg')
    assert_fits(ui)
    assert_accessible(ui)
