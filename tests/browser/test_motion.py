"""Drawing a scene, planning through it and driving it, in the browser."""

import json
from typing import Any
from urllib.error import HTTPError

import pytest
from dash.testing.browser import Browser
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from tests.browser.accessibility import assert_accessible
from tests.browser.forecasting import ask
from tests.browser.steps import (
    assert_fits,
    click,
    eventually,
    find,
    open_page,
    prefer_scheme,
    see,
    use_phone,
)
from tests.live import wait_until

CANVAS = ".la-scene-canvas"
NOT_YET = "editing", "planning", "failed"
ROOM = {
    "map": {"width": 10, "height": 8, "obstacles": [{"kind": "circle", "id": "post", "center": [5, 4], "radius": 1}]},
    "start": {"position": [1, 4]},
    "goal": {"position": [9, 4], "tolerance": 0.3},
    "robot": {"radius": 0.3, "max_velocity": 2, "max_acceleration": 3},
    "n_policies": 50,
}

pytestmark = pytest.mark.usefixtures("quiet_afterwards")
without_routes = pytest.mark.usefixtures("_without_routes")


@pytest.fixture
def _without_routes(ui: Browser) -> None:
    """Ask for no shortest way while drawing: its first answer waits for code to be compiled, or says to come back."""
    ui.driver.execute_script("localStorage.setItem('lookahead-live-way', 'off')")


def board(ui: Browser, what: str, page: str = "motion") -> Any:
    """Return a value of the board: an expression in which `board` and `scene` are known."""
    script = f"const scene = lookahead.scene, board = scene.boardOf('{page}'); return board ? {what} : null"
    return ui.driver.execute_script(script)


def rests(ui: Browser) -> None:
    """Wait until the film rests; say what it does instead."""
    try:
        eventually(lambda: board(ui, "board.state") == "paused", "it rests")
    except AssertionError as error:
        now = board(ui, "[board.state, board.time, board.pace, board.found.duration, document.activeElement.outerHTML]")
        raise AssertionError(f"{error}: {now}") from error


def obstacles(ui: Browser) -> list[dict[str, Any]]:
    return list(board(ui, "board.history.present.map.obstacles"))


def drag(ui: Browser, begin: tuple[float, float], end: tuple[float, float]) -> None:
    """Drag on the board between places in metres."""
    ui.driver.execute_script("arguments[0].scrollIntoView({block: 'center'})", find(ui, CANVAS))
    from_x, from_y, to_x, to_y = board(
        ui,
        f"(([a, b], [c, d], box) => [a - box.width / 2, b - box.height / 2, c - a, d - b])("
        f"board.view.px({list(begin)}), board.view.px({list(end)}), board.canvas.getBoundingClientRect())",
    )
    canvas = find(ui, CANVAS)
    chain = ActionChains(ui.driver, duration=20).move_to_element_with_offset(canvas, round(from_x), round(from_y))
    chain.click_and_hold().move_by_offset(round(to_x / 2), round(to_y / 2))
    chain.move_by_offset(round(to_x) - round(to_x / 2), round(to_y) - round(to_y / 2)).release().perform()


def use_tool(ui: Browser, title: str) -> None:
    """Choose a tool by the pointer; scrolled to the top, where nothing lies over it."""
    ui.driver.execute_script("scrollTo(0, 0)")
    click(ui, title)


@without_routes
def test_the_states_of_the_board_lead_where_they_should(ui: Browser) -> None:
    open_page(ui, "/motion")
    eventually(lambda: board(ui, "true"), "the board is there")
    states, first = board(ui, "[scene.STATES, scene.FIRST_STATE]")
    assert set(states) == {"editing", "planning", "ready", "playing", "paused", "failed"}
    reached = {first}
    for _ in states:
        reached |= {end for state in reached for end in states[state]["on"].values()}
    assert reached == set(states)
    for name, state in states.items():
        allowed, leads = set(state["allows"]), state["on"]
        assert ("draw" in allowed) == (name != "playing"), "nothing is drawn into a film"
        assert ("play" in allowed) == (name in {"ready", "paused"})
        assert ("pause" in allowed) == (name == "playing")
        assert ("film" in allowed) <= ("play" in allowed)
        assert name == "planning" or leads["ask"] == "planning"
        if name not in NOT_YET:
            assert leads["edit"] == "editing", "a motion of another drawing is never played"
        assert board(ui, f"scene.nextState('{name}', 'no such event')") == name


@without_routes
def test_what_can_be_done_to_a_drawing_can_be_undone(ui: Browser) -> None:
    open_page(ui, "/motion")
    eventually(lambda: board(ui, "true"), "the board is there")
    shapes = [
        {"kind": "circle", "center": [2, 2], "radius": 1},
        {"kind": "rectangle", "center": [3, 2], "size": [2, 1], "angle": 0.3},
        {"kind": "polygon", "vertices": [[0, 0], [2, 0], [1, 2]]},
        {"kind": "grid", "rows": ["#.", ".."], "origin": [1, 1], "resolution": 0.5},
    ]
    for shape in shapes:
        moved, back, grown, turned = board(
            ui,
            f"((d) => [scene.moved(d, 0, 1, -2), scene.moved(scene.moved(d, 0, 1, -2), 0, -1, 2), "
            f"scene.resized(d, 0, 0.5, 0.5), scene.turned(scene.turned(d, 0, 0.7), 0, -0.7)].map(scene.textOf))"
            f"(scene.added({json.dumps(ROOM | {'map': ROOM['map'] | {'obstacles': []}})}, {json.dumps(shape)}))",  # type: ignore[operator]
        )
        assert back == turned or shape["kind"] == "polygon"
        assert len({moved, back, grown}) == 3
    track = board(ui, "scene.trackAlong([[0, 0], [3, 0], [3, 4]], 2, true)")
    assert track == {"waypoints": [[0, 0, 0], [1.5, 3, 0], [3.5, 3, 4], [6, 0, 0]], "loop": True}
    cart = {"kind": "circle", "center": [0, 0], "radius": 1, "motion": track}
    places = [board(ui, f"scene.shiftAt({json.dumps(cart)}, {time})") for time in (0, 0.75, 6.75, -5.25)]
    assert places == [[0, 0], [1.5, 0], [1.5, 0], [1.5, 0]]
    history = board(
        ui,
        "((h) => [h, scene.undone(h), scene.redone(scene.undone(h))].map(({past, present, future}) => "
        "[past.length, future.length, present.start.position[0]]))"
        f"(scene.done(scene.begun({json.dumps(ROOM)}), scene.moved({json.dumps(ROOM)}, 'start', 1, 0)))",
    )
    assert history == [[1, 0, 2], [0, 1, 1], [1, 0, 2]]


@without_routes
def test_pointer_and_keyboard_draw_the_same_request(ui: Browser) -> None:
    open_page(ui, f"/motion?fill={json.dumps(ROOM)}")
    eventually(lambda: board(ui, "board.view && true"), "the board is drawn")
    use_tool(ui, "Box")
    drag(ui, (2, 1), (4, 2))
    eventually(lambda: len(obstacles(ui)) == 2, "a box was drawn")
    assert obstacles(ui)[1] == {"kind": "rectangle", "center": [3, 1.5], "size": [2, 1]}
    use_tool(ui, "Select")
    drag(ui, (5, 4), (6, 5))
    assert obstacles(ui)[0]["center"] == [6, 5]
    part = find(ui, '[data-part="0"]')
    part.send_keys(Keys.ARROW_LEFT, Keys.SHIFT, Keys.ARROW_UP)
    step = board(ui, "board.step")
    assert obstacles(ui)[0] == {"kind": "circle", "id": "post", "center": [6 - step, 5], "radius": 1 + step}
    find(ui, '[data-part="0"]').send_keys(Keys.CONTROL, "zz")
    assert obstacles(ui)[0]["center"] == [6, 5]
    find(ui, '[data-part="start"]').click()
    find(ui, '.la-scene-inspector [data-name="x (m)"]').send_keys(Keys.CONTROL, "a", Keys.NULL, "2.5", Keys.TAB)
    use_tool(ui, "Brush")
    drag(ui, (1, 7), (3, 7))
    grid = obstacles(ui)[2]
    assert grid["kind"] == "grid"
    assert sum(row.count("#") for row in grid["rows"]) >= 2 / grid["resolution"]
    use_tool(ui, "Unknown")
    drag(ui, (7, 6), (9, 7))
    assert board(ui, "board.history.present.map.unknown") == [
        {"area": {"kind": "rectangle", "center": [8, 6.5], "size": [2, 1]}}
    ]
    find(ui, '[data-part="1"]').send_keys(Keys.DELETE)
    assert [each["kind"] for each in obstacles(ui)] == ["circle", "grid"]
    wanted = {"map": board(ui, "board.history.present.map"), "start": {"position": [2.5, 4]}}
    for name, value in wanted.items():
        text = ui.driver.find_element(By.CSS_SELECTOR, f'textarea[id*=\'"field":"{name}"\']').get_attribute("value")
        assert json.loads(str(text)) == value
    assert_accessible(ui)
    look_nearer(ui)


def look_nearer(ui: Browser) -> None:
    """Zoom by wheel and keys, look elsewhere by keys; the drawing stays as it was."""
    before = board(ui, "board.history.present")
    whole, scale = board(ui, "[board.view.world([100, 100]), board.view.scale]")
    turn = "{deltaY: -400, ctrlKey: true, cancelable: true, clientX: box.x + 100, clientY: box.y + 100}"
    board(
        ui,
        f"(b => b.dispatchEvent(new WheelEvent('wheel', (box => ({turn}))(b.getBoundingClientRect()))))(board.canvas)",
    )
    assert board(ui, "board.view.world([100, 100])") == pytest.approx(whole, abs=2 / scale), (
        "what is under it stays"
    )  # to a pixel
    assert board(ui, "board.view.scale") > 2 * scale
    use_tool(ui, "Select")
    board(ui, "board.choose(null)")
    canvas = find(ui, CANVAS)
    corner = "board.view.world([0, 0])"
    left = board(ui, corner)[0]
    canvas.send_keys(Keys.ARROW_RIGHT)
    assert board(ui, corner)[0] > left
    canvas.send_keys("-", "+")
    assert board(ui, "board.window.factor") > 1
    canvas.send_keys("0")
    assert board(ui, "[board.window, board.view.world([100, 100])]") == [None, pytest.approx(whole)]
    assert board(ui, "board.history.present") == before


@without_routes
def test_a_plan_is_played_for_the_drawing_it_answers_and_reopens(ui: Browser) -> None:
    ask(ui, "POST", "/robotics/plan", ROOM, wait_s=80)  # a worker that never planned reads compiled code first
    open_page(ui, f"/motion?run={json.dumps(ROOM)}")
    find(ui, '[data-graph="energy"] .main-svg')
    eventually(lambda: board(ui, "board.state") == "ready", "the motion can be played")
    assert_accessible(ui)
    duration = board(ui, "board.found.duration")
    slider = find(ui, '.la-scene-playback [aria-label="Time"]')
    slider.send_keys(Keys.END)
    assert board(ui, "[board.state, board.time]") == ["paused", duration]
    board(ui, "board.pace = 0.01")  # slower than any machine that clicks
    click(ui, "Play")  # from the beginning
    assert board(ui, "board.state") == "playing"
    click(ui, "Pause")
    rests(ui)
    shown = board(ui, "board.time")
    board(ui, "board.answer(board.found)")
    assert board(ui, "[board.state, board.time]") == ["paused", shown], "a result that is drawn again disturbs nothing"
    eventually(lambda: find(ui, '[data-part="goal"]').send_keys(Keys.ARROW_UP) is None, "the goal is moved")
    assert board(ui, "[board.state, board.fits()]") == ["editing", False]
    use_tool(ui, "Undo")
    assert board(ui, "[board.state, board.fits()]") == ["ready", True]
    use_phone(ui)
    prefer_scheme(ui, "dark")
    ui.driver.refresh()  # the address names the job
    find(ui, CANVAS)
    eventually(lambda: board(ui, "board.state") == "ready", "the motion is there again")
    assert_fits(ui)
    assert_accessible(ui)


@without_routes
def test_what_cannot_be_reached_is_proved(ui: Browser) -> None:
    open_page(ui, "/motion")
    click(ui, "Nothing passes: the proof")
    see(ui, "What parts start from goal: wall")
    eventually(lambda: board(ui, "board.found.proof.obstacles.length") == 4, "the proof is on the board")
    assert board(ui, "board.state") == "failed"


@without_routes
def test_a_scene_is_taken_along_and_driven(ui: Browser) -> None:
    ask(ui, "POST", "/robotics/execute", {"plan": ROOM}, wait_s=80)
    open_page(ui, f"/motion?fill={json.dumps(ROOM)}")
    eventually(lambda: board(ui, "true"), "the board is there")
    find(ui, '[data-part="start"]').send_keys(Keys.ARROW_UP)
    use_tool(ui, "Drive it")
    eventually(lambda: board(ui, "board.history.present.start.position[1] > 4", "motion-run"), "the scene came along")
    find(ui, '[data-run-button="motion-run"]').click()
    find(ui, '[data-graph="energy-over-time"] .main-svg')
    eventually(lambda: board(ui, "board.state", "motion-run") == "ready", "the run can be played")
    assert board(ui, "board.found.believed.length", "motion-run") > 10
    assert_accessible(ui)


def test_the_way_follows_while_the_goal_is_dragged(ui: Browser) -> None:
    known = {name: ROOM[name] for name in ("map", "start", "goal", "robot")}
    wait_until(lambda: route(ui, known) == 200, 120, "the first way is found, its code compiled")
    open_page(ui, f"/motion?fill={json.dumps(ROOM)}")
    shown = "board.route && board.route.key === board.routeKey(board.drawing()) && board.route.length"
    before = eventually(lambda: board(ui, shown), "the way is shown")
    drag(ui, (9, 4), (3, 7))
    after = eventually(lambda: board(ui, f"!board.preview && {shown}"), "the way leads to where the goal is now")
    assert board(ui, "board.drawing().goal.position") == [3, 7]
    assert after < before
    assert board(ui, "board.route.path.at(-1)") == pytest.approx([3, 7], abs=0.01)
    see(ui, "Shortest way among what stands still")
    find(ui, '[data-part="start"]').send_keys(Keys.ARROW_RIGHT)
    eventually(lambda: (board(ui, shown) or after) < after, "the keys move the start, and the way with it")


def route(ui: Browser, asked: dict[str, Any]) -> int:
    """Return the status of a quick route."""
    try:
        ask(ui, "POST", "/robotics/route", asked)
    except HTTPError as error:
        return error.code
    return 200
