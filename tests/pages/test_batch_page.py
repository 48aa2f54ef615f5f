"""A finished batch is shown from its stored result, and the past from wherever it was read."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask

from components.form import Form
from compute.forecast.batch.request import BatchForecastRequest
from compute.forecast.batch.result import BatchForecastResult
from compute.forecast.batch.run import forecast_batch
from compute.forecast.naive import Drift
from compute.job import ignore_progress
from pages._batch_past import pasts
from pages._batch_series import found_places
from pages._batch_view import answer, describe, draw, draw_waiting
from pages._job_page import page_layout
from pages._job_records import JobPage, Sample
from pages._job_views import finished
from pages._workspace import EXTENSION
from services.batch import cut
from services.batch_series import open_collection
from services.submission import submit_job
from services.tasks import TASKS
from services.workspace import Workspace
from tests.components.batches import batch, failed, series
from tests.compute.forecast.batch.collections import plan_for

MODEL = {"kind": "drift"}
PAGE = JobPage(
    name="batch",
    kind="batch_forecast",
    title="Batch",
    subtitle="Many.",
    form=Form("batch", BatchForecastRequest),
    run_label="Run",
    working_title="Forecasting",
    empty_title="Ask for many",
    empty_message="Choose.",
    samples=(Sample("A sample", {"series": {"dataset": "us-macro"}}),),
    answer=answer,
    draw=draw,
    draw_waiting=draw_waiting,
    describe=describe,
)
PASTED = [{"values": [1, 2, 4, 7], "name": "a"}, {"values": [1], "name": "b"}, {"values": [9, 8, 6], "name": "c"}]


@pytest.fixture(autouse=True)
def _within_a_request(workspace: Workspace) -> Iterator[None]:
    server = Flask(__name__)
    server.extensions[EXTENSION] = workspace
    with server.test_request_context("http://127.0.0.1:8050/batch"):
        yield


def done(workspace: Workspace, job_id: str, reference: Any, result: BatchForecastResult | None = None) -> str:
    """Leave a finished batch in the job table, computed here unless a result is given."""
    asked = {"series": reference, "horizon": 3, "model": MODEL}
    submit_job(workspace, "batch_forecast", asked, owner="local", job_id=job_id, use_cache=False)
    claim = workspace.jobs.claim("worker", [TASKS["batch_forecast"].lane], lease_s=60)
    assert claim is not None
    if result is None:
        collection = open_collection(BatchForecastRequest.model_validate(asked).series, workspace)
        plan = plan_for(collection.size, model=Drift(), horizon=3)
        result = forecast_batch(plan, cut(collection.read(), 8), ignore_progress)
    assert workspace.jobs.finish(claim, result.model_dump_json().encode())
    return job_id


def opened(**query: str) -> str:
    return json.dumps(page_layout(PAGE, query), default=lambda each: each.to_plotly_json())


def test_a_fresh_page_offers_its_samples() -> None:
    assert "/batch?run=%7B%22series%22" in opened()


def test_a_done_batch_shows_its_answer_its_series_and_why_some_failed(workspace: Workspace) -> None:
    text = opened(job=done(workspace, "pasted-batch-one", PASTED))
    assert "2 of 3 series forecast, 1 failed" in text
    assert "What could not be forecast?" in text
    assert '"data-graph": "small-2"' in text
    assert '"data-graph": "small-1"' not in text
    assert "3 series in the request" in text


@pytest.mark.parametrize(
    ("reference", "place", "first"),
    [
        ({"dataset": "us-macro"}, 1, 1707.4),
        ({"dataset": "us-macro", "columns": ["inflation_pct", "gdp"]}, 1, 2710.349),
        (PASTED, 2, 9.0),
    ],
)
def test_the_past_is_read_from_where_the_series_came_from(
    workspace: Workspace, reference: Any, place: int, first: float
) -> None:
    shown = finished("batch_forecast", done(workspace, "batch-with-a-past", reference))
    assert shown is not None
    (past,) = pasts(shown.job, shown.result, [place])
    assert past is not None
    assert past.values[0] == pytest.approx(first)


def test_a_past_that_was_deleted_is_none(workspace: Workspace) -> None:
    shown = finished("batch_forecast", done(workspace, "batch-of-a-dataset", {"dataset": "us-macro"}))
    assert shown is not None
    job: Any = shown.job.model_copy(update={"request": {"series": {"dataset": "gone"}}})
    assert pasts(job, shown.result, [0, 1]) == [None, None]


def test_ten_thousand_series_make_a_page_of_a_dozen_fans(workspace: Workspace) -> None:
    result = batch(*(series(f"shop {n}") for n in range(10_000)))
    reference = [{"values": [1.0, 2.0], "name": f"shop {n}"} for n in range(10_000)]
    text = opened(job=done(workspace, "a-large-batch-job", reference, result))
    assert text.count('"data-graph": "small-') == 12
    assert "1 to 12 of 10\\u202f000" in text
    assert len(text) < 500_000


def test_series_are_found_by_words_of_their_names_if_they_were_forecast() -> None:
    result = batch(series("North 1"), series("South 1"), failed("North 2"), series("north 11"))
    assert found_places(result, "") == [0, 1, 3]
    assert found_places(result, "1 NORTH") == [0, 3]
    assert found_places(result, "west") == []


def test_a_dataset_in_the_address_is_chosen() -> None:
    assert '"value": "electric-load"' in opened(dataset="electric-load")


def test_a_batch_is_told_from_others_by_data_horizon_and_model(workspace: Workspace) -> None:
    shown = finished("batch_forecast", done(workspace, "batch-described", {"dataset": "us-macro"}))
    assert shown is not None
    assert describe(shown.job) == "us-macro, 3 steps, drift"
    assert answer(shown, shown).sentence.count("5 of 5 series forecast") == 2
