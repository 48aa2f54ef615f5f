"""Beliefs about cells of a map that is not known: the log odds that each is occupied, updated by what a range tells.

An inverse sensor model (Moravec & Elfes 1985): the cell in which a ray ends is occupied, cells it passes are not, and
both are right as often as `RELIABLE`. A ray that only cuts a corner of a cell says nothing of it. What is renewed
(a side street) fades to what was believed before. Movers are not here: they are told apart, in `beliefs`.
"""

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from compute.planning.compilation import kernel
from compute.planning.geometry.known import is_in
from compute.planning.geometry.surroundings import Surroundings
from compute.planning.scene import Unknown

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]

RELIABLE = 0.95
CERTAIN = 20.0  # log odds of what is known from the map
SUREST = 6.0  # of what was seen, so that a mistake can be mended
MOST_CELLS = 160_000  # beyond about 20 m x 20 m for a robot of 0.25 m, cells are coarser
FINENESS = 5  # cells along the robot's radius
CUT = 0.35  # sides from a cell's middle within which a ray passes it
TOLD = 0.5  # by how much log odds must have fallen for a cell to count as seen free


@dataclass(frozen=True)
class Cells:
    """What is believed of cells; the cell [j, i] has its middle at corner + side (i + 1/2, j + 1/2).

    Attributes
    ----------
    corner : (2,)
    side : m
    log_odds, prior : (ny, nx) now, and before anything was seen
    is_hidden : (ny, nx) what is unknown because it stands there unseen
    fading : (ny, nx) 1/s at which what was seen is forgotten
    """

    corner: Array
    side: float
    log_odds: Array
    prior: Array
    is_hidden: Flags
    fading: Array

    @classmethod
    def before(cls, around: Surroundings, unknown: tuple[Unknown, ...], radius: float) -> "Cells":
        """Return what a robot of a radius believes before it sees anything; `around` is what it knows."""
        x0, y0, x1, y1 = around.bounds
        side = max(radius / FINENESS, math.sqrt((x1 - x0) * (y1 - y0) / MOST_CELLS))
        nx, ny = max(1, math.ceil((x1 - x0) / side)), max(1, math.ceil((y1 - y0) / side))
        i, j = np.meshgrid(np.arange(nx), np.arange(ny))
        middles = around.bounds[:2] + side * (np.stack([i, j], axis=-1).reshape(-1, 2) + 0.5)
        is_known = around.distance(middles) < 0.5 * side
        prior = np.full(nx * ny, -CERTAIN)
        is_hidden, fading = np.zeros(nx * ny, dtype=np.bool_), np.zeros(nx * ny)
        for area in unknown:
            inside = is_in(area, middles) & ~is_known
            prior[inside] = math.log(area.probability / (1 - area.probability))
            is_hidden[inside] = area.renewal is None
            fading[inside] = 0.0 if area.renewal is None else 1.0 / area.renewal
        prior[is_known] = CERTAIN
        shape = (ny, nx)
        return cls(
            around.bounds[:2].copy(), side, prior.reshape(shape), prior.reshape(shape), is_hidden.reshape(shape),
            fading.reshape(shape),
        )  # fmt: skip

    def advanced(self, dt: float) -> "Cells":
        """Return the beliefs `dt` seconds later, nothing seen since."""
        if not self.fading.any():
            return self
        kept = np.exp(-self.fading * dt)
        return replace(self, log_odds=self.prior + kept * (self.log_odds - self.prior))

    def updated(self, origin: Array, angles: Array, ranges: Array, reach: float) -> "Cells":
        """Return the beliefs after rays from `origin`, (2,), at `angles`, (n,), went so far, at most `reach`."""
        place = (np.asarray(origin, dtype=np.float64) - self.corner) / self.side
        seen = _mark(place, angles, ranges / self.side, ranges < reach, self.log_odds.shape)
        weight = math.log(RELIABLE / (1 - RELIABLE))
        is_open = np.abs(self.prior) < CERTAIN
        log_odds = np.where(is_open, np.clip(self.log_odds + weight * seen, -SUREST, SUREST), self.log_odds)
        return replace(self, log_odds=log_odds)

    def cleared(self, place: Array, radius: float) -> "Cells":
        """Return the beliefs of a robot that stands at `place`, (2,): where it is, nothing else is."""
        ny, nx = self.log_odds.shape
        x = self.corner[0] + self.side * (np.arange(nx) + 0.5) - place[0]
        y = self.corner[1] + self.side * (np.arange(ny) + 0.5) - place[1]
        is_under = np.hypot(x, y[:, None]) <= radius + self.side
        return replace(self, log_odds=np.where(is_under & (np.abs(self.prior) < CERTAIN), -SUREST, self.log_odds))

    @property
    def is_occupied(self) -> Flags:
        """Hidden cells that are believed to be occupied."""
        return self.is_hidden & (self.log_odds > 0)

    @property
    def is_doubtful(self) -> Flags:
        """Hidden cells that have not been seen to be free."""
        return self.is_hidden & (self.log_odds > self.prior - TOLD)

    @property
    def probability(self) -> Array:
        """Of being occupied, (ny, nx)."""
        return np.asarray(1.0 / (1.0 + np.exp(-self.log_odds)))


@kernel
def _mark(place: Array, angles: Array, ranges: Array, is_hit: Flags, shape: tuple[int, int]) -> NDArray[np.int8]:
    """Return 1 for cells in which a ray ends, -1 for those that rays only pass, else 0; lengths in sides."""
    ny, nx = shape
    seen = np.zeros(shape, dtype=np.int8)
    for n in range(angles.size):
        c, s = math.cos(angles[n]), math.sin(angles[n])
        gone = 0.0
        while gone < ranges[n]:
            x, y = place[0] + gone * c, place[1] + gone * s
            i, j = math.floor(x), math.floor(y)
            if i < 0 or j < 0 or i >= nx or j >= ny:
                break
            if seen[j, i] == 0 and abs((x - i - 0.5) * s - (y - j - 0.5) * c) <= CUT:
                seen[j, i] = -1
            gone += 0.5
    for n in range(angles.size):
        if is_hit[n]:
            i = math.floor(place[0] + ranges[n] * math.cos(angles[n]))
            j = math.floor(place[1] + ranges[n] * math.sin(angles[n]))
            if 0 <= i < nx and 0 <= j < ny:
                seen[j, i] = 1
    return seen
