"""Plans in time: waiting, passing before or behind, making room; valid to whoever did not make them; or proved away."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compute.planning.geometry.moving import displacement_of
from compute.planning.geometry.surroundings import surroundings
from compute.planning.inference.terrain import map_terrain
from compute.planning.intervals.lattice import Lattice, least_along
from compute.planning.intervals.movers import movers_of, shift_at, spare_time
from compute.planning.intervals.plan import Timed, plan_in_time
from compute.planning.scene import Circle, ConstantVelocity, Map, Rectangle, Robot, Track
from compute.planning.validation import Validation, validate_trajectory

ROBOT = Robot(radius=0.3, max_velocity=2, max_acceleration=3)
CART = Circle(id="cart", center=(11, 1.5), radius=0.4, motion=ConstantVelocity(velocity=(-1, 0)))
WALLS = (Rectangle(center=(6, 3), size=(12, 2)), Rectangle(center=(6, 0.5), size=(12, 1)))
BAY = (Rectangle(center=(3, 3), size=(6, 2)), Rectangle(center=(9.5, 3), size=(5, 2)), WALLS[1])


def plan(world: Map, start: tuple[float, float], goal: tuple[float, float], horizon: float = 20.0) -> Timed:
    terrain = map_terrain(surroundings(world), None, np.array(goal), 0.2)
    return plan_in_time(world, ROBOT, np.array(start), np.array(goal), terrain, horizon, tolerance=0.15)


def judged(world: Map, timed: Timed) -> Validation:
    assert timed.motion is not None
    times = np.append(np.arange(0, timed.motion.duration, 0.02), timed.motion.duration)
    return validate_trajectory(world, ROBOT, times, *timed.motion.at(times))


def test_one_who_crosses_is_waited_for_or_passed() -> None:
    track = Track(waypoints=((0, 6, 1), (4, 6, 7), (8, 6, 1)), loop=True)
    world = Map(width=12, height=8, obstacles=(Circle(center=(6, 1), radius=0.8, motion=track),))
    timed = plan(world, (1, 4), (11, 4))
    assert judged(world, timed).is_valid
    assert timed.motion is not None
    end, speed = timed.motion.at(np.array([timed.motion.duration]))
    assert np.linalg.norm(end - [11, 4]) <= 0.15
    assert speed == pytest.approx(np.zeros((1, 2)), abs=1e-12)


@settings(max_examples=25)
@given(x=st.floats(3, 11), y=st.floats(1, 7), tolerance=st.floats(0.02, 0.3))
def test_every_free_goal_has_a_place_of_rest_near_it(x: float, y: float, tolerance: float) -> None:
    goal = np.array([x, y])
    world = Map(width=12, height=8)
    terrain = map_terrain(surroundings(world), None, goal, 0.2)
    timed = plan_in_time(world, ROBOT, np.array([1.0, 4.0]), goal, terrain, 20.0, tolerance)
    assert timed.motion is not None, timed.reason
    end, _ = timed.motion.at(np.array([timed.motion.duration]))
    assert np.linalg.norm(end - goal) <= tolerance


def test_no_state_of_a_motion_is_believed_to_be_farther_in_time_than_it_is() -> None:
    world = Map(width=12, height=8, obstacles=(Circle(center=(6, 4), radius=1.5),))
    goal = np.array([10.3, 6.1])
    timed = plan(world, (1, 4), (10.3, 6.1))
    assert timed.motion is not None
    motion = timed.motion
    lattice = Lattice(
        motion.origin, 0.0, motion.step, ROBOT.max_acceleration / np.sqrt(2), ROBOT.max_velocity, ROBOT.radius, goal,
        near=0.15, horizon=100, most=100,
    )  # fmt: skip
    times = motion.step * np.arange(len(motion.accelerations) + 1)
    for time, place, velocity in zip(times, *motion.at(times), strict=True):
        least = max(least_along(goal[axis] - place[axis], velocity[axis], lattice) for axis in (0, 1))
        assert least <= motion.duration - time + 1e-9


def test_in_a_corridor_room_is_made_where_there_is_a_bay() -> None:
    world = Map(width=12, height=4, obstacles=(*BAY, CART))
    timed = plan(world, (1, 1.5), (11, 1.5))
    assert judged(world, timed).is_valid
    assert timed.motion is not None
    positions, _ = timed.motion.at(np.linspace(0, timed.motion.duration, 200))
    assert positions[:, 1].max() > 2.0
    assert timed.motion.duration > 10 / 2.0


def test_without_a_bay_there_is_no_way_and_that_is_said() -> None:
    timed = plan(Map(width=12, height=4, obstacles=(*WALLS, CART)), (1, 1.5), (11, 1.5))
    assert timed.status == "no_path"
    assert timed.motion is None
    assert "within 20 s" in timed.reason


def test_too_short_a_horizon_is_no_way_either() -> None:
    world = Map(width=12, height=4, obstacles=(*BAY, CART))
    assert plan(world, (1, 1.5), (11, 1.5), horizon=4.0).status == "no_path"


def test_a_search_that_grows_too_large_says_so() -> None:
    world = Map(width=12, height=4, obstacles=(*WALLS, CART))
    terrain = map_terrain(surroundings(world), None, np.array([11, 1.5]), 0.2)
    timed = plan_in_time(world, ROBOT, np.array([1, 1.5]), np.array([11, 1.5]), terrain, 20.0, 0.15, most=100)
    assert timed.status == "timeout"
    assert "100 states" in timed.reason


@settings(max_examples=8)
@given(seed=st.integers(0, 2**32 - 1))
def test_whatever_is_found_is_valid(seed: int) -> None:
    rng = np.random.default_rng(seed)
    movers = [
        Circle(
            center=(float(x), float(y)),
            radius=0.4,
            motion=ConstantVelocity(velocity=(float(vx), float(vy))),
        )
        for x, y, vx, vy in zip(
            rng.uniform(2.5, 9, 4), rng.uniform(0, 8, 4), *rng.normal(scale=0.8, size=(2, 4)), strict=True
        )
    ]
    world = Map(width=10, height=8, obstacles=(*movers, Rectangle(center=(5, 4), size=(0.3, 3), angle=0.4)))
    timed = plan(world, (1, 4), (9, 4), horizon=7.0)
    if timed.motion is not None:
        assert judged(world, timed).is_valid


tracks = st.builds(
    lambda points, loop: Track(
        waypoints=tuple((1.0 + 2.0 * i, x, y) for i, (x, y) in enumerate([*points, points[0]])), loop=loop
    ),
    st.lists(st.tuples(st.floats(0, 9), st.floats(0, 9)), min_size=1, max_size=5),
    st.booleans(),
)
velocities = st.builds(ConstantVelocity, velocity=st.tuples(st.floats(-2, 2), st.floats(-2, 2)))


@given(motion=st.one_of(tracks, velocities), time=st.floats(-5, 40))
def test_compiled_shifts_are_those_of_the_displacement(motion: Track | ConstantVelocity, time: float) -> None:
    obstacle = Circle(center=(2, 3), radius=0.5, motion=motion)
    wanted = displacement_of(obstacle).at(np.array([time]))[0]
    assert shift_at(movers_of([obstacle]), 0, time) == pytest.approx(wanted, abs=1e-9)


@given(motion=tracks, time=st.floats(0, 12), place=st.tuples(st.floats(0, 9), st.floats(0, 9)))
def test_nothing_is_touched_in_the_time_that_is_to_spare(
    motion: Track, time: float, place: tuple[float, float]
) -> None:
    obstacles = [
        Circle(center=(2, 3), radius=0.5, motion=motion),
        Rectangle(center=(4, 4), size=(1, 0.4), angle=1, motion=motion),
    ]
    spare = spare_time(movers_of(list(obstacles)), *place, time, 0.2, 0.0)
    later = time + min(max(spare, 0.0), 50.0) * np.linspace(0, 1, 9)
    moving_only = Map(width=1000, height=1000, origin=(-500, -500), obstacles=tuple(obstacles))
    gaps = surroundings(moving_only).distance(np.tile(place, (9, 1)), later) - 0.2
    if spare > 0:
        assert gaps.min() > -1e-9
    else:
        assert gaps[0] <= 1e-9
