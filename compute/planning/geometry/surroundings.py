"""The distance d(x, t) from points at times to everything in a map: obstacles at rest, moving ones, the bounds."""

from dataclasses import dataclass

import numpy as np

from compute.planning.geometry.distance import NO_OWNER, bounds_of, to_all
from compute.planning.geometry.moving import Displacement, displacement_of
from compute.planning.geometry.shapes import Array, Index, Shapes, shapes_of
from compute.planning.scene import AnyObstacle, Map

NOWHERE = np.array([-np.inf, -np.inf, np.inf, np.inf])
EVERY_HEIGHT = (-np.inf, np.inf)


@dataclass(frozen=True)
class Surroundings:
    """What is in the way of a robot at some heights.

    Attributes
    ----------
    bounds : (4,) x0, y0, x1, y1 of the map
    still : the shapes of obstacles at rest
    moving : for each moving obstacle its place in the map, its shapes where it is drawn, and its displacement
    """

    bounds: Array
    still: Shapes
    moving: tuple[tuple[int, Shapes, Displacement], ...]

    def distance(self, points: Array, times: Array | None = None) -> Array:
        """Return d(x, t), (n,), for points (n, 2) and times (n,); without times, to what is at rest.

        Negative inside an obstacle or outside the map; see `geometry.distance`.
        """
        return self.nearest(points, times)[0]

    def nearest(self, points: Array, times: Array | None = None) -> tuple[Array, Index]:
        """Return the distances, (n,), and the places in the map of the nearest obstacles, -1 for the bounds."""
        points = np.ascontiguousarray(points, dtype=np.float64)
        distances, owners = to_all(self.still, self.bounds, points)
        if times is None:
            return distances, owners
        for owner, shapes, displacement in self.moving:
            shifted, _ = to_all(shapes, NOWHERE, points - displacement.at(times))
            owners = np.where(shifted < distances, owner, owners)
            distances = np.minimum(distances, shifted)
        return distances, owners


def surroundings(world: Map, heights: tuple[float, float] = EVERY_HEIGHT) -> Surroundings:
    """Return what blocks a robot that stays between two heights; obstacles that end below or begin above do not."""
    in_the_way = [(place, obstacle) for place, obstacle in enumerate(world.obstacles) if is_met(obstacle, heights)]
    return Surroundings(
        bounds=bounds_of(world.origin, world.width, world.height),
        still=shapes_of((place, obstacle) for place, obstacle in in_the_way if obstacle.motion is None),
        moving=tuple(
            (place, shapes_of([(place, obstacle)]), displacement_of(obstacle))
            for place, obstacle in in_the_way
            if obstacle.motion is not None
        ),
    )


def is_met(obstacle: AnyObstacle, heights: tuple[float, float]) -> bool:
    """Return whether an obstacle reaches between two heights."""
    reach = obstacle.height_range
    return reach is None or (reach[0] < heights[1] and heights[0] < reach[1])


__all__ = ["EVERY_HEIGHT", "NO_OWNER", "Surroundings", "is_met", "surroundings"]
