"""The OpenAPI document and the page say what the routes do: all of it, and nothing else."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient

from api.errors import PROBLEMS
from api.fields import field_rows
from compute.forecast.request import ForecastRequest
from services.routes import ROUTES
from services.tasks import TASKS
from services.workspace import open_workspace
from tests.api.conftest import make_server, settings_in

Document = dict[str, Any]


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    """A client that only reads: every server makes its document and its page once, in a second each."""
    workspace = open_workspace(settings_in(tmp_path_factory.mktemp("document")))
    server = make_server(workspace)
    yield server.test_client()
    server.extensions[ROUTES].close()
    workspace.jobs.engine.dispose()


@pytest.fixture(scope="module")
def document(reader: FlaskClient) -> Document:
    """The document as a client gets it."""
    answer = reader.get("/api/v1/openapi.json")
    assert answer.status_code == 200
    assert answer.json is not None
    return dict(answer.json)


@pytest.fixture(scope="module")
def page(reader: FlaskClient) -> BeautifulSoup:
    """The page as a browser gets it."""
    return BeautifulSoup(reader.get("/api/docs").data, "lxml")


def test_every_route_is_described_and_every_description_is_a_route(server: Flask, document: Document) -> None:
    routed = {
        (re.sub(r"<(\w+)>", r"{\1}", rule.rule), method)
        for rule in server.url_map.iter_rules()
        if rule.rule not in ("/api", "/api/", "/api/<path:rest>")
        for method in (rule.methods or set()) - ({"HEAD"} if "GET" in (rule.methods or ()) else set())
    }
    described = {(path, method.upper()) for path, methods in document["paths"].items() for method in methods}
    assert described == routed


def test_no_two_operations_share_a_path_and_method(server: Flask) -> None:
    pairs = [
        (rule.rule, method)
        for rule in server.url_map.iter_rules()
        for method in (rule.methods or set())
        if method != "HEAD" or "GET" not in (rule.methods or ())
    ]
    assert len(set(pairs)) == len(pairs)


def test_every_reference_leads_somewhere(document: Document) -> None:
    names = document["components"]["schemas"]
    references = set(re.findall(r"'\$ref': '([^']+)'", str(document)))
    assert references
    assert {reference.rsplit("/", 1)[1] for reference in references} <= names.keys()


def test_every_operation_is_named_once_and_says_what_it_does(document: Document) -> None:
    operations = [operation for methods in document["paths"].values() for operation in methods.values()]
    assert len({operation["operationId"] for operation in operations}) == len(operations)
    for operation in operations:
        assert operation["summary"]
        assert {"400", "403", "421", "500", "503"} <= operation["responses"].keys()


@pytest.mark.parametrize("task", list(TASKS.values()), ids=list(TASKS))
def test_every_task_is_described_with_its_example_bounds_and_results(document: Document, task: Any) -> None:
    operation = document["paths"][f"/api/v1{task.route}"]["post"]
    content = operation["requestBody"]["content"]["application/json"]
    assert content["example"] == task.example
    assert content["schema"] == {"$ref": f"#/components/schemas/{task.request.__name__}"}
    assert {"200", "202", "409", "413", "415", "422"} <= operation["responses"].keys()
    assert "Prefer" in {parameter["name"] for parameter in operation["parameters"]}


def test_bounds_units_and_defaults_of_a_field_are_those_of_its_schema(document: Document) -> None:
    horizon = document["components"]["schemas"]["ForecastRequest"]["properties"]["horizon"]
    field = ForecastRequest.model_fields["horizon"]
    assert (horizon["default"], horizon["unit"], horizon["title"]) == (field.default, "steps", field.title)
    assert (horizon["minimum"], horizon["maximum"]) == (1, 10_000)


def test_a_query_parameter_never_asks_for_null(document: Document) -> None:
    for methods in document["paths"].values():
        for operation in methods.values():
            for parameter in operation["parameters"]:
                assert "null" not in str(parameter["schema"]), parameter
                assert "$ref" not in str(parameter["schema"]), parameter


def test_the_page_has_an_anchor_for_every_problem_and_operation(page: BeautifulSoup, document: Document) -> None:
    anchors = {element["id"] for element in page.find_all(id=True)}
    assert {f"problem-{code}" for code in PROBLEMS} <= anchors
    assert {
        operation["operationId"] for methods in document["paths"].values() for operation in methods.values()
    } <= anchors
    links = {link["href"][1:] for link in page.find_all("a") if link["href"].startswith("#")}
    assert links <= anchors
    assert len(page.find_all(id=True)) == len(anchors)


def test_the_page_loads_nothing_and_runs_nothing(page: BeautifulSoup) -> None:
    assert page.find_all(["script", "img", "iframe", "object"]) == []
    assert page.find_all("link", href=True) == []
    assert "url(" not in str(page.style)
    assert "@import" not in str(page.style)
    assert "prefers-color-scheme: dark" in str(page.style)
    assert all(link["href"].startswith(("#", "/")) for link in page.find_all("a"))


def test_the_page_shows_each_field_with_bounds_unit_and_default(page: BeautifulSoup) -> None:
    row = next(
        row for row in page.select("#forecast tr") if row.th and row.th.get_text(strip=True).startswith("horizon")
    )
    assert [cell.get_text(" ", strip=True) for cell in row.find_all("td")] == [
        "integer", "12", "≥ 1, ≤ 10000 [steps]", "How many steps to look ahead.",
    ]  # fmt: skip


def test_the_page_shows_a_command_line_for_the_address_it_was_asked_at(reader: FlaskClient) -> None:
    page = reader.get("/api/docs", headers={"Host": "127.0.0.1:4711"}).get_data(as_text=True)
    assert "http://127.0.0.1:4711/api/v1/timeseries/forecast" in page
    assert "curl" in page


def test_rows_of_a_schema_cover_every_variant_of_a_choice() -> None:
    rows = {(row.name, row.variant) for row in field_rows(ForecastRequest)}
    assert ("model.p", "when model.kind is arima") in rows
    assert ("model.kind", "when model.kind is naive") in rows
    assert ("series.values", "in Pasted values") in rows
    assert ("series.dataset", "in Dataset") in rows
