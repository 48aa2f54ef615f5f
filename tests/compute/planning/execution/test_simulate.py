"""Closed loop: through rooms with the geodesic prior, stuck without it; among movers; told truly."""

from collections.abc import Callable

import numpy as np
import pytest

from compute.planning.execution.agent import Agent, Habits
from compute.planning.execution.shield import Motion
from compute.planning.execution.simulate import Conditions, Frame, Run, Truth, simulate
from compute.planning.inference.beliefs import Sensing
from compute.planning.inference.preferences import Sensor
from compute.planning.inference.terrain import lattice, map_terrain
from compute.planning.prior.cost_to_go import measure_cost_to_go
from compute.planning.route.plan import find_route, prepare_ground
from compute.planning.scene import Grid, Map, Rectangle, Robot

ROBOT = Robot(radius=0.3, max_velocity=2, max_acceleration=3)
ROOMS = Map(
    width=9,
    height=7,
    obstacles=(Grid(rows=(".........", ".######..", ".....##..", ".....##..", ".....##..", ".######..", ".........")),),
)
POCKET, BEHIND = np.array([4.3, 3.5]), np.array([8.0, 3.5])
OPEN = Map(width=12, height=8)
HABITS = Habits(policies=150, steps=16, dt=0.12)
NOBODY: Callable[[float], np.ndarray] = lambda time: np.zeros((0, 2))  # noqa: E731


def drive(
    world: Map,
    start: np.ndarray,
    goal: np.ndarray,
    where: Callable[[float], np.ndarray] = NOBODY,
    knows_the_way: bool = True,
    seed: int = 0,
    watch: Callable[[Frame], None] = lambda frame: None,
    **conditions: float,
) -> Run:
    ground = prepare_ground(world, ROBOT.radius)
    points, _ = lattice(ground.around.bounds, 0.2)
    value = measure_cost_to_go(ground, goal).at(points) if knows_the_way else None
    terrain = map_terrain(ground.around, value, goal, 0.2)
    rng = np.random.default_rng(seed)
    agent = Agent(ground, terrain, ROBOT, goal, HABITS, rng, searches=knows_the_way)
    radii = np.full(len(where(0.0)), 0.4)
    asked = {"dt": HABITS.dt, "time_limit": 12.0, "tolerance": 0.3, "pose_noise": 0.005} | conditions
    truth = Truth(ground.around, where, radii, ROBOT.radius)
    return simulate(truth, agent, Motion(start, np.zeros(2)), goal, Conditions(**asked), rng, watch)  # type: ignore[arg-type]


def test_the_way_out_of_a_pocket_needs_a_prior_that_knows_the_way() -> None:
    knowing, blind = (drive(ROOMS, POCKET, BEHIND, knows_the_way=knows) for knows in (True, False))
    assert knowing.is_reached
    assert knowing.min_gap > -1e-6
    assert not blind.is_reached
    assert blind.min_gap > -1e-6
    shortest = find_route(prepare_ground(ROOMS, ROBOT.radius), POCKET, BEHIND).path
    assert shortest is not None
    assert knowing.length < 1.15 * shortest.length


def test_one_who_crosses_is_let_pass_or_passed() -> None:
    crossing = lambda time: np.array([[6.0, 8.0 - 1.2 * time], [4.0, 1.2 * time]])  # noqa: E731
    run = drive(OPEN, np.array([1.0, 4.0]), np.array([11.0, 4.0]), crossing)
    assert run.is_reached
    assert run.collision is None
    assert run.min_gap > 0
    straight = [abs(frame.motion.position[1] - 4.0) for frame in run.frames]
    assert max(straight) > 0.05 or run.frames[-1].time > 6.5


def test_a_robot_that_stands_is_not_at_fault_when_it_is_run_into() -> None:
    aimed = lambda time: np.array([[11.0 - 3.0 * time, 4.0]])  # noqa: E731
    walls = tuple(Rectangle(center=(3.0, y), size=(6.0, 3.4)) for y in (1.75, 6.25))
    dead_end = Map(width=12, height=8, obstacles=walls)
    run = drive(dead_end, np.array([0.5, 4.0]), np.array([0.6, 4.0]), aimed, tolerance=1e-9)
    assert run.collision is not None
    assert not run.is_reached
    assert run.min_gap < 0
    last = run.frames[-2].motion
    assert run.collision.is_robots_fault == (np.hypot(*last.velocity) > 1e-3)


def test_a_seed_gives_a_run_again_and_every_frame_is_told() -> None:
    wandering = lambda time: np.array([[6.0 + np.sin(time), 4.0 + np.cos(0.7 * time)]])  # noqa: E731
    told: list[Frame] = []
    runs = [drive(OPEN, np.array([1.0, 4.0]), np.array([11.0, 4.0]), wandering, seed=s) for s in (3, 4)]
    again = drive(OPEN, np.array([1.0, 4.0]), np.array([11.0, 4.0]), wandering, seed=3, watch=told.append)
    paths = [np.array([frame.motion.position for frame in run.frames]) for run in (*runs, again)]
    assert np.array_equal(paths[0], paths[2])
    assert not np.array_equal(paths[0], paths[1])
    assert len(told) == len(again.frames)
    assert told[-1].decision is None
    assert all(frame.decision is not None for frame in told[:-1])


def test_who_is_behind_a_wall_is_not_seen() -> None:
    wall = Map(width=12, height=8, obstacles=(Rectangle(center=(6.0, 5.0), size=(0.4, 5.9)),))
    behind = lambda time: np.array([[8.0, 6.0]])  # noqa: E731
    seen, hidden = (
        drive(world, np.array([3.0, 6.0]), np.array([3.4, 6.0]), behind, sight=10.0, time_limit=1.0, tolerance=1e-9)
        for world in (OPEN, wall)
    )
    spread = [float(run.frames[-1].movers.covariance[0, 0, 0, 0]) for run in (seen, hidden)]
    assert spread[1] > 20 * spread[0]


def test_sensing_and_seeing_are_said_once() -> None:
    assert Sensing().noise == Sensor().noise
    with pytest.raises(TypeError):
        Conditions(noise=0.1)  # type: ignore[call-arg]
