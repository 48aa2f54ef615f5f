"""Robots, ends and maps that cannot be are refused at the field they are wrong in."""

import math
from typing import Any

import pytest
from pydantic import ValidationError

from compute.planning.motion_plan.request import PlanRequest
from compute.schema import field_problems

FINE: dict[str, dict[str, Any]] = {
    "map": {"width": 5, "height": 5},
    "start": {"position": [1, 1]},
    "goal": {"position": [4, 4]},
    "robot": {"radius": 0.3, "max_velocity": 1, "max_acceleration": 1},
}
BAD = [
    ("robot", "radius", 0, "0 is refused: input should be greater than"),
    ("robot", "max_velocity", 0, "0 is refused: input should be greater than"),
    ("robot", "max_acceleration", 0, "0 is refused: input should be greater than"),
    ("robot", "max_jerk", 0, "0 is refused: input should be greater than"),
    ("robot", "max_velocity", math.nan, "nan is refused: input should be a finite number"),
    ("start", "position", [math.nan, 1], "finite"),
    ("goal", "position", [4, math.inf], "finite"),
    ("goal", "tolerance", 0, "0 is refused"),
    ("map", "width", 0, "0 is refused"),
    ("map", "height", 1e9, "less than or equal to"),
]


@pytest.mark.parametrize(("part", "field", "value", "says"), BAD)
def test_what_cannot_be_is_refused_at_its_field(part: str, field: str, value: object, says: str) -> None:
    asked = FINE | {part: FINE[part] | {field: value}}
    with pytest.raises(ValidationError) as refused:
        PlanRequest.model_validate(asked)
    [problem] = field_problems(refused.value, asked)
    assert problem.loc[:2] == (part, field)
    assert says in problem.msg


def test_what_is_fine_is_taken() -> None:
    assert PlanRequest.model_validate(FINE).robot.radius == 0.3
