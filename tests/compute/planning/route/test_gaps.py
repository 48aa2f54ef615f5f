"""Gaps between shapes, and walls that they make together."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compute.planning.geometry.surroundings import surroundings
from compute.planning.route.gaps import bridge, is_separated
from compute.planning.route.terrain import survey
from compute.planning.scene import Circle, Map, Rectangle
from compute.planning.validation.closed_forms import line_to_edge, line_to_point
from tests.compute.planning.worlds import free_pair, worlds

RADIUS = 0.3


@settings(max_examples=10)
@given(worlds(3))
def test_gaps_are_distances_and_bridges_lead_across_them(world: Map) -> None:
    terrain = survey(surroundings(world), RADIUS)
    m = len(terrain.edges)
    for i in range(m):
        for j in range(i + 1, m + len(terrain.circles)):
            gap, px, py, qx, qy = bridge(terrain, i, j)
            if j < m:
                assert gap == pytest.approx(line_to_edge(*terrain.edges[i], *terrain.edges[j])[0], abs=1e-9)
            else:
                (x, y, radius), a = terrain.circles[j - m], terrain.edges[i]
                assert gap == pytest.approx(line_to_point(a[0], a[1], a[2], a[3], x, y)[0] - radius, abs=1e-9)
            if gap > 0:
                assert np.hypot(qx - px, qy - py) == pytest.approx(gap, abs=1e-9)


@settings(max_examples=30)
@given(worlds(), st.integers(0, 10_000), st.floats(0.1, 0.6))
def test_being_apart_does_not_depend_on_the_way_round(world: Map, seed: int, radius: float) -> None:
    ends = free_pair(world, radius, seed)
    if ends is None:
        return
    a, b = np.array(ends)
    terrain = survey(surroundings(world), radius)
    assert is_separated(terrain, a, b) == is_separated(terrain, b, a)
    assert not is_separated(terrain, a, a)


@pytest.mark.parametrize("inside", [(5.0, 4.0), (5.3, 4.2)])
def test_a_ring_within_a_ring_separates_from_what_is_within_and_without(inside: tuple[float, float]) -> None:
    def ring(size: float) -> list[Rectangle]:
        sides = ((0, size / 2), (0, -size / 2), (size / 2, 0), (-size / 2, 0))
        return [Rectangle(center=(5 + x, 4 + y), size=(size, 0.1) if y else (0.1, size)) for x, y in sides]

    world = Map(width=10, height=8, obstacles=(*ring(2.2), *ring(5), Circle(center=(0.5, 0.5), radius=0.2)))
    terrain = survey(surroundings(world), RADIUS)
    middle, between, without = np.array(inside), np.array([5.0, 6.0]), np.array([1.5, 1.5])
    assert is_separated(terrain, middle, between)
    assert is_separated(terrain, between, without)
    assert is_separated(terrain, middle, without)
    assert not is_separated(terrain, between, np.array([5.0, 2.0]))
    assert not is_separated(terrain, without, np.array([9.0, 7.0]))
