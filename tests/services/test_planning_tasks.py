"""Jobs about motion as workers run them: what they show on the way is what they answer in the end."""

from dataclasses import replace

import pytest

from compute.job import ignore_progress
from compute.planning.execution.result import ExecuteResult, RunFrame
from compute.schema import Record
from services.planning_tasks import LARGE_PLAN, STEPS_PER_S
from services.planning_tools import tools_on
from services.submission import submit_job
from services.task_records import JobContext
from services.tasks import TASKS
from services.workspace import Workspace

DRIVE = {
    "plan": {
        "map": {"width": 6, "height": 4, "obstacles": [{"kind": "circle", "center": [3, 2], "radius": 0.5}]},
        "start": {"position": [1, 2]},
        "goal": {"position": [5, 2], "tolerance": 0.3},
        "robot": {"radius": 0.2, "max_velocity": 2, "max_acceleration": 3},
        "n_policies": 50,
    },
}


MOVER = {"kind": "circle", "center": [3, 1], "radius": 0.2, "motion": {"velocity": [0, 0.1]}}


@pytest.fixture
def context(workspace: Workspace) -> JobContext:
    """What a worker gives to a run."""
    return JobContext(workspace, ignore_progress)


def test_a_drive_shows_every_moment_that_its_result_holds(context: JobContext) -> None:
    shown: list[Record] = []
    task = TASKS["motion_run"]
    result = task.run(task.request.model_validate(DRIVE), replace(context, publish=shown.append))
    assert isinstance(result, ExecuteResult)
    assert tuple(shown) == result.frames
    moments = [frame for frame in shown if isinstance(frame, RunFrame)]
    assert sum(frame.is_new_way for frame in moments) == result.replans > 1


def test_only_plans_that_weigh_very_much_go_to_a_gpu(workspace: Workspace) -> None:
    plan = DRIVE["plan"] | {"horizon": 10.0}
    movers = {"map": plan["map"] | {"obstacles": [MOVER] * 10}}  # type: ignore[operator]
    enough = LARGE_PLAN // (10 * STEPS_PER_S * 10)
    asked = [plan, plan | movers | {"n_policies": enough}, plan | movers | {"n_policies": enough + 1}]
    lanes = [submit_job(workspace, "motion_plan", each, owner="me").lane for each in asked]
    assert lanes == ["cpu", "cpu", "gpu"]


def test_steps_are_counted_as_plans_have_them() -> None:
    from compute.planning.motion_plan.weighing import DT

    assert pytest.approx(1.0) == STEPS_PER_S * DT


def test_plans_are_made_by_the_processors_where_there_is_no_such_gpu() -> None:
    assert tools_on("cuda:99").device == "cpu"
