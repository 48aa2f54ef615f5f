"""A maze of cells: a random spanning tree of passages by depth-first search, some of its walls opened for loops."""

import numpy as np

from compute.planning.scene.generators.request import GenerateRequest
from compute.planning.scene.obstacles import Grid
from compute.planning.scene.units import Point
from compute.planning.scene.world import Map

Cell = tuple[int, int]
STEPS = ((0, 1), (1, 0), (0, -1), (-1, 0))


def make_maze(request: GenerateRequest, rng: np.random.Generator) -> tuple[Map, Point, Point]:
    """Return a maze with a way from its lower left to its upper right passage; without loops exactly one."""
    across, up = (max(2, round((side / request.cell - 1) / 2)) for side in (request.width, request.height))
    blocked = np.ones((2 * up + 1, 2 * across + 1), dtype=np.bool_)
    blocked[1::2, 1::2] = False
    for (i, j), (k, m) in _tree(across, up, rng):
        blocked[j + m + 1, i + k + 1] = False  # between passages (i, j) and (k, m), at 2 (i, j) + 1
    _open(blocked, request.loops, rng)
    rows = tuple("".join("#" if cell else "." for cell in row) for row in blocked[::-1])
    c = request.cell
    world = Map(
        width=(2 * across + 1) * c, height=(2 * up + 1) * c, obstacles=(Grid(id="maze", rows=rows, resolution=c),)
    )
    return world, (1.5 * c, 1.5 * c), ((2 * across - 0.5) * c, (2 * up - 0.5) * c)


def _tree(across: int, up: int, rng: np.random.Generator) -> list[tuple[Cell, Cell]]:
    """Return pairs of neighbouring passages that a random walk with backtracking joins into a tree."""
    here: Cell = (0, 0)
    seen, trail, joined = {here}, [here], []
    while trail:
        i, j = trail[-1]
        open_to = [
            (i + di, j + dj)
            for di, dj in STEPS
            if 0 <= i + di < across and 0 <= j + dj < up and (i + di, j + dj) not in seen
        ]
        if not open_to:
            trail.pop()
            continue
        there = open_to[int(rng.integers(len(open_to)))]
        joined.append(((i, j), there))
        seen.add(there)
        trail.append(there)
    return joined


def _open(blocked: np.ndarray, share: float, rng: np.random.Generator) -> None:
    """Open a share of the walls that part two passages."""
    inner = np.zeros_like(blocked)
    inner[1:-1:2, 2:-1:2] = True
    inner[2:-1:2, 1:-1:2] = True
    walls = np.flatnonzero(blocked & inner)
    chosen = rng.permutation(walls)[: round(share * walls.size)]
    blocked.reshape(-1)[chosen] = False
