"""What planners are lent changes how soon they answer, and never what."""

from functools import partial

import numpy as np
import pytest

from compute.job import ignore_progress
from compute.planning.execution.request import ExecuteRequest
from compute.planning.execution.run import execute
from compute.planning.geometry.surroundings import EVERY_HEIGHT
from compute.planning.inference.device import roll_out_on
from compute.planning.inference.rolling import roll_on
from compute.planning.inference.rollout import roll_out
from compute.planning.motion_plan.request import PlanRequest
from compute.planning.motion_plan.result import PlanResult
from compute.planning.motion_plan.run import plan_motion
from compute.planning.scene import Goal, Map
from compute.planning.tools import KEPT_GOALS, Scenes, Tools
from services.tasks import TASKS

EXAMPLE = TASKS["motion_plan"].request.model_validate(TASKS["motion_plan"].example)
assert isinstance(EXAMPLE, PlanRequest)
REQUEST = EXAMPLE.model_copy(update={"n_policies": 100})
MADE = {"stages", "planning_time_ms", "ground_cache", "device"}


def plan(request: PlanRequest, tools: Tools | None = None) -> PlanResult:
    return plan_motion(request, ignore_progress, lambda: 0.0, *([tools] if tools else []))


def test_a_map_that_was_made_ready_before_gives_the_same_plan() -> None:
    tools = Tools(scenes=Scenes())
    alone, first, second = plan(REQUEST), plan(REQUEST, tools), plan(REQUEST, tools)
    assert (alone.ground_cache, first.ground_cache, second.ground_cache) == (None, "miss", "hit")
    assert alone.model_dump(exclude=MADE) == first.model_dump(exclude=MADE) == second.model_dump(exclude=MADE)
    other = REQUEST.model_copy(update={"goal": Goal(position=(10, 6.5))})
    assert plan(other, tools).ground_cache == "hit"
    assert plan(other, tools).model_dump(exclude=MADE) == plan(other).model_dump(exclude=MADE)


def test_a_run_on_a_map_that_is_known_is_the_same_run() -> None:
    request = ExecuteRequest(plan=REQUEST, time_limit=1)
    tools = Tools(scenes=Scenes())
    plan(REQUEST, tools)
    lent = execute(request, ignore_progress, lambda: 0.0, tools=tools)
    assert lent == execute(request, ignore_progress, lambda: 0.0)


def test_scenes_and_goals_that_were_not_used_for_long_are_forgotten_and_large_ones_never_kept() -> None:
    scenes = Scenes(most=2)
    worlds = [Map(width=4 + extra, height=4) for extra in range(3)]
    grounds = [scenes.ground(world, 0.2, EVERY_HEIGHT)[0] for world in worlds]
    assert [scenes.ground(world, 0.2, EVERY_HEIGHT)[1] for world in (worlds[2], worlds[1], worlds[0])] == [
        "hit", "hit", "miss",
    ]  # fmt: skip
    assert scenes.ground(worlds[1], 0.3, EVERY_HEIGHT)[1] == "miss", "another robot needs another ground"
    terrain = scenes.terrain(grounds[2], np.array([2.0, 2.0]))
    assert terrain.value.max() > 0, "a ground that is kept no more is served too"
    ground, _ = scenes.ground(worlds[1], 0.3, EVERY_HEIGHT)
    goals = [np.array([1.0 + 0.3 * k, 2.0]) for k in range(KEPT_GOALS + 1)]
    kept = [scenes.terrain(ground, goal) for goal in goals]
    assert scenes.terrain(ground, goals[-1]) is kept[-1]
    assert scenes.terrain(ground, goals[0]) is not kept[0]
    assert Scenes(most=0).ground(worlds[0], 0.2, EVERY_HEIGHT)[1] is None


def test_policies_that_pytorch_weighs_cost_what_compiled_loops_say() -> None:
    here, there = plan(REQUEST), plan(REQUEST, Tools("cpu", partial(roll_out_on, device="cpu")))
    assert there.path == here.path
    for one, other in zip(here.policies, there.policies, strict=True):
        assert other.probability == pytest.approx(one.probability, abs=1e-4)
        assert other.expected_free_energy.model_dump() == pytest.approx(
            one.expected_free_energy.model_dump(), rel=1e-4, abs=1e-3
        )
        assert np.array(other.positions) == pytest.approx(np.array(one.positions), abs=1e-4)


def test_processors_use_compiled_loops_and_other_devices_must_be_there() -> None:
    assert roll_on("cpu") is roll_out
    with pytest.raises(ValueError, match="choose cpu"):
        plan(REQUEST, Tools("abacus", roll_on("meta")))
