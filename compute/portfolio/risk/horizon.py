"""The tails of a portfolio over a horizon, by the methods a request names, each with what it means and why not."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from compute.portfolio.risk.performance import LEAST_DEVIATION, shape_of
from compute.portfolio.risk.request import Method, RiskRequest
from compute.portfolio.risk.result import TailRisk
from compute.portfolio.risk.tails import (
    LEAST_WINDOWS,
    Tail,
    compound_windows,
    cornish_fisher_tail,
    gaussian_tail,
    historical_tail,
    simulate,
    simulate_normal,
)

Array = NDArray[np.float64]
Answer = tuple[Tail | None, str, str | None]
"""The tail, its definition, and why there is none."""

TRADING_DAYS = 252.0
EVERY_DAY = (350.0, 380.0)  # periods a year between which a history has every day of the calendar
WHOLE = 1e-9  # a horizon so near to a number of periods is that number
MAX_DRAWS = 200_000_000  # simulations times periods: some seconds


def horizon_periods(days: int, periods_per_year: float) -> float:
    """Return how many periods the days are: one each where periods are days, else by their share of the year."""
    is_every_day = EVERY_DAY[0] < periods_per_year < EVERY_DAY[1]
    return days if is_every_day else days * periods_per_year / TRADING_DAYS


def measure_tails(earned: Array, ahead: float, request: RiskRequest) -> tuple[TailRisk, ...]:
    """Return the tails of (T,) returns over `ahead` periods, in the order of the methods asked for."""
    methods = dict.fromkeys(request.methods)
    return tuple(_told(method, _METHODS[method](earned, ahead, request), request) for method in methods)


def model_tails(mean: float, deviation: float, ahead: float, request: RiskRequest) -> tuple[TailRisk, ...]:
    """Return the tails of a normal distribution per period over `ahead` periods, in the order of the methods."""
    told = []
    for method in dict.fromkeys(request.methods):
        answer: Answer = (None, "", "there is no history, only moments; choose the normal distribution or Monte Carlo")
        if method == "parametric":
            answer = _normal(mean * ahead, deviation * float(np.sqrt(ahead)), request.confidence)
        if method == "monte_carlo":
            answer = _drawn_normal(mean, deviation, ahead, request)
        told.append(_told(method, answer, request))
    return tuple(told)


def _told(method: Method, answer: Answer, request: RiskRequest) -> TailRisk:
    tail, definition, reason = answer
    return TailRisk(
        method=method,
        var=tail and tail.var,
        cvar=tail and tail.cvar,
        var_amount=tail and tail.var * request.value,
        cvar_amount=tail and tail.cvar * request.value,
        definition=definition,
        reason=reason,
    )


def _historical(earned: Array, ahead: float, request: RiskRequest) -> Answer:
    whole = _whole(ahead)
    text = "VaR: quantile of losses, interpolated; CVaR: mean of exactly the worst (1 - confidence) share."
    if whole > 1 and earned.size - whole + 1 < LEAST_WINDOWS:
        reason = f"{earned.size} periods have too few windows of {whole}; shorten the horizon or choose another method"
        return None, text, reason
    if whole > 1:
        text += f" Over all overlapping windows of {whole} periods."
    tail, said = _stretched(historical_tail(compound_windows(earned, whole), request.confidence), ahead)
    return tail, text + said, None


def _parametric(earned: Array, ahead: float, request: RiskRequest) -> Answer:
    return _normal(*_moments(earned, ahead), request.confidence)


def _normal(mean: float, deviation: float, confidence: float) -> Answer:
    text = "Normal distribution with the mean times the horizon and the deviation times its root."
    return gaussian_tail(mean, deviation, confidence), text, None


def _cornish_fisher(earned: Array, ahead: float, request: RiskRequest) -> Answer:
    mean, deviation = _moments(earned, ahead)
    text = (
        "Normal quantile corrected for skew and kurtosis (Cornish-Fisher), which fade with the root of the horizon and "
        "with the horizon; CVaR: the mean of these quantiles."
    )
    skew, kurtosis = shape_of(earned)
    if skew is None or kurtosis is None or deviation <= LEAST_DEVIATION:
        return None, text, "returns that never move have no skew"
    tail = cornish_fisher_tail(mean, deviation, skew / float(np.sqrt(ahead)), kurtosis / ahead, request.confidence)
    reason = None
    if tail is None:
        reason = f"a skew of {skew:.2g} with a kurtosis of {kurtosis:.2g} is too far from normal for the expansion"
    return tail, text, reason


def _monte_carlo(earned: Array, ahead: float, request: RiskRequest) -> Answer:
    if request.simulation == "bootstrap":
        drawn, text = _drawn(simulate, (earned,), "from the history", ahead, request)
        tail, said = _stretched(historical_tail(drawn, request.confidence), ahead)
        return tail, text + said, None
    return _drawn_normal(float(earned.mean()), float(earned.std(ddof=1)), ahead, request)


def _drawn_normal(mean: float, deviation: float, ahead: float, request: RiskRequest) -> Answer:
    """Return the tail of draws from a normal distribution per period, which a horizon divides into equal parts."""
    part = ahead / _whole(ahead)
    moments = (mean * part, deviation * float(np.sqrt(part)))
    source = "from a normal distribution" + ("" if abs(part - 1) < WHOLE else f" of {part:.3g} of a period")
    drawn, text = _drawn(simulate_normal, moments, source, ahead, request)
    return historical_tail(drawn, request.confidence), text, None


def _drawn(
    draw: Callable[..., Array], of: tuple[Any, ...], source: str, ahead: float, request: RiskRequest
) -> tuple[Array, str]:
    """Return compounded returns over the whole periods of a horizon, and how they were drawn."""
    whole = _whole(ahead)
    count = min(request.n_simulations, max(1000, MAX_DRAWS // whole))
    periods = "one period" if whole == 1 else f"{whole} independent periods"
    text = f"{count} futures of {periods} drawn {source}, compounded, seed {request.seed}; read as the historical ones."
    return draw(*of, whole, count, request.seed), text


def _stretched(tail: Tail, ahead: float) -> tuple[Tail, str]:
    """Return the tail of a whole number of periods for a horizon that is none, by the root of time, and say so."""
    factor = float(np.sqrt(ahead / _whole(ahead)))
    if abs(factor - 1) < WHOLE:
        return tail, ""
    return Tail(tail.var * factor, tail.cvar * factor), f" Times {factor:.3g}: the root of time to {ahead:.3g} periods."


def _whole(ahead: float) -> int:
    return max(1, round(ahead))


def _moments(earned: Array, ahead: float) -> tuple[float, float]:
    return float(earned.mean()) * ahead, float(earned.std(ddof=1) * np.sqrt(ahead))


_METHODS: dict[Method, Callable[[Array, float, RiskRequest], Answer]] = {
    "historical": _historical,
    "parametric": _parametric,
    "cornish_fisher": _cornish_fisher,
    "monte_carlo": _monte_carlo,
}
