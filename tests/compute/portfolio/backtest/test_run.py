"""Walks through the past: nothing of the future is known, batches equal single solves, what is told adds up."""

from typing import Any

import numpy as np
import pytest

from compute.job import ignore_progress
from compute.portfolio.assets import Values
from compute.portfolio.backtest.account import DEFINITIONS
from compute.portfolio.backtest.request import PortfolioBacktestRequest
from compute.portfolio.backtest.result import PortfolioBacktestResult
from compute.portfolio.backtest.run import backtest_portfolio
from compute.portfolio.backtest.targets import make_targets
from compute.portfolio.objectives import (
    EqualWeight,
    Hrp,
    InverseVolatility,
    MaxSharpe,
    MinVariance,
    Objective,
    RiskParity,
)
from compute.portfolio.returns import AssetReturns
from compute.portfolio.risk.performance import Performance, Relative, performance_of
from compute.schema import RequestError
from tests.compute.portfolio.risk.samples import market_returns

NAMES = ("oak", "elm", "fir", "ash", "yew")
TABLE = market_returns(length=420, assets=5)
TIMES = np.datetime64("2020-01-01", "ns") + np.arange(len(TABLE)).astype("timedelta64[D]")


def backtest(table: Any = TABLE, times: Any = None, **asked: Any) -> PortfolioBacktestResult:
    return backtest_portfolio(request(**asked), Values(NAMES, table, times, kind="returns"), ignore_progress)


def request(**asked: Any) -> PortfolioBacktestRequest:
    return PortfolioBacktestRequest.model_validate({"assets": {"dataset": "any"}, "window": 100, **asked})


EVERY_OBJECTIVE = [
    {"kind": kind}
    for kind in (
        "max_sharpe",
        "min_variance",
        "risk_parity",
        "max_return",
        "utility",
        "max_diversification",
        "min_cvar",
    )
] + [{"kind": kind} for kind in ("min_cdar", "hrp", "herc", "inverse_volatility", "equal_weight", "target_return")]


@pytest.mark.parametrize("strategy", EVERY_OBJECTIVE, ids=lambda each: each["kind"])
def test_a_shuffled_future_changes_nothing_before_it(strategy: dict[str, Any]) -> None:
    shuffled = TABLE.copy()
    np.random.default_rng(7).shuffle(shuffled[300:])
    asked = {"strategy": strategy, "constraints": {"max_weight": 0.5}, "rebalance_every": 50}
    seen, other = backtest(**asked), backtest(table=shuffled, **asked)
    np.testing.assert_allclose(seen.equity[:201], other.equity[:201], rtol=1e-12)
    assert seen.equity[-1] != other.equity[-1]
    for at, period in enumerate(seen.weights.periods):
        if period <= 200:
            np.testing.assert_allclose(seen.weights.weights[at], other.weights.weights[at], atol=1e-12)


TOGETHER: list[Objective] = [MinVariance(), MaxSharpe(), RiskParity(), Hrp(), InverseVolatility(), EqualWeight()]


@pytest.mark.parametrize("objective", TOGETHER, ids=lambda each: each.kind)
@pytest.mark.parametrize("expanding", [False, True])
def test_solving_together_equals_solving_alone(objective: Objective, expanding: bool) -> None:
    asked = request(constraints={"max_weight": 0.35}, expanding=expanding)
    returns = AssetReturns(NAMES, TABLE, None, 252.0)
    ends = np.arange(100, 420, 21)
    spans = np.column_stack([np.zeros_like(ends) if expanding else ends - 100, ends])
    together, alone = (make_targets(asked, objective, returns, spans) for _ in range(2))
    assert together.known is not None
    alone.known = None
    for k in range(len(ends)):
        np.testing.assert_allclose(together(k, None), alone(k, None), atol=1e-9)


def test_figures_are_those_of_the_curve() -> None:
    made = backtest(costs_bps=25)
    equity = np.array(made.equity)
    again = performance_of(equity[1:] / equity[:-1] - 1, 0.02, 252)
    for name in Performance.model_fields:
        assert getattr(made, name) == pytest.approx(getattr(again, name), rel=1e-9), name
    assert made.final_value == equity[-1]
    assert made.initial_capital == equity[0]
    assert len(equity) == len(TABLE) - 100 + 1 == len(made.drawdown) == len(made.benchmark_equity)


def test_costs_and_trades_add_up() -> None:
    made = backtest(costs_bps=30, fixed_cost=2.5, drift_threshold=0.01)
    assert sum(trade.cost for trade in made.trades) == pytest.approx(made.costs, rel=1e-9)
    assert sum(each.cost for each in made.rebalancings) == pytest.approx(made.costs)
    assert sum(each.trades for each in made.rebalancings) == made.trade_count == len(made.trades)
    assert {each.reason for each in made.rebalancings} == {"start", "calendar", "drift"}
    free = backtest(costs_bps=0, drift_threshold=0.01)
    assert free.costs == 0
    assert free.final_value > made.final_value


def test_a_strategy_of_equal_weights_without_costs_is_its_own_benchmark() -> None:
    made = backtest(strategy={"kind": "equal_weight"}, costs_bps=0)
    np.testing.assert_allclose(made.equity, made.benchmark_equity, rtol=1e-12)
    assert made.beta == pytest.approx(1)
    assert made.alpha == pytest.approx(0, abs=1e-10)
    assert made.average_turnover > 0


def test_an_asset_as_benchmark_is_not_invested_in() -> None:
    made = backtest(benchmark="fir", strategy={"kind": "equal_weight"})
    assert made.weights.names == ("oak", "elm", "ash", "yew")
    np.testing.assert_allclose(made.benchmark_equity[1:], 100_000 * np.cumprod(1 + TABLE[100:, 2]))


def test_strategies_are_compared_under_the_same_terms() -> None:
    made = backtest(compare=[{"kind": "equal_weight"}, {"kind": "hrp"}])
    assert [each.strategy for each in made.strategies] == ["min_variance", "equal_weight", "hrp"]
    alone = backtest(strategy={"kind": "hrp"})
    assert made.strategies[2].equity == alone.equity
    assert made.strategies[0].equity == made.equity


def test_what_is_known_at_a_rebalancing_ended_before_what_it_earns() -> None:
    made = backtest(times=TIMES)
    assert made.timestamps is not None
    assert str(made.start)[:10] == str(TIMES[99])[:10]
    for each in made.rebalancings:
        assert each.timestamp == made.timestamps[each.period]


def test_turnover_is_limited_against_the_weights_drifted() -> None:
    made = backtest(constraints={"max_turnover": 0.1}, rebalance_every=40)
    assert max(each.turnover for each in made.rebalancings[1:]) <= 0.1 + 1e-7
    assert made.rebalancings[0].turnover == pytest.approx(1)


def test_where_nothing_earns_more_than_cash_the_least_variance_is_held() -> None:
    falling = TABLE - 0.01
    made = backtest(table=falling, strategy={"kind": "max_sharpe"})
    least = backtest(table=falling)
    np.testing.assert_allclose(made.equity, least.equity, rtol=1e-9)
    assert {each.status for each in made.rebalancings} == {"fallback"}
    assert made.notes[-1].startswith("Highest Sharpe ratio: ")
    assert "took minimum variance" in made.notes[-1]


def test_a_constant_asset_does_not_stop_the_walk() -> None:
    table = TABLE.copy()
    table[:, 4] = 0.0
    made = backtest(table=table)
    assert made.weights.weights[0][4] == pytest.approx(1, abs=1e-6)


def test_given_returns_are_said_to_count_before_they_were_known() -> None:
    made = backtest(expected_returns={"kind": "given", "annual_returns": {"oak": 0.5}}, strategy={"kind": "max_sharpe"})
    assert any("before they became known" in note for note in made.notes)
    assert made.weights.weights[0][0] > 0


def test_every_figure_shown_is_defined() -> None:
    assert set(Performance.model_fields) | set(Relative.model_fields) <= set(DEFINITIONS)


def test_equal_weights_need_no_moments_beyond_names() -> None:
    made = backtest(strategy=EqualWeight().model_dump(), window=2, rebalance_every=400)
    assert len(made.rebalancings) == 2


@pytest.mark.parametrize(
    ("asked", "loc", "said"),
    [
        ({"window": 419}, ("window",), "leaves 1 of 420 periods"),
        ({"benchmark": "pine"}, ("benchmark",), "there is no asset 'pine'"),
        ({"constraints": {"max_weight": 0.1}}, ("constraints", "max_weight"), "at most 0.1"),
        ({"assets": {"dataset": "any", "missing": "pairwise"}}, ("assets", "missing"), "common or fill"),
        ({"fixed_cost": 1e6}, ("initial_capital",), "use up"),
        ({"table": TABLE * 0 + 1e200}, ("assets",), "check its values"),
    ],
)
def test_what_cannot_be_walked_is_refused_at_its_field(asked: Any, loc: Any, said: str) -> None:
    with pytest.raises(RequestError) as caught:
        backtest(**asked)
    assert caught.value.problems[0].loc == loc
    assert said in caught.value.problems[0].msg


@pytest.mark.parametrize("kind", ["min_variance", "max_sharpe", "risk_parity"])
def test_windows_too_short_for_their_assets_are_walked_all_the_same(kind: str) -> None:
    table = TABLE.copy()
    table[:, 1] = -table[:, 0]
    made = backtest(table=table, window=2, rebalance_every=7, strategy={"kind": kind})
    assert all(sum(weights) == pytest.approx(1) for weights in made.weights.weights)


def test_long_histories_of_many_assets_are_no_overflow() -> None:
    table = np.tile(TABLE, (80, 1))
    assert np.log1p(np.maximum(table, 0)).sum() > 700  # of all assets together
    assert len(backtest(table=table, rebalance_every=1000).equity) == len(table) - 99


@pytest.mark.parametrize(("calendar", "unit"), [("month", "M"), ("year", "Y"), ("week", "W"), ("quarter", "M")])
def test_a_calendar_renews_weights_with_the_first_period_of_each_span(calendar: str, unit: str) -> None:
    made = backtest(times=TIMES, calendar=calendar, strategy={"kind": "equal_weight"})
    starts = [each.period + 100 for each in made.rebalancings]
    assert starts[0] == 100
    spans = TIMES.astype(f"datetime64[{unit}]").astype(int) // (3 if calendar == "quarter" else 1)
    days = TIMES.astype("datetime64[D]").astype(int)
    if calendar == "week":
        assert {(days[start] + 3) % 7 for start in starts[1:]} == {0}
        assert set(np.diff(starts[1:])) == {7}
    else:
        assert starts[1:] == [at for at in range(101, len(TIMES)) if spans[at] != spans[at - 1]]


def test_a_calendar_needs_times() -> None:
    with pytest.raises(RequestError, match="without times no month is known") as caught:
        backtest(calendar="month")
    assert caught.value.problems[0].loc == ("calendar",)
