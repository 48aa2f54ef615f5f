"""The front door of motion plans: candidates are made, weighed by expected free energy, and validated by others' code.

What is returned is the best validated whole motion, never an average of policies.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from compute.job import Report
from compute.planning.geometry.known import known_part
from compute.planning.geometry.space import heights_taken, in_space
from compute.planning.inference.terrain import Terrain
from compute.planning.motion_plan.candidates import Whole, inferred_motion, timed_motion
from compute.planning.motion_plan.chance import collision_probability
from compute.planning.motion_plan.foretold import Foretold
from compute.planning.motion_plan.pictures import with_pictures
from compute.planning.motion_plan.request import PlanRequest
from compute.planning.motion_plan.result import PlanResult
from compute.planning.motion_plan.unseen import meeting_probability, with_outlook
from compute.planning.motion_plan.weighing import DT, accelerations_of, situation_of, weigh_policies, weigh_trajectories
from compute.planning.motion_plan.writing import Judged, write_failure, write_result
from compute.planning.route import Ground, start_among_movers
from compute.planning.timing.drive import Drive, plan_drive
from compute.planning.tools import Tools
from compute.planning.validation import Validation, validate_trajectory

Clock = Callable[[], float]
NO_TOOLS = Tools()

ALTERNATIVES = 3
ROUNDING = 0.02  # m that a way in a polyline may leave the exact one


@dataclass
class Stages:
    """Milliseconds by stage, as they end."""

    clock: Clock
    took: dict[str, float] = field(default_factory=dict)
    last: float = 0.0

    def begin(self) -> None:
        """Begin to count."""
        self.last = self.clock()

    def end(self, name: str) -> None:
        """Count the time since the last stage ended as that of this one."""
        now = self.clock()
        self.took[name] = self.took.get(name, 0.0) + 1e3 * (now - self.last)
        self.last = now


def plan_motion(request: PlanRequest, report: Report, clock: Clock, tools: Tools = NO_TOOLS) -> PlanResult:
    """Return the plan that a request asks for; RequestError where start and robot do not go together."""
    stages = Stages(clock)
    stages.begin()
    report(0.0, "Making the map ready")
    known = request.model_copy(update={"map": known_part(request.map)})
    heights = heights_taken(request.robot, request.start, request.goal)
    ground, cached = tools.scenes.ground(known.map, request.robot.radius, heights)
    stages.end("ground")
    result = _plan(request, known, ground, report, stages, tools)
    return result.model_copy(update={"device": tools.device, "ground_cache": cached})


def _plan(
    asked: PlanRequest, request: PlanRequest, ground: Ground, report: Report, stages: Stages, tools: Tools
) -> PlanResult:
    """Return the plan for what is `asked`, made on what is known of its map."""
    met = start_among_movers(ground, in_space(request.start.position))
    if met is not None:
        return write_failure(request, Drive(met.status, met.reason, ground, met), stages.took)
    report(0.0, "Searching the shortest path")
    drive = plan_drive(
        request.map, request.robot, request.start, request.goal, request.control_rate, ALTERNATIVES, ground
    )
    stages.end("route")
    if drive.route.path is None:
        return write_failure(request, drive, stages.took)
    heights = heights_taken(request.robot, request.start, request.goal)
    terrain = tools.scenes.terrain(drive.ground, in_space(request.goal.position)[:2])
    terrain = with_outlook(terrain, drive.ground, asked, in_space(request.start.position)[:2])
    foretold = Foretold.of(request.map, heights)
    stages.end("terrain")
    wholes, reasons = _make(request, drive, terrain, foretold, heights, report, stages)
    if not wholes:
        return write_failure(request, drive, stages.took, reasons)
    report(0.8, "Weighing policies")
    horizon = max(2, round(request.horizon / DT))
    longest = max(float(whole.trajectory.times[-1]) for whole in wholes)
    steps = max(int(np.ceil(longest / DT)) + 1, horizon)
    situation = situation_of(request, terrain, foretold, steps)
    parts = weigh_trajectories([whole.trajectory for whole in wholes], situation, steps)
    stages.end("weighing")
    judged = [Judged(whole, _validate(request, whole), row) for whole, row in zip(wholes, parts, strict=True)]
    stages.end("validation")
    chosen = _choose(judged)
    if chosen is None:
        return write_failure(request, drive, stages.took, reasons, judged)
    near = situation_of(request, terrain, foretold, horizon)
    ways = [path.polyline(ROUNDING) for path in (drive.route.path, *drive.route.alternatives)]
    inference = weigh_policies(request, near, ways, accelerations_of(chosen.whole.trajectory, horizon), tools.roll)
    stages.end("policies")
    probability = collision_probability(
        chosen.whole.trajectory, foretold, request.robot.radius, np.random.default_rng(request.seed)
    )
    unseen = meeting_probability(chosen.whole.trajectory, asked)
    stages.end("chance")
    report(1.0, "Done")
    result = write_result(request, drive, chosen, judged, inference, (probability, unseen), stages.took, reasons)
    return with_pictures(result, terrain, chosen.whole.trajectory, foretold, request.robot.radius)


def _make(
    request: PlanRequest, drive: Drive, terrain: Terrain, foretold: Foretold, heights: tuple[float, float],
    report: Report, stages: Stages,
) -> tuple[list[Whole], list[str]]:  # fmt: skip
    """Return whole motions, and sentences on those that were not found."""
    wholes, reasons = [], []
    begin, end = in_space(request.start.position), in_space(request.goal.position)
    if drive.trajectory is not None:
        wholes.append(Whole("shortest", drive.trajectory))
    else:
        reasons.append(drive.reason)
    if not foretold.displacements:
        return wholes, reasons
    quickest = (drive.route.path.length if drive.route.path else 0.0) / request.robot.max_velocity
    if quickest > request.time_limit:
        reasons.append(
            f"the shortest way takes {quickest:.3g} s at the highest speed, more than the {request.time_limit:g} s "
            "allowed; allow more, or move the goal"
        )
        return wholes, reasons
    if any(obstacle.motion is not None for obstacle in request.map.obstacles):
        report(0.2, "Searching in time")
        timed, ended = timed_motion(request, terrain, heights, begin, end)
        wholes += [timed] if timed else []
        reasons += [ended.reason] if ended.reason else []
        stages.end("search in time")
    report(0.5, "Choosing step by step")
    inferred = inferred_motion(
        request, drive.ground, terrain, foretold, begin, end, lambda share, text: report(0.5 + 0.3 * share, text)
    )
    wholes += [inferred] if inferred else []
    stages.end("inference")
    return wholes, reasons


def _validate(request: PlanRequest, whole: Whole) -> Validation:
    trajectory = whole.trajectory
    return validate_trajectory(
        request.map, request.robot, trajectory.times, trajectory.positions, trajectory.velocities
    )


def _choose(judged: list[Judged]) -> Judged | None:
    """Return the valid motion of least expected free energy."""
    valid = [one for one in judged if one.validation.is_valid]
    return min(valid, key=lambda one: one.free_energy) if valid else None
