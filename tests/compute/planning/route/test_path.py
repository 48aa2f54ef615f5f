"""Paths of lines and arcs."""

import math

import numpy as np
import pytest

from compute.planning.route import Path

QUARTER = Path(
    np.array(
        [
            [0.0, 0.0, 1.0, 2.0, 1.0, 0.0],
            [1.0, 2.0, 2.0, 1.0, -math.pi / 2, math.pi / 2],
            [0.0, 3.0, 2.0, 3.0, 4.0, 0.0],
        ]
    )
)


def test_lengths_add_up() -> None:
    assert QUARTER.length == pytest.approx(4 + math.pi / 2)
    assert QUARTER.curvatures.tolist() == [0, 1, 0]


def test_directions_are_those_of_the_way() -> None:
    along = np.linspace(0, QUARTER.length, 1001)
    places, directions = QUARTER.at(along)
    assert np.linalg.norm(directions, axis=1) == pytest.approx(1)
    steps = np.diff(places, axis=0) / np.diff(along)[:, None]
    assert np.abs(steps - 0.5 * (directions[1:] + directions[:-1])).max() < 1e-3


@pytest.mark.parametrize("deviation", [0.1, 1e-3, 1e-5])
def test_chords_stay_within_the_deviation(deviation: float) -> None:
    points = QUARTER.polyline(deviation)
    middles = 0.5 * (points[1:] + points[:-1])
    on_arc = (middles[:, 0] > 2) & (middles[:, 1] < 2)
    assert np.all(1 - np.linalg.norm(middles[on_arc] - (2, 2), axis=1) <= deviation * (1 + 1e-9))
    assert points[[0, -1]].tolist() == [[0, 1], [3, 4]]


def test_a_clockwise_arc_bends_to_the_right() -> None:
    path = Path(np.array([[1.0, 0.0, 0.0, 2.0, math.pi / 2, -math.pi]]))
    places, directions = path.at(np.array([0.0, math.pi, 2 * math.pi]))
    assert places == pytest.approx(np.array([[0, 2], [2, 0], [0, -2]]), abs=1e-12)
    assert directions == pytest.approx(np.array([[1, 0], [0, -1], [-1, 0]]), abs=1e-12)
