"""A forecast explained by a column that goes on beyond the end of the series, from the file to the what-if."""

import io
from typing import Any

import numpy as np
import pytest
from flask.testing import FlaskClient

WAIT = {"Prefer": "wait=60"}
KNOWN, PLANNED = 50, 4
MODEL = {"kind": "arima", "p": 0, "d": 0, "q": 0}


@pytest.fixture
def dataset(client: FlaskClient, worker: None) -> str:
    """The id of a dataset whose prices are planned for four days beyond the last sales."""
    rng = np.random.default_rng(0)
    price = rng.uniform(1, 3, KNOWN + PLANNED)
    sales = 40 - 8 * price + rng.normal(size=price.size)
    days = np.arange("2024-01-01", KNOWN + PLANNED, dtype="datetime64[D]")
    rows = [f"{day},{sales[at] if at < KNOWN else ''},{price[at]}" for at, day in enumerate(days)]
    content = "\n".join(["day,sales,price", *rows]).encode()
    form = {"file": (io.BytesIO(content), "shop.csv"), "name": "Shop"}
    answer = client.post("/api/v1/datasets", data=form, headers=WAIT)
    assert answer.status_code == 200, answer.data
    assert answer.json is not None
    return str(answer.json["data"]["id"])


def request(dataset: str, horizon: int = PLANNED, **regressor: Any) -> dict[str, Any]:
    return {
        "series": {"dataset": dataset, "column": "sales"},
        "horizon": horizon,
        "model": MODEL,
        "regressors": [{"series": {"dataset": dataset, "column": "price"}, **regressor}],
    }


def forecast(client: FlaskClient, asked: dict[str, Any], status: int = 200) -> Any:
    answer = client.post("/api/v1/timeseries/forecast", json=asked, headers=WAIT)
    assert answer.status_code == status, answer.data
    assert answer.json is not None
    return answer.json["data"] if status == 200 else answer.json["errors"]


def test_a_column_that_goes_on_tells_the_future_and_a_what_if_moves_the_forecast(
    client: FlaskClient, dataset: str
) -> None:
    usual = forecast(client, request(dataset))
    assert len(usual["history"]) == KNOWN
    assert usual["regressors"][0]["name"] == "price"
    slope = usual["model"]["parameters"]["price"]
    assert slope == pytest.approx(-8, abs=1)
    dearer = [value + 1 for value in usual["regressors"][0]["future"]]
    supposed = forecast(client, request(dataset, future=dearer, name="price tag"))
    assert supposed["regressors"][0] == {"name": "price tag", "past": usual["regressors"][0]["past"], "future": dearer}
    np.testing.assert_allclose(np.subtract(supposed["mean"], usual["mean"]), slope, rtol=1e-9)


@pytest.mark.parametrize(
    ("changes", "loc", "words"),
    [
        ({"horizon": 6}, ["regressors", 0, "future"], "goes on for 4 steps"),
        ({"future": [1, 2]}, ["regressors", 0, "future"], "2 future values of price for a horizon of 4"),
        ({"future": ["x"]}, ["regressors", 0, "future", 0], "valid number"),
    ],
)
def test_missing_future_values_are_refused_at_their_field(
    client: FlaskClient, dataset: str, changes: dict[str, Any], loc: list[Any], words: str
) -> None:
    errors = forecast(client, request(dataset, **changes), status=422)
    assert [error["loc"] for error in errors] == [loc]
    assert words in errors[0]["msg"]


def test_a_column_that_is_not_there_is_blamed_at_the_regressor(client: FlaskClient, dataset: str) -> None:
    asked = request(dataset)
    asked["regressors"][0]["series"]["column"] = "weather"
    errors = forecast(client, asked, status=422)
    assert errors[0]["loc"] == ["regressors", 0, "series", "column"]
