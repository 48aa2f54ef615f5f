"""The shell in a real browser: scheme, keyboard, phone, jobs drawer, offline banner, nothing from elsewhere."""

from typing import Any

import pytest
from dash.testing.browser import Browser
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from tests.browser.accessibility import assert_accessible
from tests.browser.looks import assert_looks_well, scheme_of
from tests.browser.steps import (
    body_text,
    click,
    console_errors,
    eventually,
    find,
    open_page,
    prefer_scheme,
    requested_hosts,
    see,
    use_phone,
)

NILE = {"series": {"dataset": "nile", "column": "flow_1e8_m3"}, "model": {"kind": "naive"}}
PAGES = ("/", "/forecast", "/datasets", "/datasets?id=air-passengers", "/datasets?id=messy-sales", "/nowhere")


def press(ui: Browser, *keys: str) -> None:
    """Press keys one after another, wherever the focus is."""
    for key in keys:
        ActionChains(ui.driver).send_keys(key).perform()


@pytest.mark.parametrize("path", PAGES)
def test_every_page_looks_well_and_asks_no_other_machine(ui: Browser, path: str) -> None:
    open_page(ui, path)
    assert requested_hosts(ui) == {ui.server_url.split("/")[2]}
    assert_looks_well(ui)
    assert console_errors(ui) == []  # where the content policy would tell what it stopped


def test_scheme_follows_the_system_until_the_reader_chooses_and_then_persists(ui: Browser) -> None:
    prefer_scheme(ui, "dark")
    open_page(ui, "/")
    assert scheme_of(ui) == "dark"
    find(ui, "#shell-scheme-button").click()
    eventually(lambda: scheme_of(ui) == "light", "the page is light")
    open_page(ui, "/datasets")
    assert scheme_of(ui) == "light"


def test_nothing_moves_for_a_reader_who_wants_no_motion(ui: Browser) -> None:
    moving = "[...document.querySelectorAll('*')].filter(e => getComputedStyle(e).transitionDuration !== '0s')"
    open_page(ui, "/datasets")  # its cards would turn their borders for others
    assert ui.driver.execute_script(f"return {moving}.map(e => e.className)") == []


def test_dark_page_is_dark_before_the_application_has_started(ui: Browser) -> None:
    prefer_scheme(ui, "dark")
    note = "Page.addScriptToEvaluateOnNewDocument"
    watch = "document.addEventListener('readystatechange', () => { window.early ??= [document.readyState, " \
            "document.documentElement.dataset.mantineColorScheme]; });"  # fmt: skip
    script = ui.driver.execute_cdp_cmd(note, {"source": watch})
    try:
        open_page(ui, "/")
        assert ui.driver.execute_script("return window.early") == ["interactive", "dark"]
    finally:
        ui.driver.execute_cdp_cmd("Page.removeScriptToEvaluateOnNewDocument", script)


def test_charts_change_with_the_scheme(ui: Browser) -> None:
    prefer_scheme(ui, "light")
    open_page(ui, "/datasets?id=air-passengers")
    background = "return document.querySelector('.js-plotly-plot .main-svg')?.style.background"

    def paper() -> str:
        return str(ui.driver.execute_script(background))

    eventually(lambda: paper() == "rgb(255, 255, 255)", "the chart is light")
    find(ui, "#shell-scheme-button").click()
    eventually(lambda: paper() == "rgb(25, 31, 36)", "the chart is dark")
    assert_accessible(ui, "color-contrast")
    assert console_errors(ui) == []


def test_components_that_are_drawn_anew_are_told_once_that_others_changed(ui: Browser) -> None:
    open_page(ui, "/nowhere")
    script = """const [done] = arguments, [store] = dash_stores, told = [];
        let count = 0;
        const leave = store.subscribe(() => { count += 1; });
        for (let part = 0; part < 3; part += 1) store.dispatch({type: "RESET_COMPONENT_STATE", payload: {}});
        told.push(count);
        queueMicrotask(() => {
            told.push(count);
            store.dispatch({type: "ANYTHING_ELSE"});
            leave();
            done([...told, count]);
        });"""
    assert ui.driver.execute_async_script(script) == [0, 1, 2]


def test_the_menu_marks_the_open_page_and_the_one_that_led_to_it(ui: Browser) -> None:
    marked = (
        "return [...document.querySelectorAll('.la-nav-link[aria-current]')].map(e => [e.innerText, e.ariaCurrent])"
    )

    def shown() -> list[list[str]]:
        return [list(each) for each in ui.driver.execute_script(marked)]

    open_page(ui, "/motion-run")
    eventually(lambda: shown() == [["Motion", "true"]], "the page that leads to the open one is marked")
    click(ui, "Datasets")
    eventually(lambda: shown() == [["Datasets", "page"]], "the open page is marked")


def test_keyboard_opens_help_jobs_and_pages(ui: Browser) -> None:
    open_page(ui, "/")
    press(ui, "?")
    see(ui, "Keyboard shortcuts")
    press(ui, Keys.ESCAPE)
    eventually(lambda: "Keyboard shortcuts" not in body_text(ui), "the help is closed")
    press(ui, "j")
    see(ui, "Jobs")
    press(ui, Keys.ESCAPE)
    press(ui, "g", "d")
    eventually(lambda: ui.driver.current_url.endswith("/datasets"), "the datasets are open")


def _open_drawers(ui: Browser) -> list[str]:
    titles = ui.driver.find_elements(By.CSS_SELECTOR, ".la-drawer-title")
    return [each.text for each in titles if each.is_displayed()]


def test_shortcuts_do_not_fire_while_the_reader_types(ui: Browser) -> None:
    open_page(ui, "/forecast")
    field = find(ui, ".la-panel input:not([type=hidden]):not([type=checkbox]):not([type=radio])")
    field.send_keys("j")
    ui.driver.execute_script("document.activeElement.blur()")
    press(ui, "?")
    see(ui, "Keyboard shortcuts")  # had the j opened the jobs, they would be open by now
    eventually(lambda: _open_drawers(ui) == ["Keyboard shortcuts"], "the help is the only open drawer")


def test_first_tab_reaches_a_visible_skip_link_that_leads_to_the_content_and_every_focus_is_visible(
    ui: Browser,
) -> None:
    open_page(ui, "/datasets")
    assert ui.driver.find_element(By.TAG_NAME, "html").get_attribute("lang") == "en"
    assert len(ui.driver.find_elements(By.TAG_NAME, "main")) == 1
    eventually(lambda: ui.driver.title == "Datasets | Lookahead", "the title names the page")
    press(ui, Keys.TAB)
    focused = ui.driver.switch_to.active_element
    eventually(lambda: focused.text == "Skip to content", "the skip link has the focus and is drawn")
    eventually(lambda: focused.rect["y"] >= 0, "the skip link is on the screen")
    outline = "const s = getComputedStyle(document.activeElement); return [s.outlineStyle, s.outlineWidth, s.boxShadow]"
    for _ in range(10):
        style, width, shadow = ui.driver.execute_script(outline)
        assert (style != "none" and width != "0px") or shadow != "none", ui.driver.switch_to.active_element.text
        press(ui, Keys.TAB)
    ui.driver.execute_script("arguments[0].focus()", focused)
    press(ui, Keys.ENTER)
    eventually(lambda: ui.driver.switch_to.active_element.get_attribute("id") == "main", "the content has the focus")
    assert ui.driver.current_url.endswith("/datasets")


def test_menu_of_a_phone_opens_leads_on_and_closes(ui: Browser) -> None:
    use_phone(ui)
    open_page(ui, "/")
    link = ui.driver.find_element(By.CSS_SELECTOR, ".la-nav-link[href='/datasets']")
    eventually(lambda: not is_on_screen(ui, link), "the menu is folded away")
    click(ui, "Pages")
    eventually(lambda: is_on_screen(ui, link), "the menu is open")
    link.click()
    see(ui, "Drop a file here")
    eventually(lambda: not is_on_screen(ui, ui.driver.find_element(By.CSS_SELECTOR, ".la-nav-link")), "it closed")


def test_panel_stays_folded_as_the_reader_left_it(ui: Browser) -> None:
    open_page(ui, "/forecast")
    results = find(ui, ".la-results")
    narrow = results.rect["width"]
    find(ui, ".la-panel summary").click()
    eventually(lambda: find(ui, ".la-results").rect["width"] > narrow + 200, "the results take the room")
    open_page(ui, "/forecast")
    eventually(lambda: find(ui, ".la-panel").get_attribute("open") is None, "the panel is still folded")
    assert_accessible(ui)
    find(ui, ".la-panel summary").click()
    eventually(lambda: find(ui, ".la-results").rect["width"] < narrow + 5, "the panel is back")


def is_on_screen(ui: Browser, element: Any) -> bool:
    """True when the middle of the element is what one sees there."""
    script = """const r = arguments[0].getBoundingClientRect();
        const hit = document.elementFromPoint(r.x + r.width / 2, r.y + r.height / 2);
        return hit !== null && (hit === arguments[0] || arguments[0].contains(hit));"""
    return bool(ui.driver.execute_script(script, element))
