"""What a reader does and sees, as steps of a journey. Every wait is for a condition and has an end."""

import json
from collections.abc import Callable
from typing import TypeVar

from dash.testing.browser import Browser
from selenium.common.exceptions import WebDriverException
from selenium.webdriver.remote.webelement import WebElement

from tests.live import wait_until

T = TypeVar("T")
PATIENCE_S = 30.0
PHONE = (390, 844)
LOOK_AGAIN_S = 0.05  # each look is work for the page that is waited for
_IS_SEEN = "e => e.checkVisibility({opacityProperty: true, visibilityProperty: true}) && e.getClientRects().length"
_FIRST_SEEN = f"return [...document.querySelectorAll(arguments[0])].find({_IS_SEEN})"
_FIRST_FREE = f"""const found = document.evaluate(arguments[0], document, null, XPathResult.ORDERED_NODE_SNAPSHOT_TYPE);
    const all = Array.from({{length: found.snapshotLength}}, (_, position) => found.snapshotItem(position));
    const free = all.filter({_IS_SEEN}).find(e => !e.disabled);
    free?.scrollIntoView({{block: "center"}});  // away from what is fixed at the edges
    return free"""
_ENDS_IN_TEXT = "self::button or self::a or self::label or self::summary or @role='option'"


def open_page(ui: Browser, path: str) -> None:
    """Open a page of the application and wait for its heading."""
    ui.driver.get(ui.server_url + path)
    find(ui, "h1")


def find(ui: Browser, selector: str, timeout_s: float = PATIENCE_S) -> WebElement:
    """Return the first visible element of a CSS selector, waiting for it."""
    return eventually(lambda: ui.driver.execute_script(_FIRST_SEEN, selector), f"{selector} is visible", timeout_s)


def see(ui: Browser, text: str, timeout_s: float = PATIENCE_S) -> None:
    """Wait until the page shows `text`."""
    try:
        eventually(lambda: text in body_text(ui), f"the page shows {text!r}", timeout_s)
    except AssertionError as error:
        raise AssertionError(f"{error}; {ui.driver.current_url} shows {body_text(ui)[:500]!r}") from error


def click(ui: Browser, text: str) -> None:
    """Click the button, link, label or option that says `text`, waiting for it to be there and free."""
    path = f"//*[{_ENDS_IN_TEXT}][normalize-space(.)={json.dumps(text)} or @aria-label={json.dumps(text)}]"

    def clicked() -> bool:
        free: WebElement | None = ui.driver.execute_script(_FIRST_FREE, path)
        if free is None:
            return False
        free.click()
        return True

    eventually(clicked, f"{text!r} can be clicked")


def body_text(ui: Browser) -> str:
    """Return all visible text."""
    return str(ui.driver.execute_script("return document.body.innerText"))  # many times quicker than `.text`


def eventually(holds: Callable[[], T | None], what: str, timeout_s: float = PATIENCE_S) -> T:
    """Return the first true value of `holds()`; elements that vanish meanwhile are looked for again."""

    def patient() -> T | None:
        try:
            return holds()
        except WebDriverException:
            return None

    return wait_until(patient, timeout_s, what, LOOK_AGAIN_S)  # type: ignore[return-value]


def use_phone(ui: Browser) -> None:
    """Make the window as wide as a phone; headless Chromium's own windows end at 500 pixels."""
    metrics = {"width": PHONE[0], "height": PHONE[1], "deviceScaleFactor": 1, "mobile": True}
    ui.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)


def prefer_scheme(ui: Browser, scheme: str) -> None:
    """Let the system prefer light or dark."""
    features = [{"name": "prefers-color-scheme", "value": scheme}]
    ui.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})


def eventually_at(ui: Browser, holds: Callable[[str], bool], what: str) -> None:
    """Wait until the address is as wanted; say what the page shows where it is not."""
    try:
        eventually(lambda: holds(ui.driver.current_url), what)
    except AssertionError as error:
        raise AssertionError(f"{error}; {ui.driver.current_url} shows {body_text(ui)[:500]!r}") from error


def forget_emulation(ui: Browser) -> None:
    """Undo `use_phone` and `prefer_scheme`."""
    ui.driver.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
    ui.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})


def console_errors(ui: Browser) -> list[str]:
    """Return what the console complained about since the last look."""
    return [str(entry["message"]) for entry in ui.driver.get_log("browser") if entry["level"] == "SEVERE"]


def assert_fits(ui: Browser) -> None:
    """Fail when the page scrolls sideways, naming what is too wide."""
    width, room = ui.driver.execute_script("return [document.documentElement.scrollWidth, innerWidth]")
    wide = (
        "return [...document.querySelectorAll('body *')].filter(e => e.getBoundingClientRect().right > innerWidth + 1)"
    )
    names = ".slice(0, 5).map(e => e.tagName + '.' + e.className)"
    assert width <= room, ui.driver.execute_script(wide + names)


def requested_hosts(ui: Browser) -> set[str]:
    """Return `host:port` of every request of the page that is open. What the content policy stopped is no request;
    it stands in the console."""
    script = "return performance.getEntries().map(e => e.name).filter(n => n.includes('://')).map(n => new URL(n).host)"
    return set(ui.driver.execute_script(script))
