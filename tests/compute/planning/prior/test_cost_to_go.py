"""The cost-to-go field against shortest paths from the same points."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compute.planning.prior.cost_to_go import measure_cost_to_go
from compute.planning.route import find_route, prepare_ground
from compute.planning.scene import Circle, Map, Rectangle
from tests.compute.planning.worlds import HEIGHT, WIDTH, free_pair, worlds

RADIUS = 0.3


@settings(max_examples=15)
@given(worlds(), st.integers(0, 10_000))
def test_values_are_the_lengths_of_shortest_paths(world: Map, seed: int) -> None:
    ends = free_pair(world, RADIUS, seed)
    if ends is None:
        return
    ground, goal = prepare_ground(world, RADIUS), ends[0]
    field = measure_cost_to_go(ground, np.array(goal))
    rows, columns = field.values.shape
    random = np.random.default_rng(0)
    ratios = [1.0]
    for j, i in zip(random.integers(0, rows, 30), random.integers(0, columns, 30), strict=True):
        place = field.corner + field.spacing * np.array([i, j])
        route = find_route(ground, place, np.array(goal))
        if route.path is None:
            assert field.values[j, i] == np.inf
        elif route.path.length > 0 and np.isfinite(field.values[j, i]):
            ratios.append(field.values[j, i] / route.path.length)
    assert min(ratios) >= 1 - 1e-9
    assert max(ratios) < 1.15  # a region that no point of the raster leads into is entered by its next points
    assert np.mean(ratios) < 1.01


def test_quick_values_are_a_little_longer_and_never_shorter() -> None:
    shapes = (Circle(center=(6, 4), radius=1.5), Rectangle(center=(3, 2), size=(0.5, 4)))
    ground = prepare_ground(Map(width=WIDTH, height=HEIGHT, obstacles=shapes), RADIUS)
    exact, quick = (measure_cost_to_go(ground, np.array([10.0, 4.0]), 0.2, is_quick=q).values for q in (False, True))
    is_free = np.isfinite(exact)
    assert (is_free == np.isfinite(quick)).all()
    assert np.all(quick[is_free] >= exact[is_free] - 1e-9)
    assert quick[is_free].mean() < 1.02 * exact[is_free].mean()


def test_between_points_values_change_no_faster_than_the_way_is_long() -> None:
    world = Map(width=WIDTH, height=HEIGHT, obstacles=(Circle(center=(6, 4), radius=1.5),))
    ground = prepare_ground(world, RADIUS)
    field = measure_cost_to_go(ground, np.array([10.0, 4.0]))
    line = np.stack([np.linspace(1, 4, 200), np.full(200, 4.2)], axis=1)
    values = field.at(line)
    assert np.all(np.diff(values) < 0)
    route = find_route(ground, line[0], np.array([10.0, 4.0]))
    assert route.path is not None
    assert values[0] == pytest.approx(route.path.length, abs=0.02)


def test_behind_a_closed_wall_there_is_no_way() -> None:
    world = Map(width=WIDTH, height=HEIGHT, obstacles=(Rectangle(center=(6, 4.5), size=(0.2, 9)),))
    field = measure_cost_to_go(prepare_ground(world, RADIUS), np.array([10.0, 4.0]))
    values = field.at(np.array([[2.0, 2.0], [6.0, 4.0], [8.0, 4.0]]))
    assert values == pytest.approx([field.beyond, field.beyond, 2.0], abs=0.02)
