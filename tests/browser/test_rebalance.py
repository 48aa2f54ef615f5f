"""From weights held and wanted to trades, in the browser."""

import pytest
from dash.testing.browser import Browser

from tests.browser.forecasting import ask
from tests.browser.looks import assert_looks_well
from tests.browser.steps import click, eventually, find, open_page, see

CHART = '[data-graph="weights"] .main-svg'

pytestmark = pytest.mark.usefixtures("quiet_afterwards")


def test_a_sample_leads_to_trades_taxes_and_the_ways_compared(ui: Browser) -> None:
    open_page(ui, "/rebalance")
    click(ui, "With whole lots and taxes")
    find(ui, CHART)
    see(ui, "Sell 2 and buy 1")
    see(ui, "The cheapest is: only to the edge")
    see(ui, "What is sold of each purchase")
    assert_looks_well(ui)


def test_an_optimisation_leads_on_to_the_trades_from_a_saved_portfolio(ui: Browser) -> None:
    positions = [{"asset": "Iris Bonds", "units": 4, "price": 25}]
    ask(ui, "POST", "/finance/portfolios", {"name": "Kept", "positions": positions})
    open_page(ui, "/portfolio")
    click(ui, "Risk parity")
    click(ui, "Rebalance to these weights")
    see(ui, "What must be traded?")
    held, wanted = (find(ui, f'[id*="{name}"].mantine-Textarea-input') for name in ("current", "target"))
    assert "Iris Bonds," in str(wanted.get_attribute("value"))
    click(ui, "Find the trades")
    see(ui, "a value is needed here")
    find(ui, '[aria-label="Held now from a saved portfolio"]').click()
    click(ui, "Kept")
    eventually(lambda: str(held.get_attribute("value")).startswith("Iris Bonds,1"), "the weights are filled in")
    click(ui, "Find the trades")
    see(ui, "Sell 1 and buy 11")
    see(ui, "worth 100")
    eventually(lambda: "?job=" in ui.driver.current_url, "the address follows")
