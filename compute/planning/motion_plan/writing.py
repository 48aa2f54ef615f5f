"""Writes plans and failures as results."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from compute.planning.inference.posterior import Inference
from compute.planning.inference.rollout import SIGNS
from compute.planning.motion_plan.candidates import Whole
from compute.planning.motion_plan.proving import STATUSES, proof_of
from compute.planning.motion_plan.request import PlanRequest
from compute.planning.motion_plan.result import Candidate, PlanResult, PlanStatus, TrajectoryPoint
from compute.planning.motion_plan.weighing import free_energy_of, shown_policies
from compute.planning.route import Path
from compute.planning.scene.units import Point
from compute.planning.timing.drive import Drive
from compute.planning.validation import Validation

Array = NDArray[np.float64]

UNSEEN = (
    "the motion is clear of what is known, and leads through unknown areas: with a probability of {:.3g} % something "
    "stands in its way there; run it in closed loop to see it avoided"
)
SMOOTH = 0.005  # m that the points of a path may leave it


@dataclass(frozen=True)
class Judged:
    """A whole motion, what validation says of it, and the parts of its expected free energy, (5,)."""

    whole: Whole
    validation: Validation
    parts: Array

    @property
    def free_energy(self) -> float:
        """The total, nats."""
        return float(self.parts @ SIGNS)


def write_result(
    request: PlanRequest, drive: Drive, chosen: Judged, judged: list[Judged], inference: Inference,
    chances: tuple[float | None, float], stages: dict[str, float], reasons: list[str],
) -> PlanResult:  # fmt: skip
    """Return the result of a plan; `chances` of meeting what is unsure where it is drawn, and what is not known."""
    unsure, unseen = chances
    trajectory = chosen.whole.trajectory
    clearance = chosen.validation.clearance
    planar = trajectory.positions[:, :2]
    path = drive.path if chosen.whole.kind == "shortest" else None
    at = _point_at(trajectory.times, trajectory.positions, trajectory.velocities, clearance.when)
    return PlanResult(
        status="reached",
        reason="",
        trajectory=_points(trajectory.times, trajectory.positions, trajectory.velocities),
        path=_line(path.polyline(SMOOTH) if path else _thinned(planar)),
        path_length=float(np.linalg.norm(np.diff(planar, axis=0), axis=1).sum()),
        lower_bound=drive.route.path.length if drive.route.path else None,
        alternatives=_alternatives(drive),
        total_time=float(trajectory.times[-1]),
        is_collision_free=chosen.validation.is_collision_free and unseen == 0,
        violations=chosen.validation.violations,
        min_clearance=clearance.gap,
        clearance_at=at,
        nearest_obstacle=clearance.nearest,
        collision_probability=unsure if unseen == 0 else 1 - (1 - (unsure or 0.0)) * (1 - unseen),
        expected_free_energy=free_energy_of(chosen.parts),
        policies=shown_policies(inference),
        policies_weighed=inference.evaluated,
        candidates=_candidates(judged, chosen),
        stages=stages,
        planning_time_ms=sum(stages.values()),
        notes=(*reasons, *([UNSEEN.format(100 * unseen)] if unseen > 0 else [])),
    )


def write_failure(
    request: PlanRequest,
    drive: Drive,
    stages: dict[str, float],
    reasons: list[str] | None = None,
    judged: list[Judged] | None = None,
) -> PlanResult:
    """Return why there is no plan."""
    status, reason = _why(drive, reasons or [], judged or [])
    return PlanResult(
        status=status,
        reason=reason,
        trajectory=(),
        path=(),
        path_length=0.0,
        lower_bound=drive.route.path.length if drive.route.path else None,
        alternatives=_alternatives(drive),
        total_time=0.0,
        is_collision_free=False,
        violations=(),
        min_clearance=None,
        clearance_at=None,
        nearest_obstacle=None,
        collision_probability=None,
        expected_free_energy=None,
        policies=(),
        policies_weighed=0,
        candidates=_candidates(judged or [], None),
        stages=stages,
        planning_time_ms=sum(stages.values()),
        proof=None if drive.route.barrier is None else proof_of(drive.route.barrier, request.map),
    )


def _why(drive: Drive, reasons: list[str], judged: list[Judged]) -> tuple[PlanStatus, str]:
    if drive.route.path is None:
        return STATUSES[drive.status], drive.reason
    if not judged and drive.status == "cannot_stop" and len(reasons) == 1:
        return "start_blocked", drive.reason
    touched = [
        f"the {one.whole.kind} motion meets {one.validation.clearance.nearest} at {one.validation.clearance.when:.2f} s"
        for one in judged
        if not one.validation.is_collision_free
    ]
    is_proved = any("were looked at" in reason for reason in reasons)
    return ("no_path" if is_proved else "timeout"), "; ".join([*reasons, *touched])


def _candidates(judged: list[Judged], chosen: Judged | None) -> tuple[Candidate, ...]:
    return tuple(
        Candidate(
            kind=one.whole.kind,
            duration=float(one.whole.trajectory.times[-1]),
            is_collision_free=one.validation.is_collision_free,
            is_chosen=one is chosen,
            expected_free_energy=one.free_energy,
            reason=_rejection(one, chosen),
        )
        for one in judged
    )


def _rejection(one: Judged, chosen: Judged | None) -> str:
    clearance = one.validation.clearance
    if not one.validation.is_collision_free:
        return f"meets {clearance.nearest} at {clearance.when:.2f} s"
    if one.validation.violations:
        return one.validation.violations[0]
    if chosen is None or one is chosen:
        return ""
    return f"expected to cost {one.free_energy - chosen.free_energy:.3g} nats more"


def _alternatives(drive: Drive) -> tuple[tuple[Point, ...], ...]:
    paths: tuple[Path, ...] = drive.route.alternatives
    return tuple(_line(path.polyline(SMOOTH)) for path in paths)


def _points(times: Array, positions: Array, velocities: Array) -> tuple[TrajectoryPoint, ...]:
    rows = zip(times.tolist(), positions.tolist(), velocities.tolist(), strict=True)
    return tuple(TrajectoryPoint(time=t, position=(p[0], p[1], p[2]), velocity=(v[0], v[1], v[2])) for t, p, v in rows)


def _point_at(times: Array, positions: Array, velocities: Array, when: float) -> TrajectoryPoint:
    p = [float(np.interp(when, times, positions[:, axis])) for axis in range(3)]
    v = [float(np.interp(when, times, velocities[:, axis])) for axis in range(3)]
    return TrajectoryPoint(time=when, position=(p[0], p[1], p[2]), velocity=(v[0], v[1], v[2]))


def _line(points: Array) -> tuple[Point, ...]:
    return tuple((float(x), float(y)) for x, y in points)


def _thinned(points: Array) -> Array:
    """Return at most some hundred of the points, the first and the last among them."""
    return points[np.unique(np.linspace(0, len(points) - 1, min(len(points), 300)).astype(np.int64))]
