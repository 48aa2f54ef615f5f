"""What Prometheus scrapes: read by Prometheus' own parser, true, and never more names than there are routes."""

from pathlib import Path

import pytest
from flask.testing import FlaskClient
from prometheus_client.parser import text_string_to_metric_families

from app import create_app
from services.families import Family, Sample, one, render
from services.job_statistics import JobTotals, ended_jobs, live_jobs, oldest_wait_s
from services.jobs import JobState, Submission
from services.jobs.records import JobError, Measures
from services.operations import OPERATIONS, Operations
from services.workspace import Workspace

HERE = "http://127.0.0.1"
Numbers = dict[tuple[str, tuple[tuple[str, str], ...]], float]


def read(text: str) -> Numbers:
    """Return every number by name and labels; raises ValueError where the text breaks the format."""
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def value(numbers: Numbers, name: str, **labels: str) -> float:
    return numbers["lookahead_" + name, tuple(sorted(labels.items()))]


@pytest.fixture
def client(workspace: Workspace) -> FlaskClient:
    """A client of the whole application, which measures."""
    client: FlaskClient = create_app(workspace.settings, workspace).server.test_client()
    return client


def scrape(client: FlaskClient) -> Numbers:
    answer = client.get("/metrics", base_url=HERE)
    assert answer.status_code == 200
    assert answer.content_type.startswith("text/plain; version=0.0.4")
    return read(answer.text)


def test_answers_are_told_by_route_and_status(client: FlaskClient) -> None:
    client.get("/api/v1/jobs", base_url=HERE)
    client.get("/api/v1/jobs?limit=0", base_url=HERE)
    numbers = scrape(client)
    route = {"kind": "rest", "method": "GET", "route": "/api/v1/jobs"}
    assert value(numbers, "http_requests_total", **route, status="ok") == 1
    assert value(numbers, "http_requests_total", **route, status="4xx") == 1
    assert value(numbers, "http_request_duration_seconds_count", **route) == 2
    assert value(numbers, "http_request_duration_seconds_bucket", **route, le="+Inf") == 2
    stages = [
        value(numbers, "http_request_stage_seconds_total", **route, stage=s) for s in ("wait", "compute", "serialise")
    ]
    assert sum(stages) == pytest.approx(value(numbers, "http_request_duration_seconds_sum", **route))


def test_jobs_are_told_by_kind_and_state(client: FlaskClient, workspace: Workspace) -> None:
    scrape(client)  # counting begins
    for number in range(3):
        workspace.jobs.submit(Submission(id=f"job-0000{number}", kind="forecast", request={}, owner="ann"))
    for end in ("done", "failed"):
        claim = workspace.jobs.claim("worker", ("cpu",), 30)
        assert claim is not None
        measures = Measures(wall_s=0.1, cpu_s=0.1)
        if end == "done":
            workspace.jobs.finish(claim, b"{}", measures)
        else:
            workspace.jobs.fail(claim, JobError(type="internal", title="No", detail="no"), measures)
    numbers = scrape(client)
    assert value(numbers, "jobs", kind="forecast", state="queued") == 1
    assert value(numbers, "jobs_ended_total", kind="forecast", state="done") == 1
    assert value(numbers, "jobs_ended_total", kind="forecast", state="failed") == 1
    assert value(numbers, "job_run_seconds_count", kind="forecast") == 2
    assert value(numbers, "jobs_oldest_queued_seconds") >= 0
    workspace.jobs.forget_finished(-60)
    assert value(scrape(client), "jobs_ended_total", kind="forecast", state="done") == 1, "a counter never falls"


def test_machine_and_process_are_told(client: FlaskClient) -> None:
    numbers = scrape(client)
    for name in ("host_memory_total_bytes", "disk_free_bytes", "process_resident_memory_bytes", "process_threads"):
        assert value(numbers, name) > 0
    assert value(numbers, "job_table_up") == 1


def test_a_job_table_that_is_gone_leaves_the_rest(client: FlaskClient, workspace: Workspace) -> None:
    with workspace.jobs.engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE jobs")
    numbers = scrape(client)
    assert value(numbers, "job_table_up") == 0
    assert value(numbers, "host_cores") > 0


def test_others_add_what_they_measure(client: FlaskClient) -> None:
    operations: Operations = client.application.extensions[OPERATIONS]
    operations.sources.append(lambda: [one("gpu_temperature_celsius", "gauge", "Chip.", 41.5, {"gpu": "0"})])
    assert value(scrape(client), "gpu_temperature_celsius", gpu="0") == 41.5


def test_labels_with_quotes_and_newlines_survive() -> None:
    text = render([Family("odd", "gauge", "Back\\slash and\nnewline", [Sample(1.5, {"name": 'a"b\\c\nd'})])])
    assert read(text) == {("lookahead_odd", (("name", 'a"b\\c\nd'),)): 1.5}


def test_a_number_that_is_none_is_left_out() -> None:
    assert render([one("unknown", "gauge", "Not known.", None), one("odd", "gauge", "", float("nan"))]).strip() == ""


def test_a_clock_set_back_loses_no_job(workspace: Workspace, tmp_path: Path) -> None:
    now = [1_000_000.0]
    jobs = type(workspace.jobs)(workspace.jobs.engine, clock=lambda: now[0])
    totals = JobTotals(workspace.jobs.engine, clock=lambda: now[0])
    for number, step in enumerate((10.0, -3600.0, 5.0, 0.0, 3600.0)):
        now[0] += step
        jobs.submit(Submission(id=f"job-0000{number}", kind="forecast", request={}, owner="ann"))
        claim = jobs.claim("worker", ("cpu",), 30)
        assert claim is not None
        totals.update()
        jobs.finish(claim, b"{}", Measures(wall_s=0.1, cpu_s=0.1))
        totals.update()
        totals.update()
    assert totals.by_kind["forecast"].ended == {JobState.DONE: 5}


def test_the_oldest_waiting_job_tells_how_long(workspace: Workspace) -> None:
    assert oldest_wait_s(live_jobs(workspace.jobs.engine), 0.0) is None
    job = workspace.jobs.submit(Submission(id="job-00001", kind="forecast", request={}, owner="ann"))
    waited = oldest_wait_s(live_jobs(workspace.jobs.engine), job.created_at.timestamp() + 7)
    assert waited == pytest.approx(7, abs=0.01)
    assert ended_jobs(workspace.jobs.engine, 0.0) == ()
