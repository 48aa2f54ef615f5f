"""Plans and runs as tables: every sample exactly, columns of one width, nothing where there is no plan."""

import csv
import io
from typing import Any

import pytest

from compute.job import ignore_progress
from compute.planning.execution.request import ExecuteRequest
from compute.planning.execution.run import execute
from compute.planning.motion_plan.request import PlanRequest
from compute.planning.motion_plan.result import PlanResult
from compute.planning.motion_plan.run import plan_motion
from services.export import PARTS, write_csv, write_table
from tests.services.test_planning_tasks import DRIVE

MOVER = {"kind": "circle", "id": "=cart", "center": [5, 1], "radius": 0.2, "motion": {"velocity": [0, 0.5]}}


def rows_of(kind: str, result: Any, part: str | None = None) -> list[dict[str, str]]:
    text = b"".join(write_table(kind, result, "csv", part)).decode()
    rows = list(csv.reader(io.StringIO(text)))
    assert len({len(row) for row in rows}) == 1
    return [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]


@pytest.fixture(scope="module")
def plan() -> PlanResult:
    result = plan_motion(PlanRequest.model_validate(DRIVE["plan"]), ignore_progress, lambda: 0.0)
    assert result.status == "reached"
    return result


def test_every_sample_of_a_trajectory_comes_back(plan: PlanResult) -> None:
    rows = rows_of("motion_plan", plan)
    assert [float(row["time_s"]) for row in rows] == [point.time for point in plan.trajectory]
    assert [(float(row["x"]), float(row["y"]), float(row["z"])) for row in rows] == [
        point.position for point in plan.trajectory
    ]
    ways = rows_of("motion_plan", plan, "path")
    assert [(float(row["x"]), float(row["y"])) for row in ways if row["way"] == "0"] == list(plan.path)
    assert {int(row["way"]) for row in ways} == set(range(len(plan.alternatives) + 1))
    policies = rows_of("motion_plan", plan, "policies")
    assert [float(row["probability"]) for row in policies] == [policy.probability for policy in plan.policies]


def test_where_there_is_no_plan_there_is_a_header_alone() -> None:
    request = PlanRequest.model_validate(DRIVE["plan"] | {"goal": {"position": [3, 2]}})
    result = plan_motion(request, ignore_progress, lambda: 0.0)
    assert "".join(write_csv("motion_plan", result)).splitlines() == ["time_s,x,y,z,velocity_x,velocity_y,velocity_z"]


def test_a_run_has_a_row_per_moment_and_names_that_no_spreadsheet_runs() -> None:
    drive = DRIVE["plan"] | {"map": {"width": 6, "height": 4, "obstacles": [MOVER]}}
    result = execute(ExecuteRequest.model_validate({"plan": drive}), ignore_progress, lambda: 0.0)
    rows = rows_of("motion_run", result)
    assert [float(row["believed_x"]) for row in rows] == [frame.believed[0] for frame in result.frames]
    assert rows[-1]["free_energy_total"] == ""
    movers = rows_of("motion_run", result, "movers")
    assert len(movers) == sum(len(frame.movers) for frame in result.frames) > 0
    assert {row["obstacle"] for row in movers} == {"'=cart"}
    assert rows_of("motion_run", result, "collisions") == []
    assert set(PARTS["motion_run"]) == {"movers", "collisions"}
