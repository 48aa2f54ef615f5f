"""Jobs about motion as workers run them: what they show on the way is what they answer in the end."""

from dataclasses import replace

import pytest

from compute.job import ignore_progress
from compute.planning.execution.result import ExecuteResult, RunFrame
from compute.schema import Record
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
