"""Planners of OMPL for `benchmarks/motion.py`, on the terms that suit them best.

Their motions are checked by this project's exact test of a whole line, in one call, so that they waste no time on
sampled states and return nothing that collides; without it their paths are checked every 0.2 cells, as is usual.
Budgets are CPU seconds of the process. Paths are shortened by OMPL's own simplification, which is not counted.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
from numpy.typing import NDArray
from ompl import base, geometric, util

from compute.planning.route import Ground
from compute.planning.route.sight import is_clear

PLANNERS = ("RRTstar", "PRMstar", "BITstar")
RESOLUTION = 0.2  # cells between checked states

Array = NDArray[np.float64]


class WholeLines(base.MotionValidator):  # type: ignore[misc]
    """Checks a motion exactly, in one call."""

    def __init__(self, space: Any, ground: Ground) -> None:
        super().__init__(space)
        self.terrain = ground.roadmap.terrain

    def checkMotion(self, a: Any, b: Any, *_: Any) -> bool:  # noqa: N802  # OMPL's name
        return bool(is_clear(self.terrain, a[0], a[1], b[0], b[1]))


def plan_with(name: str, ground: Ground, start: Array, goal: Array, budget: float, is_exact: bool) -> Array | None:
    """Return the vertices of the path that a planner found in `budget` CPU seconds, (n, 2), or None."""
    world = ground.world
    plane = base.RealVectorStateSpace(2)
    bounds = base.RealVectorBounds(2)
    for axis, size in enumerate((world.width, world.height)):
        bounds.setLow(axis, world.origin[axis])
        bounds.setHigh(axis, world.origin[axis] + size)
    plane.setBounds(bounds)
    setup = geometric.SimpleSetup(plane)
    space = setup.getSpaceInformation()
    terrain = ground.roadmap.terrain
    setup.setStateValidityChecker(lambda state: bool(is_clear(terrain, state[0], state[1], state[0], state[1])))
    if is_exact:
        space.setMotionValidator(WholeLines(space, ground))
    space.setStateValidityCheckingResolution(RESOLUTION / float(np.hypot(world.width, world.height)))
    ends = []
    for place in (start, goal):
        state = plane.allocState()
        state[0], state[1] = float(place[0]), float(place[1])
        ends.append(state)
    setup.setStartAndGoalStates(*ends)
    setup.setOptimizationObjective(base.PathLengthOptimizationObjective(space))
    setup.setPlanner(getattr(geometric, name)(space))
    began = time.process_time()
    while (left := budget - (time.process_time() - began)) > 0.002:
        setup.solve(left)
    if not setup.haveExactSolutionPath():
        return None
    setup.simplifySolution(1.0)
    path = setup.getSolutionPath()
    return np.array([[path.getState(k)[0], path.getState(k)[1]] for k in range(path.getStateCount())])


@contextmanager
def quiet() -> Iterator[None]:
    """OMPL says nothing in between."""
    util.noOutputHandler()
    yield
    util.restorePreviousOutputHandler()
