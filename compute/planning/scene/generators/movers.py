"""Discs that go to and fro on straight lines between what is at rest."""

from math import dist

import numpy as np

from compute.planning.scene.generators.lattice import Lattice, Mask, Place, blocked_by
from compute.planning.scene.generators.request import GenerateRequest
from compute.planning.scene.motion import Track
from compute.planning.scene.obstacles import Circle
from compute.planning.scene.units import Point
from compute.planning.scene.world import Map

SIZES = (0.15, 0.3)  # of a cell: radii
SPEEDS = (0.5, 1.5)  # cells per second
FARTHEST = 8.0  # cells, one way
NEAREST = 2.0  # cells, from start and goal at the beginning
TRIES = 30  # places that are tried for each
PARTS = 3  # points of the lattice to a cell: one of them is in the middle of a passage


def add_movers(world: Map, request: GenerateRequest, start: Point, goal: Point, rng: np.random.Generator) -> Map:
    """Return the map with as many movers as are asked for, or as find room; none begins near the robot or the goal."""
    cell = request.cell
    lattice = Lattice.over(world.width, world.height, cell / PARTS)
    taken = blocked_by(lattice, world.obstacles, SIZES[1] * cell)
    free = np.argwhere(~taken)
    movers: list[Circle] = []
    for _ in range(TRIES * request.movers if free.size else 0):
        if len(movers) == request.movers:
            break
        here = tuple(free[int(rng.integers(len(free)))].tolist())
        there = _far(taken, here, rng, int(PARTS * FARTHEST))
        a, b = lattice.point(here), lattice.point(there)
        if dist(a, b) < cell or min(dist(a, start), dist(a, goal)) < NEAREST * cell:
            continue
        lasting = dist(a, b) / (cell * float(rng.uniform(*SPEEDS)))
        track = Track(waypoints=((0.0, *a), (lasting, *b), (2 * lasting, *a)), loop=True)
        radius = cell * float(rng.uniform(*SIZES))
        movers.append(Circle(id=f"mover {len(movers) + 1}", center=a, radius=radius, motion=track))
    return world.model_copy(update={"obstacles": (*world.obstacles, *movers)})


def _far(taken: Mask, here: Place, rng: np.random.Generator, farthest: int) -> Place:
    """Return the last free place in a direction at random, level or upright."""
    dj, di = ((0, 1), (1, 0), (0, -1), (-1, 0))[int(rng.integers(4))]
    j, i = here
    for _ in range(farthest):
        k, m = j + dj, i + di
        if not (0 <= k < taken.shape[0] and 0 <= m < taken.shape[1]) or taken[k, m]:
            break
        j, i = k, m
    return j, i
