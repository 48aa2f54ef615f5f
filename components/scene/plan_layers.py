"""A motion plan as the board draws it."""

from components.numbers import percent, significant
from components.scene.layers import Layers, length_of, scene_of, thinned
from components.words import count_words
from compute.planning.motion_plan.request import PlanRequest
from compute.planning.motion_plan.result import PlanResult


def plan_layers(job: str, request: PlanRequest, result: PlanResult, table: str | None = None) -> Layers:
    """Return the layers of a plan; `table` is the address of its trajectory as CSV, where there is one."""
    track = [(point.time, point.position[0], point.position[1]) for point in result.trajectory]
    at, proof = result.clearance_at, result.proof
    return Layers(
        kind="plan",
        job=job,
        scene=scene_of(request),
        radius=request.robot.radius,
        line=plan_line(result),
        duration=result.total_time,
        track=thinned(track),
        path=thinned(result.path),
        alternatives=[{"points": thinned(each), "length": length_of(each)} for each in result.alternatives],
        policies=[{"points": thinned(each.positions), "probability": each.probability} for each in result.policies],
        clearance=None
        if at is None or result.min_clearance is None
        else {
            "x": at.position[0],
            "y": at.position[1],
            "time": at.time,
            "gap": result.min_clearance,
            "nearest": result.nearest_obstacle,
        },
        proof=None if proof is None else proof.model_dump(mode="json"),
        risks=result.risks,
        field=None if result.cost_to_go is None else result.cost_to_go.model_dump(mode="json"),
        accepted=request.weights.accepted_risk,
        table=table if result.trajectory else None,
    )


def plan_line(result: PlanResult) -> str:
    """Return the statistics of a plan in one line."""
    took = f"planned in {significant(result.planning_time_ms, 3)} ms"
    if result.status != "reached":
        return f"No motion; {took}"
    parts = [f"{significant(result.path_length, 5)} m"]
    if result.lower_bound:
        parts.append(f"lower bound {significant(result.lower_bound, 5)} m")
    parts.append(f"{significant(result.total_time, 4)} s")
    if result.min_clearance is not None and result.clearance_at is not None:
        near = f" from {result.nearest_obstacle}" if result.nearest_obstacle else ""
        parts.append(f"clearance {significant(result.min_clearance, 3)} m{near} at {result.clearance_at.time:.2f} s")
    if result.collision_probability is not None:
        parts.append(f"collision probability {percent(result.collision_probability, 2)}")
    rate = policies_per_second(result)
    weighed = count_words(result.policies_weighed, "policy").replace("policys", "policies")
    parts.append(weighed + (f" at {significant(rate, 3)} per second" if rate else ""))
    parts.append("validated" if result.is_collision_free else "not validated")
    return ", ".join([*parts, took])


def policies_per_second(result: PlanResult) -> float | None:
    """Return how many policies were weighed in a second; None where none were."""
    spent_ms = result.stages.get("policies", 0.0)
    return 1e3 * result.policies_weighed / spent_ms if spent_ms > 0 and result.policies_weighed else None
