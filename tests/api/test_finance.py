"""Portfolios over REST: weights with a proof, and refusals that name the limits in conflict at their fields."""

from typing import Any

import pytest
from flask.testing import FlaskClient

WAIT = {"Prefer": "wait=60"}
MOMENTS = {"expected_returns": {"A": 0.1, "B": 0.05}, "covariance": [[0.04, 0.006], [0.006, 0.01]]}
PRICES = {"prices": {"A": [10, 10.2, 10.1, 10.4, 10.3], "B": [20, 20.1, 20.3, 20.2, 20.4]}}


def ask(client: FlaskClient, path: str = "optimize", **request: Any) -> Any:
    answer = client.post(f"/api/v1/finance/{path}", json=request, headers=WAIT)
    assert answer.json is not None
    return answer


@pytest.mark.usefixtures("worker")
def test_given_moments_give_the_weights_of_the_closed_form(client: FlaskClient) -> None:
    answer = ask(client, assets=MOMENTS, objective={"kind": "min_variance"})
    assert answer.status_code == 200, answer.data
    data = answer.json["data"]
    assert data["status"] == "optimal"
    assert data["weights"]["A"] == pytest.approx((0.01 - 0.006) / (0.05 - 0.012))
    assert data["duality_gap"] <= 1e-9
    assert answer.json["metadata"]["job_id"]


@pytest.mark.usefixtures("worker")
def test_prices_in_the_request_are_enough(client: FlaskClient) -> None:
    data = ask(client, assets=PRICES, objective={"kind": "equal_weight"}).json["data"]
    assert data["weights"] == {"A": 0.5, "B": 0.5}
    assert data["observations"] == 4


@pytest.mark.usefixtures("worker")
def test_limits_in_conflict_are_a_422_that_names_them(client: FlaskClient) -> None:
    answer = ask(client, assets=MOMENTS, objective={"kind": "min_variance"}, constraints={"max_weight": 0.3})
    assert answer.status_code == 422
    problem = answer.json["errors"][0]
    assert problem["loc"] == ["constraints", "max_weight"]
    assert "2 assets at most 0.3 each" in problem["msg"]
    assert "Raise the largest weight to 0.5" in problem["msg"]


def test_what_no_run_is_needed_to_see_is_refused_at_once(client: FlaskClient) -> None:
    uneven = {"prices": {"A": [1, 2, 3], "B": [1, 2]}}
    assert ask(client, assets=uneven).json["errors"][0]["loc"] == ["assets", "prices", "B"]
    wrong = ask(client, assets=MOMENTS, constraints={"min_weight": 0.9, "max_weight": 0.3})
    assert wrong.json["errors"][0]["loc"] == ["constraints", "min_weight"]
    text = ask(client, assets={"prices": {"A": [1, "x"], "B": [1, 2]}})
    assert text.json["errors"][0]["loc"] == ["assets", "prices", "A", 1]


@pytest.mark.usefixtures("worker")
def test_a_frontier_goes_from_least_risk_to_most_return(client: FlaskClient) -> None:
    data = ask(client, "frontier", assets=MOMENTS, n_points=3).json["data"]
    returns = [point["expected_return"] for point in data["points"]]
    assert returns == sorted(returns)
    assert returns[-1] == pytest.approx(0.1)
    assert data["min_variance"]["volatility"] == pytest.approx(data["points"][0]["volatility"])
