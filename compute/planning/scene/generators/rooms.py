"""Rooms in rows, walls of rectangles between them, doors of one cell: as many as join all, and some more."""

from dataclasses import dataclass

import numpy as np

from compute.planning.scene.generators.request import LEAST_ROOM, GenerateRequest
from compute.planning.scene.obstacles import Rectangle
from compute.planning.scene.units import Point
from compute.planning.scene.world import Map

WALL = 0.2  # of a cell: how thick walls are
MORE_DOORS = 0.3  # of the walls that need no door have one
JITTER = 0.2  # of a room's side, by which walls are off an even spacing

Room = tuple[int, int]


@dataclass(frozen=True)
class _Wall:
    """The wall between two rooms: a line from `low` to `high` at `at`, upright or level."""

    rooms: tuple[Room, Room]
    is_upright: bool
    at: float
    low: float
    high: float


def make_rooms(request: GenerateRequest, rng: np.random.Generator) -> tuple[Map, Point, Point]:
    """Return rooms that are all joined; from the middle of the lower left one to the middle of the upper right one."""
    xs, ys = (_lines(side, request, rng) for side in (request.width, request.height))
    walls = _walls(xs, ys)
    doors = _joining([wall.rooms for wall in walls], rng)
    pieces: list[Rectangle] = []
    for wall, has_door in zip(walls, doors, strict=True):
        pieces += _built(wall, has_door, request.cell, len(pieces), rng)
    world = Map(width=request.width, height=request.height, obstacles=tuple(pieces))
    return world, _middle(xs[:2], ys[:2]), _middle(xs[-2:], ys[-2:])


def _lines(side: float, request: GenerateRequest, rng: np.random.Generator) -> list[float]:
    """Return where walls stand along a side, its ends among them."""
    n = max(1, int(side / max(request.room, LEAST_ROOM * request.cell)))
    even = side / n
    room = min(JITTER * even, max(0.0, (even - LEAST_ROOM * request.cell) / 2))
    inner = even * np.arange(1, n) + rng.uniform(-room, room, n - 1)
    return [0.0, *inner.tolist(), side]


def _walls(xs: list[float], ys: list[float]) -> list[_Wall]:
    upright = [
        _Wall(((i - 1, j), (i, j)), True, xs[i], ys[j], ys[j + 1])
        for i in range(1, len(xs) - 1)
        for j in range(len(ys) - 1)
    ]
    level = [
        _Wall(((i, j - 1), (i, j)), False, ys[j], xs[i], xs[i + 1])
        for j in range(1, len(ys) - 1)
        for i in range(len(xs) - 1)
    ]
    return upright + level


def _joining(pairs: list[tuple[Room, Room]], rng: np.random.Generator) -> list[bool]:
    """Return which walls have doors: those of a random spanning tree (Kruskal), and some of the others."""
    group: dict[Room, Room] = {}

    def root(room: Room) -> Room:
        while group.setdefault(room, room) != room:
            group[room] = group[group[room]]
            room = group[room]
        return room

    has_door: list[bool] = (rng.random(len(pairs)) < MORE_DOORS).tolist()
    for k in rng.permutation(len(pairs)):
        a, b = (root(room) for room in pairs[k])
        if a != b:
            group[a] = b
            has_door[k] = True
    return has_door


def _built(wall: _Wall, has_door: bool, door: float, number: int, rng: np.random.Generator) -> list[Rectangle]:
    """Return the wall in one piece, or in two with a door between them."""
    thick = WALL * door
    ends = [(wall.low, wall.high)]
    if has_door:
        begin = rng.uniform(wall.low + thick, wall.high - thick - door)
        ends = [(wall.low, begin), (begin + door, wall.high)]
    pieces = []
    for at, (low, high) in enumerate(ends, 1):
        middle, long = (low + high) / 2, high - low
        center, size = ((wall.at, middle), (thick, long)) if wall.is_upright else ((middle, wall.at), (long, thick))
        pieces.append(Rectangle(id=f"wall {number + at}", center=center, size=size))
    return pieces


def _middle(xs: list[float], ys: list[float]) -> Point:
    return (xs[0] + xs[1]) / 2, (ys[0] + ys[1]) / 2
