"""Walks through the past drawn and told: every line looks its own way, few points, the figures of the result."""

from itertools import pairwise

import numpy as np
import pytest

from components.figures.decimate import MAX_POINTS
from components.figures.portfolio_backtest import (
    LEAST_POINTS,
    MAX_AREAS,
    OTHERS,
    falls_chart,
    falls_of,
    growth_chart,
    times_of,
    weights_chart,
)
from components.figures.rolling import rolling_chart
from components.portfolio_backtest_tables import (
    SHOWN_TRADES,
    backtest_sentence,
    benchmark_facts,
    falls_table,
    held_table,
    span_words,
    strategies_table,
    trades_table,
)
from components.strategy_names import benchmark_name, strategy_names
from compute.portfolio.backtest.result import PortfolioBacktestResult, WeightsPath
from compute.portfolio.objectives import TITLES
from tests.components.finding import text_of
from tests.compute.portfolio.backtest.test_run import NAMES, TIMES, backtest

RESULT = backtest(
    times=TIMES,
    strategy={"kind": "max_sharpe"},
    compare=[{"kind": "equal_weight"}, {"kind": "max_sharpe"}],
    constraints={"max_weight": 0.5},
)
TIMELESS = backtest(rolling_window=400)


def holding(weights: np.ndarray, periods: int) -> PortfolioBacktestResult:
    """Return a result that held `weights` (rebalancings, n) and has so many periods."""
    path = WeightsPath(
        names=tuple(f"asset {at}" for at in range(weights.shape[1])),
        periods=tuple(range(len(weights))),
        weights=tuple(map(tuple, weights.tolist())),
    )
    return TIMELESS.model_copy(update={"weights": path, "equity": tuple(np.linspace(1, 2, periods + 1).tolist())})


def test_every_strategy_and_the_benchmark_has_a_line_told_apart_without_colour() -> None:
    lines = growth_chart(RESULT, TIMELESS, other_label="no times, no line").data
    assert [line.name for line in lines] == [*strategy_names(RESULT), benchmark_name(RESULT)]
    assert strategy_names(RESULT) == ["Highest Sharpe ratio", "Equal weights", "Highest Sharpe ratio (2)"]
    assert len({line.line.dash for line in lines}) == len({line.line.color for line in lines}) == len(lines)
    np.testing.assert_array_equal(lines[0].y, RESULT.equity)
    assert list(lines[0].x)[:1] == ["2020-04-09T00:00:00"]  # the end of the 100 days that were only looked at


def test_another_result_is_drawn_from_the_same_capital() -> None:
    richer = backtest(times=TIMES, initial_capital=1e6)
    line = growth_chart(RESULT, richer, other_label="Job 123").data[-1]
    assert line.name == "Job 123"
    np.testing.assert_allclose(line.y, np.array(richer.equity) / 10)


def test_the_falls_drawn_are_those_of_the_result() -> None:
    np.testing.assert_allclose(falls_of(np.array(RESULT.equity)), RESULT.drawdown, atol=1e-12)
    first, *compared, benchmark = falls_chart(RESULT).data
    np.testing.assert_allclose(first.y, -np.array(RESULT.drawdown), atol=1e-12)
    assert first.fill == "tozeroy"
    assert {line.visible for line in compared} == {"legendonly"}
    assert benchmark.visible is None


def test_rolling_figures_stand_at_the_end_of_their_window() -> None:
    assert RESULT.rolling is not None
    figure = rolling_chart(RESULT.rolling, times_of(RESULT), "Time (UTC)")
    assert RESULT.timestamps is not None
    assert [line.name for line in figure.data] == ["Volatility", "Sharpe ratio", "Beta"]
    assert figure.data[0].x[0] == RESULT.timestamps[RESULT.rolling.window].replace(tzinfo=None).isoformat()


def test_weights_are_stacked_until_the_next_rebalancing_and_reach_the_whole() -> None:
    figure = weights_chart(TIMELESS)
    assert {area.line.shape for area in figure.data} == {"hv"}
    assert {area.name for area in figure.data} <= set(NAMES)
    np.testing.assert_allclose(sum(np.array(area.y) for area in figure.data), 1, atol=1e-6)
    assert figure.data[0].x[-1] == len(TIMELESS.equity) - 1
    sizes = [np.mean(area.y[:-1]) for area in figure.data]
    assert all(larger >= smaller for larger, smaller in pairwise(sizes))
    looks = [(area.fillcolor, area.fillpattern.shape) for area in figure.data]
    assert len(set(looks)) == len(looks)


def test_many_assets_share_an_area_and_what_is_not_invested_is_cash() -> None:
    shares = np.tile(np.linspace(2, 1, 40) / 60 * 0.9, (5, 1))
    areas = {area.name: np.array(area.y) for area in weights_chart(holding(shares, 10)).data}
    assert len(areas) == MAX_AREAS + 2
    np.testing.assert_allclose(areas[OTHERS], shares[0, MAX_AREAS:].sum())
    np.testing.assert_allclose(areas["Cash"], 0.1)
    np.testing.assert_allclose(sum(areas.values()), 1)


def test_what_is_sold_short_is_a_line_and_no_area() -> None:
    figure = weights_chart(holding(np.array([[1.3, -0.3], [0.8, 0.2]]), 4))
    assert {trace.stackgroup for trace in figure.data} == {None}
    assert [list(trace.y) for trace in figure.data] == [[1.3, 0.8, 0.8], [-0.3, 0.2, 0.2]]


def test_long_walks_are_thinned() -> None:
    periods = 30_000
    values = tuple(np.exp(np.random.default_rng(1).normal(0, 0.01, periods + 1).cumsum()).tolist())
    long = holding(np.tile([0.4, 0.6], (periods, 1)), periods)
    strategies = tuple(each.model_copy(update={"equity": values}) for each in long.strategies)
    update = {"equity": values, "benchmark_equity": values, "strategies": strategies}
    long = long.model_copy(update=update)
    for figure in (growth_chart(long), falls_chart(long)):
        assert sum(len(line.y) for line in figure.data) <= MAX_POINTS
        assert max(figure.data[-1].y) in (max(values), 0)
    assert all(len(area.y) <= LEAST_POINTS + 1 for area in weights_chart(long).data)
    assert "of 30000 rebalancings" in weights_chart(long).layout.xaxis.title.text.replace("\u202f", "")


def test_the_sentence_and_the_tables_say_what_the_result_says() -> None:
    sentence = backtest_sentence(RESULT)
    for share in (RESULT.annual_return, RESULT.benchmark_performance.annual_return):
        assert f"{100 * abs(share):.2f} %" in sentence
    assert f"{len(RESULT.rebalancings)} rebalancings cost" in sentence
    assert span_words(RESULT) == "2020-04-09 to 2021-02-23"
    assert span_words(TIMELESS) == "320 periods"
    words = text_of(strategies_table(RESULT))
    assert all(name in words for name in [*strategy_names(RESULT), benchmark_name(RESULT)])
    assert f"{100 * RESULT.strategies[1].max_drawdown:.2f} %" in words
    assert f"{100 * RESULT.turnover:.1f} %" in text_of(benchmark_facts(RESULT))
    assert all(name in text_of(held_table(RESULT)) for name in NAMES)


def test_falls_are_told_by_dates_or_by_periods() -> None:
    dated, counted = falls_table(RESULT), falls_table(TIMELESS)
    deepest = RESULT.drawdowns[0]
    assert deepest.trough is not None
    assert deepest.trough.date().isoformat() in text_of(dated)
    assert f"period {TIMELESS.drawdowns[0].trough_period + 1}" in text_of(counted)
    assert falls_table(RESULT.model_copy(update={"drawdowns": ()})) is None


def test_the_first_trades_are_listed_and_all_of_them_counted() -> None:
    words = text_of(trades_table(RESULT))
    assert f"of {RESULT.trade_count:,} trades".replace(",", "\u202f") in words
    assert words.count("Buy") + words.count("Sell") == SHOWN_TRADES
    few = RESULT.model_copy(update={"trades": RESULT.trades[:2], "trade_count": 2})
    assert text_of(trades_table(few)).startswith("Every trade")


@pytest.mark.parametrize("kind", TITLES)
def test_every_kind_has_a_title_for_people(kind: str) -> None:
    assert TITLES[kind] != kind
    assert "_" not in TITLES[kind]
