"""Shortest paths against closed forms and a visibility graph; verdicts against worlds made to be decided."""

import math
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.sparse.csgraph import dijkstra

from compute.planning.geometry.surroundings import surroundings
from compute.planning.route import Route, find_route, prepare_ground
from compute.planning.scene import AnyObstacle, Circle, Grid, Map, Polygon, Rectangle
from compute.planning.validation import validate_path
from compute.planning.validation.clearance import least
from compute.planning.validation.solids import solids_of
from tests.compute.planning.worlds import HEIGHT, WIDTH, Point, free_pair, points, worlds

Array = NDArray[np.float64]

RADIUS = 0.3
SIDE = 6
CELL = st.integers(0, SIDE * SIDE - 1)


def route_on(world: Map, start: Point, goal: Point, radius: float = RADIUS, n: int = 0) -> Route:
    return find_route(prepare_ground(world, radius), np.array(start), np.array(goal), n)


def room(*obstacles: AnyObstacle) -> Map:
    return Map(width=WIDTH, height=HEIGHT, obstacles=obstacles)


def test_free_space_is_crossed_straight() -> None:
    route = route_on(room(), (1, 1), (9, 7))
    assert route.path is not None
    assert route.path.length == pytest.approx(10)


def test_a_disc_is_passed_along_two_tangents_and_an_arc() -> None:
    route = route_on(room(Circle(center=(6, 4.5), radius=1)), (2, 4.5), (10, 4.5))
    assert route.path is not None
    rho, d = 1 + RADIUS, 4.0
    assert route.path.length == pytest.approx(2 * math.sqrt(d**2 - rho**2) + rho * 2 * math.asin(rho / d), abs=1e-12)


def test_a_corner_is_turned_about_at_the_distance_of_the_radius() -> None:
    route = route_on(room(Rectangle(center=(3, 1.5), size=(6, 3))), (5.5, 3.3), (6.3, 0.5))
    assert route.path is not None
    assert route.path.length == pytest.approx(0.5 + RADIUS * math.pi / 2 + 2.5, abs=1e-9)


@settings(max_examples=40)
@given(worlds(8), st.integers(0, 10_000))
def test_what_is_found_is_valid_and_taut_and_what_is_not_is_proved(world: Map, seed: int) -> None:
    ends = free_pair(world, RADIUS, seed)
    if ends is None:
        return
    start, goal = ends
    route = route_on(world, start, goal, n=2)
    assert route.status != "undecided"
    if route.status == "found":
        assert route.path is not None
        for path in (route.path, *route.alternatives):
            assert validate_path(world, RADIUS, path.pieces).gap > -1e-7
            reached, _ = path.at(np.array([0.0, path.length]))
            assert reached == pytest.approx(np.array([start, goal]), abs=1e-9)
            assert path.length >= route.path.length - 1e-9
            before, after = path.ends[:-1] - 1e-9, path.ends[:-1] + 1e-9
            assert path.at(before)[1] == pytest.approx(path.at(after)[1], abs=1e-4)
    else:
        assert route.status == "no_path"
        assert route.barrier is not None
        assert route.barrier.width < 2 * RADIUS
        assert is_apart(world, start, goal)


@given(worlds(), points(), points())
def test_a_blocked_place_is_blamed_before_anything_else(world: Map, start: Point, goal: Point) -> None:
    route = route_on(world, start, goal)
    is_free = surroundings(world).distance(np.array([start, goal])) >= RADIUS - 1e-9
    assert (route.status == "start_blocked") == (not is_free[0])
    assert (route.status == "goal_blocked") == (is_free[0] and not is_free[1])


def is_apart(world: Map, start: Point, goal: Point, step: float = 0.05) -> bool:
    """Whether a flood over samples, joined where the disc certainly passes, fails to lead from start to goal."""
    from scipy.ndimage import label

    x, y = np.arange(0, WIDTH, step), np.arange(0, HEIGHT, step)
    grid = np.stack(np.meshgrid(x, y), axis=2)
    distance = surroundings(world).distance(grid.reshape(-1, 2)).reshape(grid.shape[:2])
    labels, _ = label(distance > RADIUS + step)
    a, b = (labels[round(p[1] / step) - 1, round(p[0] / step) - 1] for p in (start, goal))
    return not (a == b != 0)


@settings(max_examples=10)
@given(st.lists(st.text("...#", min_size=SIDE, max_size=SIDE), min_size=SIDE, max_size=SIDE), CELL, CELL)
def test_paths_among_cells_are_as_short_as_those_of_a_visibility_graph(rows: list[str], a: int, b: int) -> None:
    world = Map(width=SIDE, height=SIDE, obstacles=(Grid(rows=tuple(rows)),))
    start, goal = ((k % SIDE + 0.5, k // SIDE + 0.5) for k in (a, b))
    route = route_on(world, start, goal)
    if a == b or route.status in ("start_blocked", "goal_blocked"):
        return
    expected = shortest_by_graph(world, rows, start, goal)
    if route.path is None:
        assert expected == np.inf
    else:
        assert expected * (1 - 2e-3) <= route.path.length <= expected + 1e-9


def shortest_by_graph(world: Map, rows: list[str], start: Point, goal: Point) -> float:
    """Return the length over a graph whose corners are polygons just outside the arcs."""
    fan = (np.arange(6) + 0.5) * math.pi / 12
    ring = RADIUS / math.cos(math.pi / 24) * 1.0001
    corners = [(x, y) for x in range(SIDE + 1) for y in range(SIDE + 1)]
    offsets = [ring * np.array([math.cos(t + q), math.sin(t + q)]) for q in np.arange(4) * math.pi / 2 for t in fan]
    nodes = np.array([start, goal, *(np.array(c) + o for c in corners for o in offsets)])
    near = surroundings(world)
    nodes = nodes[near.distance(nodes) >= RADIUS]
    blocked = np.array([[cell == "#" for cell in row] for row in rows[::-1]])
    used = [k for k, p in enumerate(nodes) if k < 2 or is_at_corner(p, blocked)]
    nodes = nodes[used]
    solids = solids_of(list(enumerate(world.obstacles)))
    costs = np.full((len(nodes), len(nodes)), np.inf)
    for i, j in combinations(range(len(nodes)), 2):
        line = np.array([[0, *nodes[i], *nodes[j], 0]])
        if least(solids, line, RADIUS - 1e-9)[1] < 0 and line[0, 1:5].min() > RADIUS - 1e-9 < SIDE - line[0, 1:5].max():
            costs[i, j] = math.dist(nodes[i], nodes[j])
    return float(dijkstra(costs, directed=False, indices=0)[1])


def is_at_corner(point: Array, blocked: NDArray[np.bool_]) -> bool:
    """Whether the nearest lattice point is a corner of exactly one blocked cell of the four about it."""
    x, y = np.round(point).astype(int)
    padded = np.pad(blocked, 1)
    return int(padded[y : y + 2, x : x + 2].sum()) == 1


@pytest.mark.parametrize("scale", [1 - 1e-3, 1 - 1e-6, 1 + 1e-6, 1 + 1e-3])
@pytest.mark.parametrize("shape", ["rectangles", "circles", "polygons"])
def test_a_passage_is_open_if_and_only_if_it_is_as_wide_as_the_robot(scale: float, shape: str) -> None:
    half = RADIUS * scale
    x, y = WIDTH / 2, HEIGHT / 2
    halves: tuple[AnyObstacle, ...]
    if shape == "rectangles":
        tall = y - half
        halves = tuple(Rectangle(center=(x, c), size=(1, tall)) for c in (tall / 2, HEIGHT - tall / 2))
    elif shape == "circles":
        halves = tuple(Circle(center=(x, y + s * (half + 4)), radius=4) for s in (-1, 1))
    else:
        halves = tuple(Polygon(vertices=((x - 1, y + s * 9), (x + 1, y + s * 9), (x, y + s * half))) for s in (-1, 1))
    route = route_on(room(*halves), (1, 2), (11, 7))
    assert route.status == ("found" if scale > 1 else "no_path")
    if route.barrier is not None:
        assert route.barrier.width == pytest.approx(2 * half)
        assert abs(route.barrier.position[0] - x) <= 0.5  # sides that are parallel are nearest all along
        assert route.barrier.position[1] == pytest.approx(y)
        assert route.barrier.between in ((0, 1), (1, 0))
        assert f"{2 * half:.6g}" in route.reason


def ring_of(n: int, at: Point, gap: float) -> tuple[AnyObstacle, ...]:
    """Discs on a circle, neighbours `gap` apart."""
    radius = 1.5 * math.sin(math.pi / n) - gap / 2
    turns = [2 * math.pi * k / n for k in range(n)]
    return tuple(
        Circle(center=(at[0] + 1.5 * math.cos(t), at[1] + 1.5 * math.sin(t)), radius=radius, id=f"post {k}")
        for k, t in enumerate(turns)
    )


def test_an_enclosed_goal_is_told_with_the_obstacles_that_enclose_it() -> None:
    bystander = Circle(center=(2, 7), radius=0.5)
    route = route_on(room(*ring_of(8, (8, 4), 0.2), bystander), (1, 1), (8, 4))
    assert route.status == "no_path"
    assert route.barrier is not None
    assert set(route.blockers) == set(range(8))
    assert route.barrier.encloses == "goal"
    assert route.barrier.width == pytest.approx(0.2)
    assert "the goal is enclosed by post" in route.reason
    back = route_on(room(*ring_of(8, (8, 4), 0.2), bystander), (8, 4), (1, 1))
    assert back.barrier is not None
    assert back.barrier.encloses == "start"


def test_a_wall_across_the_map_needs_its_edge() -> None:
    route = route_on(room(Rectangle(center=(6, 4.5), size=(1, 10), id="wall")), (1, 1), (11, 1))
    assert route.barrier is not None
    assert set(route.blockers) == {-1, 0}
    assert (route.barrier.encloses, route.barrier.width) == ("neither", 0)
    assert "separated" in route.reason


@pytest.mark.parametrize(
    ("start", "says"),
    [
        ((6, 4.5), "inside pond"),
        ((0.1, 4), "0.1 m from the edge of the map"),
        ((-1, 4), "outside"),
        ((6, 5.7), "0.2 m"),
    ],
)
def test_a_blocked_start_says_by_what_and_the_way_out(start: Point, says: str) -> None:
    world = room(Circle(center=(6, 4.5), radius=1, id="pond"))
    route = route_on(world, start, (10, 8))
    assert route.status == "start_blocked"
    assert says in route.reason
    assert "move it" in route.reason
    assert route_on(world, (10, 8), start).status == "goal_blocked"


def test_alternatives_go_round_the_other_side() -> None:
    route = route_on(room(Rectangle(center=(6, 4.0), size=(1, 4))), (2, 4.5), (10, 4.5), n=1)
    assert route.path is not None
    (other,) = route.alternatives
    above, below = (path.at(np.array([path.length / 2]))[0][0, 1] for path in (route.path, other))
    assert above > 6
    assert below < 2
    assert other.length > route.path.length


def test_start_and_goal_may_be_the_same() -> None:
    route = route_on(room(), (3, 3), (3, 3))
    assert route.path is not None
    assert route.path.length == 0


def test_what_moves_or_is_out_of_reach_does_not_block_a_route() -> None:
    wall = Rectangle(center=(6, 4.5), size=(1, 9), height_range=(2, 3))
    world = room(wall)
    start, goal = np.array([1.0, 1.0]), np.array([11.0, 1.0])
    assert find_route(prepare_ground(world, RADIUS, (0, 1)), start, goal).status == "found"
    assert find_route(prepare_ground(world, RADIUS, (0, 2.5)), start, goal).status == "no_path"
    moving = wall.model_copy(update={"height_range": None}).model_dump() | {"motion": {"velocity": (0, 1)}}
    assert route_on(room(Rectangle.model_validate(moving)), (1, 1), (11, 1)).status == "found"
