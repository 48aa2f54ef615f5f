"""What weights come to: return, risk, contributions and spread, per year. Drawdowns and tails belong to `risk/`."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from compute.portfolio.moments import Moments

Array = NDArray[np.float64]

LEAST_VARIANCE = 1e-18  # per period; below it a portfolio counts as without risk
MAX_MAPPED = 80  # assets of a correlation map that can still be read


@dataclass(frozen=True)
class Merit:
    """Annual figures of one portfolio; None where it has no risk to divide by."""

    expected_return: float
    volatility: float
    sharpe_ratio: float | None
    risk_contributions: Array
    """(n,) shares of the variance."""
    diversification_ratio: float | None
    effective_assets: float


def merit_of(weights: Array, moments: Moments, risk_free_rate: float) -> Merit:
    """Return the figures of `weights` (n,); `risk_free_rate` per year."""
    year = moments.periods_per_year
    shared = moments.covariance @ weights
    variance = float(weights @ shared)
    is_risky = variance > LEAST_VARIANCE
    volatility = float(np.sqrt(max(variance, 0.0) * year))
    earned = float(moments.mean @ weights) * year
    alone = np.sqrt(np.diag(moments.covariance) * year)
    size = np.abs(weights)
    squares = float(size @ size)
    return Merit(
        expected_return=earned,
        volatility=volatility,
        sharpe_ratio=(earned - risk_free_rate) / volatility if is_risky else None,
        risk_contributions=weights * shared / variance if is_risky else np.zeros_like(weights),
        diversification_ratio=float(size @ alone) / volatility if is_risky else None,
        effective_assets=float(size.sum()) ** 2 / squares if squares > 0 else 0.0,
    )


def correlations(covariance: Array) -> Array:
    """Return the correlations (n, n); NaN for an asset without risk."""
    deviations = np.sqrt(np.diag(covariance))
    scale = np.where(deviations > 0, deviations, np.nan)
    made = np.clip(covariance / np.outer(scale, scale), -1.0, 1.0)
    return np.asarray(made)


def correlation_map(covariance: Array) -> tuple[tuple[float | None, ...], ...] | None:
    """Return the correlations as a result holds them; None for more assets than a map can show."""
    if len(covariance) > MAX_MAPPED:
        return None
    return tuple(tuple(None if np.isnan(value) else float(value) for value in row) for row in correlations(covariance))
