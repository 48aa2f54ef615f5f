"""The weights to hold from each rebalancing on, from the past of each alone: all at once where that is exact, else
one after the other."""

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from compute.portfolio.backtest.request import PortfolioBacktestRequest
from compute.portfolio.backtest.windows import Spans, moments_in_chunks
from compute.portfolio.constraints import Constraints, limits_of
from compute.portfolio.covariance import SampleCovariance
from compute.portfolio.expected_returns import Historical
from compute.portfolio.limits import Limits
from compute.portfolio.moments import estimate_moments
from compute.portfolio.objectives import (
    EqualWeight,
    Hrp,
    InverseVolatility,
    MaxSharpe,
    MinVariance,
    Objective,
    RiskParity,
)
from compute.portfolio.optimization.refusal import refused
from compute.portfolio.optimization.solving import Problem, solve, with_least_return
from compute.portfolio.returns import AssetReturns
from compute.portfolio.solution import InfeasibleError, PortfolioError
from compute.portfolio.universe import Universe

if TYPE_CHECKING:
    from compute.portfolio.solvers.batched import Batch

Array = NDArray[np.float64]
Status = Literal["optimal", "fallback", "kept"]

MANY = 3  # windows from which solving together pays
LARGEST = 120  # assets up to which it pays: beyond, single problems are faster
SLACK = 1e-12  # by which rounding may leave the bounds
LEAST_VARIANCE = 1e-18  # per period; without risk a batch would divide by nothing


@dataclass
class Targets:
    """A `Target`: weights by the number of the rebalancing, and how each was found.

    Attributes
    ----------
    request : what is asked
    objective : what to be best at; `request.strategy` or one it is compared with
    returns : all of the history; of it only the rows of a span are ever looked at
    spans : (B, 2) rows that each rebalancing knows
    limits : per period, without a turnover limit at the start
    known : (B, n) where all were solved at once, rows of NaN for those left to be solved alone
    is_direct : least variance alone is asked, of returns as they are
    statuses : of the rebalancings so far
    """

    request: PortfolioBacktestRequest
    objective: Objective
    returns: AssetReturns
    spans: Spans
    limits: Limits
    known: Array | None = None
    is_direct: bool = False
    statuses: list[Status] = field(default_factory=list)

    def __call__(self, k: int, held: Array | None) -> Array:
        """Return the weights (n,) for the k-th rebalancing."""
        if self.known is not None and not np.isnan(self.known[k, 0]):
            self.statuses.append("optimal")
            return np.asarray(self.known[k])
        weights, status = self._solve(k, held)
        self.statuses.append(status)
        return np.where(np.abs(weights) < 1e-13, 0.0, weights)

    def _solve(self, k: int, held: Array | None) -> tuple[Array, Status]:
        if self.is_direct:
            return self._least_variance(k), "optimal"
        universe = self._universe(k)
        limits = self.limits
        if limits.max_turnover is not None:
            limits = replace(limits, previous=held) if held is not None else replace(limits, max_turnover=None)
        year, rate = universe.year, self.request.risk_free_rate
        bounded = with_least_return(limits, universe.moments.mean, self.request.constraints.target_return, year)
        found = _attempt(Problem(self.objective, universe, bounded, rate / year))
        if found is not None:
            return found, "optimal"
        try:
            return solve(Problem(MinVariance(), universe, limits, rate / year)).weights, "fallback"
        except InfeasibleError as error:
            if held is None:
                raise refused(error, self.request.constraints, self.returns.names) from error
            return held, "kept"

    def _least_variance(self, k: int) -> Array:
        """Return what needs no covariance to be formed, which for many assets is most of the work."""
        from compute.portfolio.solvers.mean_variance import minimum_variance_of_returns

        first, after = self.spans[k]
        try:
            return minimum_variance_of_returns(self.returns.returns[first:after], self.limits).weights
        except InfeasibleError as error:
            raise refused(error, self.request.constraints, self.returns.names) from error

    def _universe(self, k: int) -> Universe:
        first, after = self.spans[k]
        past = self.returns
        times = None if past.timestamps is None else past.timestamps[first:after]
        seen = AssetReturns(past.names, past.returns[first:after], times, past.periods_per_year)
        return Universe(estimate_moments(seen, self.request.estimation), seen)


def make_targets(
    request: PortfolioBacktestRequest, objective: Objective, returns: AssetReturns, spans: Spans
) -> Targets:
    """Return the weights of each rebalancing; RequestError where limits contradict each other."""
    limits = limits_of(_without_previous(request.constraints), returns.names, returns.periods_per_year)
    is_direct = isinstance(objective, MinVariance) and _is_plain(request, limits)
    targets = Targets(request, objective, returns, spans, limits, is_direct=is_direct)
    if _can_batch(request, objective, limits, len(spans)):
        try:
            targets.known = _solve_together(objective, returns, spans, limits, request.risk_free_rate)
        except InfeasibleError as error:
            raise refused(error, request.constraints, returns.names) from error
    return targets


def _without_previous(constraints: Constraints) -> Constraints:
    """Return the constraints with the weights held now left open where turnover is limited: they are those drifted."""
    if constraints.max_turnover is None:
        return constraints
    return constraints.model_copy(update={"previous_weights": {}})


def _can_batch(request: PortfolioBacktestRequest, objective: Objective, limits: Limits, count: int) -> bool:
    """True where the batched solvers answer exactly what the single ones would."""
    is_known = isinstance(objective, MinVariance | MaxSharpe | InverseVolatility | EqualWeight)
    is_known |= isinstance(objective, Hrp) and objective.linkage == "single"
    if isinstance(objective, RiskParity):
        is_known = objective.budgets is None and limits.is_long_only and limits.net > 0
    return is_known and _is_plain(request, limits) and count >= MANY and limits.n <= LARGEST


def _is_plain(request: PortfolioBacktestRequest, limits: Limits) -> bool:
    """Are moments those of the past as it was, and bounds the only limits?"""
    is_sample = isinstance(request.expected_returns, Historical) and isinstance(request.covariance, SampleCovariance)
    return is_sample and limits.is_box and request.constraints.target_return is None


def _solve_together(
    objective: Objective, returns: AssetReturns, spans: Spans, limits: Limits, risk_free_rate: float
) -> Array:
    """Return weights (B, n), NaN where a window has to be solved alone."""
    made = np.full((len(spans), limits.n), np.nan)
    for part, means, sigmas in moments_in_chunks(returns.returns, spans):
        if (np.einsum("bii->bi", sigmas) <= LEAST_VARIANCE).any():
            continue
        batch = _attempt_together(objective, means, sigmas, risk_free_rate / returns.periods_per_year, limits)
        if batch is not None:
            good = np.array([_is_within(weights, limits) for weights in batch.weights]) & batch.is_defined
            made[part] = np.where(good[:, None], batch.weights, np.nan)
    return np.where(np.abs(made) < 1e-13, 0.0, made)


def _attempt_together(
    objective: Objective, means: Array, sigmas: Array, risk_free: float, limits: Limits
) -> "Batch | None":
    """Return the answers of many windows; None where one of them is too singular for all."""
    from compute.portfolio.solvers import batched_rules as rules
    from compute.portfolio.solvers.batched import minimum_variance_batch, risk_parity_batch
    from compute.portfolio.solvers.batched_sharpe import maximum_sharpe_batch

    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):  # of windows that are then solved alone
        try:
            match objective:
                case MinVariance():
                    return minimum_variance_batch(sigmas, limits)
                case MaxSharpe():
                    return maximum_sharpe_batch(means, sigmas, risk_free, limits)
                case Hrp():
                    return rules.hierarchical_risk_parity_batch(sigmas, limits)
                case InverseVolatility():
                    return rules.inverse_volatility_batch(sigmas, limits)
                case EqualWeight():
                    return rules.equal_weight_batch(len(sigmas), limits)
                case _:
                    return risk_parity_batch(sigmas, None, limits)
        except np.linalg.LinAlgError:
            return None


def _attempt(problem: Problem) -> Array | None:
    """Return the best weights (n,); None where there are none, or the window is too singular to find them."""
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        try:
            weights = solve(problem).weights
        except (PortfolioError, np.linalg.LinAlgError):
            return None
    return weights if np.isfinite(weights).all() else None


def _is_within(weights: Array, limits: Limits) -> bool:
    """Are these weights, within the bounds? NaN is neither."""
    return bool((weights >= limits.lower - SLACK).all() and (weights <= limits.upper + SLACK).all())
