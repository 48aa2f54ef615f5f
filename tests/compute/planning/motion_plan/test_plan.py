"""Whole plans: the best validated motion, with its reasons and its proofs."""

from itertools import count
from typing import Any

import numpy as np
import pytest

from compute.job import ignore_progress
from compute.planning.inference.beliefs import GOES_ON
from compute.planning.motion_plan.chance import collision_probability
from compute.planning.motion_plan.foretold import Foretold, holding_radius
from compute.planning.motion_plan.request import PlanRequest
from compute.planning.motion_plan.result import PlanResult
from compute.planning.motion_plan.run import plan_motion
from compute.planning.scene import Circle, Grid, Map, Polygon, Rectangle
from compute.planning.timing.drive import Trajectory
from compute.planning.validation import validate_trajectory
from compute.schema import RequestError

ROBOT = {"radius": 0.3, "max_velocity": 2, "max_acceleration": 3}
PILLAR = {"kind": "circle", "center": [6, 4], "radius": 1.2, "id": "pillar"}
TRACK = {"waypoints": [[0, 6, 1], [4, 6, 7], [8, 6, 1]], "loop": True}
BUS = {"kind": "circle", "id": "bus", "center": [6, 1], "radius": 0.8, "motion": TRACK}
EVERYWHERE = (-np.inf, np.inf)


def asked(obstacles: list[dict[str, Any]], **changes: Any) -> PlanRequest:
    plain: dict[str, Any] = {
        "map": {"width": 12, "height": 8, "obstacles": obstacles},
        "start": {"position": [1, 4]},
        "goal": {"position": [11, 4]},
        "robot": ROBOT,
        "n_policies": 100,
        "horizon": 3,
    }
    return PlanRequest.model_validate(plain | changes)


def plan(request: PlanRequest) -> PlanResult:
    ticks = count()
    return plan_motion(request, ignore_progress, lambda: float(next(ticks)))


def assert_valid(request: PlanRequest, result: PlanResult) -> None:
    times, positions, velocities = (
        np.array([getattr(point, name) for point in result.trajectory]) for name in ("time", "position", "velocity")
    )
    verdict = validate_trajectory(request.map, request.robot, times, positions, velocities)
    assert verdict.is_valid
    assert result.is_collision_free
    assert result.min_clearance == pytest.approx(verdict.clearance.gap, abs=1e-9)
    assert np.linalg.norm(positions[-1, :2] - [11, 4]) <= request.goal.tolerance + 1e-9
    assert velocities[-1] == pytest.approx(np.zeros(3), abs=1e-9)


def test_a_start_where_something_begins_to_move_is_blocked_by_it() -> None:
    result = plan(asked([BUS | {"motion": {"velocity": [1, 0]}, "center": [0.5, 4]}]))
    assert result.status == "start_blocked"
    assert "(1, 4) lies inside bus as it begins to move; move it by at least 0.6 m" in result.reason
    assert plan(asked([BUS])).status == "reached"


def test_at_rest_the_plan_is_the_shortest_way_and_says_how_it_was_weighed() -> None:
    request = asked([PILLAR])
    result = plan(request)
    assert_valid(request, result)
    assert result.lower_bound is not None
    assert result.path_length == pytest.approx(result.lower_bound, rel=2e-3)
    assert len(result.alternatives) == 1
    assert [candidate.kind for candidate in result.candidates] == ["shortest"]
    probabilities = [policy.probability for policy in result.policies]
    assert probabilities == sorted(probabilities, reverse=True)
    assert 0 < sum(probabilities) <= 1 + 1e-9
    energy = result.expected_free_energy
    assert energy is not None
    parts = energy.risk + energy.collision + energy.ambiguity - energy.novelty + energy.control
    assert energy.total == pytest.approx(parts)
    assert result.planning_time_ms == pytest.approx(sum(result.stages.values()))
    assert result.collision_probability is None


def test_who_crosses_the_shortest_way_is_avoided_in_time() -> None:
    request = asked([BUS])
    result = plan(request)
    assert_valid(request, result)
    by_kind = {candidate.kind: candidate for candidate in result.candidates}
    assert "bus" in by_kind["shortest"].reason
    assert not by_kind["shortest"].is_collision_free
    assert by_kind["timed"].is_collision_free
    assert sum(candidate.is_chosen for candidate in result.candidates) == 1


def test_what_is_unsure_is_given_room_and_its_danger_is_told() -> None:
    close, wide = plan(asked([PILLAR])), plan(asked([PILLAR | {"uncertainty": 0.3}]))
    assert wide.min_clearance is not None
    assert close.min_clearance is not None
    assert wide.min_clearance > close.min_clearance + 0.3
    assert wide.collision_probability is not None
    assert 0 < wide.collision_probability < 0.1


def test_less_risk_is_taken_by_who_accepts_less() -> None:
    unsure = [PILLAR | {"uncertainty": 0.3}]
    chances = [
        plan(asked(unsure, weights={"accepted_risk": risk, "collision": weight})).collision_probability
        for risk, weight in ((1e-2, 0.3), (1e-5, 5.0))
    ]
    assert chances[0] is not None
    assert chances[1] is not None
    assert chances[1] < chances[0]


def test_what_is_not_known_is_learned_of_and_may_be_met() -> None:
    """The pillar is not known: the way leads straight on, and says with which probability something is there."""
    area = {"area": {"kind": "rectangle", "center": [6, 4], "size": [4, 4]}, "probability": 0.1}
    request = asked([PILLAR], map={"width": 12, "height": 8, "obstacles": [PILLAR], "unknown": [area]})
    result = plan(request)
    assert result.status == "reached"
    assert result.lower_bound == pytest.approx(10)
    assert not result.is_collision_free
    patches = np.ceil((4 + 2 * 0.3) / (2 * 0.3))
    assert result.collision_probability == pytest.approx(1 - 0.9**patches, abs=0.05)
    assert "unknown" in result.notes[-1]
    assert result.expected_free_energy is not None
    assert result.expected_free_energy.novelty > 1
    known = plan(asked([PILLAR]))
    assert known.expected_free_energy is not None
    assert known.expected_free_energy.novelty == 0
    assert known.is_collision_free


def test_no_path_is_proved_by_name() -> None:
    wall = {"kind": "rectangle", "center": [6, 4], "size": [0.3, 8.5], "id": "wall"}
    result = plan(asked([wall]))
    assert result.status == "no_path"
    assert "wall" in result.reason
    assert result.proof is not None
    assert "wall" in result.proof.obstacles
    assert result.proof.width == 0
    assert not result.trajectory


@pytest.mark.parametrize(("where", "status"), [("start", "start_blocked"), ("goal", "goal_blocked")])
def test_a_blocked_end_is_named(where: str, status: str) -> None:
    result = plan(asked([PILLAR], **{where: {"position": [6, 4.5]}}))
    assert result.status == status
    assert "pillar" in result.reason


def test_without_a_way_in_time_the_search_says_so() -> None:
    walls = [{"kind": "rectangle", "center": [6, y], "size": [12, h]} for y, h in ((5, 6), (0.5, 1))]
    cart = {"kind": "circle", "id": "cart", "center": [11, 1.5], "radius": 0.4, "motion": {"velocity": [-1, 0]}}
    ends = {"start": {"position": [1, 1.5]}, "goal": {"position": [11, 1.5]}}
    result = plan(asked([*walls, cart], time_limit=8, **ends))
    assert result.status == "no_path"
    assert "cart" in result.reason
    assert "within 8 s" in result.reason


def test_a_way_too_long_for_the_time_is_not_searched() -> None:
    result = plan(asked([BUS], time_limit=4, map={"width": 12, "height": 8, "obstacles": [BUS]}))
    assert [candidate.kind for candidate in result.candidates] == ["shortest"]
    assert result.status == "timeout"
    assert "takes 5 s at the highest speed" in result.reason


def test_a_start_velocity_is_honoured() -> None:
    request = asked([BUS], start={"position": [1, 4], "velocity": [1, 1]})
    result = plan(request)
    assert_valid(request, result)
    assert result.trajectory[0].velocity[:2] == pytest.approx((1, 1))


def test_a_start_faster_than_the_robot_is_refused() -> None:
    with pytest.raises(RequestError, match="highest speed"):
        plan(asked([], start={"position": [1, 4], "velocity": [3, 0]}))


def test_a_seed_gives_a_plan_again() -> None:
    first, again = (plan(asked([BUS], seed=5)) for _ in range(2))
    assert first.trajectory == again.trajectory
    assert first.policies == again.policies


def test_discs_hold_what_they_stand_for() -> None:
    assert holding_radius(Circle(center=(1, 1), radius=0.4)) == 0.4
    assert holding_radius(Rectangle(center=(1, 1), size=(3, 4), angle=1)) == pytest.approx(2.5)
    assert holding_radius(Polygon(vertices=((0, 0), (2, 0), (2, 2), (0, 2)))) == pytest.approx(np.sqrt(2))
    assert holding_radius(Grid(rows=("#..", "..."))) == pytest.approx(np.hypot(1.5, 1.0))
    assert holding_radius(Grid(rows=("..",))) == 0


def test_what_is_told_of_movers_is_believed() -> None:
    request = asked([BUS | {"uncertainty": 0.2}, PILLAR])
    foretold = Foretold.of(request.map, EVERYWHERE)
    ahead = foretold.at(1.0).ahead(np.array([1.0, 3.0]))
    assert ahead.where[GOES_ON, :, 0] == pytest.approx(np.array([[6, 4], [6, 7]]))
    assert ahead.spread == pytest.approx(np.full((2, 2, 1), 0.2))


def test_the_chance_of_a_collision_is_that_of_the_closed_form() -> None:
    """Driving straight past a disc far along both ways, only the offset across matters: a Gaussian tail."""
    world = Map(width=40, height=10, obstacles=(Circle(center=(20, 5), radius=0.5, uncertainty=0.4),))
    times = np.linspace(0, 10, 50)
    line = np.column_stack([4 * times, np.full(50, 6.2), np.zeros(50)])
    chance = collision_probability(
        Trajectory(times, line, np.zeros_like(line)), Foretold.of(world, EVERYWHERE), 0.3, np.random.default_rng(0)
    )
    assert chance is not None
    tail = 0.1587  # the gap of 1.2 - 0.8 is one standard deviation
    assert chance == pytest.approx(tail, abs=0.02)


def test_robots_limits_hold_in_every_plan() -> None:
    request = asked([BUS], robot=ROBOT | {"max_acceleration": 1.0})
    result = plan(request)
    assert_valid(request, result)
    assert not result.violations
