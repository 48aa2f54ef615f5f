"""Quick routes: those of the planner, with a clearance of another hand; grounds are made once and forgotten in turn."""

from typing import Any

import numpy as np
import pytest

from compute.planning.quick_route.request import RouteRequest
from compute.planning.quick_route.run import Grounds, quick_route
from compute.planning.route import find_route, prepare_ground
from services.maps.bundled import bundled_maps


def asked(name: str, **fields: Any) -> RouteRequest:
    kept = bundled_maps()[name]
    return RouteRequest.model_validate(
        {part: getattr(kept, part).model_dump() for part in ("map", "start", "goal", "robot")} | fields
    )


@pytest.mark.parametrize("name", bundled_maps())
def test_the_route_is_the_planners_and_touches_nothing(name: str) -> None:
    request = asked(name)
    answer = quick_route(request, Grounds(), lambda: 0.0)
    ground = prepare_ground(request.map, request.robot.radius)
    route = find_route(ground, np.array(request.start.position), np.array(request.goal.position), 2)
    assert route.path is not None
    assert answer.length == answer.lower_bound == route.path.length
    assert [each.length for each in answer.alternatives] == [path.length for path in route.alternatives]
    assert answer.min_clearance is not None
    assert answer.min_clearance > -1e-6
    points = np.array(answer.path)
    drawn = np.linalg.norm(np.diff(points, axis=0), axis=1).sum()
    assert 0.995 * route.path.length < drawn <= route.path.length + 1e-9


@pytest.mark.parametrize(
    ("fields", "status", "said"),
    [
        ({"goal": {"position": [6, 5]}}, "goal_blocked", "lies inside wall, upper half"),
        ({"start": {"position": [-1, 5]}}, "start_blocked", "outside the map"),
        ({"robot": {"radius": 0.9, "max_velocity": 1, "max_acceleration": 1}}, "no_path", "the robot needs 1.8 m"),
    ],
)
def test_why_there_is_no_way_is_told_in_the_words_of_a_plan(fields: dict[str, Any], status: str, said: str) -> None:
    answer = quick_route(asked("narrow-passage", **fields), Grounds(), lambda: 0.0)
    assert (answer.status, answer.path, answer.length, answer.min_clearance) == (status, (), None, None)
    assert said in answer.reason
    assert (answer.proof is not None) == (status == "no_path")


def test_a_ground_is_made_once_until_others_have_taken_its_place() -> None:
    grounds = Grounds(most=2)
    first = grounds.of(asked("pillars"))
    assert grounds.of(asked("pillars", goal={"position": [11, 1]})) is first
    assert grounds.of(asked("pillars", robot={"radius": 0.2, "max_velocity": 1, "max_acceleration": 1})) is not first
    assert grounds.of(asked("pillars")) is first, "it was used last but one"
    grounds.of(asked("crossing"))
    grounds.of(asked("office"))
    assert grounds.of(asked("pillars")) is not first


def test_other_ways_are_left_out_where_the_search_is_slow() -> None:
    ticks = iter(range(100))
    slow = quick_route(asked("pillars"), Grounds(), lambda: float(next(ticks)))
    quick = quick_route(asked("pillars"), Grounds(), lambda: 0.0)
    assert (slow.path, slow.length) == (quick.path, quick.length)
    assert len(quick.alternatives) == 2
    assert slow.alternatives == ()


def test_what_stands_in_an_unknown_area_is_not_known_to_a_route_either() -> None:
    unknown = [{"area": {"kind": "rectangle", "center": [6, 4], "size": [3, 3]}}]
    world = bundled_maps()["pillars"].map.model_dump() | {"unknown": unknown}
    answer = quick_route(asked("pillars", map=world), Grounds(), lambda: 0.0)
    assert answer.length == 10.0
    assert answer.length < (quick_route(asked("pillars"), Grounds(), lambda: 0.0).length or 0)
