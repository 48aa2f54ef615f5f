"""Where moving obstacles are, against the reading of the same records that validation makes for itself."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compute.planning.geometry.moving import displacement_of
from compute.planning.scene import AnyObstacle, Circle, Grid, Polygon, Rectangle
from compute.planning.validation.solids import timed_shifts

WAYPOINTS = {"waypoints": [[1, 0, 0], [3, 4, 1], [4, 4, 3], [7, 0, 0]]}
MOTIONS = [{"velocity": [1.5, -0.5]}, WAYPOINTS, {**WAYPOINTS, "loop": True}, {"waypoints": [[2, 5, 5]]}, None]
SHAPES: list[AnyObstacle] = [
    Circle(center=(1, 2), radius=1),
    Rectangle(center=(3, 1), size=(1, 2), angle=0.3),
    Polygon(vertices=((0, 0), (2, 0), (0, 3))),
    Grid(rows=("#.", ".#"), origin=(1, 1), resolution=0.5),
]


@pytest.mark.parametrize("motion", MOTIONS)
@pytest.mark.parametrize("shape", SHAPES)
@settings(max_examples=10)
@given(begin=st.floats(-10, 10), span=st.floats(0.1, 30))
def test_both_readings_of_a_motion_agree(shape: AnyObstacle, motion: object, begin: float, span: float) -> None:
    moving = type(shape).model_validate({**shape.model_dump(), "motion": motion})
    times, shifts = timed_shifts(moving, begin, begin + span)
    moments = np.linspace(begin, begin + span, 50)
    expected = np.stack([np.interp(moments, times, shifts[:, axis]) for axis in range(2)], axis=1)
    assert displacement_of(moving).at(moments) == pytest.approx(expected, abs=1e-9)


def test_breaks_are_where_the_velocity_changes() -> None:
    moving = Circle.model_validate({"center": (0, 0), "radius": 1, "motion": {**WAYPOINTS, "loop": True}})
    displacement = displacement_of(moving)
    assert displacement.breaks(2.0, 10.0).tolist() == [3, 4, 7, 9]
    assert displacement.top_speed == pytest.approx(np.hypot(4, 1) / 2)
