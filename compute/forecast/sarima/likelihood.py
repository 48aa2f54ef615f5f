"""Exact Gaussian likelihood of a seasonal ARIMA by linear filters and one small solve.

With zeros before the sample the errors are `e0 = ar(B)/ma(B) w`. The true past adds `c ~ N(0, sigma2 V)` to the first
r equations, so `e = e0 - H c` with the columns of H the impulse response h of `1/ma(B)` shifted by 0..r-1, and the
covariance of e0 is `sigma2 (I + H V H')`: every product with its inverse is `Y'Y - (H'Y)' K (H'Y)`, with
`K = (I + V H'H)^-1 V`. A mean is profiled out (generalised least squares); missing values are placeholders with a
free offset, integrated out, which is the likelihood of the observed values alone (diffuse where differencing makes it
so). Equal to the Kalman filter's value without its pass over time.

Source: Ljung & Box 1979 (unconditional likelihood by back effects); Gómez, Maravall & Peña 1999 (additive outliers
as missing values).
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.linalg.lapack import dgesv

from compute.forecast.sarima.filters import run_backwards, run_filter
from compute.forecast.sarima.missing import Past, integrate_offsets
from compute.forecast.sarima.polynomials import Polynomials
from compute.forecast.sarima.presample import presample_covariance
from compute.forecast.sarima.sample import Sample

Array = NDArray[np.float64]

LOG_2PI = float(np.log(2 * np.pi))
_ONE = np.ones(1)
_NEGLIGIBLE = 1e-12  # of an impulse response at the end of the sample; its square is below rounding


@dataclass(frozen=True)
class Likelihood:
    """The likelihood at one point, with mean and variance at their best there."""

    log_likelihood: float
    sigma2: float
    mean: float
    mean_variance: float


def evaluate_likelihood(sample: Sample, polynomials: Polynomials) -> Likelihood | None:
    """Return the likelihood of the sample, or None where it cannot be computed (numerically not stationary)."""
    ar, ma = polynomials.ar, polynomials.ma
    count, n = sample.columns.shape
    r = min(max(ar.size, ma.size) - 1, n)
    errors = np.zeros((count + 1, n))  # the columns' and, last, the impulse response h of 1/ma
    errors[:count] = run_filter(ar, _ONE, sample.columns)
    errors[count, 0] = 1.0
    errors = run_filter(_ONE, ma, errors)
    past = _past(ar, ma, errors, r) if r else Past(np.zeros((count, 0)), np.zeros((0, 0)), 0.0)
    if past is None:
        return None
    errors = errors[:count]
    products = errors @ errors.T - past.effects @ past.kernel @ past.effects.T
    log_determinant = past.log_determinant
    if sample.missing.size:
        integrated = integrate_offsets(sample, polynomials, errors, past)
        if integrated is None:
            return None
        products = products - integrated.explained
        log_determinant += integrated.log_determinant
    return _profile(sample, products, log_determinant)


def _past(ar: Array, ma: Array, errors: Array, r: int) -> Past | None:
    """Return what the unobserved past changes; `errors` are the columns' and the impulse response, (columns + 1, n)."""
    covariance = presample_covariance(ar, ma)
    if covariance is None:
        return None
    covariance = covariance[:r, :r]
    effects = run_backwards(_ONE, ma, errors)[:, :r]  # H'Y
    system = covariance @ _response_products(effects[-1], errors[-1])
    system.flat[:: r + 1] += 1.0
    factors, pivots, kernel, failure = dgesv(system, covariance)
    diagonal = factors.diagonal()
    swaps = np.count_nonzero(pivots != np.arange(r))
    if failure or np.count_nonzero(diagonal < 0) % 2 != swaps % 2:
        return None
    return Past(effects[:-1], kernel, float(np.log(np.abs(diagonal)).sum()))


def _response_products(first: Array, response: Array) -> Array:
    """Return H'H, (r, r), from its first row: `G[i,j] = G[i-1,j-1] - h[n-i] h[n-j]`."""
    r = first.size
    last = response[: response.size - r : -1]  # h[n-1], h[n-2], ..., (r - 1,)
    if np.abs(last).max(initial=0.0) < _NEGLIGIBLE:
        return np.asarray(first[_lags(r)])
    products = np.empty((r, r))
    products[0] = products[:, 0] = first
    for i in range(1, r):
        products[i, 1:] = products[i - 1, :-1] - last[i - 1] * last
    return products


@lru_cache(maxsize=64)
def _lags(r: int) -> NDArray[np.intp]:
    return np.asarray(np.abs(np.arange(r)[:, None] - np.arange(r)))


def _profile(sample: Sample, products: Array, log_determinant: float) -> Likelihood | None:
    """Profile the mean and the variance out of the products of the series and, if it has a mean, of ones."""
    sum_of_squares, mean, mean_precision = float(products[0, 0]), 0.0, np.inf
    if sample.has_mean:
        mean_precision = float(products[1, 1])
        if not mean_precision > 0:
            return None
        mean = float(products[0, 1]) / mean_precision
        sum_of_squares -= mean * float(products[0, 1])
    if not (np.isfinite(sum_of_squares) and sum_of_squares > 0):
        return None
    nu = sample.n_observed
    sigma2 = sum_of_squares / nu
    return Likelihood(
        log_likelihood=-0.5 * (nu * (LOG_2PI + 1 + float(np.log(sigma2))) + log_determinant),
        sigma2=sigma2,
        mean=mean,
        mean_variance=sigma2 / mean_precision,
    )
