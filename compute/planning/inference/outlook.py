"""What a look around is expected to tell: nats of information about cells that are not known, from where one stands.

Along each ray the information of cells is added up, weighed by how probably the ray gets that far; a cell tells
I = H(p q + (1 - p)(1 - q)) - H(q) through a sensor that is right with probability q (the mutual information of a binary
symmetric channel; along rays as in Charrow et al. 2015). Neighbouring cells are not independent: what counts as one
question is a patch as wide as the robot.
"""

import math

import numpy as np
from numpy.typing import NDArray

from compute.planning.compilation import kernel
from compute.planning.inference.cells import RELIABLE, Cells
from compute.planning.inference.information import bernoulli_entropy
from compute.planning.inference.terrain import Raster, Terrain

Array = NDArray[np.float64]

RAYS = 48
APART = 0.5  # m between points from which looks are weighed, at least
FARTHEST = 12.0  # m that a look is weighed to, whatever the sensor reaches
FAINT = 1e-3  # probability of getting on below which a ray is given up


def informed(terrain: Terrain, cells: Cells, radius: float, place: Array, within: float, reach: float) -> Terrain:
    """Return the terrain with the information that looks are expected to bring, for points `within` metres of a place.

    Farther away it is that of the nearest point for which it was weighed; where the robot cannot be, none.
    """
    stride = max(1, round(APART / terrain.step))
    ny, nx = terrain.gain.shape
    near = np.floor((np.stack([place - within, place + within]) - terrain.corner) / (terrain.step * stride))
    most = np.array([(nx - 1) // stride, (ny - 1) // stride])
    (i0, j0), (i1, j1) = np.clip(near.astype(np.int64) + np.array([[0], [1]]), 0, most)
    x = terrain.corner[0] + terrain.step * stride * np.arange(i0, i1 + 1)
    y = terrain.corner[1] + terrain.step * stride * np.arange(j0, j1 + 1)
    is_free = terrain.distance[j0 * stride : j1 * stride + 1 : stride, i0 * stride : i1 * stride + 1 : stride] > radius
    told, passed = information_of(cells, radius), passing(cells, radius)
    coarse = expected(x, y, is_free, told, passed, cells.corner, cells.side, min(reach, FARTHEST))
    return terrain._replace(gain=_spread(coarse, stride, (i0, j0), (ny, nx)))


def information_of(cells: Cells, radius: float) -> Array:
    """Return what seeing each cell is expected to tell, (ny, nx) nats per square metre."""
    p = cells.probability
    told = bernoulli_entropy(p * RELIABLE + (1 - p) * (1 - RELIABLE)) - bernoulli_entropy(np.array(RELIABLE))
    return np.asarray(np.maximum(told, 0.0) / (2 * radius) ** 2)


def passing(cells: Cells, radius: float) -> Array:
    """Return how probably a ray passes each cell, (ny, nx): a patch as wide as the robot is passed cell by cell."""
    free = 1.0 - cells.probability
    return np.asarray(np.where(free > 0.5, free ** (cells.side / (2 * radius)), free))


@kernel
def expected(
    x: Array, y: Array, is_free: NDArray[np.bool_], told: Array, passed: Array, corner: Array, side: float,
    reach: float,
) -> Array:  # fmt: skip
    """Return the nats that a look around from each point of a lattice is expected to tell, (len(y), len(x))."""
    ny, nx = told.shape
    turn = 2 * math.pi / RAYS
    nats = np.zeros((y.size, x.size))
    for b in range(y.size):
        for a in range(x.size):
            if not is_free[b, a]:
                continue
            total = 0.0
            for n in range(RAYS):
                c, s = math.cos((n + 0.5) * turn), math.sin((n + 0.5) * turn)
                arrives, gone = 1.0, 0.5 * side
                while gone < reach and arrives > FAINT:
                    i = math.floor((x[a] + gone * c - corner[0]) / side)
                    j = math.floor((y[b] + gone * s - corner[1]) / side)
                    if i < 0 or j < 0 or i >= nx or j >= ny:
                        break
                    total += arrives * told[j, i] * gone * side * turn
                    arrives *= passed[j, i]
                    gone += side
            nats[b, a] = total
    return nats


def _spread(coarse: Array, stride: int, first: tuple[int, int], shape: tuple[int, int]) -> Raster:
    """Return a raster of a shape, bilinear between the values at every `stride`-th point from `first` (i, j) on."""
    ny, nx = shape
    u = np.clip(np.arange(nx) / stride - first[0], 0, coarse.shape[1] - 1)
    v = np.clip(np.arange(ny) / stride - first[1], 0, coarse.shape[0] - 1)
    i, j = np.minimum(u.astype(np.int64) + 1, coarse.shape[1] - 1), np.minimum(v.astype(np.int64) + 1, len(coarse) - 1)
    along = coarse[:, u.astype(np.int64)] * (1 - u % 1) + coarse[:, i] * (u % 1)
    rows = v.astype(np.int64)
    return np.ascontiguousarray(along[rows] * (1 - v % 1)[:, None] + along[j] * (v % 1)[:, None], dtype=np.float32)
