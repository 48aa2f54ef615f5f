"""A closed-loop run as the board draws it."""

from collections.abc import Mapping
from typing import Any

from components.numbers import significant
from components.scene.layers import Layers, Row, scene_of, thinned
from components.words import count_words
from compute.planning.execution.request import ExecuteRequest
from compute.planning.execution.result import ExecuteResult
from compute.planning.scene import AnyObstacle, Circle


def run_layers(job: str, request: ExecuteRequest, result: ExecuteResult, table: str | None = None) -> Layers:
    """Return the layers of a run; `table` is the address of its motion as CSV, where there is one."""
    frames = result.frames
    nearest = next((frame for frame in frames if frame.time >= (result.clearance_time or 0.0)), None)
    return Layers(
        kind="run",
        job=job,
        scene=scene_of(request.plan),
        radius=request.plan.robot.radius,
        line=run_line(result),
        duration=result.total_time,
        track=thinned([(frame.time, *frame.position) for frame in frames]),
        believed=thinned([(frame.time, *frame.believed) for frame in frames]),
        beliefs=_beliefs(request, result),
        clearance=None
        if result.min_clearance is None or nearest is None
        else {
            "x": nearest.position[0],
            "y": nearest.position[1],
            "time": result.clearance_time,
            "gap": result.min_clearance,
            "nearest": result.nearest_obstacle,
        },
        accepted=request.plan.weights.accepted_risk,
        collisions=[each.model_dump(mode="json") for each in result.collisions],
        brakings=[frame.time for frame in frames if frame.is_braking],
        searches=[frame.time for frame in frames if frame.is_new_way],
        headings=thinned([(frame.time, frame.heading) for frame in frames]),
        sensor_range=request.sensor_range,
        field_of_view=request.field_of_view,
        table=table if frames else None,
    )


def run_line(result: ExecuteResult) -> str:
    """Return the statistics of a run in one line."""
    if not result.frames:
        return "Nothing was driven"
    parts = [f"{significant(result.path_length, 5)} m", f"{significant(result.total_time, 4)} s"]
    if result.lower_bound:
        parts.insert(1, f"lower bound {significant(result.lower_bound, 5)} m")
    if result.min_clearance is not None:
        near = f" from {result.nearest_obstacle}" if result.nearest_obstacle else ""
        parts.append(f"clearance {significant(result.min_clearance, 3)} m{near}")
    parts.append(count_words(result.replans, "search").replace("searchs", "searches") + " of the way")
    parts.append(f"{count_words(result.brakings, 'choice')} overruled by the shield")
    return ", ".join(parts)


def _beliefs(request: ExecuteRequest, result: ExecuteResult) -> list[Mapping[str, Any]]:
    """Return per mover where the robot believed it to be; the ring is drawn about its own size."""
    world = request.plan.map
    sizes = {world.name_of(at): _radius(each) for at, each in enumerate(world.obstacles)}
    tracks: dict[str, list[Row]] = {}
    for frame in result.frames:
        for mover in frame.movers:
            tracks.setdefault(mover.obstacle, []).append((frame.time, *mover.position, mover.deviation))
    return [{"track": thinned(rows), "radius": sizes.get(name, 0.0), "name": name} for name, rows in tracks.items()]


def _radius(obstacle: AnyObstacle) -> float:
    return obstacle.radius if isinstance(obstacle, Circle) else 0.0
