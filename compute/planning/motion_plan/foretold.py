"""Beliefs about obstacles whose motion a request tells: where they are drawn and moved to, as unsure as it says."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from compute.planning.geometry.moving import Displacement, displacement_of, middle_of
from compute.planning.geometry.shapes import outline
from compute.planning.geometry.surroundings import is_met
from compute.planning.inference.beliefs import Ahead
from compute.planning.scene import AnyObstacle, Circle, Grid, Map
from compute.planning.scene.grids import is_blocked

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Foretold:
    """Obstacles that move or are unsure, as discs that hold them, from a moment on.

    Attributes
    ----------
    middles : (m, 2) where they are drawn
    displacements : of each
    radii : (m,) of the discs
    uncertainty : (m,) standard deviation of each position along either axis
    now : s
    """

    middles: Array
    displacements: tuple[Displacement, ...]
    radii: Array
    uncertainty: Array
    now: float = 0.0

    @classmethod
    def of(cls, world: Map, heights: tuple[float, float]) -> "Foretold":
        """Return the obstacles of a map that move or are unsure, as far as they reach between two heights."""
        chosen = [o for o in world.obstacles if (o.motion is not None or o.uncertainty > 0) and is_met(o, heights)]
        return cls(
            np.array([middle_of(o) for o in chosen]).reshape(-1, 2),
            tuple(displacement_of(o) for o in chosen),
            np.array([holding_radius(o) for o in chosen], dtype=np.float64),
            np.array([o.uncertainty for o in chosen], dtype=np.float64),
        )

    def at(self, now: float) -> "Foretold":
        """Return the same from another moment on."""
        return Foretold(self.middles, self.displacements, self.radii, self.uncertainty, now)

    def where(self, times: Array) -> Array:
        """Return the middles at times from now, (t, m, 2)."""
        if not self.displacements:
            return np.zeros((len(times), 0, 2))
        shifts = [displacement.at(self.now + np.asarray(times)) for displacement in self.displacements]
        return np.asarray(self.middles + np.stack(shifts, axis=1))

    def ahead(self, times: Array) -> Ahead:
        """Return where they will be at times from now; it is one model, told for certain but for its spread."""
        where = self.where(times)
        m = len(self.radii)
        spread = np.broadcast_to(self.uncertainty, where.shape[:2])
        weight = np.stack([np.ones(m), np.zeros(m)])
        return Ahead(np.stack([where, where]), np.stack([spread, spread]), weight, self.radii)


def holding_radius(obstacle: AnyObstacle) -> float:
    """Return the radius of the disc about an obstacle's middle that holds it."""
    if isinstance(obstacle, Circle):
        return obstacle.radius
    middle = middle_of(obstacle)
    if isinstance(obstacle, Grid):
        rows, columns = np.nonzero(is_blocked(obstacle.cells, obstacle.rows))
        if not rows.size:
            return 0.0
        corners = np.stack([columns, rows], axis=1)[:, None] + np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
        points = np.asarray(obstacle.origin) + obstacle.resolution * corners.reshape(-1, 2)
    else:
        points = outline(obstacle)
    return float(np.linalg.norm(points - middle, axis=1).max())
