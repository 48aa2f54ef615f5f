"""How far one sees: rays from a point to what is at rest, walked through free space, as far as they reach."""

import numpy as np

from compute.planning.compilation import kernel
from compute.planning.geometry.distance import to_shapes
from compute.planning.geometry.shapes import Array, Shapes
from compute.planning.geometry.surroundings import Surroundings

CLOSE = 1e-3  # m from a shape at which a ray has met it
MOST_STEPS = 300  # of a ray: one that grazes a wall is given up where it is


@kernel
def cast(shapes: Shapes, origin: Array, angles: Array, reach: float) -> Array:
    """Return how far each ray goes, (n,), at most `reach`: no shape is nearer than what is free about a point."""
    ranges = np.empty(angles.size)
    here, _ = to_shapes(shapes, origin[0], origin[1])
    for n in range(angles.size):
        c, s = np.cos(angles[n]), np.sin(angles[n])
        gone = max(here, 0.0)
        for _ in range(MOST_STEPS):
            if gone >= reach:
                break
            free, _ = to_shapes(shapes, origin[0] + gone * c, origin[1] + gone * s)
            if free < CLOSE:
                break
            gone += free
        ranges[n] = min(gone, reach)
    return ranges


def look_along(around: Surroundings, origin: Array, angles: Array, reach: float) -> Array:
    """Return how far from `origin`, (2,), one sees along each angle, (n,) rad; the edge of the map is no wall."""
    return cast(around.still, np.ascontiguousarray(origin, dtype=np.float64), angles, reach)
