"""What is known of a map with unknown areas before anything is seen, and which points lie in an area."""

import numpy as np

from compute.planning.geometry.distance import to_all
from compute.planning.geometry.moving import middle_of
from compute.planning.geometry.shapes import Array, shapes_of
from compute.planning.geometry.surroundings import NOWHERE
from compute.planning.scene import AnyObstacle, Grid, Map, Unknown
from compute.planning.scene.grids import is_blocked


def known_part(world: Map) -> Map:
    """Return the map without the obstacles at rest that are not known, and without unknown areas."""
    hiding = [unknown for unknown in world.unknown if unknown.renewal is None]
    if not hiding:
        return world.model_copy(update={"unknown": ()})
    kept = [_known(obstacle, hiding) for obstacle in world.obstacles]
    return world.model_copy(update={"obstacles": tuple(o for o in kept if o is not None), "unknown": ()})


def is_in(unknown: Unknown, points: Array) -> np.ndarray:
    """Return which points, (n, 2), lie in an area, (n,)."""
    distance, _ = to_all(shapes_of([(0, unknown.area)]), NOWHERE, np.ascontiguousarray(points, dtype=np.float64))
    return distance < 0


def _known(obstacle: AnyObstacle, hiding: list[Unknown]) -> AnyObstacle | None:
    """Return what is known of an obstacle."""
    if obstacle.motion is not None:
        return obstacle
    if not isinstance(obstacle, Grid):
        middle = middle_of(obstacle)[None]
        return None if any(is_in(unknown, middle)[0] for unknown in hiding) else obstacle
    blocked = is_blocked(obstacle.cells, obstacle.rows)
    rows, columns = np.nonzero(blocked)
    middles = np.asarray(obstacle.origin) + obstacle.resolution * (np.stack([columns, rows], axis=1) + 0.5)
    hidden = np.any([is_in(unknown, middles) for unknown in hiding], axis=0)
    if not hidden.any():
        return obstacle
    left = blocked.copy()
    left[rows[hidden], columns[hidden]] = False
    return obstacle.model_copy(update={"cells": None, "rows": rows_of(left)})


def rows_of(blocked: np.ndarray) -> tuple[str, ...]:
    """Return cells, the lowest row first, as a grid's rows of text, the highest first."""
    signs = np.where(blocked[::-1], ord("#"), ord(".")).astype(np.uint8)
    return tuple(row.tobytes().decode("ascii") for row in signs)
