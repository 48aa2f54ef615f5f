"""Made-up scenes: the seed decides everything, and the exact planner finds the way that is promised, or proves none."""

from typing import Any

import numpy as np
import pytest

from compute.planning.route import find_route, prepare_ground
from compute.planning.route.plan import Route
from compute.planning.scene import Circle, Grid, Rectangle
from compute.planning.scene.generators import GeneratedScene, GenerateRequest, generate
from compute.planning.scene.generators.lattice import Lattice, distance_to
from compute.planning.validation import validate_path
from compute.schema import RequestError

KINDS = pytest.mark.parametrize("kind", ["maze", "random", "rooms"])


def made(kind: str, **fields: Any) -> GeneratedScene:
    return generate(GenerateRequest.model_validate({"kind": kind, "width": 14, "height": 10, **fields}))


def route_of(scene: GeneratedScene, radius: float) -> Route:
    ground = prepare_ground(scene.map, radius)
    return find_route(ground, np.array(scene.start.position), np.array(scene.goal.position))


@KINDS
def test_equal_requests_give_equal_scenes_and_other_seeds_others(kind: str) -> None:
    assert made(kind, seed=3, movers=2) == made(kind, seed=3, movers=2)
    assert made(kind, seed=3) != made(kind, seed=4)


@KINDS
@pytest.mark.parametrize("seed", range(4))
def test_there_is_a_way_for_the_robot_that_is_named(kind: str, seed: int) -> None:
    scene = made(kind, seed=seed, density=0.6, radius=0.45)
    route = route_of(scene, 0.45)
    assert route.status == "found", route.reason
    assert route.path is not None
    assert validate_path(scene.map, 0.45, route.path.pieces).gap > -1e-6


@KINDS
def test_a_goal_that_is_walled_in_is_proved_out_of_reach(kind: str) -> None:
    route = route_of(made(kind, has_way=False), 0.3)
    assert route.status == "no_path"
    assert route.barrier is not None
    assert all(owner >= 0 for owner in route.barrier.owners)


def test_a_maze_without_loops_has_one_passage_less_than_a_tree_has_nodes() -> None:
    scene = made("maze", width=21, height=15)
    (grid,) = scene.map.obstacles
    assert isinstance(grid, Grid)
    assert grid.rows is not None
    free = sum(row.count(".") for row in grid.rows)
    passages = 10 * 7
    assert free == 2 * passages - 1
    opened = made("maze", width=21, height=15, loops=0.5).map.obstacles[0]
    assert isinstance(opened, Grid)
    assert sum(row.count(".") for row in opened.rows or ()) > free


def test_scattered_shapes_cover_about_what_is_asked_for() -> None:
    scene = made("random", width=60, height=60, density=0.2, seed=1)
    areas = [np.pi * o.radius**2 if isinstance(o, Circle) else np.prod(o.size) for o in scene.map.obstacles]  # type: ignore[union-attr]
    assert 0.15 < sum(areas) / 3600 < 0.21


@KINDS
def test_movers_go_to_and_fro_clear_of_what_is_at_rest_and_begin_away_from_the_robot(kind: str) -> None:
    scene = made(kind, movers=4, seed=2)
    movers = [obstacle for obstacle in scene.map.obstacles if isinstance(obstacle, Circle) and obstacle.motion]
    assert len(movers) == 4
    ground = prepare_ground(scene.map, 0.3)
    for mover in movers:
        waypoints = np.array([point[1:] for point in mover.motion.waypoints])  # type: ignore[union-attr]
        line = np.linspace(waypoints[0], waypoints[1], 50)
        assert ground.around.distance(line).min() >= mover.radius - 1e-9
        assert np.hypot(*(waypoints[0] - np.array(scene.start.position))) >= 2


@pytest.mark.parametrize(
    ("fields", "loc", "said"),
    [
        ({"radius": 0.5}, "radius", "at most 0.45 m"),
        ({"cell": 0.05, "radius": 0.02, "width": 100, "height": 100}, "cell", "at least 0.5 m large"),
        ({"cell": 4, "width": 10, "height": 10}, "cell", "at most 2.5 m"),
        ({"kind": "rooms", "room": 2}, "room", "at least 2.5 m"),
        ({"kind": "rooms", "width": 150, "height": 150}, "room", "at least 7.5 m"),
    ],
)
def test_numbers_that_do_not_go_together_are_named_with_the_way_out(
    fields: dict[str, Any], loc: str, said: str
) -> None:
    with pytest.raises(RequestError) as caught:
        generate(GenerateRequest.model_validate({"kind": "random", **fields}))
    (problem,) = caught.value.problems
    assert problem.loc == (loc,)
    assert said in problem.msg


def test_distances_to_shapes_are_those_of_the_planner() -> None:
    shapes = (Circle(center=(3, 4), radius=1), Rectangle(center=(6, 3), size=(2, 1), angle=0.7))
    from compute.planning.geometry.surroundings import surroundings
    from compute.planning.scene import Map

    x, y = np.meshgrid(np.linspace(0.1, 9.9, 23), np.linspace(0.1, 7.9, 19))
    points = np.stack([x.ravel(), y.ravel()], axis=1)
    for shape in shapes:
        around = surroundings(Map(width=1e3, height=1e3, origin=(-500, -500), obstacles=(shape,)))
        assert distance_to(shape, x, y).ravel() == pytest.approx(around.distance(points), abs=1e-9)


def test_marking_near_a_shape_marks_all_points_nearer_than_the_margin() -> None:
    lattice = Lattice.over(10, 8, 0.5)
    for shape in (Circle(center=(3, 7.5), radius=1), Rectangle(center=(6, 3), size=(3, 1), angle=0.7)):
        mask = np.zeros((lattice.rows, lattice.columns), dtype=np.bool_)
        lattice.mark(mask, shape, 0.6)
        points = np.array([[lattice.point((j, i)) for i in range(lattice.columns)] for j in range(lattice.rows)])
        assert (mask == (distance_to(shape, points[..., 0], points[..., 1]) < 0.6)).all()
