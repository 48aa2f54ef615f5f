"""Lines of sight and free arcs, against the exact clearance of validation and the distance."""

import math

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from compute.planning.geometry.surroundings import surroundings
from compute.planning.route.arcs import free_arcs, turning_sites
from compute.planning.route.sight import is_clear
from compute.planning.route.terrain import survey
from compute.planning.scene import Map
from compute.planning.validation import validate_path
from tests.compute.planning.worlds import free_pair, worlds

RADIUS = 0.3


@settings(max_examples=60)
@given(worlds(), st.integers(0, 10_000))
def test_a_way_is_clear_exactly_if_its_clearance_is_not_negative(world: Map, seed: int) -> None:
    ends = free_pair(world, RADIUS, seed)
    if ends is None:
        return
    start, goal = ends
    gap = validate_path(world, RADIUS, np.array([[0.0, *start, *goal, 0.0]])).gap
    if abs(gap) > 1e-8:
        assert is_clear(survey(surroundings(world), RADIUS), *start, *goal) == (gap > 0)


@settings(max_examples=40)
@given(worlds())
def test_arcs_are_free_and_nothing_free_is_left_out(world: Map) -> None:
    around = surroundings(world)
    sites = turning_sites(around, RADIUS)
    arcs = free_arcs(survey(around, RADIUS), around.still, sites)
    for k, (x, y, rho, begin, width) in enumerate(sites):
        turns = width * (np.arange(40) + 0.5) / 40
        places = np.stack([x + rho * np.cos(begin + turns), y + rho * np.sin(begin + turns)], axis=1)
        is_in = np.zeros(40, dtype=bool)
        for arc in arcs[arcs[:, 5] == k]:
            is_in |= (begin + turns - arc[3]) % (2 * math.pi) <= arc[4]
        room = around.distance(places) - RADIUS
        assert np.all(is_in[room > 1e-7])
        assert not np.any(is_in[room < -1e-7])


def test_a_map_smaller_than_the_robot_has_no_clear_place() -> None:
    around = surroundings(Map(width=0.5, height=0.5))
    assert not is_clear(survey(around, RADIUS), 0.25, 0.25, 0.25, 0.25)
