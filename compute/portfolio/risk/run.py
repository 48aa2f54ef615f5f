"""The front door: from a request and its assets to everything that is told about the risk."""

from compute.job import Report
from compute.portfolio.assets import GivenMoments, Values
from compute.portfolio.moments import given_moments
from compute.portfolio.risk.account import drawdown_list, rolling_of, times_of
from compute.portfolio.risk.contributions import tail_contributions
from compute.portfolio.risk.drawdowns import drawdowns_of, wealth_of
from compute.portfolio.risk.explanation import explain
from compute.portfolio.risk.held import hold
from compute.portfolio.risk.horizon import horizon_periods, measure_tails
from compute.portfolio.risk.model import measure_model
from compute.portfolio.risk.performance import Relative, performance_of, relative_to
from compute.portfolio.risk.request import RiskRequest
from compute.portfolio.risk.result import RiskResult
from compute.portfolio.risk.scenarios import crises_of, worst_stretches
from compute.portfolio.risk.shared_figures import shared_figures
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
    by_factor, explained, said = explain(request, held)
    result = RiskResult(
        **dict(performance_of(earned, request.risk_free_rate, year)),
        **dict(relative),
        **shared_figures(request, held, ahead, tails, tail),
        cdar=historical_tail(-falls, request.confidence).cvar,
        timestamps=times,
        wealth=tuple(wealth_of(earned).tolist()),
        drawdown=tuple(falls.tolist()),
        drawdowns=drawdown_list(falls, times),
        factor_contributions=by_factor,
        factor_r_squared=explained,
        rolling=rolling_of(earned, held.benchmark, request.rolling_window, request.risk_free_rate, year),
        worst_windows=worst_stretches(held, request.value),
        crises=crises_of(held, request.value),
        observations=earned.size,
        start=times[0] if times else None,
        end=times[-1] if times else None,
        notes=(*notes, *said),
    )
    report(1.0, "Done")
    return result
