"""Portfolios as tables: every number of the result once, in rows of equal length."""

import numpy as np
import pytest

from compute.job import ignore_progress
from compute.portfolio.assets import Values
from compute.portfolio.backtest.request import PortfolioBacktestRequest
from compute.portfolio.backtest.run import backtest_portfolio
from compute.portfolio.comparison.request import EstimatorsRequest
from compute.portfolio.comparison.run import compare_estimators
from compute.portfolio.frontier.request import FrontierRequest
from compute.portfolio.frontier.run import trace_frontier
from compute.portfolio.optimization.request import OptimizeRequest
from compute.portfolio.optimization.run import optimize
from compute.portfolio.rebalance.request import RebalanceRequest
from compute.portfolio.rebalance.run import rebalance
from compute.portfolio.risk.request import RiskRequest
from compute.portfolio.risk.run import measure_risk
from services.export import NoTableError, check_part, write_table
from services.portfolio_tables import (
    estimators_rows,
    frontier_rows,
    optimize_rows,
    portfolio_backtest_rows,
    portfolio_trade_rows,
    rebalance_rows,
    risk_rows,
)

VALUES = Values(("oak", "elm"), np.random.default_rng(2).normal(0.001, 0.01, (300, 2)), kind="returns")


def test_a_table_of_risk_holds_every_figure_and_contribution() -> None:
    request = RiskRequest.model_validate({"assets": {"dataset": "any"}, "shocks": [{"moves": {"oak": -0.1}}]})
    result = measure_risk(request, VALUES, ignore_progress)
    header, *rows = risk_rows(result)
    found = {(row[0], row[1]): row[2] for row in rows}
    assert len(found) == len(rows)
    assert {len(row) for row in rows} == {len(header)}
    assert found["volatility", "portfolio"] == result.volatility
    assert found["var", "historical"] == result.var["historical"]
    assert found["shock", "shock"] == result.shocks[0].portfolio_return
    assert found["risk_contribution", "elm"] == result.contributions[1].percent


def test_a_table_of_a_backtest_has_a_row_per_period_and_weights_where_was_traded() -> None:
    request = PortfolioBacktestRequest.model_validate({"assets": {"dataset": "any"}})
    result = backtest_portfolio(request, VALUES, ignore_progress)
    header, *rows = portfolio_backtest_rows(result)
    assert {len(row) for row in rows} == {len(header)}
    assert [row[2] for row in rows] == list(result.equity)
    assert [row[1] for row in rows if row[-1] is not None] == list(result.weights.periods)


def test_a_table_of_a_frontier_has_columns_for_bands_and_turnover_where_they_were_asked_for() -> None:
    asked = {"assets": {"dataset": "any"}, "n_points": 4}
    plain = trace_frontier(FrontierRequest.model_validate(asked), VALUES, ignore_progress)
    header, *rows = frontier_rows(plain)
    assert len(rows) == 6
    assert header == ["point", "expected_return", "volatility", "sharpe_ratio", "weight_oak", "weight_elm"]
    held = {"previous_weights": {"oak": 1.0}}
    full = {**asked, "n_bootstrap": 20, "n_turnovers": 3, "constraints": held}
    result = trace_frontier(FrontierRequest.model_validate(full), VALUES, ignore_progress)
    header, *rows = frontier_rows(result)
    assert {len(row) for row in rows} == {len(header)}
    assert result.bands is not None
    assert result.pareto is not None
    table = [dict(zip(header, row, strict=True)) for row in rows]
    assert [row["lower_return"] for row in table[:4]] == list(result.bands.lower_returns)
    assert table[4]["point"] == "min_variance"
    assert table[4]["upper_volatility"] == result.bands.portfolios[0].volatility[1]
    within = [row for row in table if row["point"] == "within_turnover"]
    assert [row["turnover"] for row in within] == [point.turnover for point in result.pareto.points]


def test_a_table_of_weights_has_their_bands_where_there_are_some() -> None:
    request = OptimizeRequest.model_validate({"assets": {"dataset": "any"}, "n_bootstrap": 20})
    result = optimize(request, VALUES, ignore_progress)
    header, *rows = optimize_rows(result)
    assert header[-2:] == ["weight_lower", "weight_upper"]
    assert result.bands is not None
    assert tuple(rows[1][-2:]) == result.bands.portfolios[0].weights["elm"]


def test_a_table_of_estimators_has_a_row_per_pair_with_every_score() -> None:
    request = EstimatorsRequest.model_validate({"assets": {"dataset": "any"}, "folds": 4})
    result = compare_estimators(request, VALUES, ignore_progress)
    header, *rows = estimators_rows(result)
    assert {len(row) for row in rows} == {len(header)}
    assert len(rows) == len(request.expected_returns) * len(request.covariances)
    first = dict(zip(header, rows[0], strict=True))
    assert first["volatility"] == result.scores[0].volatility.value
    assert first["log_likelihood_behind"] == 0


def test_the_trades_of_a_backtest_are_a_table_of_their_own() -> None:
    request = PortfolioBacktestRequest.model_validate({"assets": {"dataset": "any"}, "fixed_cost": 1})
    result = backtest_portfolio(request, VALUES, ignore_progress)
    header, *rows = portfolio_trade_rows(result)
    assert len(rows) == result.trade_count
    assert {len(row) for row in rows} == {len(header)}
    assert sum(row[-1] for row in rows) == pytest.approx(result.costs)  # type: ignore[misc]
    text = b"".join(write_table("portfolio_backtest", result, "csv", "trades")).decode()
    assert text.splitlines()[0] == ",".join(header)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("kind", "said"), [("portfolio_backtest", "there are: trades"), ("risk", "ask without a name")]
)
def test_a_part_that_is_no_table_is_refused_with_those_there_are(kind: str, said: str) -> None:
    with pytest.raises(NoTableError, match=f"have no table 'fees'; .*{said}"):
        check_part(kind, "fees")


def test_a_table_of_a_rebalancing_has_a_row_per_trade() -> None:
    request = RebalanceRequest(current={"oak": 0.7, "elm": 0.3}, target={"oak": 0.5, "elm": 0.5})
    result = rebalance(request, ignore_progress)
    header, *rows = rebalance_rows(result)
    assert [row[0] for row in rows] == ["oak", "elm"]
    assert {len(row) for row in rows} == {len(header)}
