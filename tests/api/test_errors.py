"""Whatever is wrong with a request, the answer is a problem that names it, and never a 500."""

import time
from typing import Any

import orjson
import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings, strategies
from werkzeug.test import TestResponse

from api.errors import MAX_FIELD_PROBLEMS, MAX_SENTENCE, Problem
from services.workspace import Workspace

ECHO = "/api/v1/test/echo"
FORECAST = "/api/v1/timeseries/forecast"


def problem_of(answer: TestResponse, status: int) -> Problem:
    """Return the problem that the answer states, after checking its form."""
    assert answer.status_code == status, answer.data
    assert answer.content_type == "application/problem+json"
    problem = Problem.model_validate(answer.json)
    assert problem.status == status
    assert problem.request_id == answer.headers["X-Request-ID"]
    assert problem.type.startswith("/api/docs#problem-")
    return problem


@pytest.mark.parametrize("path", ["/api", "/api/", "/api/v1", "/api/v2/jobs", "/api/v1/nope", "/api/v1/jobs/a/b/c"])
@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE", "PATCH"])
def test_an_unknown_path_is_not_found_with_any_method(client: FlaskClient, method: str, path: str) -> None:
    problem_of(client.open(path, method=method), 404)


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("GET", ECHO, {"POST"}), ("PUT", "/api/v1/jobs", {"GET", "HEAD"}),
        ("PATCH", "/api/v1/jobs/x", {"GET", "HEAD", "DELETE"}),
        ("POST", "/api/v1/openapi.json", {"GET", "HEAD"}), ("TRACE", "/api/v1/version", {"GET", "HEAD"}),
        ("GET", "/api/v1/uploads/x", {"HEAD", "PUT", "DELETE"}),
    ],
)  # fmt: skip
def test_a_wrong_method_is_told_the_right_ones(client: FlaskClient, method: str, path: str, allowed: set[str]) -> None:
    answer = client.open(path, method=method)
    problem_of(answer, 405)
    assert set(answer.headers["Allow"].split(", ")) == allowed | {"OPTIONS"}


def test_options_tells_the_methods(client: FlaskClient) -> None:
    answer = client.options("/api/v1/jobs")
    assert answer.status_code == 204
    assert answer.headers["Allow"] == "GET, HEAD, OPTIONS"


@pytest.mark.parametrize(
    "body",
    [
        b"", b"{", b'{"text": NaN}', b'{"text": Infinity}', b'{"steps": 1e400}', b"\xff\xfe{}", b'{"text": "\xff"}',
        b'{"text": "\\ud800"}', b"[" * 100_000, b'{"a":' * 100_000, b"\x00", b"{'text': 1}", b'{"text": "a"} trailing',
    ],
    ids=["empty", "cut", "nan", "infinity", "overflow", "utf-16", "latin-1", "surrogate", "deep list", "deep object",
         "nul", "quotes", "trailing"],
)  # fmt: skip
def test_what_is_not_json_is_unreadable(client: FlaskClient, body: bytes) -> None:
    problem = problem_of(client.post(ECHO, data=body, content_type="application/json"), 400)
    assert "not JSON" in problem.detail
    has_no_such_number = any(word in body for word in (b"NaN", b"Infinity", b"1e400"))
    assert ("finite numbers only" in problem.detail) == has_no_such_number


@pytest.mark.parametrize("body", [b"[]", b"null", b'"text"', b"17", b"true"])
def test_json_that_is_no_object_is_refused(client: FlaskClient, body: bytes) -> None:
    problem = problem_of(client.post(ECHO, data=body, content_type="application/json"), 422)
    assert "object" in problem.detail


@pytest.mark.parametrize(
    "content_type",
    [None, "text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "application/xml", "json"],
)
def test_another_content_type_is_refused_with_the_right_one(client: FlaskClient, content_type: str | None) -> None:
    problem = problem_of(client.post(ECHO, data=b"{}", content_type=content_type), 415)
    assert "application/json" in problem.detail


@pytest.mark.parametrize("content_type", ["application/json", "application/json; charset=utf-8", "APPLICATION/JSON"])
def test_json_is_taken_however_it_is_spelled(client: FlaskClient, content_type: str) -> None:
    headers = {"Prefer": "respond-async"}
    assert client.post(ECHO, data=b"{}", content_type=content_type, headers=headers).status_code == 202


def test_a_body_beyond_the_limit_is_refused(client: FlaskClient) -> None:
    body = b'{"text": "' + b"x" * (64 * 2**20) + b'"}'
    assert "67108864" in problem_of(client.post(ECHO, data=body, content_type="application/json"), 413).detail


@pytest.mark.parametrize("value", [10**400, -(10**30), 2**63, 1e308, -0.5, True, "1" * 5000, [], {}, None])
def test_a_strange_number_is_reported_at_its_field(client: FlaskClient, value: Any) -> None:
    body = b'{"steps": ' + _json(value) + b"}"
    answer = client.post(ECHO, data=body, content_type="application/json", headers={"Prefer": "respond-async"})
    if value is True:
        assert answer.status_code == 202
    elif value == 10**400:
        problem_of(answer, 400)
    else:
        assert problem_of(answer, 422).errors[0].loc == ("steps",)


def test_a_long_value_is_not_sent_back_whole(client: FlaskClient) -> None:
    answer = client.post(ECHO, json={"end": "x" * 2_000_000})
    problem = problem_of(answer, 422)
    assert len(answer.data) < 4 * MAX_SENTENCE
    assert problem.errors[0].msg.endswith("…")


def test_a_million_wrong_values_are_reported_by_the_first_of_them(client: FlaskClient) -> None:
    started = time.process_time()
    answer = client.post(FORECAST, json={"series": {"values": ["x"] * 1_000_000}, "horizon": 0})
    assert {error.loc for error in problem_of(answer, 422).errors} == {("horizon",), ("series", "values", 0)}
    assert time.process_time() - started < 5, "naming each took 28 s and 2 GB"


def test_an_object_of_very_many_fields_is_refused_before_each_is_looked_at(client: FlaskClient) -> None:
    assert "10000" in problem_of(client.post(ECHO, json={f"field{n}": n for n in range(10_001)}), 413).detail
    nested = {"series": {"values": [1]}, "model": {f"field{n}": n for n in range(10_001)}}
    problem_of(client.post(FORECAST, json=nested), 413)


def test_many_wrong_fields_are_reported_by_the_first_of_them(client: FlaskClient) -> None:
    answer = client.post(ECHO, json={f"field{n}": n for n in range(9_000)})
    assert len(problem_of(answer, 422).errors) == MAX_FIELD_PROBLEMS
    assert len(answer.data) < 20_000


def test_a_wrong_field_within_a_choice_is_reported_where_the_user_wrote_it(client: FlaskClient) -> None:
    body = {"series": {"values": [1, 2, 3]}, "model": {"kind": "arima", "p": -1, "zeta": 1}}
    problem = problem_of(client.post(FORECAST, json=body), 422)
    assert {error.loc for error in problem.errors} == {("model", "p"), ("model", "zeta")}


@pytest.mark.parametrize("given_id", ["abc-123", "A.b_c:1/2@3+4=", "x" * 128])
def test_a_sane_request_id_comes_back(client: FlaskClient, given_id: str) -> None:
    answer = client.get("/api/v1/nope", headers={"X-Request-ID": given_id})
    assert problem_of(answer, 404).request_id == given_id


@pytest.mark.parametrize("given_id", ["", "two words", "x" * 129, "<script>", "é", '"'])
def test_an_odd_request_id_is_replaced(client: FlaskClient, given_id: str) -> None:
    answer = client.get("/api/v1/version", headers={"X-Request-ID": given_id})
    assert answer.headers["X-Request-ID"] != given_id
    assert len(answer.headers["X-Request-ID"]) == 32


def test_a_database_that_cannot_be_used_is_a_503_with_a_time_to_come_back(
    client: FlaskClient, workspace: Workspace
) -> None:
    with workspace.jobs.engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE jobs")
    answer = client.get("/api/v1/jobs")
    assert "no such table" in problem_of(answer, 503).detail
    assert int(answer.headers["Retry-After"]) > 0


@given(body=strategies.binary(max_size=200))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_bytes_are_more_than_a_refusal(client: FlaskClient, body: bytes) -> None:
    answer = client.post(ECHO, data=body, content_type="application/json", headers={"Prefer": "respond-async"})
    assert answer.status_code in (202, 400, 422)


@given(
    name=strategies.sampled_from(
        ["Prefer", "Idempotency-Key", "Cache-Control", "X-Request-ID", "Accept-Encoding", "Host"]
    ),
    value=strategies.text(strategies.characters(max_codepoint=255, exclude_characters="\r\n\0"), max_size=60),
)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_header_is_more_than_a_refusal(client: FlaskClient, name: str, value: str) -> None:
    headers = {"Prefer": "respond-async"} | {name: value}
    if name == "Prefer":
        headers["Host"] = "evil.example"  # or a wait could be drawn, and nobody runs the job
    assert client.post(ECHO, json={}, headers=headers).status_code in (202, 400, 409, 421)


def _json(value: Any) -> bytes:
    return str(value).encode() if isinstance(value, int) and not isinstance(value, bool) else orjson.dumps(value)
