"""The request panel of the forecast page: what is entered, what is told to be wrong, what links fill in."""

import json
from urllib.parse import quote

import pytest
from dash.testing.browser import Browser
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from tests.browser.accessibility import assert_accessible
from tests.browser.forecasting import (
    QUICK,
    RUN,
    ask,
    choose,
    control,
    done_job,
    enter,
    enter_model,
    see_result,
    shown_job,
    started_job,
    unfold_advanced,
    wait_for_state,
)
from tests.browser.steps import (
    body_text,
    click,
    eventually,
    find,
    open_page,
    see,
)

_FOCUSED_ERROR = "const e = document.activeElement; return e.matches('[aria-invalid=true]') ? e : null"

pytestmark = pytest.mark.usefixtures("quiet_afterwards")


def test_bad_values_are_told_at_their_fields_of_which_the_first_gets_the_focus(ui: Browser) -> None:
    open_page(ui, "/forecast?dataset=us-macro&column=inflation_pct")
    assert control(ui, "series/dataset/column").get_attribute("value") == "inflation_pct"
    unfold_advanced(ui)
    choose(ui, "model/kind", "arima")
    wrong = {
        "model/arima/p": (55, "55 is refused: input should be less than or equal to 10"),
        "horizon": (0, "0 is refused: input should be greater than or equal to 1"),
        "seed": ("", "a value is needed here"),
    }
    for key, (value, _) in wrong.items():
        enter(ui, key, value)
    click(ui, RUN)
    for key, (_, sentence) in wrong.items():
        see(ui, sentence)
        wrapper = control(ui, key).find_element(By.XPATH, "ancestor::*[contains(@class, 'InputWrapper-root')][1]")
        assert sentence in wrapper.text
    focused = eventually(lambda: ui.driver.execute_script(_FOCUSED_ERROR), "the first wrong field has the focus")
    assert focused in {control(ui, key) for key in wrong}
    assert shown_job(ui) is None
    assert_accessible(ui)


def test_a_corrected_value_loses_its_error(ui: Browser) -> None:
    open_page(ui, "/forecast")
    enter(ui, "horizon", 0)
    click(ui, RUN)
    see(ui, "0 is refused")
    enter(ui, "horizon", 3).send_keys(Keys.TAB)
    eventually(lambda: "is refused" not in body_text(ui), "the error is gone with the value it was about")
    enter(ui, "horizon", 0).send_keys(Keys.ENTER)
    see(ui, "0 is refused")
    enter(ui, "horizon", 3).send_keys(Keys.ENTER)
    see(ui, "the next 3 months")
    assert "is refused" not in body_text(ui)


def test_what_only_the_run_finds_wrong_is_told_at_its_field(ui: Browser) -> None:
    open_page(ui, "/forecast")
    click(ui, "Pasted values")
    control(ui, "series/inline/values").send_keys("1 2 3")
    enter_model(ui, {"kind": "arima", "p": 5, "d": 1, "q": 5, "P": 0, "D": 0, "Q": 0})
    click(ui, RUN)
    job = started_job(ui)
    wait_for_state(ui, job, "failed")
    detail = ask(ui, "GET", f"/jobs/{job}")["error"]["detail"]
    see(ui, detail)
    find(ui, ".la-state-failed")
    eventually(lambda: ui.driver.find_elements(By.CSS_SELECTOR, ".la-form [aria-invalid=true]"), "a field is blamed")
    ui.driver.refresh()
    see(ui, detail)
    eventually(lambda: ui.driver.find_elements(By.CSS_SELECTOR, ".la-form [aria-invalid=true]"), "a field is blamed")


def test_pasted_values_are_forecast(ui: Browser) -> None:
    open_page(ui, "/forecast")
    click(ui, "Pasted values")
    control(ui, "series/inline/values").send_keys(" ".join(str(10 + step % 7) for step in range(60)))
    choose(ui, "model/kind", "naive")
    click(ui, RUN)
    see(ui, "series, the next 12 steps")


def test_another_dataset_offers_its_own_columns(ui: Browser) -> None:
    open_page(ui, "/forecast")
    choose(ui, "series/dataset/dataset", "co2-mauna-loa")
    eventually(lambda: control(ui, "series/dataset/column").get_attribute("value") == "co2_ppm", "its column is chosen")


def test_a_link_with_a_bad_request_tells_it_at_the_field(ui: Browser) -> None:
    request = {**QUICK, "horizon": -4}
    open_page(ui, f"/forecast?run={quote(json.dumps(request))}")
    see(ui, "-4 is refused")
    assert control(ui, "horizon").get_attribute("value") == "-4"
    assert control(ui, "model/kind").get_attribute("value") == "Seasonal naive"


@pytest.mark.parametrize("query", ["run=%7Bnonsense", "job=no-such-job", "job=..%2F..%2Fetc"])
def test_a_broken_link_says_so(ui: Browser, query: str) -> None:
    open_page(ui, f"/forecast?{query}")
    find(ui, ".la-state-failed")
    assert_accessible(ui)


def test_a_result_fills_the_form_to_be_changed_and_run_again_by_enter(ui: Browser) -> None:
    first = done_job(ui, {**QUICK, "horizon": 9})
    open_page(ui, f"/forecast?job={first}")
    see_result(ui)
    click(ui, "Change and rerun")
    assert control(ui, "horizon").get_attribute("value") == "9"
    enter(ui, "horizon", 18).send_keys(Keys.ENTER)
    second = started_job(ui, other_than=first)
    see(ui, "the next 18 months")
    assert ask(ui, "GET", f"/jobs/{second}")["request"] == {
        **ask(ui, "GET", f"/jobs/{first}")["request"],
        "horizon": 18,
    }
