"""The frontier: efficient everywhere, its marks where they belong, and the same whichever way it is traced."""

from typing import Any

import numpy as np
import pytest

from compute.job import ignore_progress
from compute.portfolio.frontier.request import FrontierRequest
from compute.portfolio.frontier.result import FrontierResult
from compute.portfolio.frontier.run import trace_frontier
from tests.compute.portfolio.markets import NAMES, optimal, returns, table


def traced(**fields: Any) -> FrontierResult:
    request = FrontierRequest.model_validate({"assets": {"dataset": "any"}, **fields})
    return trace_frontier(request, table(), ignore_progress)


def test_each_point_has_the_least_variance_of_its_return() -> None:
    result = traced(n_points=7, constraints={"max_weight": 0.5})
    assert len(result.points) == 7
    for point in result.points[1:-1]:
        goal = {"kind": "target_return", "annual_return": point.expected_return}
        best = optimal(objective=goal, constraints={"max_weight": 0.5}, frontier=False)
        assert point.volatility == pytest.approx(best.volatility, rel=1e-8)


def test_more_return_costs_more_risk() -> None:
    points = traced(n_points=30).points
    assert np.all(np.diff([point.volatility for point in points]) >= -1e-12)
    steps = np.diff([point.expected_return for point in points])
    np.testing.assert_allclose(steps, steps.mean(), rtol=1e-6)


def test_the_marked_points_are_the_optima() -> None:
    result = traced()
    least, best = optimal(objective={"kind": "min_variance"}), optimal()
    assert result.min_variance.volatility == pytest.approx(least.volatility, rel=1e-9)
    assert result.max_sharpe is not None
    assert result.max_sharpe.sharpe_ratio == pytest.approx(best.sharpe_ratio, rel=1e-9)


def test_single_optima_and_the_critical_line_agree() -> None:
    exact = traced(n_points=5)
    everything = [{"name": "all", "assets": list(NAMES), "max": 1.5}]  # never binds, but is no bound of one asset
    each = traced(n_points=5, constraints={"groups": everything})
    assert exact.is_exact
    assert not each.is_exact
    for ours, theirs in zip(exact.points, each.points, strict=True):
        assert ours.volatility == pytest.approx(theirs.volatility, rel=1e-6)


def test_between_turning_points_everything_follows_from_the_path() -> None:
    result = optimal(constraints={"max_weight": 0.5})
    path = result.frontier
    assert path is not None
    covariance = np.cov(returns().T) * 252
    corners = np.array(path.weights)
    for k, t in ((0, 0.3), (1, 0.8), (len(corners) - 2, 0.5)):
        weights = (1 - t) * corners[k] + t * corners[k + 1]
        variance = (1 - t) ** 2 * path.variances[k] + 2 * t * (1 - t) * path.crossings[k] + t**2 * path.variances[k + 1]
        assert variance == pytest.approx(weights @ covariance @ weights, rel=1e-9)
        marginal = (1 - t) * np.array(path.marginals[k]) + t * np.array(path.marginals[k + 1])
        np.testing.assert_allclose(marginal, covariance @ weights, rtol=1e-9)


def test_the_best_ratio_on_the_path_is_the_one_of_the_solver() -> None:
    result = optimal()
    path = result.frontier
    assert path is not None
    assert path.max_sharpe is not None
    k = int(path.max_sharpe)
    t = path.max_sharpe - k
    corners = np.array(path.weights)
    weights = corners[k] if t == 0 else (1 - t) * corners[k] + t * corners[k + 1]
    np.testing.assert_allclose(weights, [result.weights[name] for name in NAMES], atol=1e-7)


def test_beside_an_optimum_within_groups_the_frontier_joins_single_optima() -> None:
    group = [{"name": "leaves", "assets": ["ash", "birch"], "max": 0.3}]
    result = optimal(constraints={"groups": group})
    path = result.frontier
    assert path is not None
    assert not path.is_exact
    assert max(weights[0] + weights[1] for weights in path.weights) <= 0.3 + 1e-8
    assert any("joins" in note for note in result.notes)


def test_no_portfolio_above_the_risk_free_rate_is_told() -> None:
    result = traced(risk_free_rate=0.9)
    assert result.max_sharpe is None
    assert any("risk-free" in note for note in result.notes)
