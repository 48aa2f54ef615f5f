"""The front door: from a request and its history to estimators in the order of how well they foretold."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from compute.job import Report
from compute.portfolio.assets import Values
from compute.portfolio.comparison.folds import Split, split_history
from compute.portfolio.comparison.request import EstimatorsRequest
from compute.portfolio.comparison.result import DEFINITIONS, EstimatorScore, EstimatorsResult, Fold, Score
from compute.portfolio.comparison.scores import log_densities, mean_of, scored, sharpe_of, volatility_of
from compute.portfolio.constraints import limits_of
from compute.portfolio.limits import Limits
from compute.portfolio.moments import Estimation, Moments, estimate_moments
from compute.portfolio.objectives import MaxSharpe, MinVariance
from compute.portfolio.optimization.refusal import refused
from compute.portfolio.optimization.solving import Problem, solve, with_least_return
from compute.portfolio.returns import AssetReturns, prepare_returns
from compute.portfolio.risk.account import times_of
from compute.portfolio.risk.checks import refuse_overflow
from compute.portfolio.solution import InfeasibleError, UndefinedError
from compute.portfolio.universe import Universe
from compute.schema import RequestError

Array = NDArray[np.float64]

MAX_WORK = 200_000_000  # folds times pairs times the square of assets: some minutes
NO_DENSITY = "some estimate is singular and has no density; a shrunk covariance has one"


@dataclass
class _Pair:
    """Two estimators and what came of them, fold by fold."""

    estimation: Estimation
    names: tuple[str, str]
    densities: list[Array] | None = field(default_factory=list)
    calm: list[Array] = field(default_factory=list)
    best: list[Array] = field(default_factory=list)
    foretold: list[float] = field(default_factory=list)
    fallbacks: int = 0

    @property
    def title(self) -> str:
        """Both names in words."""
        return " with ".join(name.replace("_", " ") for name in self.names)


def compare_estimators(request: EstimatorsRequest, values: Values, report: Report) -> EstimatorsResult:
    """Return what `request` asks for; RequestError at the field to change where it cannot be compared."""
    report(0.0, "Preparing the returns")
    if request.assets.missing == "pairwise":
        msg = "estimators are judged on complete rows; choose common or fill"
        raise RequestError.at("assets", "missing", msg=msg)
    returns = prepare_returns(values, request.assets)
    refuse_overflow(returns.returns)
    splits = split_history(request, len(returns.returns))
    pairs = _pairs(request)
    if len(splits) * len(pairs) * len(returns.names) ** 2 > MAX_WORK:
        msg = f"{len(pairs)} pairs in {len(splits)} folds of {len(returns.names)} assets take too long; ask for fewer"
        raise RequestError.at("folds", msg=msg)
    limits = limits_of(request.constraints, returns.names, returns.periods_per_year)
    for at, split in enumerate(splits):
        report(0.05 + 0.9 * at / len(splits), f"Fold {at + 1} of {len(splits)}")
        for pair in pairs:
            _judge(pair, split, returns, limits, request)
    report(0.95, "Writing it down")
    result = _write(request, returns, splits, pairs)
    report(1.0, "Done")
    return result


def _pairs(request: EstimatorsRequest) -> list[_Pair]:
    rate = request.risk_free_rate
    return [
        _Pair(Estimation(expected_returns=mean, covariance=sigma, risk_free_rate=rate), (mean_name, sigma_name))
        for mean, mean_name in zip(request.expected_returns, _names(request.expected_returns), strict=True)
        for sigma, sigma_name in zip(request.covariances, _names(request.covariances), strict=True)
    ]


def _names(estimators: Sequence[Any]) -> list[str]:
    """Return the kinds, numbered where one is asked for more than once."""
    counts = Counter(each.kind for each in estimators)
    return [each.kind if counts[each.kind] == 1 else f"{each.kind} {i}" for i, each in enumerate(estimators, 1)]


def _judge(pair: _Pair, split: Split, returns: AssetReturns, limits: Limits, request: EstimatorsRequest) -> None:
    """Let a pair learn from one side of a split and foretell the other."""
    learnt = AssetReturns(returns.names, returns.returns[split.rows], None, returns.periods_per_year)
    moments = estimate_moments(learnt, pair.estimation)
    unseen = returns.returns[slice(*split.test)]
    if pair.densities is not None:
        found = log_densities(unseen, moments.mean, moments.covariance)
        pair.densities = None if found is None else [*pair.densities, found]
    calm = _least_variance(moments, limits, request)
    best = _best_ratio(moments, limits, request)
    pair.fallbacks += best is None
    pair.calm.append(_earned(unseen, calm, request, returns))
    pair.best.append(_earned(unseen, calm if best is None else best, request, returns))
    pair.foretold.append(max(float(calm @ moments.covariance @ calm), 0.0) * returns.periods_per_year)


def _least_variance(moments: Moments, limits: Limits, request: EstimatorsRequest) -> Array:
    problem = _problem(MinVariance(), moments, limits, request)
    try:
        return solve(problem).weights
    except InfeasibleError as error:
        raise refused(error, request.constraints, moments.names) from error


def _best_ratio(moments: Moments, limits: Limits, request: EstimatorsRequest) -> Array | None:
    """Return the weights of the highest Sharpe ratio; None where there is none."""
    try:
        return solve(_problem(MaxSharpe(), moments, limits, request)).weights
    except UndefinedError:
        return None


def _problem(objective: Any, moments: Moments, limits: Limits, request: EstimatorsRequest) -> Problem:
    year = moments.periods_per_year
    bounded = with_least_return(limits, moments.mean, request.constraints.target_return, year)
    return Problem(objective, Universe(moments, None), bounded, request.risk_free_rate / year)


def _earned(unseen: Array, weights: Array, request: EstimatorsRequest, returns: AssetReturns) -> Array:
    """Return what weights earn, with the rest in cash."""
    cash = (1.0 - float(weights.sum())) * request.risk_free_rate / returns.periods_per_year
    return np.asarray(unseen @ weights + cash)


def _write(
    request: EstimatorsRequest, returns: AssetReturns, splits: list[Split], pairs: list[_Pair]
) -> EstimatorsResult:
    year = returns.periods_per_year
    likely = scored([pair.densities for pair in pairs], mean_of, is_high_good=True)
    calm = scored([pair.calm for pair in pairs], volatility_of(year), is_high_good=False)
    best = scored([pair.best for pair in pairs], sharpe_of(year, request.risk_free_rate), is_high_good=True)
    made = []
    for pair, likelihood, volatility, ratio in zip(pairs, likely, calm, best, strict=True):
        assert volatility is not None, "a volatility is always there"
        made.append(
            EstimatorScore(
                expected_returns=pair.names[0],
                covariance=pair.names[1],
                log_likelihood=likelihood,
                volatility=volatility,
                foretold_volatility=float(np.sqrt(np.mean(pair.foretold))),
                sharpe_ratio=ratio,
                fallbacks=pair.fallbacks,
                reason=NO_DENSITY if likelihood is None else None,
            )
        )
    order = sorted(range(len(made)), key=lambda at: _rank(made[at]))
    leaders = {"log_likelihood": likely, "volatility": calm, "sharpe_ratio": best}
    return EstimatorsResult(
        scores=tuple(made[at] for at in order),
        folds=_folds(splits, returns),
        best={name: _leader(pairs, scores) for name, scores in leaders.items() if any(scores)},
        periods_per_year=year,
        observations=len(returns.returns),
        definitions=DEFINITIONS,
        notes=(*returns.notes, *_notes(pairs)),
    )


def _rank(score: EstimatorScore) -> tuple[bool, float, float]:
    likelihood = score.log_likelihood
    return likelihood is None, -likelihood.value if likelihood else 0.0, score.volatility.value


def _leader(pairs: list[_Pair], scores: list[Score | None]) -> str:
    return next(
        pair.title for pair, score in zip(pairs, scores, strict=True) if score is not None and score.behind == 0
    )


def _folds(splits: list[Split], returns: AssetReturns) -> tuple[Fold, ...]:
    times = times_of(returns.timestamps)
    return tuple(
        Fold(
            test=split.test,
            train=split.train,
            start=times[split.test[0]] if times else None,
            end=times[split.test[1] - 1] if times else None,
        )
        for split in splits
    )


def _notes(pairs: list[_Pair]) -> tuple[str, ...]:
    count = max(pair.fallbacks for pair in pairs)
    if not count:
        return ()
    return (f"Up to {count} folds had no portfolio above the risk-free rate and held least variance instead.",)
