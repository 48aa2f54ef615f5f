"""Every answer is counted once, under the name of its route, with its stages and its real status."""

import json

import pytest
from dash import _callback
from flask.testing import FlaskClient

from app import create_app
from services.latency.recorder import Recorder
from services.latency.routes import UNMATCHED, Route
from services.operations import OPERATIONS
from services.workspace import Workspace

HERE = "http://127.0.0.1"


@pytest.fixture
def client(workspace: Workspace) -> FlaskClient:
    """A client of the whole application, which measures."""
    return create_app(workspace.settings, workspace).server.test_client()


def recorder_of(client: FlaskClient) -> Recorder:
    """Return what the client's server counts with."""
    recorder: Recorder = client.application.extensions[OPERATIONS].latency.recorder
    return recorder


def counts(client: FlaskClient) -> dict[Route, int]:
    """Return how many answers were counted of each route."""
    return {route: tally.count for route, tally in recorder_of(client).since_start().items()}


def test_routes_are_counted_by_rule_and_status(client: FlaskClient) -> None:
    for job in ("a-first-job", "another-job"):
        assert client.get(f"/api/v1/jobs/{job}", base_url=HERE).status_code == 404
    client.get("/api/v1/jobs", base_url=HERE)
    client.get("/api/v1/jobs?limit=none", base_url=HERE)
    assert counts(client) == {
        Route("rest", "GET", "/api/v1/jobs/{job_id}"): 2,
        Route("rest", "GET", "/api/v1/jobs"): 2,
    }
    tallies = recorder_of(client).since_start()
    assert tallies[Route("rest", "GET", "/api/v1/jobs/{job_id}")].refused == 2
    assert tallies[Route("rest", "GET", "/api/v1/jobs")].refused == 1


def test_the_stages_of_an_answer_add_up(client: FlaskClient) -> None:
    client.get("/api/v1/jobs", base_url=HERE)
    [tally] = recorder_of(client).since_start().values()
    assert tally.total.total == tally.wait.total + tally.compute.total + tally.serialise.total
    assert tally.serialise.total > 0
    assert tally.compute.total > 0


def test_pages_are_counted_by_their_address(client: FlaskClient) -> None:
    client.get("/forecast", base_url=HERE)
    client.get("/forecast?job=abc", base_url=HERE)
    client.get("/", base_url=HERE)
    assert counts(client) == {Route("page", "GET", "/forecast"): 2, Route("page", "GET", "/"): 1}


def test_random_paths_and_hosts_are_one_name(client: FlaskClient) -> None:
    for number in range(60):
        client.get(f"/x/{number}", base_url=HERE)
        client.get(f"/api/v1/x{number}", base_url=HERE)
        client.delete(f"/x{number}", base_url=HERE)
        client.get(f"/{number}", base_url=f"http://h{number}.example")
    assert counts(client) == {UNMATCHED: 240}


def ask(client: FlaskClient, output: str) -> int:
    """Ask for a callback as the renderer would, without what it needs; return the status."""
    body = {"output": output, "outputs": [], "inputs": [], "changedPropIds": []}
    return client.post("/_dash-update-component", base_url=HERE, json=body).status_code


def test_callbacks_are_counted_by_their_output(client: FlaskClient) -> None:
    for number in range(20):
        ask(client, f"no-such-{number}.children")
    assert counts(client) == {UNMATCHED: 20}
    body = {
        "output": "shell-burger.opened",
        "outputs": {"id": "shell-burger", "property": "opened"},
        "inputs": [],
        "changedPropIds": [],
    }
    client.post("/_dash-update-component", base_url=HERE, data=json.dumps(body), content_type="application/json")
    assert sum(counts(client).values()) == 21


def test_dash_s_making_of_json_is_where_it_is_measured() -> None:
    assert getattr(vars(_callback)["to_json"], "is_measured", False)


def test_health_and_assets_have_names_of_their_own(client: FlaskClient) -> None:
    client.get("/health", base_url=HERE)
    client.get("/_pulse", base_url=HERE)
    client.get("/assets/shell.js", base_url=HERE).close()
    kinds = {route.kind: route.name for route in counts(client)}
    assert kinds["rest"] == "/health"
    assert kinds["other"] == "/_pulse"
    assert kinds["asset"].startswith("/assets/")
