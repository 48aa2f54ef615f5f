"""Which vertices make a polygon: no edge without length, none that touches another but its neighbours."""

import numpy as np
from numpy.typing import NDArray

from compute.planning.scene.units import SMALLEST_SIZE, Point

MAX_VERTICES = 1000  # every pair of edges is compared

Array = NDArray[np.float64]


def without_closing_vertex(vertices: tuple[Point, ...]) -> tuple[Point, ...]:
    """Return the vertices without a last one that only repeats the first."""
    return vertices[:-1] if len(vertices) > 3 and vertices[0] == vertices[-1] else vertices


def check_simple(vertices: tuple[Point, ...]) -> None:
    """Refuse, naming vertices from 1: repeated vertices, no area, edges that cross or touch."""
    points = np.asarray(vertices, dtype=np.float64)
    following = np.roll(points, -1, axis=0)
    lengths = np.linalg.norm(following - points, axis=1)
    n = len(points)
    if lengths.min() < SMALLEST_SIZE:
        first = int(np.argmin(lengths))
        raise ValueError(
            f"vertices {first + 1} and {(first + 1) % n + 1} are {lengths[first]:.3g} m apart; remove one of them"
        )
    pair = first_touching(points, following)
    if pair is not None:
        a, b = pair
        raise ValueError(
            f"the edge from vertex {a + 1} to {(a + 1) % n + 1} crosses or touches the edge from vertex {b + 1} to "
            f"{(b + 1) % n + 1}; move a vertex, or draw two polygons"
        )
    area = 0.5 * abs(float(np.sum(_cross(points, following))))
    if area < SMALLEST_SIZE * float(lengths.max()):
        raise ValueError(f"the polygon has an area of {area:.3g} m2; move its vertices apart")


def first_touching(starts: Array, ends: Array) -> tuple[int, int] | None:
    """Return the first two edges, not neighbours, that have a point in common, or neighbours that fold back."""
    n = len(starts)
    a, b, c, d = starts[:, None], ends[:, None], starts[None], ends[None]
    sides = [np.sign(_cross(b - a, p - a)) for p in (c, d)] + [np.sign(_cross(d - c, p - c)) for p in (a, b)]
    is_touching = (sides[0] * sides[1] <= 0) & (sides[2] * sides[3] <= 0)
    all_on_line = (sides[0] == 0) & (sides[1] == 0)
    if all_on_line.any():
        overlap = np.minimum(np.maximum(a, b), np.maximum(c, d)) - np.maximum(np.minimum(a, b), np.minimum(c, d))
        is_touching &= ~all_on_line | (overlap >= 0).all(axis=2)
    i, j = np.meshgrid(np.arange(n), np.arange(n), indexing="ij")
    is_neighbour = ((i - j) % n == 1) | ((j - i) % n == 1)
    directions = ends - starts
    folds = all_on_line & (np.einsum("id,jd->ij", directions, directions) < 0)
    is_touching = np.where(is_neighbour, folds, is_touching) & (i < j)
    if not is_touching.any():
        return None
    first = int(np.argmax(is_touching))
    return first // n, first % n


def _cross(a: Array, b: Array) -> Array:
    return np.asarray(a[..., 0] * b[..., 1] - a[..., 1] * b[..., 0])
