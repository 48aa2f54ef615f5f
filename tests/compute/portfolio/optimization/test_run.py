"""From a request to weights: every objective keeps to its limits, is what it says, and names what cannot be."""

from typing import Any

import numpy as np
import pytest
from scipy.optimize import minimize

from compute.job import ignore_progress
from compute.portfolio.objectives import HEURISTIC, Objective
from compute.portfolio.optimization.result import OptimizeResult
from compute.portfolio.optimization.run import optimize
from compute.schema import RequestError
from tests.compute.portfolio.markets import NAMES, optimal, request, returns, table

YEAR = 252
KINDS = [member.model_fields["kind"].default for member in Objective.__origin__.__args__]
CAPPED: dict[str, Any] = {"max_weight": 0.4}


def weights_of(result: OptimizeResult) -> np.ndarray:
    return np.array([result.weights[name] for name in NAMES])


def refusal(**fields: Any) -> tuple[list[tuple[str | int, ...]], str]:
    with pytest.raises(RequestError) as caught:
        optimal(**fields)
    return [problem.loc for problem in caught.value.problems], caught.value.problems[0].msg


@pytest.mark.parametrize("kind", KINDS)
def test_every_objective_keeps_to_its_limits_and_tells_its_figures(kind: str) -> None:
    asked = {"kind": kind} | ({"annual_return": 0.08} if kind == "target_return" else {})
    result = optimal(objective=asked, constraints=CAPPED, frontier=False)
    weights = weights_of(result)
    assert weights.sum() == pytest.approx(1, abs=1e-10)
    assert weights.min() >= -1e-12
    assert weights.max() <= 0.4 + 1e-12
    sample = np.cov(returns().T)
    assert result.volatility == pytest.approx(np.sqrt(weights @ sample @ weights * YEAR), rel=1e-9)
    assert result.expected_return == pytest.approx(weights @ returns().mean(axis=0) * YEAR, rel=1e-9)
    assert result.sharpe_ratio == pytest.approx((result.expected_return - 0.02) / result.volatility, rel=1e-9)
    assert sum(result.risk_contributions.values()) == pytest.approx(1)
    assert result.effective_assets == pytest.approx(1 / (weights**2).sum())
    assert result.violation <= 1e-12
    assert result.status == ("rule" if kind in HEURISTIC else "optimal")
    assert (result.duality_gap is None) == (kind in HEURISTIC)
    assert (result.duality_gap or 0.0) <= 1e-9
    assert result.definitions["sharpe_ratio"]


@pytest.mark.parametrize(
    ("kind", "loss"),
    [
        ("min_variance", lambda w, mu, s: w @ s @ w * YEAR),
        ("max_sharpe", lambda w, mu, s: -(w @ mu * YEAR - 0.02) / np.sqrt(w @ s @ w * YEAR)),
        ("utility", lambda w, mu, s: -(w @ mu - 1.5 * w @ s @ w) * YEAR),
        ("max_diversification", lambda w, mu, s: -(w @ np.sqrt(np.diag(s))) / np.sqrt(w @ s @ w)),
    ],
)
def test_no_other_solver_finds_better_weights(kind: str, loss: Any) -> None:
    mu, sigma = returns().mean(axis=0), np.cov(returns().T)
    ours = loss(weights_of(optimal(objective={"kind": kind}, constraints=CAPPED, frontier=False)), mu, sigma)
    budget = {"type": "eq", "fun": lambda w: w.sum() - 1}
    theirs = minimize(
        loss, np.full(6, 1 / 6), (mu, sigma), "SLSQP", bounds=[(0, 0.4)] * 6, constraints=budget, tol=1e-12
    )
    assert ours <= theirs.fun + 1e-9
    assert ours == pytest.approx(theirs.fun, rel=1e-4)


def test_risk_budgets_are_what_assets_risk() -> None:
    budgets = {"ash": 3, "birch": 1, "cedar": 1, "elm": 1, "fir": 1, "oak": 1}
    result = optimal(objective={"kind": "risk_parity", "budgets": budgets})
    assert result.risk_contributions["ash"] == pytest.approx(3 / 8)
    assert result.risk_contributions["oak"] == pytest.approx(1 / 8)


def test_more_factors_than_assets_are_told() -> None:
    told = "With as many factors as there are assets, 6, the factor model is the sample covariance."
    asked = {"objective": {"kind": "min_variance"}, "frontier": False}
    assert told in optimal(covariance={"kind": "factor", "factors": 50}, **asked).notes
    assert told not in optimal(covariance={"kind": "factor", "factors": 5}, **asked).notes


def test_targets_are_met() -> None:
    earned = optimal(objective={"kind": "target_return", "annual_return": 0.08}, frontier=False)
    risked = optimal(objective={"kind": "target_volatility", "annual_volatility": 0.12}, frontier=False)
    assert earned.expected_return == pytest.approx(0.08)
    assert risked.volatility == pytest.approx(0.12)


def test_tail_risk_is_that_of_the_worst_periods() -> None:
    result = optimal(objective={"kind": "min_cvar", "confidence": 0.95})
    worst = np.sort(returns() @ weights_of(result))[:20]
    assert result.cvar == pytest.approx(-worst.mean(), rel=1e-9)
    assert result.cvar == pytest.approx(result.objective_value, rel=1e-9)
    drawn = optimal(objective={"kind": "min_cdar", "confidence": 0.9})
    assert drawn.cdar == pytest.approx(drawn.objective_value, rel=1e-9)


def test_further_limits_hold() -> None:
    held = dict.fromkeys(NAMES, 1 / 6)
    limits = {
        "target_return": 0.08,
        "previous_weights": held,
        "max_turnover": 0.8,
        "groups": [{"name": "leaves", "assets": ["ash", "birch"], "min": 0.3, "max": 0.5}],
        "benchmark_weights": held,
        "max_tracking_error": 0.2,
    }
    result = optimal(objective={"kind": "min_variance"}, constraints=limits)
    assert result.expected_return >= 0.08 - 1e-9
    assert result.turnover is not None
    assert result.turnover <= 0.8 + 1e-9
    assert result.tracking_error is not None
    assert result.tracking_error <= 0.2 + 1e-9
    assert 0.3 - 1e-9 <= result.weights["ash"] + result.weights["birch"] <= 0.5 + 1e-9
    equal = optimal(objective={"kind": "equal_weight"})
    assert result.held is not None
    assert result.held.volatility == pytest.approx(equal.volatility)
    assert result.held.expected_return == pytest.approx(equal.expected_return)
    assert equal.held is None


def test_short_positions_need_long_only_off() -> None:
    short = optimal(objective={"kind": "min_variance"}, constraints={"long_only": False})
    assert min(short.weights.values()) < 0
    assert short.volatility <= optimal(objective={"kind": "min_variance"}).volatility
    locations, message = refusal(constraints={"min_weight": -0.2})
    assert locations == [("constraints", "min_weight")]
    assert "turn long-only off" in message


def test_two_assets_at_thirty_percent_are_named_with_the_way_out() -> None:
    locations, message = refusal(assets={"dataset": "any"}, constraints={"max_weight": 0.1})
    assert ("constraints", "max_weight") in locations
    assert "6 assets at most 0.1 each" in message
    assert "Raise" in message


def test_a_return_nobody_earns_is_named() -> None:
    locations, message = refusal(objective={"kind": "min_variance"}, constraints={"target_return": 5.0})
    assert ("constraints", "target_return") in locations
    assert "5" in message


def test_a_group_that_cannot_be_filled_is_named() -> None:
    group = {"name": "leaves", "assets": ["ash"], "min": 0.5}
    locations, message = refusal(objective={"kind": "min_variance"}, constraints={**CAPPED, "groups": [group]})
    assert "leaves" in message
    assert ("constraints", "groups", 0) in locations


def test_nothing_above_the_risk_free_rate_has_no_sharpe_ratio() -> None:
    locations, message = refusal(risk_free_rate=0.9)
    assert locations == [("objective",)]
    assert "risk-free" in message


@pytest.mark.parametrize(
    ("constraints", "place"),
    [
        ({"bounds": {"yew": [0, 1]}}, ("constraints", "bounds")),
        ({"groups": [{"name": "g", "assets": ["oak", "yew"]}]}, ("constraints", "groups", 0, "assets")),
        ({"previous_weights": {"yew": 1.0}}, ("constraints", "previous_weights")),
        ({"max_turnover": 0.1}, ("constraints", "previous_weights")),
        ({"min_weight": 0.5, "max_weight": 0.2}, ("constraints", "min_weight")),
        ({"bounds": {"oak": [0.5, 0.2]}}, ("constraints", "bounds", "oak")),
    ],
)
def test_limits_that_cannot_be_read_are_blamed_at_their_field(constraints: Any, place: tuple[Any, ...]) -> None:
    assert refusal(constraints=constraints)[0] == [place]


def test_a_target_nobody_reaches_is_told_per_year_at_its_field() -> None:
    locations, message = refusal(objective={"kind": "target_return", "annual_return": 0.5})
    assert locations == [("objective", "annual_return")]
    assert "earns 0.5 per year" in message
    locations, message = refusal(objective={"kind": "target_volatility", "annual_volatility": 0.01})
    assert locations == [("objective", "annual_volatility")]
    assert "riskier than 0.01 per year" in message


@pytest.mark.parametrize("kind", ["min_variance", "utility", "max_return", "max_sharpe"])
def test_the_number_of_assets_can_be_limited(kind: str) -> None:
    limits = {"max_assets": 3, "max_weight": 0.5}
    result = optimal(objective={"kind": kind}, constraints=limits)
    assert sum(weight > 0 for weight in result.weights.values()) <= 3
    assert result.volatility >= optimal(objective={"kind": "min_variance"}).volatility


@pytest.mark.parametrize(
    ("kind", "constraints", "field"),
    [
        ("max_diversification", {"max_assets": 3}, "max_assets"),
        ("risk_parity", {"min_position": 0.1}, "min_position"),
        ("min_variance", {"min_position": 0.1, "long_only": False}, "min_position"),
        ("min_cvar", {"max_volatility": 0.1}, "max_volatility"),
    ],
)
def test_limits_an_objective_does_not_know_are_refused(kind: str, constraints: Any, field: str) -> None:
    assert refusal(objective={"kind": kind}, constraints=constraints)[0] == [("constraints", field)]


def test_a_rule_refuses_limits_it_does_not_know() -> None:
    locations, message = refusal(objective={"kind": "hrp"}, constraints={"max_volatility": 0.1})
    assert locations == [("objective",)]
    assert "remove the other limits" in message


def test_given_moments_need_no_history() -> None:
    assets = {"expected_returns": {"a": 0.1, "b": 0.05}, "covariance": [[0.04, 0.006], [0.006, 0.01]]}
    made = optimize(request(assets=assets, objective={"kind": "min_variance"}), None, ignore_progress)
    assert made.weights["a"] == pytest.approx((0.01 - 0.006) / (0.05 - 0.012))
    assert made.expected_return == pytest.approx(0.1 * made.weights["a"] + 0.05 * made.weights["b"])
    assert made.observations is None
    with pytest.raises(RequestError, match="give prices or returns instead"):
        optimize(request(assets=assets, objective={"kind": "min_cvar"}), None, ignore_progress)


def test_the_order_of_assets_changes_nothing() -> None:
    straight = optimal(constraints=CAPPED)
    values = table()
    turned = type(values)(values.names[::-1], values.values[:, ::-1], None, "returns")
    other = optimize(request(constraints=CAPPED), turned, ignore_progress)
    for name in NAMES:
        assert other.weights[name] == pytest.approx(straight.weights[name], abs=1e-9)


def test_few_assets_with_a_risk_budget_and_tight_caps_are_explained() -> None:
    asked = {"kind": "risk_parity", "budgets": {"ash": 2, "oak": 1}}
    places, said = refusal(objective=asked, constraints={"max_weight": 0.3}, frontier=False)
    assert places == [("constraints", "max_weight")]
    assert "2 of 6 assets have a risk budget" in said
    assert "sum to 0.6" in said


def test_too_few_assets_are_blamed_on_their_number_too() -> None:
    limits = {"max_assets": 2, "max_weight": 0.3}
    places, said = refusal(objective={"kind": "min_variance"}, constraints=limits, frontier=False)
    assert places == [("constraints", "max_assets"), ("constraints", "max_weight")]
    assert "Allow 4 assets" in said


@pytest.mark.parametrize(("mean", "variance", "field"), [(1e300, 1.0, "expected_returns"), (0.1, 1e300, "covariance")])
def test_moments_beyond_all_numbers_are_refused(mean: float, variance: float, field: str) -> None:
    assets = {"expected_returns": {"a": mean, "b": 0.1}, "covariance": [[variance, 0.0], [0.0, 1.0]]}
    with pytest.raises(RequestError, match="check the numbers") as caught:
        optimize(request(assets=assets), None, ignore_progress)
    assert caught.value.problems[0].loc == ("assets", field)
