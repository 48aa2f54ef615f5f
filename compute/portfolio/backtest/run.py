"""The front door: from a request and its assets to what the strategies would have earned."""

from collections import Counter
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from compute.job import Report
from compute.portfolio.assets import Values
from compute.portfolio.backtest.account import DEFINITIONS, rebalancings_of, trades_of, weights_path
from compute.portfolio.backtest.calendar import rebalancing_starts
from compute.portfolio.backtest.checks import check_backtest, check_count, check_history, refuse_pairwise
from compute.portfolio.backtest.request import PortfolioBacktestRequest
from compute.portfolio.backtest.result import PortfolioBacktestResult, StrategySummary
from compute.portfolio.backtest.simulation import Costs, Terms, Walk, walk
from compute.portfolio.backtest.targets import Targets, make_targets
from compute.portfolio.expected_returns import GivenReturns
from compute.portfolio.objectives import TITLES, Objective
from compute.portfolio.returns import AssetReturns, prepare_returns
from compute.portfolio.risk.account import drawdown_list, rolling_of, times_of
from compute.portfolio.risk.checks import refuse_overflow
from compute.portfolio.risk.drawdowns import drawdowns_of, wealth_of
from compute.portfolio.risk.performance import performance_of, relative_to
from compute.schema import RequestError

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Outcome:
    """One strategy after its walk.

    Attributes
    ----------
    walk : values and rebalancings
    targets : where its weights came from
    earned : (P,) returns after costs
    """

    walk: Walk
    targets: Targets
    earned: Array


@dataclass(frozen=True)
class _Setting:
    """What all strategies share: assets without the benchmark, when to rebalance, and what the benchmark earned."""

    returns: AssetReturns
    terms: Terms
    benchmark: Array | None
    notes: tuple[str, ...]


def backtest_portfolio(request: PortfolioBacktestRequest, values: Values, report: Report) -> PortfolioBacktestResult:
    """Return what `request` asks for; RequestError at the field to change where it cannot be walked."""
    report(0.0, "Preparing the returns")
    setting = _set_out(request, values)
    strategies = [request.strategy, *request.compare]
    outcomes = []
    for at, objective in enumerate(strategies):
        share = 0.1 + 0.8 * at / len(strategies)
        report(share, f"Walking through the past with {TITLES[objective.kind]}")
        outcomes.append(_walk_with(request, objective, setting, report, share, 0.8 / len(strategies)))
    report(0.95, "Writing it down")
    result = _write(request, setting, outcomes)
    report(1.0, "Done")
    return result


def _set_out(request: PortfolioBacktestRequest, values: Values) -> _Setting:
    check_backtest(request, values.names)
    refuse_pairwise(request.assets)
    everything = prepare_returns(values, request.assets)
    table, names = everything.returns, everything.names
    refuse_overflow(table)
    check_history(request, len(table))
    starts = rebalancing_starts(request, everything.timestamps, len(table))
    check_count(request, starts.size, len(names))
    benchmark = None
    if request.benchmark is not None:
        at = names.index(request.benchmark)
        benchmark = table[:, at]
        table, names = np.delete(table, at, axis=1), (*names[:at], *names[at + 1 :])
    returns = AssetReturns(names, table, everything.timestamps, everything.periods_per_year)
    terms = Terms(
        starts=starts,
        capital=request.initial_capital,
        costs=Costs(request.costs_bps / 10_000, request.fixed_cost),
        cash_rate=request.risk_free_rate / everything.periods_per_year,
        drift_threshold=request.drift_threshold,
        is_reset=request.holding == "reset",
    )
    notes = everything.notes
    if isinstance(request.expected_returns, GivenReturns) and request.expected_returns.annual_returns:
        notes = (*notes, "The given returns count at every rebalancing, also at those before they became known.")
    return _Setting(returns, terms, benchmark, notes)


def _walk_with(
    request: PortfolioBacktestRequest,
    objective: Objective,
    setting: _Setting,
    report: Report,
    done: float,
    share: float,
) -> Outcome:
    starts = setting.terms.starts
    first = np.zeros_like(starts) if request.expanding else starts - request.window
    targets = make_targets(request, objective, setting.returns, np.column_stack([first, starts]))

    def target(k: int, held: Array | None) -> Array:
        if k % 8 == 0:
            report(done + share * k / starts.size, f"Rebalancing {k + 1} of {starts.size}")
        return targets(k, held)

    made = walk(setting.returns.returns, target, setting.terms)
    before = np.concatenate([[setting.terms.capital], made.values[:-1]])
    if not made.events or made.values[0] <= 0:
        msg = f"costs and losses use up {setting.terms.capital:g} in the first period; give more capital or lower costs"
        raise RequestError.at("initial_capital", msg=msg)
    earned = np.divide(made.values, before, out=np.ones_like(before), where=before > 0) - 1
    return Outcome(made, targets, earned)


def _benchmark_returns(setting: _Setting) -> Array:
    """Return what the benchmark earned in each period, (P,): one asset, or equal weights without costs."""
    first = int(setting.terms.starts[0])
    if setting.benchmark is not None:
        return setting.benchmark[first:]
    n = setting.returns.returns.shape[1]
    even = np.full(n, 1 / n)
    held = walk(setting.returns.returns, lambda _k, _held: even, Terms(setting.terms.starts, 1.0, Costs(), 0.0))
    before = np.concatenate([[1.0], held.values[:-1]])
    return np.asarray(np.divide(held.values, before, out=np.ones_like(before), where=before > 0) - 1)


def _write(request: PortfolioBacktestRequest, setting: _Setting, outcomes: list[Outcome]) -> PortfolioBacktestResult:
    main, returns = outcomes[0], setting.returns
    year, rate = returns.periods_per_year, request.risk_free_rate
    other = _benchmark_returns(setting)
    falls = drawdowns_of(main.earned)
    times = times_of(returns.timestamps)
    first = int(setting.terms.starts[0])
    shown = times[first - 1 :] if times else None
    summaries = tuple(_summary(outcome, request.initial_capital, rate, year) for outcome in outcomes)
    trades, count = trades_of(main.walk, returns.names, times, first, setting.terms.costs)
    moved = [float(np.abs(event.target - event.held).sum()) for event in main.walk.events[1:]]
    return PortfolioBacktestResult(
        **dict(performance_of(main.earned, rate, year)),
        **dict(relative_to(main.earned, other, rate, year)),
        strategy=request.strategy.kind,
        timestamps=shown,
        equity=summaries[0].equity,
        benchmark_equity=_curve(request.initial_capital, wealth_of(other) * request.initial_capital),
        drawdown=_curve(0.0, falls),
        drawdowns=drawdown_list(falls, shown[1:] if shown else None),
        rolling=rolling_of(main.earned, other, request.rolling_window, rate, year),
        weights=weights_path(main.walk, returns.names, first),
        rebalancings=rebalancings_of(main.walk, main.targets.statuses, times, first),
        trades=trades,
        trade_count=count,
        turnover=sum(moved) * year / main.earned.size,
        average_turnover=summaries[0].average_turnover,
        costs=summaries[0].total_cost,
        initial_capital=request.initial_capital,
        final_value=summaries[0].final_value,
        strategies=summaries,
        benchmark=request.benchmark or "equal weights",
        benchmark_performance=performance_of(other, rate, year),
        solved_together=main.targets.known is not None and not bool(np.isnan(main.targets.known).any()),
        risk_free_rate=rate,
        periods_per_year=year,
        start=shown[0] if shown else None,
        end=shown[-1] if shown else None,
        definitions=DEFINITIONS,
        notes=(*setting.notes, *_notes(outcomes, count, len(trades))),
    )


def _summary(outcome: Outcome, capital: float, rate: float, year: float) -> StrategySummary:
    later = outcome.walk.events[1:]
    moved = [float(np.abs(event.target - event.held).sum()) for event in later]
    return StrategySummary(
        **dict(performance_of(outcome.earned, rate, year)),
        strategy=outcome.targets.objective.kind,
        equity=_curve(capital, outcome.walk.values),
        average_turnover=sum(moved) / len(moved) if moved else 0.0,
        total_cost=sum(event.cost for event in outcome.walk.events),
        final_value=float(outcome.walk.values[-1]),
    )


def _curve(first: float, values: Array) -> tuple[float, ...]:
    return (first, *values.tolist())


def _notes(outcomes: list[Outcome], count: int, shown: int) -> list[str]:
    notes = []
    for outcome in outcomes:
        name = TITLES[outcome.targets.objective.kind]
        found = Counter(outcome.targets.statuses)
        if found["fallback"]:
            notes.append(
                f"{name}: {found['fallback']} of {found.total()} rebalancings had no answer (such as none above the "
                "risk-free rate) and took minimum variance."
            )
        if found["kept"]:
            notes.append(
                f"{name}: {found['kept']} rebalancings had no portfolio within the limits and kept the weights."
            )
        if outcome.walk.values[-1] <= 0:
            notes.append(f"{name}: everything was lost.")
    if shown < count:
        notes.append(f"The first {shown} of {count} trades are listed.")
    return notes
