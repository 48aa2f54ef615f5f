"""Forecasts as expected returns: what the forecasting page would show goes into the portfolio."""

from typing import Any

import numpy as np
import pytest

from compute.job import ignore_progress
from compute.portfolio.assets import Values
from compute.portfolio.backtest.request import PortfolioBacktestRequest
from compute.portfolio.backtest.run import backtest_portfolio
from compute.portfolio.optimization.request import OptimizeRequest
from compute.portfolio.optimization.result import OptimizeResult
from compute.schema import RequestError
from services.portfolio import run_optimize
from services.workspace import Workspace

GENERATOR = np.random.default_rng(0)
RETURNS = {
    "calm": (0.0004 + 0.003 * GENERATOR.normal(size=60)).tolist(),
    "wild": (0.0008 + 0.02 * GENERATOR.normal(size=60)).tolist(),
}


def run(workspace: Workspace, **asked: Any) -> OptimizeResult:
    request = OptimizeRequest.model_validate({"assets": {"returns": RETURNS}, "frontier": False, **asked})
    return run_optimize(request, workspace, ignore_progress, "cpu")


def test_expected_returns_are_the_means_of_the_forecasts(workspace: Workspace) -> None:
    result = run(workspace, expected_returns={"kind": "forecast", "model": "theta", "horizon": 5})
    given = {asset.name: asset.expected_return for asset in result.assets}
    again = run(workspace, expected_returns={"kind": "given", "annual_returns": given})
    assert again.weights == pytest.approx(result.weights)
    assert any("forecasts over 5 periods (theta)" in note for note in result.notes)
    for name, annual in given.items():
        assert np.min(RETURNS[name]) * 252 < annual < np.max(RETURNS[name]) * 252


def test_a_walk_through_the_past_refuses_forecasts_with_the_way_out() -> None:
    asked = {"assets": {"returns": RETURNS}, "expected_returns": {"kind": "forecast"}, "window": 30}
    values = Values(tuple(RETURNS), np.array(list(RETURNS.values())).T, kind="returns")
    with pytest.raises(RequestError) as caught:
        backtest_portfolio(PortfolioBacktestRequest.model_validate(asked), values, ignore_progress)
    assert caught.value.problems[0].loc == ("expected_returns",)
    assert "given" in caught.value.problems[0].msg
