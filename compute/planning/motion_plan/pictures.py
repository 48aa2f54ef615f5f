"""What a plan is drawn with beside its motion: the way that is left from everywhere, and how likely a touch is when."""

from math import ceil, erfc, sqrt

import numpy as np

from compute.planning.inference.terrain import Terrain
from compute.planning.motion_plan.foretold import Foretold
from compute.planning.motion_plan.result import CostToGo, PlanResult
from compute.planning.timing.drive import Trajectory

MOST_POINTS = 4096  # of the raster that is told: enough to see bands, 30 kB
MOST_TIMES = 200
LEAST_CHANCE = 1e-12  # below which a touch is none


def with_pictures(
    result: PlanResult, terrain: Terrain, trajectory: Trajectory, foretold: Foretold, radius: float
) -> PlanResult:
    """Return the result with the rasters and risks that are drawn; it judges nothing by them."""
    pictures = {"cost_to_go": told_cost(terrain, radius), "risks": told_risks(trajectory, foretold, radius)}
    return result.model_copy(update=pictures)


def told_cost(terrain: Terrain, radius: float) -> CostToGo:
    """Return every n-th point of the raster of ways that are left, in metres; None where the robot cannot be."""
    stride = max(1, ceil(sqrt(terrain.value.size / MOST_POINTS)))
    ways = terrain.value[::stride, ::stride]
    is_free = terrain.distance[::stride, ::stride] >= radius
    rows, columns = ways.shape
    told = [round(float(way), 3) if free else None for way, free in zip(ways.flat, is_free.flat, strict=True)]
    corner = (float(terrain.corner[0]), float(terrain.corner[1]))
    return CostToGo(corner=corner, step=stride * terrain.step, columns=columns, rows=rows, values=tuple(told))


def told_risks(trajectory: Trajectory, foretold: Foretold, radius: float) -> tuple[tuple[float, float], ...]:
    """Return times and the probability of a touch at each; none where no obstacle is unsure.

    An obstacle counts as the disc that holds it, displaced towards the robot by a Gaussian: the probability of a touch
    is Phi((R - d) / sigma) for discs of radii R in all, middles d apart; those of several obstacles are independent.
    """
    unsure = foretold.uncertainty > 0
    if not unsure.any():
        return ()
    times = np.linspace(0.0, float(trajectory.times[-1]), min(MOST_TIMES, max(2, len(trajectory.times))))
    path = np.stack([np.interp(times, trajectory.times, trajectory.positions[:, axis]) for axis in range(2)], axis=1)
    apart = np.linalg.norm(path[:, None] - foretold.where(times)[:, unsure], axis=2)
    score = (apart - radius - foretold.radii[unsure]) / foretold.uncertainty[unsure]
    clear = np.prod(1.0 - np.vectorize(lambda z: 0.5 * erfc(z / sqrt(2.0)))(score), axis=1)
    risks = np.where(1.0 - clear < LEAST_CHANCE, 0.0, 1.0 - clear)
    return tuple((round(float(time), 4), float(risk)) for time, risk in zip(times, risks, strict=True))
