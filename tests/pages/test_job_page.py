"""A job page shows what the job table says, however it is opened."""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from dash import html
from flask import Flask

from components.form import Form
from compute.forecast.request import ForecastRequest
from compute.schema import FieldProblem
from pages._job_page import page_body, page_layout
from pages._job_records import Answer, JobPage, Sample
from pages._job_views import awaited_view, refused_view, view_of
from pages._workspace import EXTENSION
from services.jobs import Claim, Job, JobError
from services.submission import submit_job
from services.workspace import Workspace
from tests.components.figures.forecasts import made_result

REQUEST = {"series": {"values": [1, 2, 3], "name": "little"}, "horizon": 2, "model": {"kind": "naive"}}
PAGE = JobPage(
    name="forecast",
    kind="forecast",
    title="Forecast",
    subtitle="Look ahead.",
    form=Form("forecast", ForecastRequest, advanced=("seed",)),
    run_label="Run",
    working_title="Forecasting",
    empty_title="Ask for a forecast",
    empty_message="Choose.",
    samples=(Sample("A sample", REQUEST),),
    answer=lambda done, other: Answer(
        f"result of {done.job.id}", f"beside {other.job.id}" if other else "", "f", "fan"
    ),
    draw=lambda done, other: html.Div(f"drawn {len(done.result.mean)}"),
    draw_waiting=lambda: html.Div("room"),
    describe=lambda job: job.id,
)


@pytest.fixture(autouse=True)
def _within_a_request(workspace: Workspace) -> Iterator[None]:
    server = Flask(__name__)
    server.extensions[EXTENSION] = workspace
    with server.test_request_context("http://127.0.0.1:8050/forecast"):
        yield


def submitted(workspace: Workspace, job_id: str = "job-number-one", **changes: Any) -> Job:
    return submit_job(workspace, "forecast", REQUEST | changes, owner="local", job_id=job_id, use_cache=False)


def claimed(workspace: Workspace) -> Claim:
    claim = workspace.jobs.claim("worker", ["cpu"], lease_s=60)
    assert claim is not None
    return claim


def done(workspace: Workspace, job_id: str = "job-number-one") -> Job:
    submitted(workspace, job_id)
    assert workspace.jobs.finish(claimed(workspace), made_result(horizon=2).model_dump_json().encode())
    job = workspace.jobs.get(job_id)
    assert job is not None
    return job


def opened(**query: str) -> str:
    """Everything on the page, as text."""
    return json.dumps(page_layout(PAGE, query), default=lambda each: each.to_plotly_json())


def test_a_fresh_page_is_empty_and_its_sample_starts_at_once() -> None:
    text = opened()
    assert "Ask for a forecast" in text
    assert "/forecast?run=%7B%22series%22" in text


def test_a_queued_job_tells_how_many_are_ahead(workspace: Workspace) -> None:
    for number in range(3):
        job = submitted(workspace, f"job-number-{number}")
    view = view_of(PAGE, job.id, job, None)
    assert view.is_live
    assert "Waiting: 2 jobs ahead" in str(view.status)


def test_a_running_job_tells_its_progress_and_is_followed_again(workspace: Workspace) -> None:
    submitted(workspace)
    workspace.jobs.renew(claimed(workspace), 60, 0.4, "fold 2 of 5")
    text = opened(job="job-number-one")
    assert "fold 2 of 5" in text
    assert "40 %" in text
    assert '"job_id": "job-number-one", "kind": "forecast", "request"' in text


def test_a_job_that_was_asked_to_stop_says_so_and_cannot_be_cancelled_twice(workspace: Workspace) -> None:
    submitted(workspace)
    claimed(workspace)
    job = workspace.jobs.cancel("job-number-one")
    view = view_of(PAGE, "job-number-one", job, None)
    assert "Stopping" in str(view.status)
    assert view.is_stopping


def test_a_done_job_shows_its_result_its_request_and_how_it_was_made(workspace: Workspace) -> None:
    done(workspace)
    text = opened(job="job-number-one")
    assert "result of job-number-one" in text
    assert "drawn 2" in text
    assert "3 values in the request" in text
    assert '"value": "1\\n2\\n3"' in text


def test_a_done_job_is_compared_with_another_of_its_kind_only(workspace: Workspace) -> None:
    done(workspace, "job-number-one")
    done(workspace, "job-number-two")
    assert "beside job-number-two" in opened(job="job-number-one", compare="job-number-two")
    assert "beside job" not in opened(job="job-number-one", compare="no-such-job")


def test_a_result_that_cannot_be_drawn_is_told_and_kept(workspace: Workspace) -> None:
    def fail(*_: Any) -> html.Div:
        raise KeyError("a slip of ours")

    job = done(workspace)
    view = view_of(replace(PAGE, draw=fail), job.id, job, None)
    assert "cannot be drawn" in str(view.status)
    assert "KeyError" in str(view.status)
    assert job.id in json.dumps(view.result, default=lambda each: each.to_plotly_json())


def test_a_result_of_another_version_is_offered_to_be_run_again(workspace: Workspace) -> None:
    submitted(workspace)
    claim = claimed(workspace)
    assert workspace.jobs.finish(claim, b'{"of": "old"}')
    job = workspace.jobs.get(claim.job_id)
    assert job is not None
    view = view_of(PAGE, job.id, job, None)
    assert "another version" in str(view.status)
    assert "Run again" in str(view.status)


def test_a_failed_job_tells_why_in_its_own_words_and_at_its_field(workspace: Workspace) -> None:
    submitted(workspace)
    problem = FieldProblem(loc=("horizon",), msg="2 is too far for 3 values")
    error = JobError(type="request", title="The request cannot be met", detail=problem.msg, errors=(problem,))
    workspace.jobs.fail(claimed(workspace), error)
    view = view_of(PAGE, "job-number-one", workspace.jobs.get("job-number-one"), None)
    assert not view.is_live
    assert view.problems == (problem,)
    assert '"error": "2 is too far for 3 values"' in opened(job="job-number-one")
    assert "Run again" in str(view.status)


def test_a_cancelled_job_is_no_failure(workspace: Workspace) -> None:
    submitted(workspace)
    workspace.jobs.cancel("job-number-one")
    view = view_of(PAGE, "job-number-one", workspace.jobs.get("job-number-one"), None)
    assert (view.state, view.is_live) == ("cancelled", False)
    assert "color='gray'" in str(view.status)


def test_an_unknown_job_and_one_of_another_kind_are_told_apart(workspace: Workspace) -> None:
    submit_job(workspace, "import_dataset", {"source": {"sample": "nile"}}, owner="local", job_id="an-import-job")
    assert "There is no such job" in opened(job="no-such-job")
    assert "of another kind" in opened(job="an-import-job")


def test_a_link_that_runs_hands_the_request_on_under_a_new_id_and_submits_nothing_itself(workspace: Workspace) -> None:
    text = opened(run=json.dumps(REQUEST))
    assert '"address": "replace"' in text
    assert workspace.jobs.page().jobs == ()


def test_a_link_with_a_wrong_request_shows_it_and_what_is_wrong() -> None:
    text = opened(run=json.dumps(REQUEST | {"horizon": 0}))
    assert "0 is refused: input should be greater than or equal to 1" in text
    assert '"address"' not in text.replace('"part": "address"', "")


@pytest.mark.parametrize("nonsense", ["{", "[]", "3", '"text"', "null", '{"series": 4}'])
def test_a_link_with_nonsense_still_gives_a_page(nonsense: str) -> None:
    assert "Run" in opened(run=nonsense)


def test_a_link_to_a_dataset_preselects_its_first_number_column() -> None:
    text = opened(dataset="nile")
    assert '"value": "flow_1e8_m3"' in text
    assert "air-passengers" in opened(dataset="no-such-dataset")


def test_before_the_job_arrives_in_the_table_it_is_on_its_way() -> None:
    view = awaited_view(PAGE)
    assert view.is_live
    assert "On its way" in str(view.status)


def test_a_request_that_became_no_job_is_told_with_its_reason() -> None:
    view = refused_view(PAGE, [{"loc": ["series", "dataset"], "msg": "there is no dataset x"}])
    assert not view.is_live
    assert "there is no dataset x" in str(view.status)


def test_opening_a_page_changes_nothing(workspace: Workspace) -> None:
    done(workspace)
    before = workspace.jobs.page()
    page_body(PAGE, {"job": "job-number-one"})
    page_body(PAGE, {"run": json.dumps(REQUEST)})
    assert workspace.jobs.page() == before
