"""The latency page tells what was measured, route by route, and its addresses lead to what they say."""

import time
from urllib.parse import parse_qsl

import dash
import pytest
from dash.development.base_component import Component
from flask import Flask

from app import create_app
from components.numbers import shown_ms
from pages._latency_data import LIMITS_MS, WINDOWS, Choice, read_choice, read_endpoints, read_facts, read_points
from services.latency.routes import Route
from services.operations import OPERATIONS, Operations
from services.workspace import Workspace
from tests.pages.conftest import all_of, texts_of

ROUTE = Route("rest", "GET", "/api/v1/jobs")
CALLBACK = Route("callback", "POST", "home-jobs.children")


@pytest.fixture
def server(workspace: Workspace) -> Flask:
    """The application with fifty answers of one route and one of another."""
    application: dash.Dash = create_app(workspace.settings, workspace)
    operations: Operations = application.server.extensions[OPERATIONS]
    now = time.perf_counter_ns()
    for number in range(50):
        operations.latency.recorder.add(ROUTE, 500 if number == 0 else 200, (number + 1) * 10**6, 0, 10**5, now)
    operations.latency.recorder.add(CALLBACK, 200, 3 * 10**9, 10**9, 0, now)
    operations.latency.save(is_forced=True)
    server: Flask = application.server
    return server


def draw(**query: str) -> Component:
    """Return the page as its address asks for it."""
    [page] = [page for page in dash.page_registry.values() if page["path"] == "/latency"]
    drawn: Component = page["layout"](**query)
    return drawn


def test_an_address_leads_back_to_its_choice() -> None:
    for seconds, _ in WINDOWS:
        for choice in (Choice(seconds), Choice(seconds, "callback"), Choice(seconds, "rest", ROUTE)):
            assert read_choice(dict(parse_qsl(choice.href.partition("?")[2]))) == choice
    assert read_choice({"window": "never", "kind": "odd", "in": "no", "route": "x"}) == Choice()


def test_the_numbers_are_those_of_the_answers(server: Flask) -> None:
    with server.test_request_context("/"):
        facts, _ = read_facts(Choice(route=ROUTE))
        assert facts.count == 50
        assert facts.error_rate == pytest.approx(0.02)
        assert facts.p50 == pytest.approx(25, rel=0.005)
        assert facts.max == 50
        assert [row.name for row in read_endpoints(Choice())] == [CALLBACK.name, "GET /api/v1/jobs"]
        assert [row.name for row in read_endpoints(Choice(kind="rest"))] == ["GET /api/v1/jobs"]


def test_every_answer_stands_in_one_cell_of_the_heat_map(server: Flask) -> None:
    with server.test_request_context("/"):
        [point] = read_points(Choice())
        assert sum(point.cells) == point.count == 51
        assert len(point.cells) == len(LIMITS_MS)


@pytest.mark.parametrize("query", [{}, {"window": "604800"}, {"kind": "page"}])
def test_the_page_is_drawn_whatever_there_is_to_show(server: Flask, query: dict[str, str]) -> None:
    with server.test_request_context("/"):
        assert len(all_of(draw(**query))) > 30


def test_the_slowest_and_the_fastest_are_ranked_where_answers_are_enough(server: Flask) -> None:
    operations: Operations = server.extensions[OPERATIONS]
    slow = Route("rest", "GET", "/api/v1/datasets")
    for _ in range(5):
        operations.latency.recorder.add(slow, 200, 10**9, 0, 0, time.perf_counter_ns())
    with server.test_request_context("/"):
        told = texts_of(draw())
    assert "Slowest" in told
    assert told.index("GET /api/v1/datasets") < told.index("Fastest") < told.rindex("GET /api/v1/jobs")


def test_a_route_shows_its_stages(server: Flask) -> None:
    with server.test_request_context("/"):
        query = dict(parse_qsl(Choice(route=CALLBACK).href.partition("?")[2]))
        drawn = texts_of(draw(**query))
        assert "home-jobs.children" in drawn
        assert "33.3 %" in drawn, "a third was waiting"


def test_without_answers_the_page_says_so(workspace: Workspace) -> None:
    with create_app(workspace.settings, workspace).server.test_request_context("/"):
        drawn = texts_of(draw())
        assert "Nothing to draw yet" in drawn
        assert "No answers in this window" in drawn
        assert "None of" in drawn


def test_times_are_told_in_the_unit_that_fits() -> None:
    assert [shown_ms(value) for value in (None, 0.4217, 31.4, 2400.0)] == ["–", "0.422 ms", "31.4 ms", "2.40 s"]
