"""The front door: from a request and its assets to the frontier and what is marked on it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from compute.job import Report
from compute.portfolio.assets import Values
from compute.portfolio.constraints import limits_of
from compute.portfolio.figures_of_merit import merit_of
from compute.portfolio.frontier.pareto import make_pareto
from compute.portfolio.frontier.path import place_of_best_ratio, solve_points, store_path, trace_corners, weights_at
from compute.portfolio.frontier.request import FrontierRequest
from compute.portfolio.frontier.result import FrontierPoint, FrontierResult
from compute.portfolio.limits import Limits
from compute.portfolio.moments import Moments
from compute.portfolio.objectives import MaxSharpe, MinVariance
from compute.portfolio.optimization.answer import NOISE, asset_facts, history_facts
from compute.portfolio.optimization.refusal import refused
from compute.portfolio.optimization.result import DEFINITIONS
from compute.portfolio.optimization.solving import with_least_return
from compute.portfolio.resampling.options import FrontierBands
from compute.portfolio.solution import PortfolioError, UndefinedError
from compute.portfolio.universe import Estimate, Universe, estimate_anew, make_universe

Array = NDArray[np.float64]
TOLD = ("expected_return", "volatility", "sharpe_ratio", "pareto", "bands")


@dataclass(frozen=True)
class _Traced:
    """Portfolios of the frontier: those asked for, and those marked."""

    points: Array
    """(n_points, n)"""
    least: Array
    best: Array | None
    corners: Array | None
    """(k, n), where the critical line knows the limits."""


def trace_frontier(
    request: FrontierRequest,
    values: Values | None,
    report: Report,
    estimate: Estimate = estimate_anew,
    device: str = "cpu",
) -> FrontierResult:
    """Return the frontier that `request` asks for, its bands from `device`; RequestError as `optimize` raises it."""
    report(0.0, "Preparing the returns")
    universe = make_universe(request, values, estimate)
    moments, year = universe.moments, universe.year
    limits = limits_of(request.constraints, moments.names)
    limits = with_least_return(limits, moments.mean, request.constraints.target_return, year)
    report(0.3, "Tracing the frontier")
    try:
        traced = _trace(moments, limits, request, report)
    except PortfolioError as error:
        raise refused(error, request.constraints, moments.names) from error
    path = None if traced.corners is None else store_path(traced.corners, moments, request.risk_free_rate)
    best = None if traced.best is None else _point(traced.best, moments, request.risk_free_rate)
    bands, said = _bands(request, universe, limits, report, device)
    pareto, told = make_pareto(
        request.n_turnovers,
        moments,
        limits,
        request.risk_free_rate,
        lambda share, step: report(0.6 + 0.3 * share, step),
    )
    result = FrontierResult(
        points=tuple(_point(weights, moments, request.risk_free_rate) for weights in traced.points),
        min_variance=_point(traced.least, moments, request.risk_free_rate),
        max_sharpe=best,
        assets=asset_facts(moments, request.risk_free_rate),
        path=path,
        is_exact=traced.corners is not None,
        pareto=pareto,
        bands=bands,
        risk_free_rate=request.risk_free_rate,
        **history_facts(universe),
        definitions={name: DEFINITIONS[name] for name in TOLD},
        notes=(*universe.notes, *_notes(best), *said, *told),
    )
    report(1.0, "Done")
    return result


def _trace(moments: Moments, limits: Limits, request: FrontierRequest, report: Report) -> _Traced:
    risk_free, year = request.risk_free_rate, moments.periods_per_year
    corners = trace_corners(moments, limits)
    if corners is None:
        return _solve_each(moments, limits, request, report)
    returns = corners @ moments.mean * year
    marginals = corners @ moments.covariance * year
    variances = np.einsum("kn,kn->k", corners, marginals)
    crossings = np.einsum("kn,kn->k", corners[1:], marginals[:-1])
    best = place_of_best_ratio(returns - risk_free, variances, crossings)
    places = np.interp(np.linspace(returns[0], returns[-1], request.n_points), returns, np.arange(len(returns)))
    points = np.array([weights_at(corners, float(place)) for place in places])
    return _Traced(points, corners[0], None if best is None else weights_at(corners, best), corners)


def _solve_each(moments: Moments, limits: Limits, request: FrontierRequest, report: Report) -> _Traced:
    """Return single optima at equally spaced returns, where the limits are more than the critical line knows."""
    from compute.portfolio.solvers.sharpe import maximum_sharpe

    count, year = request.n_points, moments.periods_per_year
    points = solve_points(
        moments, limits, count, lambda number: report(0.3 + 0.6 * number / count, f"Point {number} of {count}")
    )
    try:
        best = maximum_sharpe(moments.mean * year, moments.covariance * year, request.risk_free_rate, limits).weights
    except UndefinedError:
        best = None
    return _Traced(points, points[0], best, None)


def _bands(
    request: FrontierRequest, universe: Universe, limits: Limits, report: Report, device: str
) -> tuple[FrontierBands | None, tuple[str, ...]]:
    """Return the bands of the frontier and of what is marked on it, where they are asked for."""
    from compute.portfolio.resampling.bands import BandRequest, make_bands

    marked = (MinVariance(), MaxSharpe())
    asked = BandRequest(request, request.estimation, marked, request.n_points, request.risk_free_rate, device)
    return make_bands(asked, universe, limits, lambda share, said: report(0.3 + 0.3 * share, said))


def _point(weights: Array, moments: Moments, risk_free_rate: float) -> FrontierPoint:
    weights = np.where(np.abs(weights) < NOISE, 0.0, weights)
    merit = merit_of(weights, moments, risk_free_rate)
    return FrontierPoint(
        expected_return=merit.expected_return,
        volatility=merit.volatility,
        sharpe_ratio=merit.sharpe_ratio,
        weights={name: float(weight) for name, weight in zip(moments.names, weights, strict=True)},
    )


def _notes(best: FrontierPoint | None) -> tuple[str, ...]:
    if best is not None:
        return ()
    return ("No portfolio is expected to earn more than the risk-free rate: none has the highest Sharpe ratio.",)
