"""A measurement of risk in words and tables: what may be lost, what was lost, who brings it, what shocks would do."""

from collections.abc import Sequence
from datetime import datetime

from dash import html

from components.anomaly_tables import when_words
from components.defined import defined
from components.facts import facts_list
from components.numbers import ABSENT, money, percent, significant
from components.tables import Cell, Column, shown_number, table
from components.words import count_words
from compute.portfolio.risk.request import METHODS
from compute.portfolio.risk.result import Contribution, Drawdown, RiskResult, TailRisk

MAX_FALLS = 10  # that anybody reads; all of them are in the exports
MAX_ASSETS = 60  # rows of a table of assets
MAX_SHOCKS = 6  # columns of a table of shocks
_RETURNS = (
    ("Annual return", "annual_return"),
    ("Mean return", "mean_return"),
    ("Total return", "total_return"),
    ("Volatility", "volatility"),
    ("Downside deviation", "downside_deviation"),
    ("Maximum drawdown", "max_drawdown"),
    ("Average drawdown", "average_drawdown"),
    ("CDaR", "cdar"),
    ("Ulcer index", "ulcer_index"),
    ("Periods won", "win_rate"),
    ("Best period", "best_period"),
    ("Worst period", "worst_period"),
)
_RATIOS = (
    ("Sharpe ratio", "sharpe"),
    ("Sortino ratio", "sortino"),
    ("Calmar ratio", "calmar"),
    ("Omega ratio", "omega"),
    ("Skew", "skew"),
    ("Excess kurtosis", "kurtosis"),
)


def main_tail(result: RiskResult) -> TailRisk | None:
    """Return the tail that is told first: of the history where that is known, else the first that is known."""
    known = [tail for tail in result.tails if tail.var is not None and tail.cvar is not None]
    return min(known, key=lambda tail: tail.method != "historical", default=None)


def risk_sentence(result: RiskResult, days: int) -> str:
    """Return what may be lost over the horizon, in percent and in money, and the deepest fall so far."""
    fell = ""
    if result.max_drawdown is not None:
        fell = f"At the deepest it was {percent(result.max_drawdown, 2)} below its highest value so far."
    tail = main_tail(result)
    if tail is None:
        reasons = "; ".join(f"{METHODS[each.method]}: {each.reason}" for each in result.tails if each.reason)
        return f"No method could say what may be lost ({reasons}). {fell}".rstrip()
    is_loss = tail.var is None or tail.var >= 0
    verb = ("loses less" if is_loss else "earns more") if days == 1 else ("lose less" if is_loss else "earn more")
    lasting = "one day" if days == 1 else count_words(days, "day")
    limit = _with_money(tail.var, tail.var_amount, sign=1 if is_loss else -1)
    return (
        f"In {_share(result.confidence)} of cases {lasting} {verb} than {limit}; the mean loss of the worst "
        f"{_share(1 - result.confidence)} is {_with_money(tail.cvar, tail.cvar_amount)}. {fell}"
    ).rstrip()


def tails_table(result: RiskResult, other: RiskResult | None = None) -> html.Div:
    """Return VaR and CVaR by method; with the VaR of another result beside."""
    columns = [
        Column("Method"),
        Column("VaR", is_number=True, help=result.definitions.get("var")),
        Column("VaR, amount", is_number=True),
        Column("CVaR", is_number=True, help=result.definitions.get("cvar")),
        Column("CVaR, amount", is_number=True),
        *([Column("Other VaR", is_number=True, help="In the result this one is compared with.")] if other else []),
    ]
    rows: list[list[Cell]] = [
        [
            defined(METHODS[tail.method], tail.definition),
            percent(tail.var, 2),
            money(tail.var_amount),
            percent(tail.cvar, 2),
            money(tail.cvar_amount),
            *([percent(other.var.get(tail.method), 2)] if other else []),
        ]
        for tail in result.tails
    ]
    level = _share(result.confidence)
    return table(f"Losses over the horizon at {level} confidence; a loss is positive", columns, rows)


def tail_reasons(result: RiskResult) -> html.Ul | None:
    """Return why a method has no answer; None where all have one."""
    missing = [html.Li(f"{METHODS[tail.method]}: {tail.reason}.") for tail in result.tails if tail.reason]
    return html.Ul(missing, className="la-notes") if missing else None


def falls_table(result: RiskResult) -> html.Div | None:
    """Return the deepest falls below the highest value so far; None where it never fell."""
    if not result.drawdowns:
        return None
    columns = [
        Column("Depth", is_number=True, help=result.definitions.get("max_drawdown")),
        Column("Fell from"),
        Column("Lowest"),
        Column("Made good"),
        Column("Periods", is_number=True, help="From the peak to the day it was reached again, or to the last period."),
    ]
    rows = [_fall_row(fall) for fall in result.drawdowns[:MAX_FALLS]]
    return table("The deepest falls", columns, rows)


def stretches_table(result: RiskResult) -> html.Div | None:
    """Return the worst stretch of each length in the history; None where it is too short for any."""
    if not result.worst_windows:
        return None
    has_benchmark = any(each.benchmark_return is not None for each in result.worst_windows)
    has_times = result.timestamps is not None
    columns = [
        Column("Periods", is_number=True),
        *([Column("From"), Column("To")] if has_times else []),
        Column("Return", is_number=True),
        Column("Amount", is_number=True),
        *([Column(f"{result.benchmark}", is_number=True, help="The benchmark meanwhile.")] if has_benchmark else []),
    ]
    rows: list[list[Cell]] = [
        [
            each.periods,
            *([_day(each.start), _day(each.end)] if has_times else []),
            percent(each.portfolio_return, 2),
            money(each.amount),
            *([percent(each.benchmark_return, 2)] if has_benchmark else []),
        ]
        for each in result.worst_windows
    ]
    return table("The worst stretches of the history", columns, rows)


def contributions_table(result: RiskResult, contributions: Sequence[Contribution], what: str) -> html.Div:
    """Return what each asset or group holds and risks, the largest risk first; `what` is `Asset` or `Group`."""
    meaning = result.definitions.get("contributions")
    has_marginal = any(each.marginal is not None for each in contributions)
    columns = [
        Column(what),
        Column("Weight", is_number=True),
        Column("Share of volatility", is_number=True, help=meaning),
        Column("Share of CVaR", is_number=True, help=meaning),
        Column("Part of volatility", is_number=True, help="Per year; the parts sum to the volatility."),
        *([Column("Marginal", is_number=True, help="Change of volatility per weight.")] if has_marginal else []),
    ]
    rows: list[list[Cell]] = [
        [
            each.name,
            percent(each.weight, 2),
            percent(each.percent, 2),
            percent(each.cvar_percent, 2),
            percent(each.component, 2),
            *([percent(each.marginal, 2)] if has_marginal else []),
        ]
        for each in sorted(contributions, key=lambda each: -abs(each.percent))[:MAX_ASSETS]
    ]
    more = len(contributions) - len(rows)
    rest = f"; {more} more bring less" if more else ""
    return table(f"Weight and risk by {what.lower()}{rest}", columns, rows)


def shocks_table(result: RiskResult) -> html.Div:
    """Return what each shock would do to the portfolio."""
    columns = [Column("Shock"), Column("Return", is_number=True), Column("Amount", is_number=True)]
    rows: list[list[Cell]] = [
        [shock.name, percent(shock.portfolio_return, 2), money(shock.amount)] for shock in result.shocks
    ]
    return table("What the shocks would do", columns, rows)


def moves_table(result: RiskResult) -> html.Div:
    """Return how each asset moves in the first shocks: as was given, or as its covariance leads one to expect."""
    shocks = result.shocks[:MAX_SHOCKS]
    names = list(dict.fromkeys(name for shock in shocks for name in shock.moves))[:MAX_ASSETS]
    columns = [Column("Asset"), *(Column(shock.name, is_number=True) for shock in shocks)]
    rows: list[list[Cell]] = [[name, *(percent(shock.moves.get(name), 2) for shock in shocks)] for name in names]
    return table("Returns of the assets in each shock", columns, rows)


def together_table(result: RiskResult) -> html.Div:
    """Return the risk if all correlations moved some way to 1."""
    columns = [
        Column("Way to 1", is_number=True, help=result.definitions.get("correlation_stress")),
        Column("Volatility", is_number=True, help=result.definitions.get("volatility")),
        Column("VaR", is_number=True, help="Of a normal distribution, over the horizon."),
        Column("VaR, amount", is_number=True),
    ]
    rows: list[list[Cell]] = [
        [percent(each.share), percent(each.volatility, 2), percent(each.var, 2), money(each.var * result.value)]
        for each in result.correlation_stress
    ]
    return table("If the assets moved more alike", columns, rows)


def performance_facts(result: RiskResult) -> html.Dl:
    """Return what it earned and risked, each figure with its definition on hover."""
    facts = [(title, percent(getattr(result, name), 2), name) for title, name in _RETURNS]
    facts += [(title, significant(getattr(result, name), 3), name) for title, name in _RATIOS]
    if result.cash:
        facts.append(("Cash", percent(result.cash, 2), "cash"))
    if result.observations is not None:
        facts.append(("Periods", shown_number(result.observations), "observations"))
    facts.append(("Periods per year", shown_number(result.periods_per_year), "periods_per_year"))
    return facts_list(facts, result.definitions)


def benchmark_facts(result: RiskResult) -> html.Dl | None:
    """Return how it moved with the benchmark; None without one."""
    if result.benchmark is None:
        return None
    return facts_list(
        [
            ("Beta", significant(result.beta, 3), "beta"),
            ("Alpha", percent(result.alpha, 2), "alpha"),
            ("Tracking error", percent(result.tracking_error, 2), "tracking_error"),
            ("Information ratio", significant(result.information_ratio, 3), "information_ratio"),
            ("Correlation", significant(result.benchmark_correlation, 3), "benchmark_correlation"),
        ],
        result.definitions,
    )


def _with_money(fraction: float | None, amount: float | None, *, sign: int = 1) -> str:
    if fraction is None or amount is None:
        return ABSENT
    return f"{percent(sign * fraction, 2)} ({money(sign * amount)})"


def _share(fraction: float) -> str:
    """Return a share as percent with the decimals it has: 99.5 % is not 100 %."""
    return f"{100 * fraction:.4g} %"


def _fall_row(fall: Drawdown) -> list[Cell]:
    start = "the start" if fall.start_period < 0 else when_words(fall.start, fall.start_period)
    end = "not yet" if fall.end_period is None else when_words(fall.end, fall.end_period)
    days = (start, when_words(fall.trough, fall.trough_period), end)
    return [percent(fall.depth, 2), *map(_unbroken, days), fall.length]


def _day(moment: datetime | None) -> html.Span:
    return _unbroken(ABSENT if moment is None else when_words(moment, 0))


def _unbroken(text: str) -> html.Span:
    return html.Span(text, className="la-one-line")
