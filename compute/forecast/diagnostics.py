"""Whether anything is left in the residuals: autocorrelation, portmanteau and normality tests."""

import numpy as np
from numpy.typing import NDArray
from scipy.signal import fftconvolve
from scipy.special import chdtrc

from compute.forecast.result import Diagnostics

Array = NDArray[np.float64]

MAX_LAGS = 100  # bars in a correlogram beyond this are thinner than a pixel
MIN_RESIDUALS = 8  # below it no test says anything


def diagnose(residuals: Array, season_length: int, n_coefficients: int) -> Diagnostics:
    """Return the diagnostics of `residuals`, (n,), NaN where there is none.

    Lags without residuals at both ends count as zero products (as statsmodels' `missing="conservative"`).
    """
    start = int(np.argmax(~np.isnan(residuals))) if residuals.size else 0
    residuals = residuals[start:]
    observed = residuals[~np.isnan(residuals)]
    if observed.size < MIN_RESIDUALS or np.ptp(observed) <= 0:
        return Diagnostics()
    acf = autocorrelations(residuals, _n_lags(observed.size, season_length))
    lags = _n_test_lags(observed.size, season_length, n_coefficients)
    return Diagnostics(
        ljung_box_p=ljung_box(acf, observed.size, lags, n_coefficients) if lags < acf.size else None,
        ljung_box_lags=lags if lags < acf.size else None,
        jarque_bera_p=jarque_bera(observed),
        acf=tuple(acf.tolist()),
        pacf=tuple(partial_autocorrelations(acf).tolist()),
        confidence=float(1.959963984540054 / np.sqrt(observed.size)),
    )


def autocorrelations(series: Array, n_lags: int) -> Array:
    """Return autocorrelations at lags 0..n_lags, (n_lags + 1,), of a series that may miss values (NaN)."""
    centred = np.nan_to_num(series - np.nanmean(series))
    products = fftconvolve(centred, centred[::-1])[series.size - 1 :][: n_lags + 1]
    return np.asarray(products / products[0])


def partial_autocorrelations(acf: Array) -> Array:
    """Return partial autocorrelations at the lags of `acf`, by the Durbin-Levinson recursion."""
    partials = np.zeros(acf.size)
    partials[0] = 1.0
    phi = np.zeros(0)
    variance = 1.0
    for k in range(1, acf.size):
        partials[k] = (acf[k] - phi @ acf[k - 1 : 0 : -1]) / variance if variance > 1e-12 else 0.0
        phi = np.append(phi - partials[k] * phi[::-1], partials[k])
        variance *= 1 - partials[k] ** 2
    return partials


def ljung_box(acf: Array, n: int, lags: int, n_coefficients: int) -> float | None:
    """Return the p value of Ljung & Box (1978), degrees of freedom less the fitted coefficients."""
    degrees = lags - n_coefficients
    if degrees < 1:
        return None
    statistic = n * (n + 2) * float(np.sum(acf[1 : lags + 1] ** 2 / (n - np.arange(1, lags + 1))))
    return float(chdtrc(degrees, statistic))


def jarque_bera(values: Array) -> float | None:
    """Return the p value of Jarque & Bera (1980) against the Gaussian, None for fewer than eight values."""
    if values.size < MIN_RESIDUALS or np.ptp(values) <= 0:
        return None
    skewness, excess = shape(values)
    return float(chdtrc(2, values.size / 6 * (skewness**2 + excess**2 / 4)))


def shape(values: Array) -> tuple[float, float]:
    """Return skewness and excess kurtosis; 0 for values that do not vary."""
    centred = values - values.mean()
    spread = float(np.sqrt(np.mean(centred**2)))
    if spread == 0:
        return 0.0, 0.0
    standardised = centred / spread
    return float(np.mean(standardised**3)), float(np.mean(standardised**4)) - 3.0


def _n_lags(n: int, season_length: int) -> int:
    wanted = max(int(10 * np.log10(n)), 2 * season_length)
    return max(1, min(wanted, n // 2, MAX_LAGS))


def _n_test_lags(n: int, season_length: int, n_coefficients: int) -> int:
    """Return the lags to test: 10, or two seasons, at most a fifth of the data (Hyndman & Athanasopoulos, 5.4)."""
    wanted = 2 * season_length if season_length > 1 else 10
    return max(min(wanted, n // 5, MAX_LAGS), n_coefficients + 3)
