"""The short way to the live page's answer: the same answer as the long way, and no way round any check."""

import pytest
from flask.testing import FlaskClient

import api
from api.live_lane import PATH
from services.latency.recorder import Recorder
from services.latency.routes import Route
from services.settings import Settings
from services.telemetry.sampler import Sampler
from services.workspace import Workspace
from tests.api.conftest import make_server

ASKED = f"{PATH}?cursor=1"


@pytest.fixture
def ways(workspace: Workspace, settings: Settings) -> tuple[FlaskClient, FlaskClient]:
    """The long way and the short one to the same answers, of which there are some."""
    sampler = Sampler(settings, 1, has_gpus=False)
    for _ in range(3):
        sampler.sample()
    sampler.stop()
    long, short = make_server(workspace), make_server(workspace)
    api.add_live_lane(short, settings)
    return long.test_client(), short.test_client()


@pytest.mark.parametrize(
    ("asked", "headers"),
    [
        (ASKED, {}),
        (ASKED, {"X-Request-ID": "mine", "Sec-Fetch-Site": "same-origin"}),
        (ASKED, {"X-Request-ID": "not\x7fsane"}),
        (f"{PATH}?cursor=999999999999999", {}),
        (f"{PATH}?cursor=0", {"Sec-Fetch-Site": "cross-site"}),
        (ASKED, {"Host": "evil.example"}),
        (ASKED, {"Host": "localhost:x"}),
        (f"{PATH}?cursor=-1", {}),
        (f"{PATH}?cursor=1&cursor=2", {}),
        (f"{PATH}?cursor=١", {}),
        (PATH, {}),
        (f"{PATH}/?cursor=1", {}),
    ],
)
def test_both_ways_give_the_same_answer(
    ways: tuple[FlaskClient, FlaskClient], asked: str, headers: dict[str, str]
) -> None:
    long, short = (way.get(asked, headers=headers) for way in ways)
    assert short.status_code == long.status_code
    own = {"X-Request-ID", "Content-Length", "Date"}
    assert {k: v for k, v in short.headers if k not in own} == {k: v for k, v in long.headers if k not in own}
    answers = [answer.get_json() for answer in (long, short)]
    if long.status_code == 200:
        assert answers[0]["data"] == answers[1]["data"]
        assert set(answers[0]["metadata"]) == set(answers[1]["metadata"])
        assert short.headers["X-Request-ID"] == answers[1]["metadata"]["request_id"]
        if headers.get("X-Request-ID") == "mine":
            assert short.headers["X-Request-ID"] == "mine"
    else:
        assert answers[0]["detail"] == answers[1]["detail"]


@pytest.mark.parametrize("method", ["HEAD", "POST", "DELETE", "OPTIONS"])
def test_other_methods_go_the_long_way(ways: tuple[FlaskClient, FlaskClient], method: str) -> None:
    long, short = (way.open(ASKED, method=method) for way in ways)
    assert (short.status_code, short.headers.get("Allow")) == (long.status_code, long.headers.get("Allow"))


def test_large_answers_are_left_to_who_compresses(workspace: Workspace, settings: Settings) -> None:
    server = make_server(workspace)
    api.add_live_lane(server, settings)
    sampler = Sampler(settings, 1, has_gpus=False)
    for _ in range(80):
        sampler.sample()
    sampler.stop()
    answer = server.test_client().get(f"{PATH}?cursor=0", headers={"Accept-Encoding": "gzip"})
    assert answer.headers["Content-Encoding"] == "gzip"


def test_the_short_way_is_counted_under_the_name_of_the_route(workspace: Workspace, settings: Settings) -> None:
    recorder, server = Recorder(), make_server(workspace)
    api.add_live_lane(server, settings)
    api.measure(server, recorder)
    server.test_client().get(ASKED)
    tallies, _ = recorder.window(60)
    assert tallies[Route("rest", "GET", PATH)].count == 1
