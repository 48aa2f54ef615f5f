"""What the robot knows of the map, on a raster that policies are looked up in: distances, cost to go, what is unseen.

A raster only proposes: whatever is acted on is validated against the exact shapes.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from compute.planning.compilation import kernel
from compute.planning.geometry.surroundings import Surroundings
from compute.planning.prior.cost_to_go import MOST_POINTS, measure_cost_to_go
from compute.planning.route import Ground

FINENESS = 0.25  # step as a share of the radius: between coarser points narrow passages look closed
Raster = NDArray[np.float32]
Array = NDArray[np.float64]


class Terrain(NamedTuple):
    """Rasters of values at lattice points, read bilinearly; the point (i, j) of [j, i] lies at corner + step (i, j).

    Attributes
    ----------
    distance : (ny, nx) signed distance to what is at rest, m
    value : (ny, nx) length of the way to the goal, m; large and finite where there is none
    gain : (ny, nx) nats that a look around from there is expected to tell of cells that are unknown
    corner : (2,)
    step : m
    """

    distance: Raster
    value: Raster
    gain: Raster
    corner: Array
    step: float


@kernel
def look_up(raster: Raster, corner: Array, step: float, x: float, y: float) -> float:
    """Return the raster's value at a point; beyond its edge that of the edge."""
    ny, nx = raster.shape
    u = min(max((x - corner[0]) / step, 0.0), nx - 1.000001)
    v = min(max((y - corner[1]) / step, 0.0), ny - 1.000001)
    i, j = int(u), int(v)
    fu, fv = u - i, v - j
    low = raster[j, i] * (1.0 - fu) + raster[j, i + 1] * fu
    high = raster[j + 1, i] * (1.0 - fu) + raster[j + 1, i + 1] * fu
    between: float = low * (1.0 - fv) + high * fv
    return between


def lattice(bounds: Array, step: float) -> tuple[Array, tuple[int, int]]:
    """Return the points of a lattice over a workspace (x0, y0, x1, y1), (ny * nx, 2), and (ny, nx)."""
    nx = max(2, int(np.ceil((bounds[2] - bounds[0]) / step)) + 1)
    ny = max(2, int(np.ceil((bounds[3] - bounds[1]) / step)) + 1)
    x = bounds[0] + step * np.arange(nx)
    y = bounds[1] + step * np.arange(ny)
    points = np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2)
    return np.ascontiguousarray(points), (ny, nx)


def map_terrain(around: Surroundings, value: Array | None, goal: Array, step: float) -> Terrain:
    """Return the terrain of a known map.

    Parameters
    ----------
    value : way to the goal at the points of `lattice`, (ny * nx,); None for the straight line, an open place
    """
    points, shape = lattice(around.bounds, step)
    distance = around.distance(points).reshape(shape)
    away = np.linalg.norm(points - goal, axis=1)
    way = away if value is None else np.where(np.isfinite(value), value, 4 * away.max())
    return Terrain(
        np.ascontiguousarray(distance, dtype=np.float32),
        np.ascontiguousarray(way.reshape(shape), dtype=np.float32),
        np.zeros(shape, dtype=np.float32),
        np.ascontiguousarray(around.bounds[:2]),
        step,
    )


def terrain_towards(ground: Ground, goal: Array, is_quick: bool = False) -> Terrain:
    """Return the terrain for a robot that knows the map and the way to its goal, (2,), from everywhere.

    Where it `is_quick`, ways are 1 to 2 % too long and known sooner.
    """
    x0, y0, x1, y1 = ground.around.bounds
    step = max(FINENESS * ground.radius, float(np.sqrt((x1 - x0) * (y1 - y0) / MOST_POINTS)))
    points, _ = lattice(ground.around.bounds, step)
    return map_terrain(ground.around, measure_cost_to_go(ground, goal, is_quick=is_quick).at(points), goal, step)
