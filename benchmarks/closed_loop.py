"""The closed loop on maps at rest: mazes, MovingAI maps, and BARN worlds with the map known and not known.

    python -m benchmarks.closed_loop [--what mazes maps barn] [--runs N]

A robot decides ten times a second by weighing policies; it believes to be where it is with an error of 10 mm. Nobody
moves. Mazes are made up by this project from seeds: with the cost-to-go field as prior, and without it, the straight
line to the goal instead. Maps and worlds are read from LOOKAHEAD_BENCH_DATA as by `benchmarks.motion`.

BARN: a disc of 0.25 m, 2 m/s and 3 m/s2, 10 m through a field of cylinders; the score of a world is that of the
challenge, T / clip(t, 2 T, 8 T) with T the shortest way at full speed, 0 where the goal (within 1 m) is not reached or
something is touched; at most 0.5. With a sensor of 270 degrees, 0.5 degrees between rays, nothing is known beforehand.
It is not comparable with results of the challenge: no inertia beyond the limits, no latency, exact ranges.
"""

import os

os.environ.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1", MKL_NUM_THREADS="1")

import argparse
import math
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchmarks._motion_maps import HELP, RADIUS, barn_worlds, data_folder, read_movingai
from compute.planning.execution.agent import Agent, Habits
from compute.planning.execution.sensing import Lidar
from compute.planning.execution.shield import Motion
from compute.planning.execution.simulate import Conditions, Run, Truth, simulate
from compute.planning.execution.survey import Survey
from compute.planning.inference.terrain import map_terrain, terrain_towards
from compute.planning.route import find_route, prepare_ground
from compute.planning.scene import Map, Rectangle, Robot, Unknown
from compute.planning.scene.generators import GenerateRequest, generate

Array = NDArray[np.float64]

POSE_NOISE = 0.01
MAPS = ("room-64-64-8", "random-64-64-20", "maze-128-128-10")
BARN_START, BARN_GOAL = np.array([-2.25, 3.0]), np.array([-2.25, 13.0])
LIDAR = Lidar(reach=10.0, field_of_view=1.5 * math.pi)
BLUR = 0.02  # m that shapes seen through cells are kept clear of beyond the rest


def main() -> None:
    """Run what is asked for, a table each."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--what", nargs="+", default=list(TABLES), choices=list(TABLES))
    options.add_argument("--runs", type=int, default=50, help="of each row, at most")
    chosen = options.parse_args()
    for name in chosen.what:
        TABLES[name](chosen.runs)


@dataclass(frozen=True)
class Drive:
    """One run: how it went beside the shortest way, and its CPU seconds."""

    run: Run
    shortest: float
    spent: float

    @property
    def is_good(self) -> bool:
        """Whether the goal was reached and nothing touched."""
        return self.run.is_reached and self.run.min_gap > -1e-6


def drive(
    world: Map, robot: Robot, start: Array, goal: Array, seed: int, tolerance: float, limit: float,
    knows_the_way: bool = True, lidar: Lidar | None = None,
) -> Drive:  # fmt: skip
    """Return one run; with a lidar nothing of the map is known."""
    began = time.process_time()
    ground = prepare_ground(world, robot.radius)
    path = find_route(ground, start, goal).path
    assert path is not None
    rng = np.random.default_rng(seed)
    habits = Habits(policies=400, steps=20, spare=3 * POSE_NOISE + (BLUR if lidar else 0.0))
    if lidar is not None:
        middle = np.asarray(world.origin) + 0.5 * np.array([world.width, world.height])
        area = Rectangle(center=(float(middle[0]), float(middle[1])), size=(world.width, world.height))
        unknown = world.model_copy(update={"unknown": (Unknown(area=area),)})
        survey = Survey(unknown, robot.radius, goal, lidar, habits.dt, margin=BLUR)
        agent = Agent(survey.knowledge.ground, survey.knowledge.terrain, robot, goal, habits, rng, survey=survey)
    else:
        terrain = terrain_towards(ground, goal)
        if not knows_the_way:
            terrain = map_terrain(ground.around, None, goal, terrain.step)
        agent = Agent(ground, terrain, robot, goal, habits, rng, searches=knows_the_way)
    truth = Truth(ground.around, lambda _: np.zeros((0, 2)), np.zeros(0), robot.radius)
    conditions = Conditions(lidar=lidar, pose_noise=POSE_NOISE, time_limit=limit, tolerance=tolerance)
    run = simulate(truth, agent, Motion(start, np.zeros(2)), goal, conditions, np.random.default_rng(1000 + seed))
    return Drive(run, path.length, time.process_time() - began)


def print_mazes(runs: int) -> None:
    """Print mazes with and without the way as prior."""
    robot = Robot(radius=0.3, max_velocity=2.0, max_acceleration=3.0)
    head()
    for knows, name in ((True, "mazes"), (False, "mazes, straight line as prior")):
        drives = []
        for seed in range(min(runs, 20)):
            scene = generate(GenerateRequest(kind="maze", width=21, height=21, seed=seed))
            start, goal = np.array(scene.start.position[:2]), np.array(scene.goal.position[:2])
            drives.append(drive(scene.map, robot, start, goal, seed, 0.3, 120.0 if knows else 60.0, knows))
        row(name, drives)


def print_maps(runs: int) -> None:
    """Print MovingAI maps: scenarios spread over each map's list."""
    folder = data_folder()
    if folder is None:
        print(HELP)
        return
    robot = Robot(radius=RADIUS, max_velocity=2.0, max_acceleration=3.0)
    head()
    for name in MAPS:
        world, scenarios = read_movingai(folder, name)
        chosen = [scenarios[k] for k in np.linspace(20, len(scenarios) - 1, min(runs, 8)).astype(int)]
        row(
            name,
            [
                drive(world, robot, np.array(s.start), np.array(s.goal), k, 0.3, 300.0)
                for k, s in enumerate(chosen)
            ],
        )  # fmt: skip


def print_barn(runs: int) -> None:
    """Print BARN worlds, the map known and seen by the sensor only."""
    folder = data_folder()
    if folder is None:
        print(HELP)
        return
    robot = Robot(radius=0.25, max_velocity=2.0, max_acceleration=3.0)
    worlds = barn_worlds(folder)[:runs]
    head()
    for lidar, name in ((None, "BARN, map known"), (LIDAR, "BARN, 270 degree lidar")):
        drives = [drive(w, robot, BARN_START, BARN_GOAL, k, 1.0, 100.0, lidar=lidar) for k, w in enumerate(worlds)]
        row(name, drives, f"score {np.mean([score(d) for d in drives]):.3f}")


def score(one: Drive) -> float:
    """Return the score of a world, at most 0.5."""
    quickest = one.shortest / 2.0
    return quickest / min(max(one.run.frames[-1].time, 2 * quickest), 8 * quickest) if one.is_good else 0.0


def head() -> None:
    """Print the head of a table."""
    print(f"\n{'':32}{'reached':>9}{'touched':>9}{'/ shortest':>12}{'least gap m':>13}{'brakings':>10}{'ms':>6}")


def row(name: str, drives: list[Drive], more: str = "") -> None:
    """Print one row: lengths are over what was reached; milliseconds are of CPU for each decision, all counted."""
    reached = [one for one in drives if one.run.is_reached]
    touched = sum(one.run.min_gap <= -1e-6 for one in drives)
    ratio = f"{np.mean([one.run.length / one.shortest for one in reached]):12.3f}" if reached else f"{'-':>12}"
    decisions = sum(len(one.run.frames) for one in drives)
    print(
        f"{name:32}{len(reached):5}/{len(drives):3}{touched:9}{ratio}{min(one.run.min_gap for one in drives):13.3f}"
        f"{sum(one.run.brakings for one in drives):10}{1e3 * sum(one.spent for one in drives) / decisions:6.1f} {more}",
        flush=True,
    )


TABLES: dict[str, Callable[[int], None]] = {"mazes": print_mazes, "maps": print_maps, "barn": print_barn}

if __name__ == "__main__":
    main()
