"""Covariance of what the unobserved past adds to the first values of an ARMA process."""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.linalg.lapack import dgesv

from compute.forecast.sarima.filters import impulse_response

Array = NDArray[np.float64]
Index = NDArray[np.intp]

SMALLEST_PIVOT = 1e-11
"""Of the equations of the autocovariances. Below it, where several roots are nearly one, what rounding does to the
log-likelihood was seen to pass 0.01, and to reach tens where pivots are 1e-15 (against 90 digits)."""


def presample_covariance(ar: Array, ma: Array) -> Array | None:
    """Return Cov(c) / sigma2 for `c_t = sum_i phi_(t+i) w_(-i) + sum_i theta_(t+i) e_(-i)`, t = 0.., (r, r).

    With `phi = -ar[1:]`, `theta = ma[1:]` and r the larger degree. None when the process is numerically not
    stationary.
    """
    p, q = ar.size - 1, ma.size - 1
    r = max(p, q)
    moving = _pad(ma)[_anti_diagonals(1, r, q)]  # (r, q)
    if p == 0:
        return np.asarray(moving @ moving.T)
    psi = impulse_response(ma, ar, q + 1)
    gamma = autocovariances(ar, ma, psi)
    if gamma is None:
        return None
    regressive = -_pad(ar)[_anti_diagonals(1, r, p)]  # (r, p)
    covariance = regressive @ gamma[_lags(p)] @ regressive.T
    if q:
        # E[w_(-1-i) e_(-1-j)] = psi_(j-i) where j >= i
        cross = regressive @ _pad(psi)[_leads(p, q)] @ moving.T
        covariance += moving @ moving.T + cross + cross.T
    return np.asarray(covariance)


def autocovariances(ar: Array, ma: Array, psi: Array) -> Array | None:
    """Return autocovariances 0..p over sigma2, (p + 1,), from `sum_i ar_i gamma_|k-i| = sum_j ma_(k+j) psi_j`."""
    p, q = ar.size - 1, ma.size - 1
    behind, ahead = _yule_walker(p)
    system = _pad(ar)[behind]
    system[:, 1:] += _pad(ar)[ahead]
    right = _pad(ma)[_anti_diagonals(0, p + 1, q + 1)] @ psi
    factors, _, gamma, failure = dgesv(system, right)
    is_sound = failure == 0 and np.abs(factors.diagonal()).min() > SMALLEST_PIVOT and gamma[0] > 0
    return np.asarray(gamma) if is_sound else None


def _pad(polynomial: Array) -> Array:
    """Append the zero that indices beyond a polynomial's end point to."""
    padded = np.zeros(polynomial.size + 1)  # np.append takes five times as long, and this is called most
    padded[:-1] = polynomial
    return padded


@lru_cache(maxsize=64)
def _anti_diagonals(first: int, rows: int, columns: int) -> Index:
    """Return the index matrix of `H[i, j] = polynomial[first + i + j]` of degree first + columns - 1."""
    return np.asarray(np.minimum(first + np.arange(rows)[:, None] + np.arange(columns), first + columns))


@lru_cache(maxsize=64)
def _lags(p: int) -> Index:
    return np.asarray(np.abs(np.arange(p)[:, None] - np.arange(p)))


@lru_cache(maxsize=64)
def _leads(p: int, q: int) -> Index:
    lead = np.arange(q) - np.arange(p)[:, None]
    return np.where(lead >= 0, lead, q + 1)


@lru_cache(maxsize=64)
def _yule_walker(p: int) -> tuple[Index, Index]:
    """Return where `ar_(k-j)`, (p + 1, p + 1), and `ar_(k+j)` for j > 0, (p + 1, p), stand in a padded ar."""
    k = np.arange(p + 1)[:, None]
    behind = k - np.arange(p + 1)
    ahead = k + np.arange(1, p + 1)
    return np.where(behind >= 0, behind, p + 1), np.minimum(ahead, p + 1)
