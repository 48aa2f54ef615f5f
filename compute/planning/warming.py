"""Compiles the loops of planning by using them once on a small map, so that the first plan does not wait for it."""

import numpy as np

from compute.planning.execution.agent import Agent, Habits
from compute.planning.execution.shield import Motion
from compute.planning.execution.simulate import Conditions, Truth, simulate
from compute.planning.inference.terrain import lattice, map_terrain
from compute.planning.intervals.plan import plan_in_time
from compute.planning.prior.cost_to_go import measure_cost_to_go
from compute.planning.route.plan import find_route, prepare_ground
from compute.planning.scene import Circle, ConstantVelocity, Goal, Grid, Map, Rectangle, Robot, Start
from compute.planning.timing import plan_drive
from compute.planning.validation import validate_path

HABITS = Habits(policies=4, steps=4)


def warm_up() -> None:
    """Plan a way, prove that there is none, and drive a step among shapes of every kind."""
    shapes = (Circle(center=(2, 2), radius=0.5), Rectangle(center=(4, 1), size=(0.5, 1)), Grid(rows=("#",)))
    world = Map(width=6, height=4, obstacles=shapes)
    robot = Robot(radius=0.2, max_velocity=1, max_acceleration=1)
    start, goal = np.array([0.5, 2.5]), np.array([5.5, 1.5])
    ground = prepare_ground(world, robot.radius)
    route = find_route(ground, start, goal, n_alternatives=1)
    if route.path is not None:
        validate_path(world, robot.radius, route.path.pieces)
    plan_drive(world, robot, Start(position=(0.5, 2.5)), Goal(position=(5.5, 1.5)), rate=10)
    wall = Map(width=6, height=4, obstacles=(Rectangle(center=(3, 2), size=(0.2, 4.5)),))
    find_route(prepare_ground(wall, robot.radius), start, goal)
    points, _ = lattice(ground.around.bounds, 0.5)
    terrain = map_terrain(ground.around, measure_cost_to_go(ground, goal).at(points), goal, 0.5)
    moving = Circle(center=(5, 3.5), radius=0.1, motion=ConstantVelocity(velocity=(-1, 0)))
    busy = world.model_copy(update={"obstacles": (*shapes, moving)})
    plan_in_time(busy, robot, start, goal, terrain, horizon=1.0, tolerance=0.2)
    agent = Agent(ground, terrain, robot, goal, HABITS, np.random.default_rng(0))
    truth = Truth(ground.around, lambda time: np.array([[5.0, 3.0]]), np.array([0.1]), robot.radius)
    conditions = Conditions(time_limit=0.1, sight=5.0)
    simulate(truth, agent, Motion(start, np.zeros(2)), goal, conditions, np.random.default_rng(0))
