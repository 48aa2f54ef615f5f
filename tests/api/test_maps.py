"""Maps over REST: listed, kept, looked at, deleted, made up and imported; what is wrong is named at its field."""

import io
import json
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from api.operations import BASE
from api.robotics_routes import ALL, EXAMPLE, FORM_BYTES, ROUTE_EXAMPLE
from services.maps.bundled import bundled_maps
from services.routes import ROUTES

CELLS = b"type octile\nheight 2\nwidth 3\nmap\n.@.\n...\n"


def data_of(answer: Any) -> Any:
    assert answer.status_code in (200, 201), answer.data
    return answer.get_json()["data"]


def test_a_map_is_saved_listed_found_and_deleted(client: FlaskClient) -> None:
    answer = client.post(ALL, json=EXAMPLE)
    assert answer.status_code == 201
    kept = data_of(answer)
    listed = data_of(client.get(ALL))
    assert [each["id"] for each in listed] == [kept["id"], *bundled_maps()]
    assert listed[0] == {name: kept[name] for name in listed[0]}
    assert (listed[0]["kind"], listed[0]["obstacles"], listed[0]["source"]) == ("saved", 2, "drawn")
    assert data_of(client.get(answer.headers["Location"])) == kept
    assert client.delete(answer.headers["Location"]).status_code == 204
    gone = [client.get(f"{ALL}/{kept['id']}"), client.delete(f"{ALL}/{kept['id']}")]
    assert [each.status_code for each in gone] == [404, 404]


def test_a_bundled_map_is_whole_and_cannot_be_deleted(client: FlaskClient) -> None:
    office = data_of(client.get(f"{ALL}/office"))
    assert office["map"]["width"] == 20
    assert office["robot"]["radius"] == 0.3
    refused = client.delete(f"{ALL}/office")
    assert refused.status_code == 409
    assert "bundled map, which stays" in refused.get_json()["detail"]


def test_a_wrong_field_of_a_map_is_named(client: FlaskClient) -> None:
    refused = client.post(ALL, json={**EXAMPLE, "map": {"width": 0, "height": 3}})
    assert refused.status_code == 422
    assert refused.get_json()["errors"][0]["loc"] == ["map", "width"]
    assert client.post(ALL, json=EXAMPLE | {"name": "Office"}).get_json()["errors"][0]["loc"] == ["name"]


@pytest.mark.parametrize("kind", ["maze", "random", "rooms"])
def test_a_scene_is_made_up_and_the_same_again(client: FlaskClient, kind: str) -> None:
    asked = {"kind": kind, "width": 12, "height": 9, "seed": 5, "movers": 1}
    made = data_of(client.post(f"{ALL}/generate", json=asked))
    assert set(made) == {"map", "start", "goal"}
    assert data_of(client.post(f"{ALL}/generate", json=asked)) == made
    assert client.post(ALL, json={"name": "made up", **made}).status_code == 201


def test_a_scene_that_cannot_be_made_up_is_refused_at_the_field(client: FlaskClient) -> None:
    refused = client.post(f"{ALL}/generate", json={"kind": "maze", "radius": 3})
    assert refused.status_code == 422
    assert refused.get_json()["errors"][0]["loc"] == ["radius"]


@pytest.mark.parametrize("part", ["file", "whatever"])
def test_a_file_of_another_program_is_read(client: FlaskClient, part: str) -> None:
    form = {part: (io.BytesIO(CELLS), "arena.map")}
    read = data_of(client.post(f"{ALL}/import", data=form))
    assert (read["name"], read["map"]["width"], read["start"]) == ("arena", 3, None)


def test_a_picture_and_its_yaml_are_read_together(client: FlaskClient) -> None:
    form = {
        "file": (io.BytesIO(b"P2\n2 1\n1\n1 0\n"), "hall.pgm"),
        "yaml": (io.BytesIO(b"resolution: 0.5\norigin: [0, 0, 0]\n"), "hall.yaml"),
    }
    assert data_of(client.post(f"{ALL}/import", data=form))["map"]["width"] == 1.0


def test_what_is_saved_can_be_imported(client: FlaskClient) -> None:
    crossing = client.get(f"{ALL}/crossing").data
    read = data_of(client.post(f"{ALL}/import", data={"file": (io.BytesIO(crossing), "x.json")}))
    whole = json.loads(crossing)["data"]
    assert {name: read[name] for name in ("name", "map", "start", "goal", "robot")} == {
        name: whole[name] for name in ("name", "map", "start", "goal", "robot")
    }


def test_a_form_without_a_file_of_the_wrong_type_or_too_large_is_refused(client: FlaskClient) -> None:
    empty = client.post(f"{ALL}/import", data={"file": (io.BytesIO(b""), "")})
    assert (empty.status_code, empty.get_json()["errors"][0]["loc"]) == (422, ["file"])
    assert client.post(f"{ALL}/import", json={}).status_code == 415
    large = client.post(f"{ALL}/import", data=b"." * (FORM_BYTES + 1), content_type="multipart/form-data; boundary=x")
    assert large.status_code == 413


def test_a_route_that_takes_longer_than_a_moment_says_what_to_do(client: FlaskClient, server: Flask) -> None:
    server.extensions[ROUTES].close()
    refused = client.post(f"{BASE}/robotics/route", json=ROUTE_EXAMPLE)
    assert refused.status_code == 503
    assert refused.headers["Retry-After"] == "1"
    assert "/robotics/plan" in refused.get_json()["detail"]


def test_a_route_is_refused_where_a_field_is_wrong_or_another_site_asks(client: FlaskClient) -> None:
    wrong = client.post(f"{BASE}/robotics/route", json=ROUTE_EXAMPLE | {"robot": {"radius": -1}})
    assert wrong.status_code == 422
    assert ["robot", "radius"] in [each["loc"] for each in wrong.get_json()["errors"]]
    strange = client.post(f"{BASE}/robotics/route", json=ROUTE_EXAMPLE, headers={"Sec-Fetch-Site": "cross-site"})
    assert strange.status_code == 403
