"""Distances to shapes, against sums over all cells and dense samples of boundaries."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from compute.planning.geometry.reach import FAR, count_steps_to_change
from compute.planning.geometry.surroundings import surroundings
from compute.planning.scene import AnyObstacle, Circle, Grid, Map, Rectangle
from compute.planning.scene.grids import is_blocked
from tests.compute.planning.worlds import HEIGHT, WIDTH, obstacles, worlds

Array = NDArray[np.float64]


def scattered(n: int, seed: int = 0) -> Array:
    return np.random.default_rng(seed).uniform((-1, -1), (WIDTH + 1, HEIGHT + 1), size=(n, 2))


def far_map(*found: AnyObstacle) -> Map:
    """A map whose bounds are farther from the points than any obstacle."""
    return Map(width=2000, height=2000, origin=(-1000, -1000), obstacles=found)


@settings(max_examples=30)
@given(worlds(), st.integers(0, 1000))
def test_no_two_points_differ_by_more_than_they_are_apart(world: Map, seed: int) -> None:
    near = surroundings(world)
    a = scattered(200, seed)
    b = a + np.random.default_rng(seed).normal(scale=0.3, size=a.shape)
    change = np.abs(near.distance(a) - near.distance(b))
    assert np.all(change <= np.linalg.norm(a - b, axis=1) + 1e-12)


@settings(max_examples=30)
@given(st.lists(st.text(".#", min_size=7, max_size=7), min_size=6, max_size=6))
def test_a_grid_is_as_far_as_its_nearest_cell(rows: list[str]) -> None:
    grid = Grid(rows=tuple(rows), origin=(2, 1), resolution=0.5)
    blocked = np.pad(is_blocked(None, grid.rows), 60)
    low = np.argwhere(blocked)[:, ::-1] * 0.5 + (2 - 30, 1 - 30)
    free = np.argwhere(~blocked)[:, ::-1] * 0.5 + (2 - 30, 1 - 30)
    points = scattered(50)

    def to_cells(corners: Array) -> Array:
        if not len(corners):
            return np.full(len(points), np.inf)
        beyond = np.maximum(corners[None] - points[:, None], points[:, None] - corners[None] - 0.5)
        return np.asarray(np.linalg.norm(np.maximum(beyond, 0), axis=2).min(axis=1))

    expected = np.where(to_cells(low) > 0, to_cells(low), -to_cells(free))
    expected = np.minimum(expected, np.minimum(points + 1000, 1000 - points).min(axis=1))
    assert surroundings(far_map(grid)).distance(points) == pytest.approx(expected, abs=1e-12)


@settings(max_examples=30)
@given(obstacles())
def test_stepping_by_the_distance_never_enters_an_obstacle_and_soon_meets_it(obstacle: AnyObstacle) -> None:
    near = surroundings(far_map(obstacle))
    points = scattered(100)
    outside = points[near.distance(points) > 0.01]
    turns = np.random.default_rng(1).uniform(0, 2 * np.pi, len(outside))
    around = outside + (near.distance(outside) * (1 - 1e-9) * np.array([np.cos(turns), np.sin(turns)])).T
    assert np.all(near.distance(around) >= -1e-9)
    fan = np.linspace(0, 2 * np.pi, 2000)
    for point, distance in zip(outside[:5], near.distance(outside[:5]), strict=True):
        circle = point + (distance + 1e-3) * np.stack([np.cos(fan), np.sin(fan)], axis=1)
        assert distance > 900 or near.distance(circle).min() < 0.03


def test_inside_several_obstacles_the_deepest_counts() -> None:
    around = Circle(center=(5, 5), radius=1)
    deeper = Rectangle(center=(5.5, 5), size=(6, 6))
    for shapes in ((around, deeper), (deeper, around)):
        assert surroundings(far_map(*shapes)).distance(np.array([[5.5, 5.0]]))[0] == pytest.approx(-3)


def test_a_disc_in_motion_is_where_its_waypoints_say() -> None:
    track = {"waypoints": [[0, 0, 0], [2, 4, 0], [4, 0, 0]], "loop": True}
    circle = Circle.model_validate({"center": (9, 9), "radius": 1, "motion": track})
    near = surroundings(far_map(circle))
    points = np.zeros((4, 2))
    assert near.distance(points, np.array([0.0, 1.0, 2.0, 5.0])) == pytest.approx([-1, 1, 3, 1])
    assert near.distance(points)[0] > 900


def test_what_is_above_or_below_the_robot_does_not_block_it() -> None:
    shelf = Circle(center=(3, 3), radius=1, height_range=(2, 3))
    world = Map(width=6, height=6, obstacles=(shelf,))
    at = np.array([[3.0, 3.0]])
    assert surroundings(world, (0, 1)).distance(at)[0] == 3
    assert surroundings(world, (0, 2.5)).distance(at)[0] == -1


def test_a_grid_of_one_kind_has_no_other_kind() -> None:
    assert np.all(count_steps_to_change(np.zeros((3, 4), dtype=np.uint8)) == FAR)


def test_the_nearest_is_named() -> None:
    world = Map(width=10, height=10, obstacles=(Circle(center=(5, 5), radius=1), Grid(rows=("#",), origin=(8, 5))))
    _, owners = surroundings(world).nearest(np.array([[5.0, 3.0], [7.9, 5.5], [0.1, 9.0]]))
    assert owners.tolist() == [0, 1, -1]
