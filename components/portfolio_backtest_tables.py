"""A walk through the past in words and tables: what each strategy earned and risked, how it fell, what it held."""

from datetime import datetime

import numpy as np
from dash import html

from components.facts import facts_list
from components.numbers import ABSENT, money, percent, significant
from components.strategy_names import benchmark_name, strategy_names, strategy_title
from components.tables import Cell, Column, shown_number, table
from components.words import count_words, time_words
from compute.portfolio.backtest.result import PortfolioBacktestResult
from compute.portfolio.risk.performance import Performance

SHOWN_ASSETS = 30
SHOWN_FALLS = 8
SHOWN_TRADES = 15
_FIGURES = (
    ("Return", "annual_return"),
    ("Volatility", "volatility"),
    ("Sharpe", "sharpe"),
    ("Sortino", "sortino"),
    ("Drawdown", "max_drawdown"),
)
_FRACTIONS = frozenset({"annual_return", "volatility", "max_drawdown"})


def backtest_sentence(result: PortfolioBacktestResult) -> str:
    """Return what the strategy earned after costs, and what the benchmark did."""
    other = result.benchmark_performance
    spent = f"{significant(result.costs)} of {shown_number(result.initial_capital)}"
    return (
        f"It {_earned(result.annual_return)} a year after costs, with a Sharpe ratio of "
        f"{_ratio(result.sharpe)} and falls of at most {percent(result.max_drawdown, 1)}; the benchmark, "
        f"{result.benchmark}, {_earned(other.annual_return)} a year, with {_ratio(other.sharpe)} and "
        f"{percent(other.max_drawdown, 1)}. "
        f"{count_words(len(result.rebalancings), 'rebalancing')} cost {spent} invested."
    )


def other_sentence(result: PortfolioBacktestResult, job: str) -> str:
    """Return what the strategy of another job, named `job`, came to."""
    return (
        f"The other one, {strategy_title(result.strategy)}, job {job}, {_earned(result.annual_return)} a year, with "
        f"{_ratio(result.sharpe)} and {percent(result.max_drawdown, 1)}."
    )


def span_words(result: PortfolioBacktestResult) -> str:
    """Return from when to when was walked, or over how many periods."""
    if result.start is None or result.end is None:
        return count_words(len(result.equity) - 1, "period")
    return f"{_day(result.start)} to {_day(result.end)}"


def strategies_table(result: PortfolioBacktestResult) -> html.Div:
    """Return a row per strategy and one for the benchmark, with the definitions on hover."""
    known = result.definitions
    columns = [
        Column("Strategy"),
        *(Column(title, is_number=True, help=known.get(name)) for title, name in _FIGURES),
        Column("Turnover", is_number=True, help=f"Per rebalancing. {known.get('turnover', '')}"),
        Column("Costs", is_number=True, help=known.get("costs")),
    ]
    rows: list[list[Cell]] = [
        [
            name,
            *_figures(each),
            percent(each.average_turnover, 1),
            significant(each.total_cost),
        ]
        for name, each in zip(strategy_names(result), result.strategies, strict=True)
    ]
    rows.append([benchmark_name(result), *_figures(result.benchmark_performance), None, None])
    return table("After costs; returns and volatility per year", columns, rows)


def benchmark_facts(result: PortfolioBacktestResult) -> html.Dl:
    """Return what it came to, how it moved with the benchmark and what it traded, each with its definition."""
    drifted = sum(1 for each in result.rebalancings if each.reason == "drift")
    facts = (
        ("Final value", significant(result.final_value), "equity"),
        ("Of the benchmark", significant(result.benchmark_equity[-1]), ""),
        ("Calmar ratio", _ratio(result.calmar), "calmar"),
        ("Alpha", percent(result.alpha, 2), "alpha"),
        ("Beta", _ratio(result.beta), "beta"),
        ("Tracking error", percent(result.tracking_error, 2), "tracking_error"),
        ("Information ratio", _ratio(result.information_ratio), "information_ratio"),
        ("Correlation", _ratio(result.benchmark_correlation), "benchmark_correlation"),
        ("Turnover per year", percent(result.turnover, 1), "turnover"),
        ("Trades", shown_number(result.trade_count), ""),
        ("Rebalancings", shown_number(len(result.rebalancings)), ""),
        *([("Of these, after drift", shown_number(drifted), "")] if drifted else []),
        ("Worst period", percent(result.worst_period, 2), "worst_period"),
        ("Best period", percent(result.best_period, 2), "best_period"),
        ("Periods with a gain", percent(result.win_rate, 1), "win_rate"),
    )
    return facts_list(facts, result.definitions)


def falls_table(result: PortfolioBacktestResult) -> html.Div | None:
    """Return a row for each of the deepest falls; None where it never fell."""
    if not result.drawdowns:
        return None
    columns = [
        Column("From the peak of"),
        Column("Lowest"),
        Column("Back at the peak"),
        Column("Depth", is_number=True, help=result.definitions.get("max_drawdown")),
        Column("Periods", is_number=True, help="From the peak to its return, or to the end."),
    ]
    rows: list[list[Cell]] = [
        [
            _when(each.start or result.start, each.start_period),
            _when(each.trough, each.trough_period),
            "not yet" if each.end_period is None else _when(each.end, each.end_period),
            percent(each.depth, 2),
            each.length,
        ]
        for each in result.drawdowns[:SHOWN_FALLS]
    ]
    return table("The deepest falls below the highest value so far", columns, rows)


def held_table(result: PortfolioBacktestResult) -> html.Div:
    """Return a row per asset: the weight of the last rebalancing, and the least, mean and greatest of all of them."""
    weights = np.array(result.weights.weights)
    ranked = np.argsort(-np.abs(weights).mean(axis=0), kind="stable")[:SHOWN_ASSETS].tolist()
    columns = [
        Column("Asset"),
        *(Column(title, is_number=True) for title in ("Last weight", "Mean", "Least", "Greatest")),
    ]
    rows: list[list[Cell]] = [
        [
            result.weights.names[at],
            *(
                percent(float(value), 1)
                for value in (weights[-1, at], weights[:, at].mean(), weights[:, at].min(), weights[:, at].max())
            ),
        ]
        for at in ranked
    ]
    return table(f"Weights after {count_words(len(weights), 'rebalancing')}", columns, rows)


def trades_table(result: PortfolioBacktestResult) -> html.Div:
    """Return the first trades of the strategy."""
    columns = [
        Column("When"),
        Column("Asset"),
        Column("Trade"),
        Column("Amount", is_number=True),
        Column("Weight before", is_number=True),
        Column("Weight after", is_number=True),
        Column("Cost", is_number=True, help=result.definitions.get("costs")),
    ]
    shown = result.trades[:SHOWN_TRADES]
    rows: list[list[Cell]] = [
        [
            _when(each.timestamp, each.period - 1),
            each.asset,
            each.side.capitalize(),
            money(each.amount),
            percent(each.weight_before, 2),
            percent(each.weight_after, 2),
            money(each.cost),
        ]
        for each in shown
    ]
    more = result.trade_count > len(shown)
    few = f"The first {len(shown)} of {count_words(result.trade_count, 'trade')}; the export holds all" if more else ""
    return table(few or "Every trade", columns, rows)


def _figures(figures: Performance) -> list[Cell]:
    values = ((name, getattr(figures, name)) for _, name in _FIGURES)
    return [percent(value, 2) if name in _FRACTIONS else _ratio(value) for name, value in values]


def _ratio(value: float | None) -> str:
    """Return a ratio as it is customary: two decimals."""
    return ABSENT if value is None else f"{value:.2f}"


def _earned(rate: float) -> str:
    return f"earned {percent(rate, 2)}" if rate >= 0 else f"lost {percent(-rate, 2)}"


def _when(moment: datetime | None, period: int) -> html.Span:
    """Return a time, or the number of a period from 1 (0: before the first)."""
    shown = f"period {period + 1}" if moment is None else _day(moment)
    return html.Span(shown, className="la-one-line")


def _day(moment: datetime) -> str:
    return time_words(moment.isoformat())
