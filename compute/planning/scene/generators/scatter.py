"""Discs and turned rectangles at random places; those are left out that would close the last way."""

from math import pi, sqrt

import numpy as np

from compute.planning.scene.generators.lattice import Lattice, blocked_by, distance_to, easiest_way
from compute.planning.scene.generators.request import GenerateRequest
from compute.planning.scene.obstacles import Circle, Rectangle
from compute.planning.scene.units import Point
from compute.planning.scene.world import Map

MOST_SHAPES = 1500
SMALLEST, LARGEST = 0.4, 1.0  # of the scale: radii, and half the sides of rectangles
MEAN_AREA = pi * ((SMALLEST + LARGEST) / 2) ** 2  # about, of a shape of scale 1
STEPS_PER_CELL = 2

Shape = Circle | Rectangle


def scatter(request: GenerateRequest, rng: np.random.Generator) -> tuple[Map, Point, Point]:
    """Return shapes that cover about the density asked for, start and goal in opposite corners, and a way between."""
    wide, high, radius = request.width, request.height, request.radius
    lattice = Lattice.over(wide, high, request.cell / STEPS_PER_CELL)
    margin = radius + lattice.step / 2
    ends = [lattice.at((1.5 * request.cell, 1.5 * request.cell)), lattice.at((wide - 1.5 * request.cell,
                                                                              high - 1.5 * request.cell))]  # fmt: skip
    start, goal = (lattice.point(end) for end in ends)
    shapes = [shape for shape in _drawn(request, rng) if _is_clear_of(shape, [start, goal], margin)]
    way = easiest_way(blocked_by(lattice, shapes, margin), lattice.edge(margin), *ends)
    points = [lattice.point(place) for place in way]
    kept = [shape for shape in shapes if _is_clear_of(shape, points, margin)]
    named = tuple(shape.model_copy(update={"id": f"{shape.kind} {at}"}) for at, shape in enumerate(kept, 1))
    return Map(width=wide, height=high, obstacles=named), start, goal


def _drawn(request: GenerateRequest, rng: np.random.Generator) -> list[Shape]:
    covered = request.density * request.width * request.height
    scale = max(request.cell, sqrt(covered / MEAN_AREA / MOST_SHAPES))
    scale = min(scale, min(request.width, request.height) / 4)
    shapes: list[Shape] = []
    while covered > 0 and len(shapes) < MOST_SHAPES:
        center = (float(rng.uniform(0, request.width)), float(rng.uniform(0, request.height)))
        a, b = (scale * rng.uniform(SMALLEST, LARGEST, 2)).tolist()
        if rng.random() < 0.5:
            shapes.append(Circle(center=center, radius=a))
            covered -= pi * a**2
        else:
            shapes.append(Rectangle(center=center, size=(2 * a, 2 * b), angle=float(rng.uniform(0, pi))))
            covered -= 4 * a * b
    return shapes


def _is_clear_of(shape: Shape, points: list[Point], margin: float) -> bool:
    x, y = np.asarray(points).T
    return bool((distance_to(shape, x, y) >= margin).all())
