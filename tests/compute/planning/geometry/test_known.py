"""What a robot knows beforehand: everything but what stands in unknown areas, cell by cell."""

import numpy as np
import pytest

from compute.planning.geometry.known import is_in, known_part
from compute.planning.geometry.rays import look_along
from compute.planning.geometry.surroundings import surroundings
from compute.planning.scene import Circle, ConstantVelocity, Grid, Map, Rectangle, Unknown

LEFT = Unknown(area=Rectangle(center=(2, 4), size=(4, 8)))
POST = Circle(id="post", center=(3, 3), radius=0.5)
FAR = Circle(id="far", center=(8, 3), radius=0.5)
CELLS = Grid(id="cells", rows=("#..#", "#..#"), origin=(2, 5), resolution=1.0)


def world(*unknown: Unknown) -> Map:
    cart = Circle(id="cart", center=(1, 1), radius=0.3, motion=ConstantVelocity(velocity=(1, 0)))
    return Map(width=10, height=8, obstacles=(POST, FAR, CELLS, cart), unknown=unknown)


def test_what_stands_in_an_unknown_area_is_not_known() -> None:
    known = known_part(world(LEFT))
    assert [obstacle.id for obstacle in known.obstacles] == ["far", "cells", "cart"]
    grid = next(obstacle for obstacle in known.obstacles if isinstance(obstacle, Grid))
    assert grid.rows == ("...#", "...#")
    assert not known.unknown


def test_a_side_street_hides_nothing_that_stands() -> None:
    renewed = LEFT.model_copy(update={"renewal": 5.0})
    assert known_part(world(renewed)).obstacles == world().obstacles


def test_an_area_of_cells_holds_their_points() -> None:
    area = Unknown(area=CELLS)
    assert is_in(area, np.array([[2.5, 5.5], [3.5, 5.5], [5.5, 6.5]])).tolist() == [True, False, True]


def test_an_area_that_moves_is_refused() -> None:
    with pytest.raises(ValueError, match="does not move"):
        Unknown(area=Circle(center=(1, 1), radius=1, motion=ConstantVelocity(velocity=(1, 0))))


def test_rays_end_at_discs_and_cells_or_where_they_reach() -> None:
    around = surroundings(world())
    angles = np.array([0.0, np.pi / 2, np.pi])
    ranges = look_along(around, np.array([5.5, 3.0]), angles, 2.2)
    assert ranges == pytest.approx([2.0, 2.0, 2.0], abs=2e-3)
    assert look_along(around, np.array([5.5, 1.0]), angles, 2.2) == pytest.approx([2.2, 2.2, 2.2])
