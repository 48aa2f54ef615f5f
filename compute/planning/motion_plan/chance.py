"""How probable a collision is where obstacles are not surely where they are drawn: worlds are drawn, and tried."""

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from compute.planning.motion_plan.foretold import Foretold
from compute.planning.timing.drive import Trajectory

Array = NDArray[np.float64]

WORLDS = 4000
MOST_TIMES = 400


def collision_probability(
    trajectory: Trajectory, foretold: Foretold, radius: float, rng: np.random.Generator
) -> float | None:
    """Return the share of worlds in which the motion touches an obstacle; None where no obstacle is unsure.

    In each world every unsure obstacle is displaced once, for the whole motion; it counts as the disc that holds it.
    """
    unsure = foretold.uncertainty > 0
    if not unsure.any():
        return None
    duration = float(trajectory.times[-1])
    times = np.linspace(0.0, duration, max(2, min(MOST_TIMES, len(trajectory.times))))
    path = np.stack([np.interp(times, trajectory.times, trajectory.positions[:, axis]) for axis in range(2)], axis=1)
    where = foretold.where(times)
    touched = np.zeros(WORLDS, dtype=np.bool_)
    for j in np.flatnonzero(unsure):
        offsets = foretold.uncertainty[j] * rng.standard_normal((WORLDS, 2))
        apart = path - where[:, j]  # the displaced obstacle is touched where this comes near its offset
        touched |= _nearest(apart, offsets) < radius + foretold.radii[j]
    return float(touched.mean())


def _nearest(line: Array, points: Array) -> Array:
    """Return the distance from each point, (w, 2), to a polyline, (n, 2)."""
    best = np.full(len(points), np.inf)
    for begin, end in pairwise(line):
        d = end - begin
        share = np.clip((points - begin) @ d / max(float(d @ d), 1e-30), 0.0, 1.0)
        best = np.minimum(best, np.linalg.norm(points - begin - share[:, None] * d, axis=1))
    return best
