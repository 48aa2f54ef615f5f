"""Beliefs about cells: what a ray passes is free, where it ends is not, behind it nothing is told."""

import math

import numpy as np
import pytest

from compute.planning.execution.sensing import Lidar
from compute.planning.geometry.surroundings import surroundings
from compute.planning.inference.cells import RELIABLE, Cells
from compute.planning.inference.information import bernoulli_entropy
from compute.planning.inference.outlook import informed
from compute.planning.inference.terrain import Terrain, map_terrain
from compute.planning.scene import Circle, Map, Rectangle, Unknown

RADIUS = 0.3
EMPTY = Map(width=8, height=6)
TRUTH = Map(width=8, height=6, obstacles=(Circle(center=(4, 3), radius=0.5),))
ALL = Unknown(area=Rectangle(center=(4, 3), size=(8, 6)), probability=0.05)
EYE = np.array([1.5, 3.0])
LIDAR = Lidar(reach=5.0)


def before(unknown: Unknown = ALL, world: Map = EMPTY) -> Cells:
    return Cells.before(surroundings(world), (unknown,), RADIUS)


def after_looks(cells: Cells, looks: int = 3) -> Cells:
    scan = LIDAR.scan(surroundings(TRUTH), EYE, 0.0)
    for _ in range(looks):
        cells = cells.updated(EYE, scan.angles, scan.ranges, scan.reach)
    return cells


def at(cells: Cells, values: np.ndarray, x: float, y: float) -> float:
    i, j = ((np.array([x, y]) - cells.corner) / cells.side).astype(int)
    return float(values[j, i])


def test_what_is_passed_is_free_where_it_ends_is_not_and_behind_nothing_is_told() -> None:
    cells = after_looks(before())
    assert at(cells, cells.probability, 2.5, 3.0) < 3e-3
    assert at(cells, cells.probability, 3.51, 3.0) > 0.9
    assert at(cells, cells.probability, 5.5, 3.0) == pytest.approx(0.05)
    assert at(cells, cells.is_occupied, 3.51, 3.0)
    assert at(cells, cells.is_doubtful, 5.5, 3.0)
    assert not at(cells, cells.is_doubtful, 2.5, 3.0)


def test_one_look_multiplies_the_odds_by_how_often_it_is_right() -> None:
    cells = after_looks(before(), 1)
    odds = 0.05 / 0.95 * (1 - RELIABLE) / RELIABLE
    assert at(cells, cells.probability, 2.5, 3.0) == pytest.approx(odds / (1 + odds))


def test_what_is_known_is_not_doubted() -> None:
    cells = after_looks(before(ALL.model_copy(update={"area": Circle(center=(7, 3), radius=0.5)})))
    assert at(cells, cells.probability, 3.51, 3.0) < 1e-6
    assert not at(cells, cells.is_doubtful, 5.5, 3.0)
    walled = before(world=TRUTH)
    assert at(walled, walled.probability, 4.0, 3.0) > 1 - 1e-6


def test_a_side_street_is_forgotten_at_its_rate() -> None:
    seen = after_looks(before(ALL.model_copy(update={"renewal": 4.0})))
    first = seen.log_odds - seen.prior
    later = seen.advanced(4.0)
    assert later.log_odds - later.prior == pytest.approx(first * math.exp(-1), abs=1e-9)
    assert not later.is_doubtful.any()


def test_where_the_robot_stands_nothing_else_is() -> None:
    cells = before().cleared(EYE, RADIUS)
    assert not at(cells, cells.is_doubtful, 1.5, 3.0)
    assert at(cells, cells.is_doubtful, 2.2, 3.0)


def terrain(world: Map) -> Terrain:
    return map_terrain(surroundings(world), None, np.array([7.0, 3.0]), 0.2)


def test_a_look_tells_the_entropy_of_what_it_sees_and_no_more() -> None:
    """One patch as wide as the robot, seen from nearby: what a symmetric channel tells of one yes or no."""
    patch = Unknown(area=Rectangle(center=(5, 3), size=(2 * RADIUS, 2 * RADIUS)), probability=0.3)
    gain = informed(terrain(EMPTY), before(patch), RADIUS, EYE, 20.0, 4.0).gain
    mixed = 0.3 * RELIABLE + 0.7 * (1 - RELIABLE)
    told = float(bernoulli_entropy(np.array(mixed)) - bernoulli_entropy(np.array(RELIABLE)))
    arrives = 0.5 * (1 + 0.7)  # on average half of the patch is behind its other half
    assert gain[15, 20] == pytest.approx(told * arrives, rel=0.25)
    assert gain[15, 2] < 0.1 * told  # beyond the sensor's reach
    assert gain.min() >= 0


def test_behind_a_wall_less_is_told() -> None:
    corner = Unknown(area=Rectangle(center=(6, 5), size=(3, 1.5)), probability=0.3)
    wall = Map(width=8, height=6, obstacles=(Rectangle(center=(5.5, 4), size=(4, 0.2)),))
    free, hidden = (
        informed(terrain(world), before(corner, world), RADIUS, EYE, 20.0, 8.0).gain for world in (EMPTY, wall)
    )
    below = (10, 30)  # (6, 2)
    assert hidden[below] < 0.2 * free[below]
    beside = (22, 15)  # (3, 4.4)
    assert hidden[beside] > 0.7 * free[beside]


def test_nothing_is_told_where_all_is_known() -> None:
    known = Unknown(area=Circle(center=(100, 100), radius=1))
    assert not informed(terrain(TRUTH), before(known, TRUTH), RADIUS, EYE, 20.0, 5.0).gain.max() > 1e-3
