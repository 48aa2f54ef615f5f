"""Whether the filter's innovations are as large, as white and as normal as the model says."""

import numpy as np
from scipy.special import chdtrc, gammaincinv

from compute.trajectory.filter import Array, Filtered
from compute.trajectory.gate import squared_radius
from compute.trajectory.result import Consistency

MAX_LAGS = 10
MIN_INNOVATIONS = 8  # below it no test says anything


def innovation_squares(filtered: Filtered) -> Array:
    """Return the normalised innovation squared of each row from the second observation on, NaN where there is none."""
    return np.asarray(np.sum(filtered.innovations**2, axis=1) / filtered.innovation_variances)


def examine(filtered: Filtered) -> Consistency:
    """Return the consistency of the innovations (Bar-Shalom et al. 2001, section 5.4)."""
    standardised = filtered.innovations / np.sqrt(filtered.innovation_variances)[:, None]
    standardised = standardised[~np.isnan(standardised).any(axis=1)]
    n, d = standardised.shape
    if n < MIN_INNOVATIONS or np.ptp(standardised) < 1e-6:
        return Consistency()
    squares = np.sum(standardised**2, axis=1)
    low, high = (2 * gammaincinv(n * d / 2, tail) / n for tail in (0.025, 0.975))
    lags = max(1, min(MAX_LAGS, n // 5))
    acf = _autocorrelations(standardised, lags)
    return Consistency(
        nis=float(squares.mean()),
        nis_low=float(low),
        nis_high=float(high),
        share_beyond_95=float(np.mean(squares > squared_radius(95, d))),
        lag_one=float(acf[0].mean()),
        whiteness_p=_ljung_box(acf, n),
        normality_p=_jarque_bera(standardised.ravel()),
    )


def _autocorrelations(standardised: Array, lags: int) -> Array:
    """Return autocorrelations at lags 1..lags of each axis, (lags, d); an axis that does not vary has none."""
    centred = standardised - standardised.mean(axis=0)
    power = np.sum(centred**2, axis=0)
    power[power == 0] = np.inf
    return np.array([np.sum(centred[lag:] * centred[:-lag], axis=0) / power for lag in range(1, lags + 1)])


def _ljung_box(acf: Array, n: int) -> float:
    """Return the p value of Ljung & Box (1978), its statistics and degrees of freedom summed over the axes."""
    weights = n * (n + 2) / (n - np.arange(1, len(acf) + 1))
    return float(chdtrc(acf.size, float(np.sum(weights[:, None] * acf**2))))


def _jarque_bera(values: Array) -> float:
    """Return the p value of Jarque & Bera (1980) against the Gaussian."""
    centred = values - values.mean()
    scaled = centred / np.sqrt(np.mean(centred**2))
    skewness, excess = float(np.mean(scaled**3)), float(np.mean(scaled**4)) - 3
    return float(chdtrc(2, values.size / 6 * (skewness**2 + excess**2 / 4)))
