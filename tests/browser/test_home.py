"""The first page in a real browser: a result in one click, the last jobs, the machine."""

from dash.testing.browser import Browser
from selenium.webdriver.common.by import By

from tests.browser.accessibility import assert_accessible
from tests.browser.steps import console_errors, eventually, find, open_page, see


def test_sample_leads_straight_to_a_result(ui: Browser) -> None:
    open_page(ui, "/")
    find(ui, ".la-dataset[href*='air-passengers']").click()
    eventually(lambda: "job=" in ui.driver.current_url, "the job has an address")
    assert "run=" not in ui.driver.current_url
    find(ui, ".js-plotly-plot .scatterlayer path", 60)
    assert console_errors(ui) == []
    ui.driver.back()
    eventually(lambda: ui.driver.current_url.rstrip("/") == ui.server_url, "back leads home, not to another run")


def test_last_jobs_and_living_workers_are_shown(ui: Browser) -> None:
    open_page(ui, "/")
    find(ui, ".la-dataset[href*='nile']").click()
    find(ui, ".js-plotly-plot .scatterlayer path", 60)
    open_page(ui, "/")
    see(ui, "nile, flow_1e8_m3")
    eventually(lambda: "1 worker ready" in find(ui, "[aria-label='State of the machine']").text, "workers are alive")
    assert_accessible(ui)
    find(ui, "#home-overview-jobs").click()
    find(ui, ".la-jobs-drawer .la-job, [role='dialog'] .la-job")


def test_every_sample_of_the_page_can_be_forecast(ui: Browser) -> None:
    open_page(ui, "/")
    links = [each.get_attribute("href") for each in ui.driver.find_elements(By.CSS_SELECTOR, ".la-dataset")]
    assert len(links) >= 3
    for link in links:
        ui.driver.get(str(link))
        find(ui, ".js-plotly-plot .scatterlayer path", 60)


def test_unknown_address_leads_home(ui: Browser) -> None:
    open_page(ui, "/nowhere")
    see(ui, "There is no such page")
    find(ui, ".la-page a[href='/']").click()
    see(ui, "One click to a result")
