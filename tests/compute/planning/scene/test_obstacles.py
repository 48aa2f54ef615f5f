"""What may stand in the way, and how what may not is refused."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from compute.planning.scene import AnyObstacle, Grid, Map, Polygon
from compute.planning.scene.grids import is_blocked

OBSTACLE: TypeAdapter[AnyObstacle] = TypeAdapter(AnyObstacle)
SQUARE = [[0, 0], [2, 0], [2, 2], [0, 2]]
BAD = [
    ({"kind": "circle", "center": [0, 0], "radius": 0}, "greater than or equal"),
    ({"kind": "circle", "center": [math.nan, 0], "radius": 1}, "finite"),
    ({"kind": "rectangle", "center": [0, 0], "size": [1, 0]}, "greater than or equal"),
    ({"kind": "polygon", "vertices": [[0, 0], [2, 2], [2, 0], [0, 2]]}, "crosses or touches"),
    ({"kind": "polygon", "vertices": [[0, 0], [2, 0], [4, 0]]}, "crosses or touches"),
    ({"kind": "polygon", "vertices": [[0, 0], [2, 0], [2, 2], [1, 0], [0, 2]]}, "crosses or touches"),
    ({"kind": "polygon", "vertices": [[0, 0], [0, 0], [2, 2], [0, 2]]}, "vertices 1 and 2"),
    ({"kind": "polygon", "vertices": [[0, 0], [1, 0], [0.5, 1e-9]]}, "area"),
    ({"kind": "grid", "rows": ["..", "."]}, "row 2 has 1 cells"),
    ({"kind": "grid", "rows": ["..", ".?"]}, "row 2 contains '?'"),
    ({"kind": "grid", "rows": []}, "no cells"),
    ({"kind": "grid", "rows": ["."], "cells": [[0]]}, "either cells or rows"),
    ({"kind": "grid", "cells": [[0, 2]]}, "0 or 1"),
    ({"kind": "grid", "rows": ["." * 10_000] * 10_000}, "100000000 cells exceed"),
    ({"kind": "circle", "center": [0, 0], "radius": 1, "height_range": [2, 1]}, "swap them"),
    ({"kind": "circle", "center": [0, 0], "radius": 1, "motion": {"waypoints": [[0, 0, 0], [0, 1, 1]]}}, "increasing"),
    (
        {
            "kind": "circle",
            "center": [0, 0],
            "radius": 1,
            "motion": {"waypoints": [[0, 0, 0], [1, 1, 1]], "loop": True},
        },
        "repeat the first position",
    ),
]


@pytest.mark.parametrize(("obstacle", "says"), BAD)
def test_what_is_no_obstacle_is_refused_with_the_way_out(obstacle: object, says: str) -> None:
    with pytest.raises(ValidationError, match=says.replace("?", r"\?")):
        OBSTACLE.validate_python(obstacle)


def test_a_grid_full_of_what_is_no_cell_is_refused_once() -> None:
    with pytest.raises(ValidationError) as refused:
        Grid(cells=[[2] * 100] * 100)  # type: ignore[arg-type]
    assert refused.value.error_count() == 1


def test_rows_show_the_highest_first_and_cells_the_lowest() -> None:
    drawn = Grid(rows=("#..", "...", "..@"))
    listed = Grid(cells=((0, 0, 1), (0, 0, 0), (1, 0, 0)))
    assert (is_blocked(drawn.cells, drawn.rows) == is_blocked(listed.cells, listed.rows)).all()


def test_a_polygon_may_repeat_its_first_vertex_at_the_end() -> None:
    assert OBSTACLE.validate_python({"kind": "polygon", "vertices": [*SQUARE, SQUARE[0]]}) == OBSTACLE.validate_python(
        {"kind": "polygon", "vertices": SQUARE}
    )


@given(st.lists(st.floats(0.1, 3.0), min_size=3, max_size=30), st.floats(-3, 3))
def test_every_star_about_a_point_is_a_polygon(radii: list[float], turn: float) -> None:
    angles = [turn + 2 * math.pi * i / len(radii) for i in range(len(radii))]
    vertices = tuple((r * math.cos(a), r * math.sin(a)) for r, a in zip(radii, angles, strict=True))
    assert len(Polygon(vertices=vertices).vertices) == len(radii)


def test_two_obstacles_of_one_name_are_refused() -> None:
    circle = {"kind": "circle", "center": [1, 1], "radius": 1, "id": "tree"}
    with pytest.raises(ValidationError, match="'tree'"):
        Map.model_validate({"width": 5, "height": 5, "obstacles": [circle, circle]})


def test_an_obstacle_without_a_name_is_called_by_its_kind_and_place() -> None:
    circle = {"kind": "circle", "center": [1, 1], "radius": 1}
    world = Map.model_validate({"width": 5, "height": 5, "obstacles": [{**circle, "id": "tree"}, circle]})
    assert [world.name_of(i) for i in (-1, 0, 1)] == ["the edge of the map", "tree", "circle 2"]
