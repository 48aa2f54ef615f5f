"""How many policies are rolled out and weighed: CPU time on one core, loops compiled before.

    python -m benchmarks.weighing

Policies of coloured noise in an empty place, among movers that were seen for a second; the aim is 50 plans a second on
two cores for 2000 policies x 56 steps x 10 movers.
"""

import os

os.environ.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1", MKL_NUM_THREADS="1")

import time

import numpy as np

from compute.planning.geometry.surroundings import surroundings
from compute.planning.inference.beliefs import Movers, Sensing
from compute.planning.inference.policies import noise
from compute.planning.inference.preferences import Preferences, Sensor
from compute.planning.inference.rollout import Situation, roll_out
from compute.planning.inference.terrain import map_terrain
from compute.planning.scene import Map

SIZES = ((500, 25, 20), (500, 25, 35), (2000, 56, 10))
DT = 0.1
START, GOAL = np.array([11.0, 0.0]), np.array([-9.0, 0.0])
WORLD = Map(width=26, height=20, origin=(-13, -10))


def main() -> None:
    """Print the CPU milliseconds of each size, the median of nine."""
    print(f"{'policies x steps x movers':28} {'CPU ms':>8} {'a second and core':>18}")
    for policies, steps, count in SIZES:
        now = among_movers(steps, count)
        accelerations = noise(np.random.default_rng(0), policies, steps, 1.5)
        roll_out(accelerations, now)
        spent = []
        for _ in range(9):
            began = time.process_time()
            roll_out(accelerations, now)
            spent.append(1000 * (time.process_time() - began))
        took = float(np.median(spent))
        print(f"{policies:8} x {steps:4} x {count:4}{took:17.1f} {1000 / took:18.0f}")


def among_movers(steps: int, count: int) -> Situation:
    """Return the situation of a robot among movers that were seen for a second."""
    rng = np.random.default_rng(0)
    places, velocities = rng.uniform(-10, 10, (count, 2)), rng.normal(0, 0.8, (count, 2))
    movers = Movers.seen(places, np.full(count, 0.5), Sensing())
    for _ in range(10):
        places = places + DT * velocities
        movers = movers.advanced(DT).updated(places + 0.05 * rng.normal(size=places.shape))
    return Situation(
        START, np.array([-1.0, 0.0]), 0.33, 2.0, 3.0, DT, map_terrain(surroundings(WORLD), None, GOAL, 0.1),
        movers.ahead(DT * np.arange(1.0, steps + 1)), Preferences(), Sensor(),
    )  # fmt: skip


if __name__ == "__main__":
    main()
