"""What planners are lent: the device that weighs policies, and maps that were made ready for plans before."""

import hashlib
from dataclasses import dataclass, field
from typing import Literal

from compute.planning.inference.posterior import Roll
from compute.planning.inference.rollout import roll_out
from compute.planning.inference.terrain import Terrain, terrain_towards
from compute.planning.recent import Recent
from compute.planning.route import Ground, prepare_ground
from compute.planning.route.terrain import Array
from compute.planning.scene import Grid, Map

KEPT_SCENES = 4
KEPT_GOALS = 4  # of each scene; a terrain takes 3 MB at most
MOST_KEPT_CELLS = 300_000  # of a scene: larger ones take too much of a worker's memory to lie about

Cached = Literal["hit", "miss"] | None


@dataclass(frozen=True)
class _Scene:
    """A map made ready, and the ways to goals on it, by goal."""

    ground: Ground
    terrains: Recent[tuple[float, float], Terrain] = field(default_factory=lambda: Recent(KEPT_GOALS))


class Scenes:
    """The maps that were made ready last: their roadmaps, and how far it is from everywhere to a goal."""

    def __init__(self, most: int = KEPT_SCENES) -> None:
        self._most = most
        self._kept: Recent[tuple[bytes, float, float, float], _Scene] = Recent(most)

    def ground(self, world: Map, radius: float, heights: tuple[float, float]) -> tuple[Ground, Cached]:
        """Return a map made ready, and whether it was known; None where it is too large to be kept."""
        cells = sum(o.shape[0] * o.shape[1] for o in world.obstacles if isinstance(o, Grid))
        if not self._most or cells > MOST_KEPT_CELLS:
            return prepare_ground(world, radius, heights), None
        name = hashlib.blake2b(world.model_dump_json().encode(), digest_size=16).digest()
        key = (name, radius, *heights)
        cached: Cached = "miss" if self._kept.get(key) is None else "hit"
        return self._kept.keep(key, lambda: _Scene(prepare_ground(world, radius, heights))).ground, cached

    def terrain(self, ground: Ground, goal: Array) -> Terrain:
        """Return the terrain of a map made ready towards a goal, (2,)."""
        scene = next((scene for scene in self._kept if scene.ground is ground), None)
        if scene is None:
            return terrain_towards(ground, goal)
        return scene.terrains.keep((float(goal[0]), float(goal[1])), lambda: terrain_towards(ground, goal))


@dataclass(frozen=True)
class Tools:
    """What planners use of the process they run in.

    Attributes
    ----------
    device : the name of what weighs policies
    roll : how they are rolled out there
    scenes : nothing is kept without
    """

    device: str = "cpu"
    roll: Roll = roll_out
    scenes: Scenes = field(default_factory=lambda: Scenes(most=0))
