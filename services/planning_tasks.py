"""The kinds of jobs about motion: rows of `tasks`. Run functions import what they need when they run."""

from typing import Any

from compute.planning.execution.request import ExecuteRequest
from compute.planning.execution.result import ExecuteResult
from compute.planning.motion_plan.request import PlanRequest
from compute.planning.motion_plan.result import PlanResult
from services.task_records import JobContext, Task

LARGE_PLAN = 5_000_000
"""Policies, times steps, times movers: 0.1 s of one core for each iteration, more than what a GPU costs to ask."""
STEPS_PER_S = 10  # of policies, as `compute.planning.motion_plan.weighing` has them, which only workers load


def plan_lane(request: PlanRequest) -> str:
    """Return the lane of a plan: a GPU's where very many policies are weighed against many movers for long."""
    movers = sum(obstacle.motion is not None for obstacle in request.map.obstacles)
    return "gpu" if request.n_policies * request.horizon * STEPS_PER_S * movers > LARGE_PLAN else "cpu"


def _run_plan(request: PlanRequest, context: JobContext) -> PlanResult:
    from time import perf_counter

    from compute.planning.motion_plan.run import plan_motion
    from services.planning_tools import tools_on

    return plan_motion(request, context.report, perf_counter, tools_on(context.device))


def _run_execute(request: ExecuteRequest, context: JobContext) -> ExecuteResult:
    from time import perf_counter

    from compute.planning.execution.run import execute
    from services.planning_tools import tools_on

    return execute(request, context.report, perf_counter, context.publish, tools_on(context.device))


_EXAMPLE: dict[str, Any] = {
    "map": {
        "width": 12,
        "height": 8,
        "obstacles": [
            {"kind": "circle", "id": "pillar", "center": [4, 4.5], "radius": 1},
            {
                "kind": "circle",
                "id": "cart",
                "center": [8, 1],
                "radius": 0.6,
                "motion": {"waypoints": [[0, 8, 1], [4, 8, 7], [8, 8, 1]], "loop": True},
            },
        ],
    },
    "start": {"position": [1, 4]},
    "goal": {"position": [11, 4]},
    "robot": {"radius": 0.3, "max_velocity": 2, "max_acceleration": 3},
    "n_policies": 500,
}

PLANNING_TASKS = (
    Task(
        kind="motion_plan",
        title="Motion plan",
        summary="Plan the motion of a disc among obstacles, at rest and moving: validated, explained, or proved away.",
        route="/robotics/plan",
        request=PlanRequest,
        result=PlanResult,
        run=_run_plan,
        lane_of=plan_lane,
        example=_EXAMPLE,
        page="/motion",
    ),
    Task(
        kind="motion_run",
        title="Motion run",
        summary="Drive a robot to its goal in closed loop among what moves: what it saw, believed, chose and touched.",
        route="/robotics/execute",
        request=ExecuteRequest,
        result=ExecuteResult,
        run=_run_execute,
        example={"plan": _EXAMPLE | {"goal": {"position": [11, 4], "tolerance": 0.3}}, "time_limit": 30},
        page="/motion-run",
    ),
)
