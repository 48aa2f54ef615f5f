"""Quick routes through their child: warm, one at a time, replaced when it dies, gone with its server."""

import json
import math
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest

from compute.planning.quick_route.result import RouteResult
from compute.schema import FieldProblem, RequestError
from services.maps.bundled import bundled_maps
from services.route_answers import Answers
from services.route_questions import QuestionWriter
from services.route_words import FAILED, FOUND, NO_MEMORY, REFUSED, Question, problems_json
from services.routes import NoRouteYetError, RouteFailedError, RouteService, _read
from services.settings import Settings
from tests.live import wait_until

START_S = 180.0
OFFICE = bundled_maps()["office"]
QUESTION = {part: getattr(OFFICE, part).model_dump(mode="json") for part in ("map", "start", "goal", "robot")}


@pytest.fixture(scope="module")
def routes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RouteService]:
    """A service with a warm child."""
    folder: Path = tmp_path_factory.mktemp("routes")
    service = RouteService(Settings(_env_file=None, data_dir=folder), patience_s=10.0)
    assert service.pid is None, "nothing is started before somebody asks"
    found(service)
    yield service
    service.close()
    assert service.pid is None


def found(service: RouteService) -> RouteResult:
    """Return the answer, as soon as the child is warm."""

    def ask() -> bytes:
        try:
            return service.ask(QUESTION)
        except NoRouteYetError:
            return b""

    return RouteResult.model_validate_json(wait_until(ask, START_S, "a route is found"))


@pytest.mark.processes
def test_a_warm_child_answers_what_is_computed_here(routes: RouteService) -> None:
    here = json.loads(Answers().answer(QuestionWriter().write(QUESTION).to_bytes())[1:])
    there = json.loads(routes.ask(QUESTION))
    assert there["planning_time_ms"] > 0
    of_the_moment = {"planning_time_ms": 0, "alternatives": []}  # other ways are looked for where there is time
    assert here | of_the_moment == there | of_the_moment


@pytest.mark.processes
def test_many_at_once_are_answered_one_after_the_other_or_told_to_come_back(routes: RouteService) -> None:
    barrier = threading.Barrier(12)

    def ask(_number: int) -> bool:
        barrier.wait()
        try:
            return bool(json.loads(routes.ask(QUESTION))["status"] == "reached")
        except NoRouteYetError as error:
            return "wait for a route already" not in str(error)

    with ThreadPoolExecutor(12) as pool:
        answers = list(pool.map(ask, range(12)))
    assert answers.count(True) >= 5, "one is answered and four wait their turn"


@pytest.mark.processes
def test_a_child_that_was_killed_is_replaced(routes: RouteService) -> None:
    pid = routes.pid
    assert pid is not None
    psutil.Process(pid).kill()
    wait_until(lambda: routes.pid is None, 10, "the child is gone")
    assert found(routes).status == "reached"
    assert routes.pid not in (None, pid)


def test_who_asks_before_the_child_is_warm_is_told_so_at_once(settings: Settings) -> None:
    service = RouteService(settings, patience_s=0.0)
    try:
        with pytest.raises(NoRouteYetError, match="starts up"):
            service.ask(QUESTION)
    finally:
        service.close()
    with pytest.raises(NoRouteYetError, match="stopping"):
        service.ask(QUESTION)


def test_every_answer_of_a_child_is_understood() -> None:
    assert _read(FOUND + b"{}") == b"{}"
    problem = FieldProblem(loc=("map", 1), msg="too wide; narrow it")
    with pytest.raises(RequestError) as caught:
        _read(REFUSED + problems_json([problem]))
    assert caught.value.problems == (problem,)
    with pytest.raises(NoRouteYetError, match="1024 MiB"):
        _read(NO_MEMORY)
    for said in (FAILED + b"KeyError: 3", b"?", b""):
        with pytest.raises(RouteFailedError):
            _read(said)


def test_a_question_that_cannot_be_read_is_a_failure_of_that_question_alone() -> None:
    answers = Answers()
    assert answers.answer(b"{")[:1] == FAILED
    assert answers.answer(QuestionWriter().write(QUESTION).to_bytes())[:1] == FOUND


def test_a_map_that_was_asked_about_is_known_again_and_changes_are_seen() -> None:
    writer, answers = QuestionWriter(), Answers()
    moved = QUESTION | {"start": {"position": [1, 12.5]}}
    emptied = moved | {"map": {"width": 20, "height": 14}}
    first, second, third = (writer.write(data) for data in (QUESTION, moved, emptied))
    assert first.key == second.key != third.key
    assert Question.from_bytes(second.to_bytes()) == second
    lengths = [json.loads(answers.answer(each.to_bytes())[1:])["length"] for each in (first, second, third, first)]
    assert lengths[0] == lengths[3] > lengths[1] > lengths[2] == pytest.approx(math.dist((1, 12.5), (17.4, 2.4)))


def test_a_wrong_field_is_named_whether_the_map_is_known_or_not() -> None:
    writer = QuestionWriter()
    for _ in range(2):
        with pytest.raises(RequestError) as caught:
            writer.write(QUESTION | {"start": {"position": [1]}})
        assert caught.value.problems[0].loc == ("start", "position")
        writer.write(QUESTION)
    with pytest.raises(RequestError) as caught:
        writer.write({"map": None})
    assert {problem.loc[0] for problem in caught.value.problems} == {"map", "start", "goal", "robot"}
