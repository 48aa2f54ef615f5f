"""Maps, obstacles and robots for tests of planning."""

import math

import numpy as np
from hypothesis import strategies as st

from compute.planning.geometry.surroundings import surroundings
from compute.planning.scene import AnyObstacle, Circle, Grid, Map, Polygon, Rectangle

WIDTH, HEIGHT = 12.0, 9.0

Point = tuple[float, float]


def circles() -> st.SearchStrategy[Circle]:
    return st.builds(Circle, center=points(), radius=st.floats(0.2, 2))


def rectangles() -> st.SearchStrategy[Rectangle]:
    size = st.tuples(st.floats(0.2, 4), st.floats(0.2, 4))
    return st.builds(Rectangle, center=points(), size=size, angle=st.sampled_from([0.0, 0.3, math.pi / 4, 2.0]))


def stars() -> st.SearchStrategy[Polygon]:
    """Polygons with and without notches, in either order."""

    def build(center: Point, radii: list[float], order: int) -> Polygon:
        turns = [2 * math.pi * i / len(radii) for i in range(len(radii))]
        vertices = [
            (center[0] + r * math.cos(a), center[1] + r * math.sin(a)) for r, a in zip(radii, turns, strict=True)
        ]
        return Polygon(vertices=tuple(vertices[::order]))

    return st.builds(build, points(), st.lists(st.floats(0.3, 2.5), min_size=3, max_size=8), st.sampled_from([1, -1]))


def grids() -> st.SearchStrategy[Grid]:
    rows = st.lists(st.text("..#", min_size=6, max_size=6), min_size=5, max_size=5)
    return st.builds(Grid, rows=rows.map(tuple), origin=points(), resolution=st.floats(0.2, 1))


def points() -> st.SearchStrategy[Point]:
    return st.tuples(st.floats(0, WIDTH).map(rounded), st.floats(0, HEIGHT).map(rounded))


def obstacles() -> st.SearchStrategy[AnyObstacle]:
    return st.one_of(circles(), rectangles(), stars(), grids())


def worlds(most: int = 5) -> st.SearchStrategy[Map]:
    return st.lists(obstacles(), max_size=most).map(
        lambda found: Map(width=WIDTH, height=HEIGHT, obstacles=tuple(found))
    )


def free_pair(world: Map, radius: float, seed: int) -> tuple[Point, Point] | None:
    """Return two random points where a disc may be; None where they are rare."""
    places = np.random.default_rng(seed).uniform((0, 0), (WIDTH, HEIGHT), size=(100, 2)).round(3)
    free = places[surroundings(world).distance(places) >= radius]
    if len(free) < 2:
        return None
    return (float(free[0, 0]), float(free[0, 1])), (float(free[1, 0]), float(free[1, 1]))


def rounded(value: float) -> float:
    return round(value, 3)
