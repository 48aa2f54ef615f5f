"""The assets of a request as optimisation knows them: their moments, and their history where there is one."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from compute.portfolio.assets import GivenMoments, Values
from compute.portfolio.moments import Estimation, Moments, estimate_moments, given_moments
from compute.portfolio.options import PortfolioRequest
from compute.portfolio.returns import AssetReturns, prepare_returns

Array = NDArray[np.float64]
Cached = Literal["hit", "miss"] | None

Estimate = Callable[[AssetReturns, Estimation], tuple[Moments, Cached]]
"""Estimates moments, and says whether they were known already."""


@dataclass(frozen=True)
class Universe:
    """What is known of the assets.

    Attributes
    ----------
    moments : per period
    returns : the history, or None where moments were given
    cached : whether the moments were known already
    """

    moments: Moments
    returns: AssetReturns | None
    cached: Cached = None

    @property
    def year(self) -> float:
        """Periods per year."""
        return self.moments.periods_per_year

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader must know of the data and the estimates."""
        return (*(self.returns.notes if self.returns else ()), *self.moments.notes)


def estimate_anew(returns: AssetReturns, how: Estimation) -> tuple[Moments, Cached]:
    """Estimate moments without looking whether they are known; the default of those who compute directly."""
    return estimate_moments(returns, how), None


def make_universe(request: PortfolioRequest, values: Values | None, estimate: Estimate = estimate_anew) -> Universe:
    """Return what is known of the assets that `request` names.

    `values` is the table of its history, None where it gives moments. Raises RequestError at the field to change.
    """
    if isinstance(request.assets, GivenMoments):
        return Universe(given_moments(request.assets), None)
    assert values is not None, "a history comes with its table"
    returns = prepare_returns(values, request.assets)
    moments, cached = estimate(returns, request.estimation)
    return Universe(moments, returns, cached)
