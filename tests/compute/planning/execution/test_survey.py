"""A robot that does not know its map: it sees, draws, goes round what it finds, and can always stop."""

import math
from typing import Any

import numpy as np
import pytest

from compute.planning.execution.agent import Agent, Habits
from compute.planning.execution.sensing import Lidar
from compute.planning.execution.shield import Motion, kept_radius
from compute.planning.execution.simulate import Conditions, Run, Truth, simulate
from compute.planning.execution.survey import Survey
from compute.planning.geometry.surroundings import surroundings
from compute.planning.inference.preferences import Preferences, Sensor
from compute.planning.inference.rollout import GAIN
from compute.planning.route import prepare_ground
from compute.planning.scene import Circle, Map, Rectangle, Robot, Unknown

ROBOT = Robot(radius=0.25, max_velocity=2, max_acceleration=3)
START, GOAL = np.array([1.0, 3.0]), np.array([8.0, 3.0])
POSTS = (Rectangle(center=(3.5, 2.4), size=(0.2, 2.6)), Circle(center=(5.5, 3.6), radius=0.8))
EVERYWHERE = Unknown(area=Rectangle(center=(4.5, 3), size=(9, 6)), probability=0.05)
LIDAR = Lidar(reach=6.0, field_of_view=1.5 * math.pi)
NOISE = 0.01


def explore(**changes: Any) -> tuple[Run, Survey]:
    world = Map(width=9, height=6, obstacles=POSTS, unknown=(EVERYWHERE,))
    habits = Habits(policies=150, steps=18, spare=3 * NOISE + 0.02)
    survey = Survey(world, ROBOT.radius, GOAL, LIDAR, habits.dt, margin=0.02)
    known = survey.knowledge
    rng = np.random.default_rng(0)
    agent = Agent(known.ground, known.terrain, ROBOT, GOAL, habits, rng, survey=survey)
    ground = prepare_ground(world, ROBOT.radius)
    truth = Truth(ground.around, lambda time: np.zeros((0, 2)), np.zeros(0), ROBOT.radius)
    asked = Conditions(lidar=LIDAR, pose_noise=NOISE, time_limit=15, tolerance=0.3, **changes)
    return simulate(truth, agent, Motion(START, np.zeros(2)), GOAL, asked, rng), survey


def test_what_is_not_known_is_seen_gone_round_and_never_touched() -> None:
    run, survey = explore()
    assert run.is_reached
    assert run.min_gap > 0
    assert run.length < 1.35 * np.hypot(*(GOAL - START))
    drawn = survey.knowledge.ground.world
    assert len(drawn.obstacles) == 1  # only cells that were seen: nothing was known
    assert survey.cells.is_occupied.any()


def test_a_sensor_sees_within_its_view_and_reach() -> None:
    narrow = Lidar(reach=3.0, field_of_view=math.pi)
    away = np.array([[2.0, 0.0], [0.0, 2.9], [-0.1, 1.0], [-2.0, 0.0], [4.0, 0.0]])
    assert narrow.is_within(0.0, away).tolist() == [True, True, False, False, False]
    assert narrow.is_within(math.pi, away).tolist() == [False, True, True, True, False]
    scan = narrow.scan(surroundings(Map(width=9, height=6, obstacles=POSTS)), START, 0.0)
    assert np.abs(scan.angles).max() < 0.5 * math.pi
    assert scan.ranges.min() == pytest.approx(2.4, abs=0.01)
    assert scan.ranges.max() == 3.0


def test_who_is_too_near_may_go_but_no_nearer() -> None:
    around = surroundings(Map(width=9, height=6, obstacles=POSTS))
    assert kept_radius(around, START, 0.25, 0.0) == 0.25
    assert kept_radius(around, START, 0.25, 0.1) == pytest.approx(0.35)
    assert kept_radius(around, np.array([3.11, 2.4]), 0.25, 0.1) == pytest.approx(0.29)


STREET = Unknown(area=Rectangle(center=(7.5, 2), size=(3, 4)), probability=0.2, renewal=3.0)
CORNERS = (Rectangle(center=(3, 2), size=(6, 4)), Rectangle(center=(10.5, 2), size=(3, 4)))
ALONG, BEYOND = np.array([1.5, 4.5]), np.array([11.0, 4.5])


def pass_by(information: float) -> tuple[float, int]:
    """Return how far off the wall a robot swings before a side street, m, and at which step it meets who is in it."""
    world = Map(width=12, height=8, obstacles=CORNERS, unknown=(STREET,))
    habits = Habits(policies=120, steps=22, preferences=Preferences(information=information), sensor=Sensor(range=10))
    survey = Survey(world, ROBOT.radius, BEYOND, Lidar(reach=10.0), habits.dt)
    known = survey.knowledge
    rng = np.random.default_rng(3)
    agent = Agent(known.ground, known.terrain, ROBOT, BEYOND, habits, rng, survey=survey)
    truth = Truth(
        prepare_ground(world, ROBOT.radius).around, lambda time: np.array([[7.5, 1.5]]), np.array([0.4]), ROBOT.radius
    )
    asked = Conditions(lidar=Lidar(reach=10.0), time_limit=3.2, tolerance=0.3)
    run = simulate(truth, agent, Motion(ALONG, np.zeros(2)), BEYOND, asked, rng)
    places = np.array([frame.motion.position for frame in run.frames])
    met = [bool(frame.movers.is_met[0]) for frame in run.frames]
    assert all(frame.decision.parts[GAIN] >= 0 for frame in run.frames if frame.decision)
    return float((places[places[:, 0] < 6.0, 1] - ALONG[1]).max()), met.index(True) if True in met else len(met)


def test_who_wants_to_know_swings_wide_before_a_corner_and_sees_sooner_who_is_behind() -> None:
    (wide, soon), (close, late) = pass_by(8.0), pass_by(0.0)
    assert wide > close + 0.4
    assert soon < late
