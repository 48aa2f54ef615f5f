"""The front door: from a request and its assets to everything that is told about the risk."""

import numpy as np

from compute.job import Report
from compute.portfolio.assets import GivenMoments, Values
from compute.portfolio.figures_of_merit import correlation_map
from compute.portfolio.moments import given_moments
from compute.portfolio.risk.account import (
    DEFINITIONS,
    asset_contributions,
    drawdown_list,
    group_contributions,
    mapped_assets,
    rolling_of,
    times_of,
)
from compute.portfolio.risk.contributions import tail_contributions
from compute.portfolio.risk.drawdowns import drawdowns_of, wealth_of
from compute.portfolio.risk.explanation import explain
from compute.portfolio.risk.held import hold
from compute.portfolio.risk.horizon import horizon_periods, measure_tails
from compute.portfolio.risk.model import measure_model
from compute.portfolio.risk.performance import Relative, performance_of, relative_to
from compute.portfolio.risk.request import RiskRequest
from compute.portfolio.risk.result import RiskResult
from compute.portfolio.risk.scenarios import as_one, crises_of, shock_of, worst_stretches
from compute.portfolio.risk.tails import historical_tail


def measure_risk(request: RiskRequest, values: Values | None, report: Report) -> RiskResult:
    """Return the risk that `request` asks for; RequestError at the field to change where it cannot be measured.

    `values` is the table of the history, None where moments are given.
    """
    report(0.0, "Preparing the returns")
    if isinstance(request.assets, GivenMoments):
        return measure_model(request, given_moments(request.assets))
    assert values is not None, "a history comes with its table"
    held, notes = hold(request, values)
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
    tail = tail_contributions(held.weights, held.assets.returns, request.confidence)
    contributions = asset_contributions(held, tail)
    mapped = mapped_assets(held)
    by_factor, explained, said = explain(request, held)
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
        factor_contributions=by_factor,
        factor_r_squared=explained,
        correlation=correlation_map(held.covariance[np.ix_(mapped, mapped)]),
        correlation_names=tuple(held.assets.names[at] for at in mapped),
        rolling=rolling_of(earned, held.benchmark, request.rolling_window, request.risk_free_rate, year),
        worst_windows=worst_stretches(held, request.value),
        crises=crises_of(held, request.value),
        shocks=tuple(shock_of(shock, held, request.value) for shock in request.shocks),
        correlation_stress=as_one(held, request.confidence, ahead),
        benchmark=request.benchmark,
        risk_free_rate=request.risk_free_rate,
        periods_per_year=year,
        observations=earned.size,
        start=times[0] if times else None,
        end=times[-1] if times else None,
        definitions=DEFINITIONS,
        notes=(*notes, *said),
    )
    report(1.0, "Done")
    return result
