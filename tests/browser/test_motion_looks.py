"""Looking nearer with two fingers and buttons, and maps that bring their robot along, in the browser."""

import json
from typing import Any

import pytest
from dash.testing.browser import Browser
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.select import Select

from tests.browser.steps import click, eventually, find, open_page
from tests.browser.test_motion import CANVAS, ROOM, _without_routes, board, without_routes

__all__ = ["_without_routes"]
RADIUS = 'input[id*="robot/radius"]'

pytestmark = pytest.mark.usefixtures("quiet_afterwards")


def pixel(ui: Browser, place: tuple[float, float]) -> tuple[float, float]:
    """Return where a place in metres is in the window."""
    script = "(([u, v], box) => [u + box.left, v + box.top])"
    x, y = board(ui, f"{script}(board.view.px({list(place)}), board.canvas.getBoundingClientRect())")
    return x, y


def touch(ui: Browser, kind: str, *points: tuple[float, float]) -> None:
    """Put fingers down, move or lift them: those that are on the board afterwards."""
    fingers: list[Any] = [{"x": x, "y": y, "id": number} for number, (x, y) in enumerate(points)]
    ui.driver.execute_cdp_cmd("Input.dispatchTouchEvent", {"type": kind, "touchPoints": fingers})


@without_routes
def test_two_fingers_and_buttons_look_nearer_and_draw_nothing(ui: Browser) -> None:
    open_page(ui, f"/motion?fill={json.dumps(ROOM)}")
    whole = eventually(lambda: board(ui, "board.view.scale"), "the board is drawn")
    before = board(ui, "board.history.present")
    click(ui, "Zoom in")
    click(ui, "Zoom in")
    click(ui, "Zoom out")
    assert board(ui, "board.view.scale") == pytest.approx(1.25 * whole)
    click(ui, "Show the whole map")
    ui.driver.execute_script("arguments[0].scrollIntoView({block: 'center'})", find(ui, CANVAS))
    (x, y), (u, v) = pixel(ui, (4, 4)), pixel(ui, (6, 4))  # both on the post
    touch(ui, "touchStart", (x, y))
    touch(ui, "touchStart", (x, y), (u, v))
    for part in (20, 40, 60):
        touch(ui, "touchMove", (x - part, y), (u + part, v))
    touch(ui, "touchEnd")
    eventually(lambda: board(ui, "board.view.scale") > 1.1 * whole, "it is nearer")
    assert board(ui, "board.view.scale") == pytest.approx(whole * (u - x + 120) / (u - x), rel=0.02)
    assert board(ui, "[board.history.present, board.preview]") == [before, None]


@without_routes
def test_a_map_that_was_saved_brings_its_robot(ui: Browser) -> None:
    open_page(ui, f"/motion?fill={json.dumps(ROOM)}")
    eventually(lambda: board(ui, "true"), "the board is there")
    click(ui, "Files and maps")
    find(ui, '[aria-label="Name to save the map under"]').send_keys("A room for a small robot")
    click(ui, "Save")
    chosen = Select(find(ui, 'select[aria-label="Maps"]'))
    eventually(lambda: chosen.first_selected_option.text == "A room for a small robot", "it is kept")
    find(ui, RADIUS).send_keys(Keys.CONTROL, "a", Keys.NULL, "0.5", Keys.TAB)
    eventually(lambda: board(ui, "board.radius()") == 0.5, "the robot is larger")
    chosen.select_by_index(0)
    chosen.select_by_visible_text("A room for a small robot")
    eventually(lambda: board(ui, "board.radius()") == 0.3, "it is the small one again")
    assert find(ui, RADIUS).get_attribute("value") == "0.3"
    click(ui, "Delete the chosen map")
    eventually(lambda: board(ui, "board.told.textContent") == "Deleted", "it is gone")
