"""From weights to everything that is told about them."""

from datetime import UTC, datetime
from math import isfinite
from typing import Any

import numpy as np
from numpy.typing import NDArray

from compute.portfolio.figures_of_merit import correlation_map, merit_of
from compute.portfolio.limits import Limits
from compute.portfolio.moments import Moments
from compute.portfolio.objectives import HEURISTIC, MinCdar, MinCvar
from compute.portfolio.optimization.request import OptimizeRequest
from compute.portfolio.optimization.result import (
    DEFINITIONS,
    AssetFacts,
    BindingConstraint,
    FrontierPath,
    HeldPortfolio,
    OptimizeResult,
)
from compute.portfolio.solution import Solution
from compute.portfolio.tail_mean import drawdown_at_risk, tail_mean
from compute.portfolio.universe import Universe

Array = NDArray[np.float64]

SHOWN_BINDING = 50  # of a thousand bounds that bind, those that matter most
LEAST_GAP = 1e-15  # arithmetic proves no more
NOISE = 1e-13  # weights below it are what arithmetic leaves of 0


def write_result(
    request: OptimizeRequest,
    universe: Universe,
    limits: Limits,
    solution: Solution,
    frontier: FrontierPath | None,
    device: str,
    notes: tuple[str, ...] = (),
) -> OptimizeResult:
    """Return the result as it is stored and sent."""
    weights = np.where(np.abs(solution.weights) < NOISE, 0.0, solution.weights)
    moments, proof = universe.moments, solution.certificate
    merit = merit_of(weights, moments, request.risk_free_rate)
    is_rule, is_optimal = request.objective.kind in HEURISTIC, proof.status == "optimal"
    return OptimizeResult(
        status="rule" if is_rule else "optimal" if is_optimal else "limit",
        message=_message(request, solution),
        weights=_by_name(moments.names, weights),
        expected_return=merit.expected_return,
        volatility=merit.volatility,
        sharpe_ratio=merit.sharpe_ratio,
        risk_contributions=_by_name(moments.names, merit.risk_contributions),
        diversification_ratio=merit.diversification_ratio,
        effective_assets=merit.effective_assets,
        binding_constraints=_binding(solution),
        objective_value=None if is_rule else float(solution.objective),
        iterations=proof.iterations,
        duality_gap=None if is_rule or not isfinite(proof.duality_gap) else float(proof.duality_gap),
        violation=float(proof.violation),
        method=proof.method,
        device=device,
        held=_held(limits, moments, request.risk_free_rate),
        turnover=None if limits.previous is None else float(np.abs(weights - limits.previous).sum()),
        tracking_error=_tracking_error(weights, limits, moments),
        **_tails(request, universe, weights),
        objective=request.objective.kind,
        risk_free_rate=request.risk_free_rate,
        **history_facts(universe),
        assets=asset_facts(moments, request.risk_free_rate),
        correlation=correlation_map(moments.covariance),
        frontier=frontier,
        definitions=DEFINITIONS,
        notes=(*universe.notes, *notes),
    )


def asset_facts(moments: Moments, risk_free_rate: float) -> tuple[AssetFacts, ...]:
    """Return each asset on its own, per year."""
    year = moments.periods_per_year
    earned = moments.mean * year
    risk = np.sqrt(np.maximum(np.diag(moments.covariance), 0.0) * year)
    return tuple(
        AssetFacts(
            name=name,
            expected_return=float(mean),
            volatility=float(deviation),
            sharpe_ratio=float((mean - risk_free_rate) / deviation) if deviation > 0 else None,
        )
        for name, mean, deviation in zip(moments.names, earned, risk, strict=True)
    )


def history_facts(universe: Universe) -> dict[str, Any]:
    """Return what a result says of the history: how long, from when to when, and what was known."""
    returns = universe.returns
    times = None if returns is None else returns.timestamps
    return {
        "periods_per_year": universe.year,
        "observations": None if returns is None else len(returns.returns),
        "start": None if times is None else _moment(times[0]),
        "end": None if times is None else _moment(times[-1]),
        "moments_cache": universe.cached,
    }


def _message(request: OptimizeRequest, solution: Solution) -> str:
    proof = solution.certificate
    if request.objective.kind in HEURISTIC:
        return f"Weights by rule ({proof.method}); nothing was optimised."
    if proof.status == "optimal":
        bound = max(proof.duality_gap, LEAST_GAP)
        return f"Proved optimal: no portfolio within the limits is better by more than {bound:.0e} of the objective."
    return f"The best found in the steps allowed; a better one could gain {proof.duality_gap:.1e} of the objective."


def _binding(solution: Solution) -> tuple[BindingConstraint, ...]:
    strongest = sorted(solution.certificate.binding, key=lambda each: -abs(each.multiplier))[:SHOWN_BINDING]
    return tuple(BindingConstraint(name=each.name, multiplier=float(each.multiplier)) for each in strongest)


def _by_name(names: tuple[str, ...], values: Array) -> dict[str, float]:
    return {name: float(value) for name, value in zip(names, values, strict=True)}


def _held(limits: Limits, moments: Moments, risk_free_rate: float) -> HeldPortfolio | None:
    if limits.previous is None:
        return None
    merit = merit_of(limits.previous, moments, risk_free_rate)
    return HeldPortfolio(
        expected_return=merit.expected_return, volatility=merit.volatility, sharpe_ratio=merit.sharpe_ratio
    )


def _tracking_error(weights: Array, limits: Limits, moments: Moments) -> float | None:
    if limits.benchmark is None:
        return None
    away = weights - limits.benchmark
    return float(np.sqrt(max(float(away @ moments.covariance @ away), 0.0) * moments.periods_per_year))


def _tails(request: OptimizeRequest, universe: Universe, weights: Array) -> dict[str, float]:
    """Return the tail risk that was minimised, where one was."""
    how, returns = request.objective, universe.returns
    if returns is None:
        return {}
    earned = returns.complete @ weights
    if isinstance(how, MinCvar):
        return {"cvar": tail_mean(-earned, how.confidence)}
    if isinstance(how, MinCdar):
        return {"cdar": drawdown_at_risk(earned, how.confidence)}
    return {}


def _moment(time: np.datetime64) -> datetime:
    made: datetime = time.astype("datetime64[us]").item()
    return made.replace(tzinfo=UTC)
