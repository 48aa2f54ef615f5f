"""Expected returns from the risk that an asset shares with the market (Sharpe 1964)."""

from typing import Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from compute.portfolio.expected_returns.market import Market

Array = NDArray[np.float64]


class Capm(Market, title="CAPM"):
    """The risk-free rate, and the market's premium as far as the asset moves with the market."""

    kind: Literal["capm"] = "capm"
    market_premium: float | None = Field(
        default=0.05,
        ge=-1,
        le=1,
        title="Market premium",
        description="What the market earns above the risk-free rate, as a fraction per year. Empty: as in the history.",
        json_schema_extra={"unit": "1/year"},
    )


def capm_returns(covariance: Array, market: Array, premium: float, risk_free: float) -> Array:
    """Return r_f + beta (n,) times the premium, with beta = S w / (w' S w) of the market w.

    Parameters
    ----------
    covariance : (n, n)
    market : (n,) weights of the market
    premium, risk_free : per period
    """
    return risk_free + betas(covariance, market) * premium


def betas(covariance: Array, market: Array) -> Array:
    """Return how far each asset moves with the market, (n,); 0 where the market has no risk."""
    shared = covariance @ market
    variance = float(market @ shared)
    return np.asarray(shared / variance) if variance > 0 else np.zeros(len(market))
