"""What validation says of a path or a trajectory."""

from dataclasses import dataclass

TOUCHING = 1e-6  # metres: contact, not collision; rounding of coordinates is far below it


@dataclass(frozen=True)
class Clearance:
    """The least gap between a disc on its way and everything else.

    Attributes
    ----------
    gap : metres between the disc's edge and the nearest obstacle or the edge of the map; negative in collision.
        A path through the inside of an obstacle other than a disc has minus the radius, not a depth.
    position : (x, y) of the disc's centre there
    when : seconds for a trajectory, metres along it for a path
    owner : place of the obstacle in the map, -1 for the edge of the map
    nearest : its name
    """

    gap: float
    position: tuple[float, float]
    when: float
    owner: int
    nearest: str

    @property
    def is_free(self) -> bool:
        """Whether nothing is touched by more than rounding."""
        return self.gap >= -TOUCHING


@dataclass(frozen=True)
class Validation:
    """A trajectory's clearance, and each limit that it breaks, in a sentence."""

    clearance: Clearance
    violations: tuple[str, ...]

    @property
    def is_collision_free(self) -> bool:
        """Whether the robot collides with nothing at any moment, samples and between."""
        return self.clearance.is_free

    @property
    def is_valid(self) -> bool:
        """Whether it is free of collisions and keeps every limit."""
        return self.is_collision_free and not self.violations
