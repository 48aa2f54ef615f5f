"""The front door: from a request and its assets to everything that is told about the risk."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from compute.job import Report
from compute.portfolio.assets import Values
from compute.portfolio.figures_of_merit import MAX_MAPPED, correlation_map
from compute.portfolio.holdings import held_weights
from compute.portfolio.returns import MIN_PERIODS, AssetReturns, prepare_returns
from compute.portfolio.risk.account import (
    DEFINITIONS,
    asset_contributions,
    drawdown_list,
    group_contributions,
    rolling_of,
    times_of,
)
from compute.portfolio.risk.checks import check_risk, refuse_overflow
from compute.portfolio.risk.drawdowns import drawdowns_of, wealth_of
from compute.portfolio.risk.horizon import horizon_periods, measure_tails
from compute.portfolio.risk.performance import Relative, performance_of, relative_to
from compute.portfolio.risk.request import RiskRequest, Shock
from compute.portfolio.risk.result import CorrelationStress, RiskResult, ShockLoss, StressWindow
from compute.portfolio.risk.stress import spread_shock, volatility_at_correlation, worst_windows
from compute.portfolio.risk.tails import compound_windows, gaussian_tail, historical_tail
from compute.schema import RequestError

Array = NDArray[np.float64]

STRETCHES = (1, 5, 10, 21, 63, 126, 252)  # periods whose worst stretch is told: a day to a year of trading days
CORRELATION_STEPS = (0.0, 0.25, 0.5, 0.75, 1.0)


@dataclass(frozen=True)
class Held:
    """The portfolio through its history.

    Attributes
    ----------
    assets : of complete rows
    weights : (n,)
    cash : weight of cash; negative when borrowed
    earned : (T,) returns per period with weights restored each period, cash at the risk-free rate
    benchmark : (T,) or None
    covariance : (n, n) per period
    """

    assets: AssetReturns
    weights: Array
    cash: float
    earned: Array
    benchmark: Array | None
    covariance: Array


def measure_risk(request: RiskRequest, values: Values, report: Report) -> RiskResult:
    """Return the risk that `request` asks for; RequestError at the field to change where it cannot be measured."""
    report(0.0, "Preparing the returns")
    held, notes = _hold(request, values)
    year, earned = held.assets.periods_per_year, held.earned
    ahead = horizon_periods(request.horizon_days, year)
    report(0.2, "Measuring the tails")
    tails = measure_tails(earned, ahead, request)
    report(0.7, "Measuring drawdowns and contributions")
    falls = drawdowns_of(earned)
    times = times_of(held.assets.timestamps)
    relative = (
        relative_to(earned, held.benchmark, request.risk_free_rate, year) if held.benchmark is not None else Relative()
    )
    contributions = asset_contributions(held.assets, held.weights, held.covariance, request.confidence)
    mapped = _mapped(held)
    result = RiskResult(
        **dict(performance_of(earned, request.risk_free_rate, year)),
        **dict(relative),
        weights={name: float(weight) for name, weight in zip(held.assets.names, held.weights, strict=True)},
        cash=held.cash,
        confidence=request.confidence,
        horizon_periods=ahead,
        value=request.value,
        var={tail.method: tail.var for tail in tails},
        cvar={tail.method: tail.cvar for tail in tails},
        tails=tails,
        cdar=historical_tail(-falls, request.confidence).cvar,
        timestamps=times,
        wealth=tuple(wealth_of(earned).tolist()),
        drawdown=tuple(falls.tolist()),
        drawdowns=drawdown_list(falls, times),
        contributions=contributions,
        group_contributions=group_contributions(contributions, request.groups),
        correlation=correlation_map(held.covariance[np.ix_(mapped, mapped)]),
        correlation_names=tuple(held.assets.names[at] for at in mapped),
        rolling=rolling_of(earned, held.benchmark, request.rolling_window, request.risk_free_rate, year),
        worst_windows=_worst(held, request.value),
        shocks=tuple(_shock(shock, held, request.value) for shock in request.shocks),
        correlation_stress=_as_one(held, request.confidence, ahead),
        benchmark=request.benchmark,
        risk_free_rate=request.risk_free_rate,
        periods_per_year=year,
        observations=earned.size,
        start=times[0] if times else None,
        end=times[-1] if times else None,
        definitions=DEFINITIONS,
        notes=tuple(notes),
    )
    report(1.0, "Done")
    return result


def _hold(request: RiskRequest, values: Values) -> tuple[Held, list[str]]:
    returns = prepare_returns(values, request.assets, min_assets=1)
    notes = list(returns.notes)
    whole = ~np.isnan(returns.returns).any(axis=1)
    if not whole.all():
        notes.append(f"{int((~whole).sum())} periods lack some return and were left out: risk is measured on the rest.")
    if whole.sum() < MIN_PERIODS:
        msg = f"only {int(whole.sum())} periods have a return of every asset; choose fill for missing values"
        raise RequestError.at("assets", "missing", msg=msg)
    times = None if returns.timestamps is None else returns.timestamps[whole]
    names = returns.names
    assets = AssetReturns(names, returns.returns[whole], times, returns.periods_per_year)
    weights, said = held_weights(request.weights, names, request.rest)
    check_risk(request, names)
    cash = 1 - float(weights.sum())
    cash = 0.0 if abs(cash) < 1e-12 else cash
    earned = assets.returns @ weights + cash * request.risk_free_rate / assets.periods_per_year
    refuse_overflow(earned)
    benchmark = None if request.benchmark is None else assets.returns[:, names.index(request.benchmark)]
    covariance = np.atleast_2d(np.cov(assets.returns.T))
    return Held(assets, weights, cash, earned, benchmark, covariance), [*notes, *said]


def _mapped(held: Held) -> NDArray[np.intp]:
    """Return the positions of the assets held; of more than a map can show those that bring most of the risk."""
    at = np.flatnonzero(held.weights)
    brought = np.abs(held.weights * (held.covariance @ held.weights))[at]
    return np.sort(at[np.argsort(-brought, kind="stable")[:MAX_MAPPED]])


def _worst(held: Held, value: float) -> tuple[StressWindow, ...]:
    made = []
    times = times_of(held.assets.timestamps)
    for length in STRETCHES:
        for window in worst_windows(held.earned, length):
            benchmark = None
            if held.benchmark is not None:
                benchmark = float(compound_windows(held.benchmark[window.first : window.last + 1], length)[0])
            made.append(
                StressWindow(
                    periods=length,
                    start=times[window.first] if times else None,
                    end=times[window.last] if times else None,
                    portfolio_return=window.portfolio_return,
                    amount=window.portfolio_return * value,
                    benchmark_return=benchmark,
                )
            )
    return tuple(made)


def _shock(shock: Shock, held: Held, value: float) -> ShockLoss:
    names = held.assets.names
    known = {names.index(name): move for name, move in shock.moves.items()}
    moves = np.zeros(len(names))
    moves[list(known)] = list(known.values())
    if shock.spreads:
        moves = spread_shock(known, held.covariance)
    made = float(held.weights @ moves)
    shown = [at for at in range(len(names)) if held.weights[at] != 0 or at in known]
    return ShockLoss(
        name=shock.name,
        portfolio_return=made,
        amount=made * value,
        moves={names[at]: float(moves[at]) for at in shown},
    )


def _as_one(held: Held, confidence: float, ahead: float) -> tuple[CorrelationStress, ...]:
    year, mean = held.assets.periods_per_year, float(held.earned.mean())
    made = []
    for share in CORRELATION_STEPS:
        deviation = volatility_at_correlation(held.weights, held.covariance, share)
        var = gaussian_tail(mean * ahead, deviation * float(np.sqrt(ahead)), confidence).var
        made.append(CorrelationStress(share=share, volatility=deviation * float(np.sqrt(year)), var=var))
    return tuple(made)
