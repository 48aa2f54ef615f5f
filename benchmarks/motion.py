"""Shortest paths of a disc on maps: this project beside OMPL, and its verdicts where there is no path.

    python -m benchmarks.motion [--every N] [--peers N] [--budgets 0.05 0.2 1]

CPU time on one core, loops compiled before; a disc of radius 0.3 cells. Times of paths count everything from the map's
records on. `--every 5` takes each fifth scenario; `--peers 2` gives two of each map to OMPL (0: none), each with every
budget. Paths of all are checked continuously by `compute.planning.validation`.

Maps are read from LOOKAHEAD_BENCH_DATA/motion: `movingai/NAME.map.gz` and `NAME.scen` (https://movingai.com/benchmarks,
100 scenarios of each map), `barn_worlds.npz` (cylinders of worlds of the-barn-challenge, `w0` and on, (n, 2) each).
"""

import os

os.environ.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1", MKL_NUM_THREADS="1")

import argparse
import time
from collections import defaultdict
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks._motion_maps import HELP, RADIUS, SEVEN, Question, barn_worlds, data_folder, questions, read_movingai
from compute.planning.formats import Scenario
from compute.planning.prior import measure_cost_to_go
from compute.planning.route import find_route, prepare_ground
from compute.planning.scene import Goal, Map, Robot, Start
from compute.planning.timing import plan_drive
from compute.planning.validation import validate_path
from compute.planning.warming import warm_up

Array = NDArray[np.float64]
LONG_MS = 20.0  # the aim for a verdict


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--peers", type=int, default=1)
    parser.add_argument("--budgets", type=float, nargs="+", default=[0.05, 0.2, 1.0])
    chosen = parser.parse_args()
    folder = data_folder()
    if folder is None:
        print(HELP)
        return
    warm_up()
    maps = {name: read_movingai(folder, name) for name in SEVEN}
    print_scenarios({name: (world, found[:: chosen.every]) for name, (world, found) in maps.items()})
    print_verdicts(questions(*maps["room-64-64-8"], 20))
    print_barn(folder)
    print_fields(maps)
    print_drives(maps["room-64-64-8"])
    if chosen.peers:
        print_peers(maps, chosen.peers, chosen.budgets)


def print_scenarios(maps: dict[str, tuple[Map, tuple[Scenario, ...]]]) -> None:
    """Print what became of every scenario, by map."""
    head = f"{'map':24} {'solved':>8} {'valid':>6} {'<= octile':>9} {'/ octile':>9}"
    print(f"{head} {'prepared':>9} {'median':>7} {'max':>6} ms")
    for name, (world, scenarios) in maps.items():
        spent, prepared, ratios, valid, shorter = [], [], [], 0, 0
        for scenario in scenarios:
            began = time.process_time()
            ground = prepare_ground(world, RADIUS)
            ready = time.process_time()
            route = find_route(ground, np.array(scenario.start), np.array(scenario.goal))
            spent.append(1000 * (time.process_time() - began))
            prepared.append(1000 * (ready - began))
            if route.path is None:
                continue
            valid += validate_path(world, RADIUS, route.path.pieces).is_free
            shorter += route.path.length <= scenario.octile_length + 1e-6
            ratios.append(route.path.length / max(scenario.octile_length, 1e-9))
        n = len(scenarios)
        print(
            f"{name:24} {len(ratios):4}/{n:3} {valid:6} {shorter:9} {np.mean(ratios):9.4f} {np.median(prepared):9.2f} "
            f"{np.median(spent):7.2f} {max(spent):6.1f}"
        )


def print_verdicts(asked: list[Question]) -> None:
    """Print how many queries without an answer got the right reason, and how soon."""
    right, spent = defaultdict(list), defaultdict(list)
    for question in asked:
        began = time.process_time()
        ground = prepare_ground(question.world, RADIUS)
        route = find_route(ground, np.array(question.start), np.array(question.goal))
        spent[question.what].append(1000 * (time.process_time() - began))
        right[question.what].append(route.status == question.status and question.says in route.reason)
    print(f"\n{'verdicts on 64 x 64':24} {'right':>8} {'median':>8} {'max':>6} ms")
    for what, answers in right.items():
        print(f"{what:24} {sum(answers):4}/{len(answers):3} {np.median(spent[what]):8.2f} {max(spent[what]):6.1f}")


def print_barn(folder: Path) -> None:
    """Print how many worlds of BARN a disc of 0.25 m passes, the map known."""
    spent, valid = [], 0
    worlds = barn_worlds(folder)
    for world in worlds:
        began = time.process_time()
        route = find_route(prepare_ground(world, 0.25), np.array([-2.25, 3.0]), np.array([-2.25, 13.0]))
        spent.append(1000 * (time.process_time() - began))
        valid += route.path is not None and validate_path(world, 0.25, route.path.pieces).is_free
    print(f"\nBARN, disc of 0.25 m: {valid} of {len(worlds)} worlds passed, median {np.median(spent):.1f} ms")


def print_fields(maps: dict[str, tuple[Map, tuple[Scenario, ...]]]) -> None:
    """Print what cost-to-go fields cost, and how far above the shortest paths they are."""
    print(f"\n{'cost to go':24} {'points':>8} {'ms':>7} {'mean error':>11} {'worst':>9}")
    for name, (world, scenarios) in maps.items():
        ground, goal = prepare_ground(world, RADIUS), np.array(scenarios[-1].goal)
        began = time.process_time()
        field = measure_cost_to_go(ground, goal, 0.5)
        spent = 1000 * (time.process_time() - began)
        rows, columns = np.nonzero(np.isfinite(field.values))
        errors = []
        for k in np.random.default_rng(0).choice(len(rows), 50):
            route = find_route(ground, field.corner + field.spacing * np.array([columns[k], rows[k]]), goal)
            if route.path is not None and route.path.length > 0:
                errors.append(field.values[rows[k], columns[k]] / route.path.length - 1)
        print(f"{name:24} {field.values.size:8} {spent:7.1f} {np.mean(errors):11.1e} {max(errors):9.1e}")


def print_drives(room: tuple[Map, tuple[Scenario, ...]]) -> None:
    """Print what whole trajectories cost, at 50 samples a second, validated."""
    world, scenarios = room
    for jerk in (None, 20.0):
        robot = Robot(radius=RADIUS, max_velocity=2, max_acceleration=3, max_jerk=jerk)
        spent, valid = [], 0
        for scenario in scenarios[::5]:
            began = time.process_time()
            drive = plan_drive(world, robot, Start(position=scenario.start), Goal(position=scenario.goal), 50)
            spent.append(1000 * (time.process_time() - began))
            valid += drive.validation is not None and drive.validation.is_valid
        limit = "no limit of jerk" if jerk is None else f"jerk {jerk:g} m/s³"
        print(
            f"\ntrajectories on rooms, {limit}: {valid} of {len(spent)} valid, median {np.median(spent):.1f} ms", end=""
        )
    print()


def print_peers(maps: dict[str, tuple[Map, tuple[Scenario, ...]]], n: int, budgets: list[float]) -> None:
    """Print OMPL's planners beside the shortest path: solved, mean length, share of paths that collide."""
    try:
        from benchmarks._motion_peers import PLANNERS, plan_with, quiet
    except ImportError as missing:
        print(f"\nOMPL is left out: {missing}")
        return
    print(f"\n{'planner':9} {'lines':8} {'budget':>7} {'solved':>8} {'mean length / shortest':>23} {'collide':>8}")
    for is_exact in (True, False):
        for name in PLANNERS:
            for budget in budgets:
                ratios, colliding, asked = [], 0, 0
                for world, scenarios in maps.values():
                    for scenario in scenarios[-1 : -1 - 7 * n : -7]:
                        ground = prepare_ground(world, RADIUS)
                        start, goal = np.array(scenario.start), np.array(scenario.goal)
                        with quiet():
                            found = plan_with(name, ground, start, goal, budget, is_exact)
                        asked += 1
                        if found is None:
                            continue
                        shortest = find_route(ground, start, goal).path
                        assert shortest is not None
                        ratios.append(float(np.linalg.norm(np.diff(found, axis=0), axis=1).sum()) / shortest.length)
                        zeros = np.zeros((len(found) - 1, 1))
                        lines = np.hstack([zeros, found[:-1], found[1:], zeros])
                        colliding += not validate_path(world, RADIUS, lines).is_free
                mean = f"{np.mean(ratios):.4f}" if ratios else "-"
                share = f"{100 * colliding / len(ratios):.0f} %" if ratios else "-"
                lines_by = "exact" if is_exact else "sampled"
                print(
                    f"{name:9} {lines_by:8} {budget:5.2f} s {len(ratios):4}/{asked:3} {mean:>23} {share:>8}", flush=True
                )


if __name__ == "__main__":
    main()
