"""Shadows: whatever is in sight is never claimed to be beyond it, and clutter does close the view."""

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compute.planning.geometry.surroundings import surroundings
from compute.planning.route.plan import find_route, prepare_ground
from compute.planning.route.roadmap import Roadmap, build_roadmap
from compute.planning.route.search import CLUTTER
from compute.planning.route.shadows import SECTORS, cast_shadows, is_in_shadow, sight
from compute.planning.route.sight import is_clear
from compute.planning.route.tangents import Place, at_point, leg_to, on_arc
from compute.planning.scene import Grid, Map
from tests.compute.planning.worlds import worlds

RADIUS = 0.3


def view(roadmap: Roadmap, place: Place) -> tuple[np.ndarray, float]:
    """Return how far lines off a place go at most, and the farthest of them."""
    limits = np.empty(SECTORS)
    seen = np.zeros(len(roadmap.terrain.edges) + len(roadmap.terrain.circles), dtype=np.int64)
    return limits, cast_shadows(roadmap.terrain, place, limits, seen, 1)


@settings(max_examples=15)
@given(worlds(8), st.integers(0, 10_000))
def test_nothing_in_sight_lies_in_shadow(world: Map, seed: int) -> None:
    roadmap = build_roadmap(surroundings(world), RADIUS)
    random = np.random.default_rng(seed)
    targets = random.uniform((0, 0), (world.width, world.height), (30, 2))
    nodes = random.integers(0, max(2 * len(roadmap.arcs), 1), 4 if len(roadmap.arcs) else 0)
    places = [on_arc(roadmap.arcs, roadmap.middles, int(node), 0.0) for node in nodes]
    for place in [*places, at_point(*targets[0])]:
        limits, farthest = view(roadmap, place)
        assert farthest == limits.max()
        for x, y in targets:
            leg = leg_to(place, x - place.x, y - place.y, 0.0, 1.0)
            if leg.length <= 0 or not is_clear(roadmap.terrain, leg.x, leg.y, x, y):
                continue
            assert leg.length <= sight(leg.ux, leg.uy, limits)
            assert not is_in_shadow(place, x - place.x, y - place.y, 0.1, limits)


def test_clutter_closes_the_view_and_a_gap_leaves_it_open() -> None:
    sides = ("#.......#",) * 7 + ("#" * 9,)
    walls = Grid(rows=("#" * 9, *sides))
    roadmap = build_roadmap(surroundings(Map(width=9, height=9, obstacles=(walls,))), RADIUS)
    limits, farthest = view(roadmap, at_point(4.5, 4.5))
    assert 3.5 < farthest < 3.5 * math.sqrt(2) + 3 * RADIUS
    opened = Grid(rows=("####.####", *sides))
    roadmap = build_roadmap(surroundings(Map(width=9, height=9, obstacles=(opened,))), RADIUS)
    limits, farthest = view(roadmap, at_point(4.5, 4.5))
    assert farthest == np.inf
    assert sight(0.0, 1.0, limits) == np.inf
    assert sight(1.0, 0.2, limits) < 6
    assert is_in_shadow(at_point(4.5, 4.5), 20.0, 0.0, 1.0, limits)


def test_ways_through_much_clutter_are_as_long_back_as_there() -> None:
    random = np.random.default_rng(1)
    cells = random.random((170, 170)) < 0.2
    cells[[0, 0, 40, 60], [0, 60, 0, 50]] = False
    rows = tuple("".join("#" if cell else "." for cell in row) for row in cells[::-1])
    ground = prepare_ground(Map(width=170, height=170, obstacles=(Grid(rows=rows),)), RADIUS)
    assert len(ground.roadmap.arcs) > CLUTTER
    ends = [np.array(end) + 0.5 for end in ((0, 0), (60, 0), (0, 40), (50, 60))]
    for begin, end in pairwise(ends):
        there, back = find_route(ground, begin, end).path, find_route(ground, end, begin).path
        assert (there is None) == (back is None)
        assert there is None or (back is not None and there.length == pytest.approx(back.length, abs=1e-9))
