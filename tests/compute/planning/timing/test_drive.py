"""Timed trajectories: as fast as closed forms say, within every limit, clear, from the given velocity to rest."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compute.planning.scene import Circle, Goal, Map, Rectangle, Robot, Start
from compute.planning.timing import Drive, plan_drive
from compute.schema import RequestError
from tests.compute.planning.worlds import HEIGHT, WIDTH, free_pair, worlds

ROBOT = Robot(radius=0.3, max_velocity=2, max_acceleration=3)
OPEN = Map(width=WIDTH, height=HEIGHT)


def drive(world: Map, start: tuple[float, ...], goal: tuple[float, ...], robot: Robot = ROBOT, **more: object) -> Drive:
    return plan_drive(world, robot, Start.model_validate({"position": start, **more}), Goal(position=goal), 50)


@pytest.mark.parametrize(("length", "seconds"), [(1.0, 2 * math.sqrt(1 / 3)), (9.0, 9 / 2 + 2 / 3)])
def test_a_straight_way_takes_what_a_trapezoid_of_speed_takes(length: float, seconds: float) -> None:
    found = drive(OPEN, (1, 1), (1 + length, 1))
    assert found.trajectory is not None
    assert found.trajectory.times[-1] == pytest.approx(seconds, rel=2e-3)


def test_a_way_of_too_many_samples_is_refused_with_the_rate_that_would_do() -> None:
    with pytest.raises(RequestError, match=r"10000 s at the highest speed, 500000 samples .* at most 20 times"):
        drive(Map(width=30_000, height=9), (1, 1), (20_001, 1))


def test_turning_takes_its_share_of_the_acceleration() -> None:
    found = drive(Map(width=12, height=9, obstacles=(Rectangle(center=(3, 1.5), size=(6, 3)),)), (1, 3.5), (6.5, 0.5))
    assert found.trajectory is not None
    assert found.validation is not None
    speeds = np.linalg.norm(found.trajectory.velocities, axis=1)
    from_corner = np.hypot(*(found.trajectory.positions[:, :2] - (6, 3)).T)
    is_turning = from_corner < 0.3 + found.margin + 1e-9
    assert is_turning.any()
    assert speeds[is_turning].max() <= math.sqrt(3 * (0.3 + found.margin)) + 1e-9
    assert found.validation.is_valid


@settings(max_examples=30)
@given(
    worlds(),
    st.integers(0, 10_000),
    st.sampled_from([None, 20.0, 200.0]),
    st.floats(0, 2),
    st.floats(-3.2, 3.2),
    st.sampled_from([1.0, 5.0, 50.0]),
)
def test_every_trajectory_is_valid_and_begins_and_ends_as_asked(
    world: Map, seed: int, jerk: float | None, speed: float, turn: float, rate: float
) -> None:
    ends = free_pair(world, ROBOT.radius, seed)
    if ends is None:
        return
    begin, end = ends
    robot = ROBOT.model_copy(update={"max_jerk": jerk})
    velocity = (speed * math.cos(turn), speed * math.sin(turn))
    found = plan_drive(world, robot, Start(position=begin, velocity=velocity), Goal(position=end), rate)
    if found.trajectory is None:
        assert found.reason
        return
    assert found.validation is not None
    assert found.validation.violations == ()
    assert found.validation.is_collision_free
    times, positions, velocities = found.trajectory.times, found.trajectory.positions, found.trajectory.velocities
    if len(times) > 1:
        assert positions[0, :2] == pytest.approx(begin, abs=1e-9)
        assert velocities[0, :2] == pytest.approx(velocity, abs=1e-9)
    assert positions[-1, :2] == pytest.approx(end, abs=1e-9)
    assert np.all(velocities[-1] == 0)
    assert np.all(np.diff(times) <= 1 / rate + 1e-9)
    assert found.route.path is not None


def test_height_changes_with_the_length_of_the_way() -> None:
    found = drive(OPEN, (1, 1, 0), (5, 4, 2))
    assert found.trajectory is not None
    p = found.trajectory.positions
    assert p[:, 2] == pytest.approx(2 * np.hypot(p[:, 0] - 1, p[:, 1] - 1) / 5, abs=1e-9)
    assert np.linalg.norm(found.trajectory.velocities, axis=1).max() == pytest.approx(2)
    up = drive(OPEN, (1, 1, 0), (1, 1, 2))
    assert up.trajectory is not None
    assert up.trajectory.positions[-1] == pytest.approx([1, 1, 2])
    assert up.validation is not None
    assert up.validation.is_valid


def test_a_start_too_fast_to_miss_a_wall_is_told() -> None:
    wall = Map(width=WIDTH, height=HEIGHT, obstacles=(Rectangle(center=(6, 4.5), size=(1, 9)),))
    found = drive(wall, (5.0, 4.5), (1, 4.5), velocity=(2.0, 0.0))
    assert found.status == "cannot_stop"
    assert "0.667 m to stop" in found.reason
    assert drive(wall, (4.2, 4.5), (1, 4.5), velocity=(2.0, 0.0)).status == "found"


def test_a_start_faster_than_the_robot_is_refused() -> None:
    with pytest.raises(RequestError, match="highest speed"):
        drive(OPEN, (1, 1), (5, 1), velocity=(3.0, 0.0))


def test_a_start_velocity_saves_time() -> None:
    resting, moving, averted = (drive(OPEN, (2, 4), (10, 4), velocity=v) for v in ((0, 0), (1.5, 0), (-1.5, 0)))
    assert resting.trajectory is not None
    assert moving.trajectory is not None
    assert averted.trajectory is not None
    assert moving.trajectory.times[-1] < resting.trajectory.times[-1] < averted.trajectory.times[-1]


def test_a_passage_hardly_wider_than_the_robot_is_driven_without_touching() -> None:
    half = 0.3 * (1 + 1e-5)
    posts = tuple(Circle(center=(6, 4.5 + s * (half + 4)), radius=4) for s in (-1, 1))
    found = drive(Map(width=WIDTH, height=HEIGHT, obstacles=posts), (1, 2), (11, 7))
    assert found.validation is not None
    assert found.validation.is_valid
    assert found.margin < 1e-5


def test_a_narrow_short_way_is_not_left_for_a_wide_long_one() -> None:
    half = 0.3 * (1 + 1e-5)
    tall = 4.0 - half
    door = tuple(Rectangle(center=(6, 4.0 + s * (half + tall / 2)), size=(1, tall)) for s in (-1, 1))
    robot = ROBOT.model_copy(update={"max_jerk": 20.0})
    found = drive(Map(width=WIDTH, height=HEIGHT, obstacles=door), (1, 4), (11, 4), robot)
    assert found.route.path is not None
    assert found.path is not None
    assert found.path.length == pytest.approx(found.route.path.length, rel=1e-3)
    assert found.validation is not None
    assert found.validation.is_valid


def test_no_way_is_told_as_the_route_tells_it() -> None:
    wall = Map(width=WIDTH, height=HEIGHT, obstacles=(Rectangle(center=(6, 4.5), size=(1, 9)),))
    found = drive(wall, (1, 1), (11, 1))
    assert (found.status, found.trajectory) == ("no_path", None)
    assert "separated" in found.reason
