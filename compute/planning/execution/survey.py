"""What a robot knows of a map that it explores: where it may go, what is worth a look, where it must be able to stop.

Ways are searched and policies weighed on what is believed to be occupied, so places never seen may be tried. The shield
keeps clear of whatever has not been seen to be free, so trying them is safe.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from compute.planning.execution.sensing import Lidar, Scan
from compute.planning.geometry.known import known_part, rows_of
from compute.planning.geometry.surroundings import EVERY_HEIGHT, Surroundings, surroundings
from compute.planning.inference.cells import Cells
from compute.planning.inference.outlook import informed
from compute.planning.inference.terrain import Terrain, terrain_towards
from compute.planning.route.plan import Ground, prepare_ground
from compute.planning.scene import Grid, Map

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Knowledge:
    """What an agent goes by.

    Attributes
    ----------
    ground : on which ways are searched
    terrain : in which policies are weighed
    safe : what the shield keeps clear of
    """

    ground: Ground
    terrain: Terrain
    safe: Surroundings

    @classmethod
    def of(cls, ground: Ground, terrain: Terrain) -> "Knowledge":
        """Return that of a map that is known."""
        return cls(ground, terrain, ground.around)


class Survey:
    """Knowledge that grows with every scan."""

    def __init__(
        self,
        world: Map,
        radius: float,
        goal: Array,
        lidar: Lidar,
        dt: float,
        heights: tuple[float, float] = EVERY_HEIGHT,
        margin: float = 0.0,
    ) -> None:
        """Begin with what is known of a map; ways keep `margin` more than the radius from what is believed."""
        self._known, self._goal, self._lidar, self._dt = known_part(world), goal, lidar, dt
        self._heights, self._radius, self._margin = heights, radius, margin
        around = surroundings(self._known, heights)
        self.cells = Cells.before(around, world.unknown, radius)
        self._safe = around
        self._drawn = self.cells.is_occupied
        self._ground, self._terrain = self._draw()

    @property
    def knowledge(self) -> Knowledge:
        """What is known now."""
        return Knowledge(self._ground, self._terrain, self._safe)

    def take(self, scan: Scan, place: Array) -> None:
        """Learn from a scan made at `place`, (2,)."""
        cells = self.cells.advanced(self._dt).updated(place, scan.angles, scan.ranges, scan.reach)
        self.cells = cells.cleared(place, self._radius)
        self._safe = surroundings(self._with(self.cells.is_doubtful), self._heights)

    def look_ahead(self, place: Array, within: float) -> None:
        """Weigh what looks from places `within` metres are expected to tell."""
        self._terrain = informed(self._terrain, self.cells, self._radius, place, within, self._lidar.reach)

    def redraw(self) -> None:
        """Draw the map of what is believed again, where that has changed."""
        is_occupied = self.cells.is_occupied
        if not np.array_equal(self._drawn, is_occupied):
            self._drawn = is_occupied
            self._ground, self._terrain = self._draw()

    def _draw(self) -> tuple[Ground, Terrain]:
        ground = prepare_ground(self._with(self._drawn), self._radius + self._margin, self._heights)
        return ground, terrain_towards(ground, self._goal, is_quick=True)

    def _with(self, blocked: NDArray[np.bool_]) -> Map:
        """Return the known map and cells that are blocked beside it."""
        if not blocked.any():
            return self._known
        grid = Grid(
            rows=rows_of(blocked),
            origin=(float(self.cells.corner[0]), float(self.cells.corner[1])),
            resolution=self.cells.side,
        )
        return self._known.model_copy(update={"obstacles": (*self._known.obstacles, grid)})
