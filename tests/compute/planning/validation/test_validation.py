"""Clearances against dense samples of the planner's distance, which validation does not know; limits against cases."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from compute.planning.geometry.surroundings import surroundings
from compute.planning.scene import Circle, Map, Rectangle, Robot
from compute.planning.validation import validate_path, validate_trajectory
from tests.compute.planning.worlds import HEIGHT, WIDTH, points, worlds

Array = NDArray[np.float64]

RADIUS = 0.3
ROBOT = Robot(radius=RADIUS, max_velocity=2, max_acceleration=3)
SAMPLES = 4001


def samples_of(piece: Array) -> Array:
    f = np.linspace(0, 1, SAMPLES)
    if piece[0] == 0:
        return np.asarray(piece[1:3] + f[:, None] * (piece[3:5] - piece[1:3]))
    angle = piece[4] + f * piece[5]
    return np.asarray(piece[1:3] + piece[3] * np.stack([np.cos(angle), np.sin(angle)], axis=1))


def pieces() -> st.SearchStrategy[Array]:
    lines = st.builds(lambda a, b: np.array([0, *a, *b, 0.0]), points(), points())
    turns = st.floats(-3, 3)
    arcs = st.builds(lambda c, r, a, s: np.array([1, *c, r, a, s]), points(), st.floats(0.2, 3), turns, turns)
    return st.one_of(lines, arcs)


@settings(max_examples=40)
@given(worlds(), pieces())
def test_the_clearance_of_a_piece_is_the_least_over_its_points(world: Map, piece: Array) -> None:
    found = validate_path(world, RADIUS, piece[None])
    length = np.hypot(piece[3] - piece[1], piece[4] - piece[2]) if piece[0] == 0 else piece[3] * abs(piece[5])
    sampled = float(surroundings(world).distance(samples_of(piece)).min()) - RADIUS
    if sampled > -RADIUS:  # inside an obstacle validation tells no depth
        assert sampled - length / SAMPLES - 1e-9 <= found.gap <= sampled + 1e-9
    else:
        assert not found.is_free


@settings(max_examples=20)
@given(st.integers(0, 10_000))
def test_the_clearance_among_movers_is_the_least_over_all_moments(seed: int) -> None:
    random = np.random.default_rng(seed)
    track = [(2.0 * k, *random.uniform(0, 8, 2)) for k in range(4)]
    track.append((8.0, *track[0][1:]))
    movers = [
        Circle.model_validate({"center": (0, 0), "radius": 0.5, "motion": {"waypoints": track, "loop": True}}),
        Rectangle.model_validate(
            {"center": (9, 4), "size": (1, 2), "angle": 0.4, "motion": {"velocity": random.uniform(-1, 1, 2).tolist()}}
        ),
    ]
    world = Map(width=WIDTH, height=HEIGHT, obstacles=tuple(movers))
    times = np.linspace(1, 12, 30)
    positions = 1 + np.cumsum(random.uniform(-0.2, 0.6, (30, 2)), axis=0)
    found = validate_trajectory(world, ROBOT, times, positions, np.zeros_like(positions)).clearance
    fine = np.linspace(1, 12, 20_001)
    at = np.stack([np.interp(fine, times, positions[:, i]) for i in range(2)], axis=1)
    sampled = float(surroundings(world).distance(at, fine).min()) - RADIUS
    assert found.gap <= max(sampled, -RADIUS) + 1e-9  # inside an obstacle validation tells no depth
    if sampled > -RADIUS:
        assert found.gap >= sampled - 0.01
        again = surroundings(world).distance(np.array([found.position]), np.array([found.when]))
        assert again[0] - RADIUS == pytest.approx(found.gap, abs=1e-9)


def test_a_wall_thinner_than_a_step_between_samples_is_seen() -> None:
    wall = Rectangle(center=(5, 4), size=(1e-3, 4), id="wall")
    world = Map(width=10, height=8, obstacles=(wall,))
    times, positions = np.array([0.0, 1.0]), np.array([[4.0, 4.0], [6.0, 4.0]])
    found = validate_trajectory(world, ROBOT, times, positions, np.full((2, 2), (2.0, 0.0)))
    assert not found.is_collision_free
    assert found.clearance.nearest == "wall"


def test_a_robot_flies_over_what_is_low_and_not_through_it() -> None:
    box = Rectangle(center=(5, 4), size=(1, 8), height_range=(0, 1))
    world = Map(width=10, height=8, obstacles=(box,))
    times = np.array([0.0, 2.0, 5.0, 7.0])
    x = np.array([2.0, 3.5, 6.5, 8.0])
    over, through = (np.stack([x, np.full(4, 4.0), np.array([0, top, top, 0])], axis=1) for top in (1.5, 1.2))
    still = np.zeros((4, 3))
    assert validate_trajectory(world, ROBOT, times, over, still).is_collision_free
    assert not validate_trajectory(world, ROBOT, times, through, still).is_collision_free


def test_touching_is_no_collision() -> None:
    world = Map(width=10, height=8, obstacles=(Circle(center=(5, 4), radius=1),))
    line = np.array([[0.0, 1.0, 5.3, 9.0, 5.3, 0.0]])
    found = validate_path(world, RADIUS, line)
    assert found.is_free
    assert found.gap == pytest.approx(0, abs=1e-12)
    assert found.position == pytest.approx((5, 5.3))
    assert found.when == pytest.approx(4)


def test_motion_that_keeps_to_its_limits_passes_and_each_breach_is_named() -> None:
    t = np.linspace(0, 4, 201)
    angle = t * 1.0
    circle = 4 + 1.5 * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    velocity = 1.5 * np.stack([-np.sin(angle), np.cos(angle)], axis=1)
    world = Map(width=10, height=8)

    def breaches(**limits: float) -> str:
        robot = Robot.model_validate({"radius": 0.3, "max_velocity": 1.5, "max_acceleration": 1.5, **limits})
        return "; ".join(validate_trajectory(world, robot, t, circle, velocity).violations)

    assert breaches(max_jerk=1.5) == ""
    assert "speed 1.5 m/s" in breaches(max_velocity=1.4)
    assert "acceleration 1.5 m/s²" in breaches(max_acceleration=1.4)
    assert "jerk 1.5 m/s³" in breaches(max_jerk=1.4)
    robot = Robot(radius=0.3, max_velocity=2, max_acceleration=3)
    assert "do not fit" in validate_trajectory(world, robot, t, circle, -velocity).violations[-1]


def test_an_arc_reaches_the_edge_of_the_map_between_its_ends() -> None:
    world = Map(width=10, height=8)
    arc = np.array([[1.0, 8.0, 4.0, 1.9, -math.pi / 3, 2 * math.pi / 3]])
    found = validate_path(world, RADIUS, arc)
    assert found.gap == pytest.approx(10 - 9.9 - RADIUS, abs=1e-12)
    assert found.nearest == "the edge of the map"
