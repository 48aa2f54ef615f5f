"""A portfolio held through its history: what risk is measured on."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from compute.portfolio.assets import GivenMoments, Values
from compute.portfolio.holdings import held_weights
from compute.portfolio.returns import MIN_PERIODS, AssetReturns, prepare_returns
from compute.portfolio.risk.checks import check_risk, factor_columns, refuse_overflow
from compute.portfolio.risk.request import RiskRequest
from compute.schema import RequestError

Array = NDArray[np.float64]


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

    @property
    def names(self) -> tuple[str, ...]:
        """Of the assets, (n,)."""
        return self.assets.names

    @property
    def mean(self) -> float:
        """Mean return per period."""
        return float(self.earned.mean())

    @property
    def year(self) -> float:
        """Periods per year."""
        return self.assets.periods_per_year


def hold(request: RiskRequest, values: Values) -> tuple[Held, list[str]]:
    """Return the portfolio through the complete rows of its history, and notes; RequestError at the field to change."""
    assert not isinstance(request.assets, GivenMoments), "moments have no history to hold"
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
    weights, said = held_weights(request.weights, names, request.rest, apart=factor_columns(request))
    check_risk(request, names)
    cash = 1 - float(weights.sum())
    cash = 0.0 if abs(cash) < 1e-12 else cash
    earned = assets.returns @ weights + cash * request.risk_free_rate / assets.periods_per_year
    refuse_overflow(earned)
    benchmark = None if request.benchmark is None else assets.returns[:, names.index(request.benchmark)]
    covariance = np.atleast_2d(np.cov(assets.returns.T))
    return Held(assets, weights, cash, earned, benchmark, covariance), [*notes, *said]
