"""The benchmarks page: its form begins with everything, and a result is drawn beside the runs before it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import dash

from app import create_app
from compute.benchmark.options import KINDS
from compute.benchmark.request import BenchmarkRequest
from pages._benchmark_history import history_lines
from services.benchmark.history import KeptMeasurement
from services.jobs import Submission
from services.workspace import Workspace
from tests.components.test_benchmarks import measured, result, without_rate
from tests.pages.conftest import all_of, texts_of


def kept(**changes: Any) -> KeptMeasurement:
    facts: dict[str, Any] = {
        "run": "a", "at": datetime(2026, 1, 1, tzinfo=UTC), "device": "cpu", "name": "A processor", "driver": "6.1",
        "threads": 2, "kind": "matrix_multiply", "variant": "fp32", "title": "Product", "library": "torch", "size": 512,
        "size_title": "edge", "median_ms": 2.0, "iqr_ms": 0.1, "rate": 90.0, "unit": "GFLOP/s", "verdict": "stable",
        "change": None, "change_percent": None, "message": "", "preset": "quick", "code_version": "1",
    }  # fmt: skip
    return KeptMeasurement(**{name: value for name, value in (facts | changes).items() if name in facts})


def finish(workspace: Workspace, request: dict[str, Any], body: bytes) -> str:
    """Return the id of a benchmark that is done."""
    workspace.jobs.submit(Submission(id="job-00001", kind="benchmark", request=request, owner="tester", lane="gpu"))
    claim = workspace.jobs.claim("worker", ("gpu",), 30.0)
    assert claim is not None
    assert workspace.jobs.finish(claim, body)
    return claim.job_id


def test_runs_of_one_measurement_are_a_line_from_old_to_new() -> None:
    days = [datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=day) for day in range(3)]
    newest_first = [kept(at=day, rate=80.0 + i) for i, day in reversed(list(enumerate(days)))]
    [line] = history_lines([*newest_first, kept(variant="fp64", title="Alone")])
    assert (line.title, line.at, line.rates) == ("Product (torch)", tuple(days), (80.0, 81.0, 82.0))


def test_another_driver_or_number_of_threads_is_another_line() -> None:
    rows = [kept(driver=driver) for driver in ("1", "1", "2", "2")] + [kept(threads=4)] * 2
    lines = history_lines(rows)
    assert len(lines) == 3
    assert {line.title for line in lines} == {"Product (torch) (1)", "Product (torch) (2)", "Product (torch) (6.1)"}


def test_the_page_begins_with_every_workload_and_the_example_of_nothing(workspace: Workspace) -> None:
    server = create_app(workspace.settings, workspace).server
    page = dash.page_registry["pages.benchmarks"]
    with server.test_request_context("http://127.0.0.1:8050/benchmarks"):
        words = texts_of(page["layout"]())
    for expected in ("How fast is this machine?", "Matrix multiply", "Memory bandwidth", "Measure"):
        assert expected in words


def test_a_stored_result_is_drawn_with_its_roofline(workspace: Workspace) -> None:
    server = create_app(workspace.settings, workspace).server
    request = BenchmarkRequest(kinds=KINDS[:1]).model_dump(mode="json")
    found = result(measured(), without_rate("absent"))
    job_id = finish(workspace, request, found.model_dump_json().encode())
    page = dash.page_registry["pages.benchmarks"]
    with server.test_request_context(f"http://127.0.0.1:8050/benchmarks?job={job_id}"):
        drawn = page["layout"](job=job_id)
    words = texts_of(drawn)
    for expected in ("What was measured", "Earlier runs on A processor", "The first run", "the reason", "90.0"):
        assert expected in words
    assert {"page": "benchmarks", "graph": "roofline"} in [getattr(each, "id", None) for each in all_of(drawn)]
