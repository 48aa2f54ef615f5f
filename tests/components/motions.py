"""Plans and runs for the tests of what is drawn from them."""

from typing import Any

from compute.planning.execution.request import ExecuteRequest
from compute.planning.execution.result import BelievedMover, ExecuteResult, RunCollision, RunFrame
from compute.planning.motion_plan.request import PlanRequest
from compute.planning.motion_plan.result import (
    Candidate,
    FreeEnergy,
    PlanResult,
    Proof,
    TrajectoryPoint,
    WeighedPolicy,
)

SCENE: dict[str, Any] = {
    "map": {"width": 10, "height": 8, "obstacles": [{"kind": "circle", "id": "post", "center": [5, 4], "radius": 1}]},
    "start": {"position": [1, 4]},
    "goal": {"position": [9, 4]},
    "robot": {"radius": 0.3, "max_velocity": 2, "max_acceleration": 3},
}
ENERGY = FreeEnergy(total=9.5, risk=9.0, ambiguity=0.25, novelty=1.0, collision=0.75, control=0.5)


def asked() -> PlanRequest:
    return PlanRequest.model_validate(SCENE)


def point(time: float) -> TrajectoryPoint:
    return TrajectoryPoint(time=time, position=(1 + 2 * time, 4.0, 0.0), velocity=(2.0, 0.0, 0.0))


def made_plan(n: int = 201, **changes: Any) -> PlanResult:
    """A motion straight along x for four seconds, with two policies and three candidates."""
    plan: dict[str, Any] = {
        "status": "reached",
        "reason": "",
        "trajectory": tuple(point(4.0 * at / (n - 1)) for at in range(n)),
        "path": ((1.0, 4.0), (9.0, 4.0)),
        "path_length": 8.2,
        "lower_bound": 8.0,
        "alternatives": (((1.0, 4.0), (1.0, 7.0), (5.0, 7.0)),),
        "total_time": 4.0,
        "is_collision_free": True,
        "violations": (),
        "min_clearance": 0.125,
        "clearance_at": point(2.0),
        "nearest_obstacle": "post",
        "collision_probability": None,
        "expected_free_energy": ENERGY,
        "policies": tuple(
            WeighedPolicy(positions=((1.0, 4.0), (3.0, 4.0)), probability=share, expected_free_energy=ENERGY)
            for share in (0.75, 0.25)
        ),
        "policies_weighed": 500,
        "candidates": (
            Candidate(
                kind="shortest",
                duration=4.0,
                is_collision_free=False,
                is_chosen=False,
                expected_free_energy=12.0,
                reason="meets cart at 1.00 s",
            ),
            Candidate(
                kind="inferred",
                duration=4.0,
                is_collision_free=True,
                is_chosen=True,
                expected_free_energy=9.5,
                reason="",
            ),
        ),
        "stages": {"route": 4.0, "policies": 250.0},
        "planning_time_ms": 254.0,
    }
    return PlanResult(**(plan | changes))


def made_failure() -> PlanResult:
    proof = Proof(
        obstacles=("wall north", "wall south"),
        width=0.5,
        position=(4.0, 4.0),
        outline=((3.0, 0.0), (5.0, 0.0), (4.0, 8.0)),
    )
    nothing: dict[str, Any] = {
        "status": "no_path",
        "reason": "the passage is 0.5 m wide, narrower than the robot",
        "trajectory": (),
        "path": (),
        "path_length": 0.0,
        "lower_bound": None,
        "alternatives": (),
        "total_time": 0.0,
        "is_collision_free": False,
        "min_clearance": None,
        "clearance_at": None,
        "nearest_obstacle": None,
        "expected_free_energy": None,
        "policies": (),
        "policies_weighed": 0,
        "candidates": (),
        "proof": proof,
    }
    return made_plan(**nothing)


def driven() -> ExecuteRequest:
    return ExecuteRequest.model_validate({"plan": SCENE, "sensor_range": 4.0, "field_of_view": 270})


def made_run(**changes: Any) -> ExecuteResult:
    """A run of one second that ends with a touch."""
    frames = tuple(
        RunFrame(
            time=0.1 * at,
            position=(1 + 0.1 * at, 4.0),
            velocity=(1.0, 0.0),
            believed=(1.02 + 0.1 * at, 4.0),
            heading=0.5,
            movers=(
                BelievedMover(obstacle="post", position=(5.0, 4.0), velocity=(0.0, 0.0), deviation=0.1, stopping=0.2),
            ),
            expected_free_energy=ENERGY if at < 10 else None,
            is_braking=at == 3,
            is_new_way=at % 5 == 0,
        )
        for at in range(11)
    )
    run: dict[str, Any] = {
        "status": "collision",
        "reason": "the robot touched post at 1.0 s",
        "frames": frames,
        "collisions": (RunCollision(time=1.0, obstacle="post", is_robots_fault=True),),
        "replans": 3,
        "brakings": 1,
        "min_clearance": -0.01,
        "clearance_time": 1.0,
        "nearest_obstacle": "post",
        "total_time": 1.0,
        "path_length": 1.0,
        "lower_bound": 8.0,
        "tracking_error": None,
    }
    return ExecuteResult(**(run | changes))
