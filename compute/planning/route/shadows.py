"""How far one can see from an arc in each direction, at most: what lies beyond need not be looked at line by line.

There is one line off an arc in each direction, its tangent. An obstacle stands in the way of those between two
directions; a sector of directions that it covers wholly ends at its far side. Where nothing near covers a sector
nothing is claimed: shadows only spare lines of sight that would be found blocked.
"""

import math

import numpy as np

from compute.planning.compilation import kernel
from compute.planning.route.tangents import Place
from compute.planning.route.terrain import Array, Index, Terrain

SECTORS = 256
WIDTH = 2 * math.pi / SECTORS
RINGS = 16  # of buckets about the arc that are looked through
WIDEST = 1.5  # radians: all lines between the ends of what covers more need not lead ahead
MOST_PARTS = 8
ROUNDING = 1e-9  # radians


@kernel
def cast_shadows(terrain: Terrain, place: Place, limits: Array, seen: Index, stamp: int) -> float:
    """Write how long lines off an arc are at most, (SECTORS,), m, and return the greatest.

    Parameters
    ----------
    limits : sector k holds the directions from k `WIDTH` on
    seen, stamp : (members,) the last stamp with which each edge and disc was looked at, and one that is new
    """
    limits[:] = np.inf
    side, m, inset = terrain.frame[2], terrain.edges.shape[0], terrain.radius - terrain.slack
    ci, cj = int((place.x - terrain.frame[0]) // side), int((place.y - terrain.frame[1]) // side)
    farthest = np.inf
    for ring in range(RINGS + 1):
        for i in range(max(ci - ring, 0), min(ci + ring, terrain.columns - 1) + 1):
            stride = 1 if ring == 0 or abs(i - ci) == ring else 2 * ring
            for j in range(cj - ring, cj + ring + 1, stride):
                if j < 0 or j >= terrain.rows:
                    continue
                bucket = i * terrain.rows + j
                for at in range(terrain.first[bucket], terrain.first[bucket + 1]):
                    k = terrain.members[at]
                    if seen[k] == stamp:
                        continue
                    seen[k] = stamp
                    if k < m:
                        shade_behind(place, terrain.edges[k], inset, limits)
                    else:
                        disc = terrain.circles[k - m]
                        shade(place, disc[0], disc[1], disc[0], disc[1], inset + disc[2], limits)
        farthest = limits.max()
        if farthest <= ring * side:
            break
    return farthest


@kernel
def shade_behind(place: Place, edge: Array, reach: float, limits: Array) -> None:
    """Shorten the lines that meet an edge from its front; a long one that is near in parts, as `WIDEST` asks for.

    Its obstacle is on its left: where the centre is there too, another edge of it stands nearer.
    """
    ax, ay, dx, dy = edge[0], edge[1], edge[2] - edge[0], edge[3] - edge[1]
    length = math.hypot(dx, dy)
    away = (dy * (place.x - ax) - dx * (place.y - ay)) / length
    if away <= reach:
        return
    parts = 1 + min(int(length / (2 * away)), MOST_PARTS - 1)
    for part in range(parts):
        low, high = part / parts, (part + 1) / parts
        shade(place, ax + low * dx, ay + low * dy, ax + high * dx, ay + high * dy, reach, limits)


@kernel
def shade(place: Place, ax: float, ay: float, bx: float, by: float, reach: float, limits: Array) -> None:
    """Shorten the lines that come nearer than `reach` to a segment.

    The line in direction theta passes a point at distance D and polar angle phi of the centre on its left at
    D sin(phi - theta) + sense rho.
    """
    away_a, away_b = math.hypot(ax - place.x, ay - place.y), math.hypot(bx - place.x, by - place.y)
    if min(away_a, away_b) <= reach + place.rho:
        return
    offset = place.sense * place.rho
    phi_a = math.atan2(ay - place.y, ax - place.x)
    turn = math.atan2(by - place.y, bx - place.x) - phi_a
    turn -= 2 * math.pi * round(turn / (2 * math.pi))
    low = min(-math.asin((reach - offset) / away_a), turn - math.asin((reach - offset) / away_b))
    high = max(math.asin((reach + offset) / away_a), turn + math.asin((reach + offset) / away_b))
    if high - low > WIDEST:
        return
    far = max(away_a, away_b) + reach + place.rho
    first = math.ceil((phi_a + low + ROUNDING) / WIDTH)
    for k in range(first, math.floor((phi_a + high - ROUNDING) / WIDTH)):
        limits[k % SECTORS] = min(limits[k % SECTORS], far)


@kernel
def is_in_shadow(place: Place, dx: float, dy: float, reach: float, limits: Array) -> bool:
    """Return whether no line off the arc sees anything of the disc of radius `reach` at (dx, dy) from the centre."""
    away = math.hypot(dx, dy)
    if away <= reach + place.rho:
        return False
    half = math.asin(reach / away) + math.asin(min(place.rho / (away - reach), 1.0))
    phi = math.atan2(dy, dx)
    nearest = away - reach - place.rho
    for k in range(math.floor((phi - half) / WIDTH), math.floor((phi + half) / WIDTH) + 1):
        if limits[k % SECTORS] >= nearest:
            return False
    return True


@kernel
def sight(ux: float, uy: float, limits: Array) -> float:
    """Return how long a line in a direction is at most, m."""
    limit: float = limits[math.floor(math.atan2(uy, ux) / WIDTH) % SECTORS]
    return limit
