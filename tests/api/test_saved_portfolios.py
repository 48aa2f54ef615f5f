"""Saved portfolios over REST: kept, listed, looked at and deleted; what is wrong is named at its field."""

import pytest
from flask.testing import FlaskClient

from api.portfolio_routes import EXAMPLE

ALL = "/api/v1/finance/portfolios"


def test_a_portfolio_is_saved_listed_found_and_deleted(client: FlaskClient) -> None:
    answer = client.post(ALL, json=EXAMPLE)
    assert answer.status_code == 201
    kept = answer.get_json()["data"]
    assert [each["amount"] for each in kept["positions"]] == [60_000.0, 40_000.0]
    assert answer.headers["Location"] == f"{ALL}/{kept['id']}"
    assert client.get(ALL).get_json()["data"]["portfolios"] == [kept]
    assert client.get(answer.headers["Location"]).get_json()["data"] == kept
    assert client.delete(answer.headers["Location"]).status_code == 204
    assert [client.get(f"{ALL}/{kept['id']}").status_code, client.delete(f"{ALL}/{kept['id']}").status_code] == [
        404
    ] * 2


def test_a_name_that_is_taken_is_refused_at_the_name(client: FlaskClient) -> None:
    client.post(ALL, json=EXAMPLE)
    refused = client.post(ALL, json=EXAMPLE)
    assert refused.status_code == 422
    assert refused.get_json()["errors"][0]["loc"] == ["name"]


@pytest.mark.parametrize(
    ("change", "loc"),
    [
        ({"value": None}, ["value"]),
        ({"value": -1}, ["value"]),
        ({"positions": []}, ["positions"]),
        ({"positions": [{"asset": "Stocks", "weight": 0.6}]}, ["positions"]),
        ({"positions": [{"asset": "", "weight": 1}]}, ["positions", 0, "asset"]),
        ({"colour": "red"}, ["colour"]),
    ],
)
def test_a_wrong_field_is_named(client: FlaskClient, change: dict[str, object], loc: list[str | int]) -> None:
    refused = client.post(ALL, json={**EXAMPLE, **change})
    assert refused.status_code == 422
    assert [each["loc"] for each in refused.get_json()["errors"]] == [loc]


def test_positions_that_their_dataset_does_not_know_are_named(client: FlaskClient) -> None:
    given = {
        "name": "Funds",
        "positions": [{"asset": "Atlas Tech", "weight": 0.6}, {"asset": "Iris Bond", "weight": 0.4}],
        "value": 1000,
        "assets": {"dataset": "imaginary-funds"},
    }
    refused = client.post(ALL, json=given)
    assert refused.status_code == 422
    assert refused.get_json()["errors"] == [
        {"loc": ["positions", 1, "asset"], "msg": "there is no asset 'Iris Bond'; did you mean 'Iris Bonds'?"}
    ]
