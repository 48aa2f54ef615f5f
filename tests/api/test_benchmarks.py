"""Earlier benchmarks over REST: by device and workload, newest first; with the reason where there are none."""

from collections.abc import Callable

from flask.testing import FlaskClient

from compute.benchmark.result import BenchmarkResult
from services.benchmark.history import BenchmarkHistory
from services.workspace import Workspace
from tests.services.benchmark.conftest import MACHINE, make_result

__all__ = ["make_result"]  # the fixture
PATH = "/api/v1/gpu/benchmarks"


def test_without_any_the_answer_says_how_to_make_one(client: FlaskClient) -> None:
    data = client.get(PATH).get_json()["data"]
    assert (data["measurements"], data["devices"]) == ([], [])
    assert "POST /gpu/benchmark" in data["reason"]


def test_measurements_are_found_by_device_and_workload(
    client: FlaskClient, workspace: Workspace, make_result: Callable[..., BenchmarkResult]
) -> None:
    history = BenchmarkHistory(workspace.jobs.engine)
    history.keep(make_result(), {"cpu": MACHINE})
    history.keep(make_result(2.0, kind="convolution"), {"cpu": MACHINE})
    data = client.get(PATH, query_string={"device": "Some processor", "workload": "convolution"}).get_json()["data"]
    assert [each["kind"] for each in data["measurements"]] == ["convolution"]
    assert data["measurements"][0]["rate"] == 50.0
    assert (data["devices"], data["reason"]) == (["Some processor"], None)
    assert len(client.get(PATH, query_string={"device": "cpu"}).get_json()["data"]["measurements"]) == 2


def test_unknown_devices_and_workloads_are_refused_with_what_there_is(
    client: FlaskClient, workspace: Workspace, make_result: Callable[..., BenchmarkResult]
) -> None:
    BenchmarkHistory(workspace.jobs.engine).keep(make_result(), {"cpu": MACHINE})
    answer = client.get(PATH, query_string={"device": "GPU-7"})
    assert answer.status_code == 422
    assert "Some processor" in answer.get_json()["errors"][0]["msg"]
    assert client.get(PATH, query_string={"workload": "chess"}).status_code == 422
