"""What holds for every kind of job, so that a new one is tested before anybody remembers to."""

import json
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import orjson
import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings, strategies

from api.dispatch import validate
from compute.schema import RequestError
from services.tasks import TASKS, Task

EVERY_TASK = pytest.mark.parametrize("task", list(TASKS.values()), ids=list(TASKS))


@EVERY_TASK
def test_json_to_request_to_json_is_the_identity(task: Task) -> None:
    once = task.request.model_validate(json.loads(json.dumps(task.example))).model_dump(mode="json")
    again = task.request.model_validate(orjson.loads(orjson.dumps(once))).model_dump(mode="json")
    assert again == once


@EVERY_TASK
def test_the_example_keeps_what_it_says(task: Task) -> None:
    stored = task.request.model_validate(task.example).model_dump(mode="json")
    assert _covers(stored, task.example)


@EVERY_TASK
def test_an_unknown_field_is_reported_at_that_field(client: FlaskClient, task: Task) -> None:
    answer = client.post(f"/api/v1{task.route}", json={**task.example, "no_such_field": 1})
    assert answer.status_code == 422
    assert answer.json is not None
    assert {"loc": ["no_such_field"], "msg": "this field is not known here; remove it or check its spelling"} in (
        answer.json["errors"]
    )


@EVERY_TASK
def test_every_missing_field_is_reported_at_that_field(client: FlaskClient, task: Task) -> None:
    required = set(task.request.model_json_schema().get("required", ()))
    answer = client.post(f"/api/v1{task.route}", json={}, headers={"Prefer": "respond-async"})
    if not required and answer.status_code in (200, 202):
        return
    assert answer.status_code == 422
    assert answer.json is not None
    blamed = {error["loc"][0] for error in answer.json["errors"]}
    assert blamed == required or (not required and blamed <= set(task.request.model_fields))  # one of several is needed


@EVERY_TASK
def test_a_wrong_type_is_reported_at_that_field(client: FlaskClient, task: Task) -> None:
    for name in task.request.model_fields:
        answer = client.post(f"/api/v1{task.route}", json={**task.example, name: [{"wrong": [None]}]})
        assert answer.status_code == 422, name
        assert answer.json is not None
        assert name in {error["loc"][0] for error in answer.json["errors"]}


@EVERY_TASK
def test_numbers_out_of_bounds_are_reported_at_that_field(client: FlaskClient, task: Task) -> None:
    for name, value in _out_of_bounds(task.request.model_json_schema()):
        answer = client.post(f"/api/v1{task.route}", json={**task.example, name: value})
        assert answer.status_code == 422, (name, value)
        assert answer.json is not None
        assert name in {error["loc"][0] for error in answer.json["errors"]}


@EVERY_TASK
@pytest.mark.usefixtures("worker")
def test_the_example_works_on_a_fresh_installation(client: FlaskClient, task: Task) -> None:
    answer = client.post(f"/api/v1{task.route}", json=task.example, headers={"Prefer": "wait=60"})
    assert answer.status_code == 200, answer.data
    assert answer.json is not None
    result = task.result.model_validate(answer.json["data"])
    assert result.model_dump(mode="json") == answer.json["data"], "the answer is the result and nothing else"
    assert b"NaN" not in answer.data
    assert b"Infinity" not in answer.data


JUNK = strategies.recursive(
    strategies.none() | strategies.booleans() | strategies.integers() | strategies.floats() | strategies.text(),
    lambda inner: strategies.lists(inner, max_size=4) | strategies.dictionaries(strategies.text(), inner, max_size=4),
    max_leaves=12,
)


@EVERY_TASK
@given(data=strategies.data())
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_junk_in_a_field_is_more_than_a_refusal(task: Task, data: strategies.DataObject) -> None:
    name = data.draw(strategies.sampled_from(list(task.request.model_fields)))
    with suppress(RequestError):
        request = validate(task.request, {**task.example, name: data.draw(JUNK)})
        orjson.dumps(request.model_dump(mode="json"))


def _covers(stored: Any, example: Any) -> bool:
    if isinstance(example, dict):
        return all(name in stored and _covers(stored[name], value) for name, value in example.items())
    if isinstance(example, list):
        return len(stored) == len(example) and all(map(_covers, stored, example))
    return bool(stored == example)


def _out_of_bounds(schema: dict[str, Any]) -> Iterator[tuple[str, float]]:
    for name, node in schema["properties"].items():
        for choice in node.get("anyOf", [node]):
            if "minimum" in choice:
                yield name, choice["minimum"] - 1
            if "maximum" in choice:
                yield name, choice["maximum"] + 1
