"""The arcs of a terrain, ready to be searched: in tiles, so that far and averted ones are passed by together."""

import math
from typing import NamedTuple

import numpy as np

from compute.planning.geometry.surroundings import Surroundings
from compute.planning.route.arcs import free_arcs, turning_sites
from compute.planning.route.terrain import Array, Index, Terrain, survey

ARCS_IN_TILE = 8.0  # on average


class Roadmap(NamedTuple):
    """What a path may turn about.

    Attributes
    ----------
    terrain : what lines of sight are checked against
    arcs : (n, 6) centre, radius, first angle, width, site; those of a tile follow each other
    middles : (n, 3) direction of the middle of each arc, and the cosine of half its width
    tiles : (t, 3) centre, and radius of a disc that holds the circles of the tile's arcs
    first : (t + 1,) arcs of tile i are `first[i]` to `first[i + 1]`
    """

    terrain: Terrain
    arcs: Array
    middles: Array
    tiles: Array
    first: Index


def build_roadmap(around: Surroundings, radius: float) -> Roadmap:
    """Return the roadmap of what is at rest, for a disc of `radius`."""
    terrain = survey(around, radius)
    sites = turning_sites(around, radius)
    arcs = free_arcs(terrain, around.still, sites)
    arcs, tiles, first = _in_tiles(arcs, terrain.bounds)
    half = arcs[:, 4] / 2
    middle = arcs[:, 3] + half
    middles = np.column_stack([np.cos(middle), np.sin(middle), np.cos(half)])
    return Roadmap(terrain, arcs, middles, tiles, first)


def _in_tiles(arcs: Array, bounds: Array) -> tuple[Array, Array, Index]:
    n = max(len(arcs), 1)
    area = (bounds[2] - bounds[0]) * (bounds[3] - bounds[1])
    side = math.sqrt(area * ARCS_IN_TILE / n)
    place = np.floor((arcs[:, :2] - bounds[:2]) / side).astype(np.int64)
    key = place[:, 0] * (1 << 20) + place[:, 1]
    order = np.argsort(key, kind="stable")
    arcs, key = np.ascontiguousarray(arcs[order]), key[order]
    first = np.concatenate([np.flatnonzero(np.diff(key, prepend=-(1 << 62))), [len(arcs)]]).astype(np.int64)
    if not len(arcs):
        return arcs, np.empty((0, 3)), np.zeros(1, dtype=np.int64)
    low = np.minimum.reduceat(arcs[:, :2], first[:-1], axis=0)
    high = np.maximum.reduceat(arcs[:, :2], first[:-1], axis=0)
    reach = 0.5 * np.hypot(*(high - low).T) + np.maximum.reduceat(arcs[:, 2], first[:-1])
    tiles = np.column_stack([0.5 * (low + high), reach])
    return arcs, tiles, first
