"""The portfolio of one objective in every resample: looked up on the frontiers where it lies on them, else solved."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from compute.portfolio.limits import Limits
from compute.portfolio.moments import Moments
from compute.portfolio.objectives import (
    NEEDS_HISTORY,
    MaxReturn,
    MaxSharpe,
    MinVariance,
    Objective,
    RiskParity,
    TargetReturn,
    TargetVolatility,
    Utility,
)
from compute.portfolio.optimization.solving import Problem, solve
from compute.portfolio.solution import PortfolioError
from compute.portfolio.solvers.batched import risk_parity_batch
from compute.portfolio.solvers.batched_lookup import PathLookup
from compute.portfolio.universe import Universe

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]
Tell = Callable[[int], None]


def can_resample(objective: Objective) -> bool:
    """True where resampled moments are all that the objective looks at."""
    return objective.kind not in NEEDS_HISTORY


def chosen_weights(
    objective: Objective, lookup: PathLookup, like: Moments, limits: Limits, risk_free: float, tell: Tell
) -> tuple[Array, Mask]:
    """Return the best weights (B, n) of each resample, and where there are any.

    `tell` is called with the number of each that is solved alone; `like` says names and periods per year of moments;
    `risk_free` per period, `limits` of bounds and a sum alone.
    """
    everywhere = np.ones(len(lookup.mu), dtype=bool)
    year = like.periods_per_year
    match objective:
        case MaxSharpe():
            return lookup.best_ratio(risk_free)
        case MinVariance():
            return lookup.corners[:, 0], everywhere
        case MaxReturn():
            return lookup.corners[:, -1], everywhere
        case Utility():
            return lookup.at_aversion(objective.risk_aversion), everywhere
        case TargetReturn():
            target = objective.annual_return / year
            return lookup.at_return(target), lookup.returns[:, -1] >= target
        case TargetVolatility():
            target = objective.annual_volatility / float(np.sqrt(year))
            return lookup.at_volatility(target), lookup.variances[:, 0] <= target * target
        case RiskParity() if objective.budgets is None and limits.is_long_only and limits.net > 0:
            made = _parities(lookup.sigma, limits)
            if made is not None:
                return made, everywhere
    return _solved(objective, lookup, like, limits, risk_free, tell)


def _parities(sigma: Array, limits: Limits) -> Array | None:
    """Return risk parity of all resamples; None where bounds bind or some resample is too singular for all."""
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        try:
            made = risk_parity_batch(sigma, None, limits).weights
        except np.linalg.LinAlgError:
            return None
    return made if ((made <= limits.upper) & (made >= limits.lower)).all() else None


def _solved(
    objective: Objective, lookup: PathLookup, like: Moments, limits: Limits, risk_free: float, tell: Tell
) -> tuple[Array, Mask]:
    """Return the weights solved for one by one."""
    weights, found = np.zeros_like(lookup.mu), np.zeros(len(lookup.mu), dtype=bool)
    for i, (mean, sigma) in enumerate(zip(lookup.mu, lookup.sigma, strict=True)):
        tell(i)
        universe = Universe(replace(like, mean=mean, covariance=sigma), None)
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            try:
                made = solve(Problem(objective, universe, limits, risk_free)).weights
            except (PortfolioError, np.linalg.LinAlgError):
                continue
        found[i] = bool(np.isfinite(made).all())
        weights[i] = made if found[i] else 0.0
    return weights, found
