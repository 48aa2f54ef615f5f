"""Runs as they are asked for: told truly, exact about what was touched, the same for the same seed."""

from typing import Any

import numpy as np
import pytest

from compute.job import ignore_progress
from compute.planning.execution.request import ExecuteRequest
from compute.planning.execution.result import ExecuteResult
from compute.planning.execution.run import execute
from compute.planning.scene.generators import GenerateRequest, generate

ROBOT = {"radius": 0.3, "max_velocity": 2, "max_acceleration": 3}
PILLAR = {"kind": "circle", "center": [6, 4], "radius": 1.2, "id": "pillar"}
TRACK = {"waypoints": [[0, 6, 1], [4, 6, 7], [8, 6, 1]], "loop": True}
BUS = {"kind": "rectangle", "id": "bus", "center": [6, 1], "size": [1.6, 0.8], "motion": TRACK}


def run(obstacles: list[dict[str, Any]], **changes: Any) -> ExecuteResult:
    plan = {
        "map": {"width": 12, "height": 8, "obstacles": obstacles},
        "start": {"position": [1, 4]},
        "goal": {"position": [11, 4], "tolerance": 0.3},
        "robot": ROBOT,
        "n_policies": 150,
        "horizon": 2,
    }
    asked = ExecuteRequest.model_validate({"plan": plan | changes.pop("plan", {}), "time_limit": 20} | changes)
    return execute(asked, ignore_progress, lambda: 0.0)


def test_a_robot_reaches_its_goal_round_what_stands() -> None:
    result = run([PILLAR])
    assert result.status == "reached"
    assert result.lower_bound is not None
    assert result.lower_bound <= result.path_length < 1.15 * result.lower_bound
    assert result.min_clearance is not None
    assert result.min_clearance > -1e-6
    assert not result.collisions
    assert not result.frames[0].movers
    assert result.frames[0].expected_free_energy is not None
    assert result.frames[-1].expected_free_energy is None


def test_a_maze_is_driven_through_to_its_goal() -> None:
    maze = generate(GenerateRequest(kind="maze", width=9, height=7, seed=4)).model_dump(mode="json")
    result = run([], plan={name: maze[name] for name in ("map", "start", "goal")}, time_limit=60)
    assert result.status == "reached"
    assert result.lower_bound is not None
    assert result.lower_bound > 10, "it is a maze and no hall"
    assert result.path_length < 1.2 * result.lower_bound
    assert result.min_clearance is not None
    assert result.min_clearance > -1e-6


def test_who_crosses_is_believed_where_it_is_and_not_touched() -> None:
    result = run([BUS, PILLAR | {"center": [3, 2], "radius": 0.5}])
    assert result.status == "reached"
    assert result.min_clearance is not None
    assert result.min_clearance > 0
    later = result.frames[10]
    [bus] = later.movers
    assert bus.obstacle == "bus"
    assert bus.position == pytest.approx((6, 1 + 1.5 * later.time), abs=0.15)
    assert bus.velocity == pytest.approx((0, 1.5), abs=0.5)
    assert 0 < bus.deviation < 0.2


def test_a_plan_is_tracked_closely_but_blindly() -> None:
    result = run([BUS], mode="track", pose_noise=0.0)
    assert result.status == "reached"
    assert result.tracking_error is not None
    assert result.tracking_error < 0.05
    assert result.replans == 0


@pytest.mark.parametrize("noise", [0.01, 0.05])
def test_a_tracked_plan_touches_nothing_at_rest_however_the_robot_errs(noise: float) -> None:
    for seed in range(2):
        result = run([PILLAR], mode="track", pose_noise=noise, seed=seed)
        assert result.status == "reached", result.reason
        assert not result.collisions
        assert result.tracking_error is not None
        assert result.tracking_error < 50 * noise, "it waits where it braked"


def test_a_plan_is_tracked_where_there_is_no_room_for_errors() -> None:
    walls = [{"kind": "rectangle", "center": [6, y], "size": [0.4, 3.69]} for y in (1.845, 6.155)]
    result = run(walls, mode="track")
    assert result.status == "reached", result.reason


def test_what_is_not_known_is_seen_in_time() -> None:
    area = {"area": {"kind": "rectangle", "center": [6, 4], "size": [12, 8]}, "probability": 0.05}
    world = {"width": 12, "height": 8, "obstacles": [PILLAR], "unknown": [area]}
    result = run([PILLAR], plan={"map": world}, field_of_view=270, sensor_range=6)
    assert result.status == "reached"
    assert result.min_clearance is not None
    assert result.min_clearance > 0
    assert result.frames[3].expected_free_energy is not None
    assert result.frames[3].expected_free_energy.novelty > 0


def test_who_is_not_in_view_is_not_believed_in() -> None:
    behind = BUS | {"id": "behind", "center": [0.6, 7], "motion": {"velocity": [0, 0.01]}}
    result = run([BUS | {"motion": {"velocity": [0, 0.2]}}, behind], field_of_view=60, time_limit=3)
    assert {mover.obstacle for frame in result.frames for mover in frame.movers} == {"bus"}


def test_a_run_that_cannot_begin_says_why() -> None:
    wall = {"kind": "rectangle", "center": [6, 4], "size": [0.3, 8.5], "id": "wall"}
    result = run([wall])
    assert result.status == "no_plan"
    assert "wall" in result.reason
    assert not result.frames


def test_one_run_into_is_told_with_its_name() -> None:
    walls = [{"kind": "rectangle", "center": [3, y], "size": [6, 3.4]} for y in (1.75, 6.25)]
    ram = {"kind": "circle", "id": "ram", "center": [11, 4], "radius": 0.4, "motion": {"velocity": [-3, 0]}}
    ends = {"start": {"position": [0.5, 4]}, "goal": {"position": [0.9, 4], "tolerance": 1e-6}}
    result = run([*walls, ram], plan=ends)
    assert result.status == "collision"
    [touch] = result.collisions
    assert touch.obstacle == "ram"
    assert "ram" in result.reason
    assert touch.time < 4


def test_too_little_time_is_said() -> None:
    result = run([PILLAR], time_limit=1)
    assert result.status == "timeout"
    assert "within 1 s" in result.reason


def test_what_is_above_is_passed_under() -> None:
    bridge = BUS | {"id": "crane", "height_range": [3, 5]}
    ends = {"start": {"position": [1, 4, 0]}, "goal": {"position": [11, 4, 0], "tolerance": 0.3}}
    result = run([bridge], plan=ends)
    assert result.status == "reached"
    assert not result.frames[5].movers
    heights = [abs(frame.position[1] - 4) for frame in result.frames]
    assert max(heights) < 0.3


def test_a_seed_gives_a_run_again() -> None:
    first, again, other = (run([BUS], seed=seed) for seed in (1, 1, 2))
    assert first == again
    assert np.array([frame.position for frame in first.frames]).shape != (0,)
    assert first.frames != other.frames
