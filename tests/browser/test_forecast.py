"""From a series to a forecast in the browser: every state of the page, and every way out of it."""

import pytest
from dash.testing.browser import Browser
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from tests.browser.accessibility import assert_accessible
from tests.browser.forecasting import (
    PASSENGERS,
    QUICK,
    RUN,
    SLOW_MODEL,
    ask,
    control,
    done_job,
    enter,
    enter_model,
    see_result,
    shown_job,
    started_job,
    state_of,
    wait_for_state,
)
from tests.browser.looks import assert_looks_well
from tests.browser.steps import (
    assert_fits,
    body_text,
    click,
    eventually,
    find,
    open_page,
    see,
    use_phone,
)

LOAD_PAGE = "/forecast?dataset=electric-load&column=load_mw"

pytestmark = pytest.mark.usefixtures("quiet_afterwards")


def start_slow_job(ui: Browser) -> str:
    """Start a job that takes minutes, from the form; return its id when it runs."""
    open_page(ui, LOAD_PAGE)
    enter_model(ui, SLOW_MODEL)
    click(ui, RUN)
    job = started_job(ui)
    wait_for_state(ui, job, "running")
    return job


def test_arima_from_the_form_shows_a_fan_chart_with_measured_accuracy(ui: Browser) -> None:
    open_page(ui, LOAD_PAGE)
    enter(ui, "horizon", 48)
    enter_model(ui, {"kind": "arima", "p": 2, "d": 0, "q": 1, "P": 1, "D": 1, "Q": 1})
    click(ui, RUN)
    see_result(ui)
    names = "return [...document.querySelectorAll('[data-graph=fan] .legendtext')].map(e => e.textContent)"
    bands = ["Forecast", "80 % interval", "95 % interval"]
    assert ui.driver.execute_script(names) == [*bands, "Outside 95 %, one step ahead", "Observed"]
    text = body_text(ui)
    assert "load_mw, the next 48 hours" in text
    assert "ARIMA(2,0,1)(1,1,1)[24]" in text
    assert "Seasonal naive (baseline)" in text
    assert "Ljung-Box" in text
    assert "chance alone puts 5.0 % there" in text
    find(ui, '[data-graph="quantiles"] .main-svg')


def _told(ui: Browser) -> str:
    """Return what the page says of the job, read at once: a quick job's words are drawn anew while selenium asks."""
    return str(ui.driver.execute_script("return document.querySelector('.la-state-working')?.innerText ?? ''"))


def test_a_running_job_tells_its_progress_and_keeps_the_focus_on_cancel(ui: Browser) -> None:
    start_slow_job(ui)
    find(ui, ".la-state-working [role=progressbar]")
    eventually(lambda: "%" in _told(ui), "the page says how far the running job is")
    ui.driver.execute_script("document.querySelector('[data-cancel]').focus()")
    told = eventually(lambda: _told(ui), "the progress is told")
    eventually(lambda: _told(ui) not in ("", told), "the progress is told anew")
    assert ui.driver.execute_script("return document.activeElement.matches('[data-cancel]')")
    assert_accessible(ui)
    assert_fits(ui)


def test_a_running_job_outlives_reload_and_absence_ends_at_escape_and_can_be_run_again(ui: Browser) -> None:
    job = start_slow_job(ui)
    ui.driver.refresh()
    find(ui, ".la-state-working")
    click(ui, "Datasets")
    see(ui, "Airline passengers")
    ui.driver.back()
    find(ui, ".la-state-working")
    assert (shown_job(ui), state_of(ui, job)) == (job, "running")
    ui.driver.find_element(By.TAG_NAME, "body").send_keys(Keys.ESCAPE)
    see(ui, "The job was stopped before it was done.")
    wait_for_state(ui, job, "cancelled")
    enter_model(ui, {"kind": "arima", "p": 0, "d": 1, "q": 0, "P": 0, "D": 0, "Q": 0})
    click(ui, "Run again")
    started_job(ui, other_than=job)
    see_result(ui)


def test_reload_in_the_middle_of_a_run_finds_the_job_and_its_result(ui: Browser) -> None:
    open_page(ui, LOAD_PAGE)
    enter_model(ui, {"kind": "arima", "p": 3, "d": 0, "q": 2, "P": 1, "D": 1, "Q": 1})
    click(ui, RUN)
    job = started_job(ui)
    ui.driver.refresh()
    see_result(ui)
    assert shown_job(ui) == job
    assert control(ui, "model/arima/p").get_attribute("value") == "3"


def test_six_quick_clicks_are_six_jobs_and_the_last_is_shown(ui: Browser) -> None:
    open_page(ui, "/forecast")
    enter(ui, "horizon", 16)
    before = {job["id"] for job in ask(ui, "GET", "/jobs?kind=forecast&limit=200")["jobs"]}
    run = find(ui, "[data-run-button]")
    script = "for (let click = 0; click < 6; click += 1) setTimeout(() => arguments[0].click(), 25 * click)"
    ui.driver.execute_script(script, run)

    def new_jobs() -> list[str]:
        jobs = ask(ui, "GET", "/jobs?kind=forecast&limit=200")["jobs"]
        return [job["id"] for job in jobs if job["id"] not in before]

    eventually(lambda: len(new_jobs()) == 6, "six jobs are in the table")
    see_result(ui)
    assert shown_job(ui) == new_jobs()[0]


def test_clicks_one_by_one_are_as_many_jobs_and_cancel_ends_the_one_that_is_shown(ui: Browser) -> None:
    open_page(ui, LOAD_PAGE)
    enter_model(ui, SLOW_MODEL)
    seen: list[str | None] = [None]
    for _ in range(3):
        click(ui, RUN)
        seen.append(started_job(ui, other_than=seen[-1]))
    assert len({*seen[1:]}) == 3
    for job in seen[1:]:
        eventually(lambda job=job: state_of(ui, str(job)) in ("queued", "running"), f"job {job} is in the table")
    click(ui, "Cancel")
    see(ui, "Cancelled")
    assert [state_of(ui, str(job)) == "cancelled" for job in seen[1:]] == [False, False, True]


def test_coming_back_shows_what_was_done_meanwhile_and_the_navigation_leads_to_an_empty_page(ui: Browser) -> None:
    open_page(ui, LOAD_PAGE)
    enter_model(ui, {"kind": "arima", "p": 1, "d": 0, "q": 1, "P": 1, "D": 1, "Q": 1})
    click(ui, RUN)
    job = started_job(ui)
    click(ui, "Datasets")
    see(ui, "Airline passengers")
    wait_for_state(ui, job, "done")
    ui.driver.back()
    see_result(ui)
    assert shown_job(ui) == job
    click(ui, "Forecast")
    see(ui, "Ask for a forecast")
    assert shown_job(ui) is None


def test_the_back_button_goes_from_job_to_job(ui: Browser) -> None:
    first = done_job(ui, QUICK)
    open_page(ui, f"/forecast?job={first}")
    see_result(ui)
    enter(ui, "horizon", 5).send_keys(Keys.ENTER)
    started_job(ui, other_than=first)
    see(ui, "the next 5 months")
    ui.driver.back()
    see(ui, "the next 12 months")
    assert shown_job(ui) == first


def test_a_sample_leads_to_a_result_in_one_click_and_the_address_to_its_job(ui: Browser) -> None:
    open_page(ui, "/forecast")
    click(ui, "Seasonal ARIMA, 24 months")
    see_result(ui)
    assert state_of(ui, started_job(ui)) == "done"
    assert "run=" not in ui.driver.current_url


def test_two_results_are_compared(ui: Browser) -> None:
    naive = done_job(ui, {**QUICK, "model": {"kind": "naive"}})
    seasonal = done_job(ui, {**QUICK, "horizon": 14})
    open_page(ui, f"/forecast?job={seasonal}")
    see_result(ui)
    find(ui, ".la-compare input").click()
    option = find(ui, f'[role=option][value="{naive}"]')
    option.click()
    eventually(lambda: f"compare={naive}" in ui.driver.current_url, "the address names both")
    rows = ".la-table tbody th"
    eventually(
        lambda: len([row for row in ui.driver.find_elements(By.CSS_SELECTOR, rows) if "aive" in row.text]) == 3,
        "both and the baseline stand in the table",
    )
    ui.driver.refresh()
    see(ui, "Compared with")
    assert_accessible(ui)


def test_a_result_looks_well_in_light_in_dark_and_on_a_phone(ui: Browser) -> None:
    job = done_job(ui, {"series": PASSENGERS, "horizon": 24, "model": {"kind": "arima", "p": 0, "D": 1, "Q": 1}})
    open_page(ui, f"/forecast?job={job}")
    see_result(ui)
    assert_looks_well(ui)


def test_on_a_phone_the_request_folds_away_when_there_is_an_answer(ui: Browser) -> None:
    use_phone(ui)
    open_page(ui, "/forecast")
    run = find(ui, "[data-run-button]")
    ui.driver.execute_script("arguments[0].scrollIntoView({block: 'center'})", run)
    run.click()
    see_result(ui)
    assert find(ui, ".la-panel").get_attribute("open") is None
    top = ui.driver.execute_script("return document.querySelector('.la-head').getBoundingClientRect().top + scrollY")
    assert top < 400
    assert_fits(ui)
    find(ui, ".la-panel summary").click()
    eventually(lambda: find(ui, ".la-panel").get_attribute("open") is not None, "the request unfolds again")


def test_the_chart_stays_where_it_was_when_the_next_result_arrives(ui: Browser) -> None:
    first = done_job(ui, QUICK)
    open_page(ui, f"/forecast?job={first}")
    place = "return document.querySelector('.la-graph[data-graph=fan]').getBoundingClientRect().top + scrollY"
    see_result(ui)
    before = ui.driver.execute_script(place)
    enter(ui, "horizon", 10).send_keys(Keys.ENTER)
    see(ui, "the next 10 months")
    assert abs(ui.driver.execute_script(place) - before) <= 1
