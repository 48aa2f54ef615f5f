"""What a plan is drawn with says what the plan itself says."""

from statistics import NormalDist

import numpy as np
import pytest

from compute.planning.inference.terrain import Terrain
from compute.planning.motion_plan.foretold import Foretold
from compute.planning.motion_plan.pictures import MOST_POINTS, told_cost, told_risks
from compute.planning.scene import Circle, Map
from compute.planning.timing.drive import Trajectory

EVERYWHERE = (-np.inf, np.inf)


def driven(y: float) -> Trajectory:
    """Straight along x past the middle of a hall of 40 m."""
    times = np.linspace(0, 10, 101)
    line = np.column_stack([4 * times, np.full(101, y), np.zeros(101)])
    return Trajectory(times, line, np.zeros_like(line))


def test_the_risk_at_a_moment_is_the_gaussian_tail_of_the_gap() -> None:
    world = Map(width=40, height=10, obstacles=(Circle(center=(20, 5), radius=0.5, uncertainty=0.4),))
    risks = told_risks(driven(6.2), Foretold.of(world, EVERYWHERE), 0.3)
    time, most = max(risks, key=lambda each: each[1])
    assert time == pytest.approx(5.0)
    assert most == pytest.approx(NormalDist().cdf(-1.0))  # the gap of 1.2 - 0.8 is one standard deviation
    assert risks[0][1] == 0


def test_certain_obstacles_carry_no_risk() -> None:
    world = Map(width=40, height=10, obstacles=(Circle(center=(20, 5), radius=0.5, motion={"velocity": (1, 0)}),))  # type: ignore[arg-type]
    assert told_risks(driven(6.2), Foretold.of(world, EVERYWHERE), 0.3) == ()


def test_a_fine_raster_is_thinned_and_keeps_its_places() -> None:
    y, x = np.mgrid[0:300, 0:200] * 0.1
    far = np.hypot(x - 3, y - 4).astype(np.float32)
    terrain = Terrain(np.where(x < 5, 1.0, 0.1).astype(np.float32), far, np.zeros_like(far), np.zeros(2), 0.1)
    told = told_cost(terrain, 0.3)
    assert len(told.values) == told.columns * told.rows <= 1.1 * MOST_POINTS
    for row, column in ((0, 0), (7, 3), (told.rows - 1, 1)):
        place = (column * told.step, row * told.step)
        assert told.values[row * told.columns + column] == pytest.approx(np.hypot(place[0] - 3, place[1] - 4), abs=2e-3)
    assert told.values[told.columns - 1] is None, "the robot does not fit there"
