"""The front door: a map of the kind that is asked for, with what moves in it and, if asked for, a goal out of reach."""

import numpy as np

from compute.planning.scene.generators.maze import make_maze
from compute.planning.scene.generators.movers import add_movers
from compute.planning.scene.generators.request import GeneratedScene, GenerateRequest
from compute.planning.scene.generators.rooms import make_rooms
from compute.planning.scene.generators.scatter import scatter
from compute.planning.scene.obstacles import Rectangle
from compute.planning.scene.units import Point
from compute.planning.scene.world import Goal, Start

_MAKERS = {"maze": make_maze, "rooms": make_rooms, "random": scatter}
BOX = 1.3  # times the radius: half the inner side of the walls about a goal that is out of reach
BOX_WALL = 0.2  # times the radius


def generate(request: GenerateRequest) -> GeneratedScene:
    """Return a made-up scene; RequestError at the field where the numbers do not go together."""
    request.check()
    rng = np.random.default_rng(request.seed)
    world, start, goal = _MAKERS[request.kind](request, rng)
    if request.movers:
        world = add_movers(world, request, start, goal, rng)
    if not request.has_way:
        world = world.model_copy(update={"obstacles": (*world.obstacles, *_box(goal, request.radius))})
    return GeneratedScene(map=world, start=Start(position=start), goal=Goal(position=goal))


def _box(middle: Point, radius: float) -> tuple[Rectangle, ...]:
    """Return four walls about a place, with just enough room for the robot in between."""
    inner, thick = BOX * radius, BOX_WALL * radius
    off, long = inner + thick / 2, 2 * (inner + thick)
    sides = ((0.0, off, long, thick), (0.0, -off, long, thick), (off, 0.0, thick, long), (-off, 0.0, thick, long))
    return tuple(
        Rectangle(id=f"box {number}", center=(middle[0] + x, middle[1] + y), size=(w, h))
        for number, (x, y, w, h) in enumerate(sides, 1)
    )
