"""A robot drives past a side street out of which someone may come: with and without the worth of looking.

    python -m benchmarks.occlusion [--runs N] [--first SEED]

A street 5 m wide, a robot of 0.3 m along its wall at up to 2 m/s, and a side street, 3 m wide, behind whose corner a
disc of 0.5 m comes at 2 to 3 m/s, at a time that is drawn about that at which the robot passes. It is seen when nothing
stands between the centres, with 5 cm of noise. The side street is an unknown area: 20 % of its patches are believed
occupied, and what was seen there is forgotten within seconds. The same seeds for both; only the weight of information
differs.
"""

import os

os.environ.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1", MKL_NUM_THREADS="1")

import argparse
import time
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from compute.planning.execution.agent import Agent, Habits
from compute.planning.execution.sensing import Lidar
from compute.planning.execution.shield import Motion
from compute.planning.execution.simulate import Conditions, Run, Truth, simulate
from compute.planning.execution.survey import Survey
from compute.planning.inference.beliefs import Sensing
from compute.planning.inference.preferences import Preferences, Sensor
from compute.planning.route.plan import prepare_ground
from compute.planning.scene import Map, Rectangle, Robot, Unknown

Array = NDArray[np.float64]

ROBOT = Robot(radius=0.3, max_velocity=2.0, max_acceleration=3.0)
MOVER = 0.5
START, GOAL = np.array([1.5, 8.6]), np.array([17.0, 8.6])
PASSES_S = 4.4  # about when the robot is before the middle of the side street
MIDDLE = 9.5
STREET = Unknown(area=Rectangle(center=(MIDDLE, 4.0), size=(3.0, 8.0)), probability=0.2, renewal=3.0)
WORLD = Map(
    width=18,
    height=13,
    obstacles=(Rectangle(center=(4.0, 4.0), size=(8.0, 8.0)), Rectangle(center=(14.5, 4.0), size=(7.0, 8.0))),
    unknown=(STREET,),
)
LIDAR = Lidar(reach=12.0)


def main() -> None:
    """Run both on the same seeds and print what became of them."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--runs", type=int, default=200)
    options.add_argument("--first", type=int, default=0, help="seed of the first run")
    options.add_argument("--weights", type=float, nargs="+", default=[0.0, 1.0], help="of information")
    chosen = options.parse_args()
    print(f"{'information':>12}{'reached':>9}{'collisions':>12}{'seconds':>9}{'gap m':>7}{'swing m':>9}{'CPU s':>7}")
    for weight in chosen.weights:
        began = time.process_time()
        runs = [drive_past(seed, weight) for seed in range(chosen.first, chosen.first + chosen.runs)]
        spent = time.process_time() - began
        taken = [run.frames[-1].time for run in runs if run.is_reached]
        print(
            f"{weight:12g}{np.mean([run.is_reached for run in runs]):9.1%}"
            f"{sum(run.collision is not None for run in runs):12}{np.mean(taken):9.2f}"
            f"{np.median([run.min_gap for run in runs]):7.2f}{np.mean([_swing(run) for run in runs]):9.2f}{spent:7.0f}",
            flush=True,
        )


def drive_past(seed: int, information: float) -> Run:
    """Return one run past the side street."""
    ground = prepare_ground(WORLD, ROBOT.radius)
    truth = Truth(ground.around, comer(seed), np.array([MOVER]), ROBOT.radius)
    habits = Habits(policies=300, preferences=Preferences(information=information), sensor=Sensor(range=LIDAR.reach))
    survey = Survey(WORLD, ROBOT.radius, GOAL, LIDAR, habits.dt)
    known = survey.knowledge
    agent = Agent(known.ground, known.terrain, ROBOT, GOAL, habits, np.random.default_rng(seed), survey=survey)
    conditions = Conditions(sensing=Sensing(noise=0.05), lidar=LIDAR, time_limit=20.0, tolerance=0.5)
    return simulate(truth, agent, Motion(START, np.zeros(2)), GOAL, conditions, np.random.default_rng(1000 + seed))


def comer(seed: int) -> Callable[[float], Array]:
    """Return where the one is who comes out of the side street and crosses the street, (1, 2)."""
    rng = np.random.default_rng(seed)
    speed, arrives = rng.uniform(2.0, 3.0), PASSES_S + rng.uniform(-0.7, 0.7)
    x = MIDDLE + rng.uniform(-0.8, 0.8)
    return lambda time: np.array([[x, START[1] + speed * (time - arrives)]])


def _swing(run: Run) -> float:
    """Return how far the robot was from the line along the wall at most before the side street, m."""
    places = np.array([frame.motion.position for frame in run.frames])
    before = places[places[:, 0] < MIDDLE - 1.5]
    return float((before[:, 1] - START[1]).max())


if __name__ == "__main__":
    main()
