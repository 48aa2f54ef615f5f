"""Fields that something else on the page edits are one text of JSON each."""

from typing import Any

import pytest

from components.form import Form
from components.form.fields import JsonField
from compute.planning.execution.request import ExecuteRequest
from compute.planning.motion_plan.request import PlanRequest
from compute.schema import FieldProblem
from services.planning_tasks import PLANNING_TASKS
from tests.components.test_form_layout import all_of, at

PLAN, RUN = (
    Form("plan", PlanRequest, whole=("map", "start", "goal"), advanced=("map", "start", "goal")),
    Form("run", ExecuteRequest, whole=("plan/map", "plan/start", "plan/goal")),
)


@pytest.mark.parametrize(("form", "task"), zip((PLAN, RUN), PLANNING_TASKS, strict=True), ids=["plan", "run"])
def test_an_untouched_form_reads_back_as_the_example(form: Form, task: Any) -> None:
    again = form.read(form.fill(task.example))
    assert task.request.model_validate(again) == task.request.model_validate(task.example)


def test_a_scene_of_many_obstacles_has_few_controls() -> None:
    many = [{"kind": "circle", "center": [at, 1], "radius": 0.1} for at in range(200)]
    layout = PLAN.layout(dict(PLANNING_TASKS[0].example) | {"map": {"width": 300, "height": 2, "obstacles": many}})
    assert sum(1 for _ in all_of(layout)) < 200


def test_what_is_wrong_within_stands_at_its_text() -> None:
    wrong = FieldProblem(loc=("map", "obstacles", 3, "radius"), msg="0 is too small")
    layout = PLAN.layout(PLANNING_TASKS[0].example, problems=[wrong])
    assert at(layout, "map").error == "0 is too small"


def test_groups_keep_their_other_fields() -> None:
    plan = next(field for field in RUN.fields if field.key == "plan")
    assert {member.key for member in plan.members if isinstance(member, JsonField)} >= {"plan/map"}  # type: ignore[attr-defined]
    assert any(member.key == "plan/robot" and not isinstance(member, JsonField) for member in plan.members)  # type: ignore[attr-defined]
