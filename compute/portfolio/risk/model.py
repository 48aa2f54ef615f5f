"""Risk without a history: what given expected returns and a covariance say of a portfolio, as a normal distribution."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from compute.portfolio.holdings import held_weights
from compute.portfolio.moments import Moments
from compute.portfolio.risk.checks import check_risk
from compute.portfolio.risk.contributions import normal_tail_contributions
from compute.portfolio.risk.horizon import horizon_periods, model_tails
from compute.portfolio.risk.performance import LEAST_DEVIATION, Relative
from compute.portfolio.risk.request import RiskRequest
from compute.portfolio.risk.result import RiskResult
from compute.portfolio.risk.shared_figures import shared_figures
from compute.schema import RequestError

Array = NDArray[np.float64]

NOTE = "There is no history: figures that need one are left out, and tails are those of a normal distribution."


@dataclass(frozen=True)
class Modelled:
    """The portfolio with its moments per period; it is a `Book`."""

    names: tuple[str, ...]
    weights: Array
    means: Array
    covariance: Array
    cash: float
    cash_rate: float
    year: float

    @property
    def mean(self) -> float:
        """Expected return, cash among it."""
        return float(self.weights @ self.means) + self.cash * self.cash_rate

    @property
    def deviation(self) -> float:
        """Standard deviation of the return."""
        return float(np.sqrt(max(float(self.weights @ self.covariance @ self.weights), 0.0)))


def measure_model(request: RiskRequest, moments: Moments) -> RiskResult:
    """Return the risk of weights under given moments; RequestError where what is asked needs a history."""
    if request.factors is not None:
        raise RequestError.at(
            "factors", msg="factors are found in a history; give prices or returns, or leave it empty"
        )
    weights, said = held_weights(request.weights, moments.names, request.rest)
    check_risk(request, moments.names)
    year, cash = moments.periods_per_year, 1 - float(weights.sum())
    cash = 0.0 if abs(cash) < 1e-12 else cash
    book = Modelled(moments.names, weights, moments.mean, moments.covariance, cash, request.risk_free_rate / year, year)
    ahead = horizon_periods(request.horizon_days, year)
    tails = model_tails(book.mean, book.deviation, ahead, request)
    tail = normal_tail_contributions(weights, book.means, book.covariance, request.confidence)
    root, is_risky = float(np.sqrt(year)), book.deviation > LEAST_DEVIATION
    return RiskResult(
        mean_return=book.mean * year,
        volatility=book.deviation * root,
        sharpe=(book.mean - book.cash_rate) / book.deviation * root if is_risky else None,
        **dict(_relative(book, request.benchmark)),
        **shared_figures(request, book, ahead, tails, tail),
        cdar=None,
        timestamps=None,
        wealth=(),
        drawdown=(),
        drawdowns=(),
        rolling=None,
        worst_windows=(),
        observations=None,
        start=None,
        end=None,
        notes=(*moments.notes, *said, NOTE),
    )


def _relative(book: Modelled, benchmark: str | None) -> Relative:
    """Return the figures against one of the assets."""
    if benchmark is None:
        return Relative()
    at = book.names.index(benchmark)
    away = book.weights - np.eye(len(book.names))[at]
    error = float(np.sqrt(max(float(away @ book.covariance @ away), 0.0)))
    other, shared = float(book.covariance[at, at]), float(book.covariance[at] @ book.weights)
    apart = book.mean - float(book.means[at])
    root = float(np.sqrt(book.year))
    ratio = apart / error * root if error > LEAST_DEVIATION else None
    if other <= LEAST_DEVIATION**2:
        return Relative(tracking_error=error * root, information_ratio=ratio)
    beta = shared / other
    alike = shared / (book.deviation * float(np.sqrt(other))) if book.deviation > LEAST_DEVIATION else None
    return Relative(
        beta=beta,
        alpha=(book.mean - book.cash_rate - beta * (float(book.means[at]) - book.cash_rate)) * book.year,
        tracking_error=error * root,
        information_ratio=ratio,
        benchmark_correlation=None if alike is None else min(max(alike, -1.0), 1.0),
    )
