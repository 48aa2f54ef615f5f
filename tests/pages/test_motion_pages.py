"""The pages of motion hold what the board needs, and say what plans and runs came to."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask

from app import create_app
from compute.planning.execution.request import ExecuteRequest
from compute.planning.motion_plan.request import PlanRequest
from pages._job_page import page_layout
from pages._job_records import Finished, JobPage
from pages._job_views import finished
from pages._motion_samples import DRIVE_SAMPLES, PLAN_SAMPLES
from pages._workspace import EXTENSION
from services.submission import submit_job
from services.workspace import Workspace
from tests.components.motions import made_failure, made_plan, made_run

EACH = pytest.mark.parametrize("kind", ["motion_plan", "motion_run"])


@pytest.fixture
def _within_a_request(workspace: Workspace) -> Iterator[None]:
    create_app(workspace.settings, workspace)  # pages can be imported once there is an application
    server = Flask(__name__)
    server.extensions[EXTENSION] = workspace
    with server.test_request_context("http://127.0.0.1:8050/motion"):
        yield


def page_of(kind: str) -> JobPage:
    import pages.motion as plan
    import pages.motion_run as run

    return plan.PAGE if kind == "motion_plan" else run.PAGE


def done(workspace: Workspace, kind: str, result: Any) -> Finished:
    request = workspace.tasks[kind].example
    job = submit_job(workspace, kind, dict(request), owner="local", job_id="a-job-of-motion", use_cache=False)
    claim = workspace.jobs.claim("worker", ["cpu"], lease_s=60)
    assert claim is not None
    assert workspace.jobs.finish(claim, result.model_dump_json().encode())
    found = finished(kind, job.id)
    assert found is not None
    return found


def drawn(page: JobPage, **query: str) -> str:
    return json.dumps(page_layout(page, query), default=lambda each: each.to_plotly_json())


@pytest.mark.usefixtures("_within_a_request")
@EACH
def test_a_page_has_its_board_and_the_stores_it_listens_to(kind: str) -> None:
    page = page_of(kind)
    text = drawn(page)
    assert f'"data-scene": "{page.name}"' in text
    for store in ("prefix", "read", "answered", "followed", "blamed"):
        assert f'{{"page": "{page.name}", "board": "{store}"}}' in text
    prefix = "plan/" if page.kind == "motion_run" else ""
    for name in ("map", "start", "goal"):
        assert f'"field": "{prefix}{name}"' in text
    assert '"aria-current": "page"' in text
    assert "?carry=1" in text


@pytest.mark.parametrize("sample", PLAN_SAMPLES, ids=lambda sample: sample.label)
def test_samples_are_plans(sample: Any) -> None:
    assert PlanRequest.model_validate(sample.request).map.obstacles


@pytest.mark.parametrize("sample", DRIVE_SAMPLES, ids=lambda sample: sample.label)
def test_samples_are_runs(sample: Any) -> None:
    assert ExecuteRequest.model_validate(sample.request).plan.map.obstacles


@pytest.mark.usefixtures("_within_a_request")
@pytest.mark.parametrize(
    ("kind", "result", "words"),
    [
        ("motion_plan", made_plan(), "Chosen step by step by active inference. It touches nothing"),
        ("motion_plan", made_failure(), "What parts start from goal: wall north, wall south"),
        ("motion_run", made_run(), "the fault is its own"),
        ("motion_run", made_run(status="reached", reason="", collisions=()), "touched nothing"),
        ("motion_run", made_run(status="no_plan", frames=(), min_clearance=None, collisions=()), "It did not begin"),
    ],
    ids=["plan", "no way", "touch", "run", "not begun"],
)
def test_a_result_is_told_and_drawn(workspace: Workspace, kind: str, result: Any, words: str) -> None:
    page = page_of(kind)
    found = done(workspace, kind, result)
    answer = page.answer(found, None)
    assert words in f"{answer.title} {answer.sentence}"
    assert "The other one" in page.answer(found, found).sentence
    both = json.dumps(page.draw(found, found), default=lambda each: each.to_plotly_json())
    has_way = bool(getattr(result, "path", ()) or getattr(result, "frames", ()))
    assert ('"compared": [[' in both) == has_way
    text = json.dumps(page.draw(found, None), default=lambda each: each.to_plotly_json())
    assert f'{{"page": "{page.name}", "part": "drawn"}}' in text
    assert ("/a-job-of-motion/result?format=csv" in text) == has_way, "the motion as a table, where there is one"
    assert "NaN" not in text
    listed = workspace.jobs.page(kind=kind).jobs[0]
    assert "12 × 8 m, (1, 4) to (11, 4)" in page.describe(listed)
