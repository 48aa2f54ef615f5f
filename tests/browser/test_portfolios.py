"""Saved portfolios in the browser: from a result to the list, side by side, and on to the trades."""

import pytest
from dash.testing.browser import Browser
from selenium.webdriver.common.keys import Keys

from tests.browser.accessibility import assert_accessible
from tests.browser.steps import (
    assert_fits,
    body_text,
    click,
    eventually,
    find,
    open_page,
    prefer_scheme,
    see,
    use_phone,
)

pytestmark = pytest.mark.usefixtures("quiet_afterwards")


def save_sample(ui: Browser, sample: str, name: str) -> None:
    open_page(ui, "/portfolio")
    click(ui, sample)
    click(ui, "Save this portfolio")
    find(ui, ".la-pop[open] input").send_keys(Keys.CONTROL, "a", Keys.NULL, name)
    click(ui, "Save")


def test_two_results_are_saved_compared_used_and_deleted(ui: Browser) -> None:
    save_sample(ui, "Risk parity", "Even")
    see(ui, "Saved as Even.")
    save_sample(ui, "Least variance", "Even")
    see(ui, "there is a portfolio 'Even' already")
    assert_accessible(ui)
    field = find(ui, ".la-pop[open] input")
    field.send_keys(Keys.END, " calm")
    click(ui, "Save")
    see(ui, "Saved as Even calm.")
    click(ui, "See all saved ones")
    find(ui, '[data-graph="risk-return"] .main-svg')
    see(ui, "What do they hold?")
    assert_accessible(ui)
    click(ui, "Delete Even")
    see(ui, "Even is deleted from this machine")
    click(ui, "Delete")
    eventually(lambda: "Delete this portfolio?" not in body_text(ui), "the dialog closes")
    eventually(lambda: len(ui.driver.find_elements("css selector", "[aria-label^='Delete Even']")) == 1, "one is left")
    find(ui, 'a[title="Rebalance Even calm"]').click()
    held = find(ui, '[id*="current"].mantine-Textarea-input')
    assert "Iris Bonds," in str(held.get_attribute("value"))


def test_one_that_is_held_is_added_on_a_phone_in_the_dark(ui: Browser) -> None:
    use_phone(ui)
    prefer_scheme(ui, "dark")
    open_page(ui, "/portfolios")
    click(ui, "Add one you hold")
    field = find(ui, 'input[id*="entry/name"]')
    find(ui, '.mantine-Textarea-input[id*="entry/positions"]').send_keys("Stocks, 30, 20\nBonds, 4, 100")
    field.send_keys(Keys.ENTER)
    see(ui, "a value is needed here")
    assert_accessible(ui)
    field.send_keys("Own")
    click(ui, "Keep it")
    see(ui, "Saved without what they earn and risk")
    see(ui, "60.00 %")
    assert_fits(ui)
    assert_accessible(ui)
