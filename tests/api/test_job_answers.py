"""What submitting a job is answered: results, waits, failures, repeats, earlier results."""

import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from api.routes import WATCHER
from services.workspace import Workspace
from tests.live import wait_until

ECHO = "/api/v1/test/echo"


def post(client: FlaskClient, body: dict[str, Any], **headers: str) -> TestResponse:
    return client.post(ECHO, json=body, headers={name.replace("_", "-"): value for name, value in headers.items()})


@pytest.mark.usefixtures("worker")
def test_a_short_job_is_answered_with_its_result(client: FlaskClient) -> None:
    answer = post(client, {"text": "hi"})
    assert answer.status_code == 200
    assert answer.json is not None
    assert answer.json["data"] == {"text": "hi", "number": None}
    about = answer.json["metadata"]
    assert about["cache"] == "miss"
    assert about["device"] == "cpu"
    assert about["request_id"] == answer.headers["X-Request-ID"]
    assert about["processing_time_ms"] > 0


@pytest.mark.usefixtures("worker")
def test_the_answer_comes_as_soon_as_the_job_has_ended(client: FlaskClient) -> None:
    post(client, {"text": "warm up"})
    started = time.perf_counter()
    answer = post(client, {"text": "again"})
    assert answer.status_code == 200
    assert time.perf_counter() - started < 10, "nobody waits for a timeout"


def test_a_job_nobody_runs_is_answered_202_after_the_preferred_wait(client: FlaskClient, workspace: Workspace) -> None:
    started = time.perf_counter()
    answer = post(client, {}, Prefer="wait=1")
    assert 0.9 < time.perf_counter() - started < 10
    assert answer.status_code == 202
    assert answer.headers["Preference-Applied"] == "wait=1"
    assert answer.json is not None
    job_id = answer.json["data"]["job_id"]
    assert answer.json["data"]["state"] == "queued"
    assert answer.headers["Location"] == f"/api/v1/jobs/{job_id}"
    assert workspace.jobs.get(job_id) is not None


@pytest.mark.parametrize("preference", ["respond-async", "wait=0", "RESPOND-ASYNC", "handling=lenient, respond-async"])
def test_who_does_not_want_to_wait_does_not(client: FlaskClient, preference: str) -> None:
    started = time.perf_counter()
    answer = post(client, {}, Prefer=preference)
    assert answer.status_code == 202
    assert time.perf_counter() - started < 10


@pytest.mark.usefixtures("worker")
@pytest.mark.parametrize("preference", ["wait=-1", "wait=many", "wait=", "wait=99999999999999999999", "nonsense", ""])
def test_a_preference_that_cannot_be_understood_is_ignored(client: FlaskClient, preference: str) -> None:
    answer = post(client, {}, Prefer=preference)
    assert answer.status_code == 200
    assert "Preference-Applied" not in answer.headers


@pytest.mark.usefixtures("worker")
def test_too_long_a_wait_is_cut_and_said_so(client: FlaskClient) -> None:
    assert post(client, {}, Prefer="wait=900").headers["Preference-Applied"] == "wait=120"


@pytest.mark.usefixtures("worker")
@pytest.mark.parametrize(
    ("end", "status", "code"),
    [("request", 422, "job-request"), ("memory", 500, "job-memory"), ("internal", 500, "job-internal")],
)
def test_a_failed_job_is_a_problem_with_its_own_message(client: FlaskClient, end: str, status: int, code: str) -> None:
    answer = post(client, {"end": end, "text": "no"})
    assert answer.status_code == status
    assert answer.content_type == "application/problem+json"
    assert answer.json is not None
    assert answer.json["type"] == f"/api/docs#problem-{code}"
    assert {"request": "say something else", "memory": "needed more", "internal": "division"}[end] in answer.json[
        "detail"
    ]
    if end == "request":
        assert answer.json["errors"] == [{"loc": ["text"], "msg": "'no' cannot be echoed; say something else"}]


@pytest.mark.usefixtures("worker")
def test_a_job_cancelled_while_somebody_waits_is_a_conflict(client: FlaskClient, workspace: Workspace) -> None:
    job_id = post(client, {"steps": 100_000}, Prefer="respond-async").json["data"]["job_id"]  # type: ignore[index]
    workspace.jobs.cancel(job_id)
    answer = client.get(f"/api/v1/jobs/{job_id}/result", headers={"Prefer": "wait=20"})
    assert answer.status_code == 409
    assert answer.json is not None
    assert "cancelled" in answer.json["detail"]


@pytest.mark.usefixtures("worker")
def test_an_equal_request_is_answered_from_the_earlier_result_unless_told_otherwise(client: FlaskClient) -> None:
    def cache(**headers: str) -> str:
        answer = post(client, {"text": "same"}, **headers)
        assert answer.json is not None
        return str(answer.json["metadata"]["cache"])

    assert [cache(), cache(), cache(Cache_Control="no-cache"), cache()] == ["miss", "hit", "miss", "hit"]


@pytest.mark.usefixtures("worker")
def test_a_repeat_with_the_same_key_is_the_first_job(client: FlaskClient, workspace: Workspace) -> None:
    answers = [post(client, {"text": "once"}, Idempotency_Key="k", Cache_Control="no-cache") for _ in range(3)]
    assert len({answer.json["metadata"]["job_id"] for answer in answers if answer.json}) == 1
    assert len(workspace.jobs.page().jobs) == 1


@pytest.mark.usefixtures("worker")
def test_a_repeat_of_a_failure_is_the_same_failure(client: FlaskClient, workspace: Workspace) -> None:
    statuses = {post(client, {"end": "internal"}, Idempotency_Key="k").status_code for _ in range(2)}
    assert statuses == {500}
    assert len(workspace.jobs.page().jobs) == 1


@pytest.mark.usefixtures("worker")
def test_a_key_used_for_something_else_is_a_conflict(client: FlaskClient) -> None:
    assert post(client, {"text": "one"}, Idempotency_Key="k").status_code == 200
    answer = post(client, {"text": "two"}, Idempotency_Key="k")
    assert answer.status_code == 409
    assert answer.json is not None
    assert "new key" in answer.json["detail"]


@pytest.mark.parametrize("key", ["", "a b", "x" * 101, "é"])
def test_a_malformed_key_is_refused_and_nothing_is_submitted(
    client: FlaskClient, workspace: Workspace, key: str
) -> None:
    assert post(client, {}, Idempotency_Key=key).status_code == 400
    assert workspace.jobs.page().jobs == ()


def test_what_a_schema_cannot_know_is_refused_at_its_field(client: FlaskClient, workspace: Workspace) -> None:
    answer = post(client, {"text": "forbidden"})
    assert answer.status_code == 422
    assert answer.json is not None
    assert answer.json["errors"][0]["loc"] == ["text"]
    assert workspace.jobs.page().jobs == ()


@pytest.mark.usefixtures("worker")
def test_a_result_that_was_forgotten_is_not_found(client: FlaskClient, workspace: Workspace) -> None:
    answer = post(client, {})
    assert answer.json is not None
    job_id = answer.json["metadata"]["job_id"]
    assert workspace.jobs.forget_finished(older_than_s=-1) == 1
    assert client.get(f"/api/v1/jobs/{job_id}/result").status_code == 404


def test_a_job_that_is_deleted_while_waited_for_is_not_found(server: Flask, workspace: Workspace) -> None:
    client, watcher = server.test_client(), server.extensions[WATCHER]
    job_id = post(client, {}, Prefer="respond-async").json["data"]["job_id"]  # type: ignore[index]
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(client.get, f"/api/v1/jobs/{job_id}/result", headers={"Prefer": "wait=20"})
        wait_until(lambda: job_id in watcher._watches, 20, "somebody waits")
        with workspace.jobs.engine.begin() as connection:
            connection.exec_driver_sql("DELETE FROM jobs")
        answer = waiting.result(20)
    assert answer.status_code == 404
    assert answer.json is not None
    assert "while you waited" in answer.json["detail"]
