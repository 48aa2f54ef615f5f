"""Lag polynomials of a seasonal ARIMA, and coordinates in which every point is stationary and invertible."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from compute.forecast.sarima.orders import Orders

Array = NDArray[np.float64]

MAX_PARTIAL = 1 - 1e-6  # a unit root is a missing difference; this near to it a million points cannot tell


@dataclass(frozen=True)
class Polynomials:
    """Coefficients of powers of B, lowest first, each starting with 1.

    `ar(B) w_t = ma(B) e_t` for the differenced series w; the factors are kept because derivatives need them.
    """

    ar: Array
    ma: Array
    ar_short: Array
    ma_short: Array
    ar_seasonal: Array
    ma_seasonal: Array


def expand(orders: Orders, coefficients: Array) -> Polynomials:
    """Return the polynomials of `coefficients`, ordered (phi, theta, Phi, Theta), (p + q + P + Q,)."""
    phi, theta, seasonal_phi, seasonal_theta = split(orders, coefficients)
    ar_short = np.concatenate([[1.0], -phi])
    ma_short = np.concatenate([[1.0], theta])
    ar_seasonal = _spread(-seasonal_phi, orders.m)
    ma_seasonal = _spread(seasonal_theta, orders.m)
    return Polynomials(
        ar=np.convolve(ar_short, ar_seasonal) if orders.P else ar_short,
        ma=np.convolve(ma_short, ma_seasonal) if orders.Q else ma_short,
        ar_short=ar_short,
        ma_short=ma_short,
        ar_seasonal=ar_seasonal,
        ma_seasonal=ma_seasonal,
    )


def difference_polynomial(orders: Orders) -> Array:
    """Return `(1-B)^d (1-B^m)^D`, (d + m D + 1,)."""
    result = np.ones(1)
    for _ in range(orders.d):
        result = np.convolve(result, [1.0, -1.0])
    for _ in range(orders.D):
        result = np.convolve(result, _spread(np.array([-1.0]), orders.m))
    return result


def split(orders: Orders, coefficients: Array) -> tuple[Array, Array, Array, Array]:
    """Return the vector's parts (phi, theta, Phi, Theta)."""
    p, q, P = orders.p, orders.q, orders.P
    return (
        coefficients[:p],
        coefficients[p : p + q],
        coefficients[p + q : p + q + P],
        coefficients[p + q + P :],
    )


def to_coefficients(orders: Orders, free: Array) -> Array:
    """Return the stationary, invertible coefficients at the unbounded point `free`, (p + q + P + Q,).

    Each factor goes through its partial autocorrelations `tanh(u)` (Barndorff-Nielsen & Schou 1973,
    Monahan 1984).
    """
    partials = np.tanh(free)
    partials = np.minimum(np.maximum(partials, -MAX_PARTIAL), MAX_PARTIAL)
    phi, theta, seasonal_phi, seasonal_theta = (_from_partials(part) for part in split(orders, partials))
    return np.concatenate([phi, -theta, seasonal_phi, -seasonal_theta])


def to_free(orders: Orders, coefficients: Array) -> Array:
    """Return the unbounded point of stationary, invertible `coefficients`: the inverse of `to_coefficients`."""
    phi, theta, seasonal_phi, seasonal_theta = split(orders, coefficients)
    partials = np.concatenate([_to_partials(part) for part in (phi, -theta, seasonal_phi, -seasonal_theta)])
    bounded = np.clip(partials, -MAX_PARTIAL, MAX_PARTIAL)
    return np.asarray(np.arctanh(bounded))


def is_admissible(orders: Orders, coefficients: Array) -> bool:
    """Return whether every factor is stationary or invertible."""
    phi, theta, seasonal_phi, seasonal_theta = split(orders, coefficients)
    return all(
        bool(np.all(np.abs(_to_partials(part)) <= MAX_PARTIAL)) for part in (phi, -theta, seasonal_phi, -seasonal_theta)
    )


def _spread(tail: Array, m: int) -> Array:
    result = np.zeros(tail.size * m + 1)
    result[0] = 1.0
    result[m::m] = tail
    return result


def _from_partials(partials: Array) -> Array:
    """Durbin-Levinson recursion from partial autocorrelations to autoregressive coefficients."""
    if partials.size < 2:
        return partials
    phi = partials.copy()
    for k in range(1, phi.size):
        phi[:k] -= partials[k] * phi[:k][::-1]
    return phi


def _to_partials(phi: Array) -> Array:
    """Step-down recursion; what follows a partial outside (-1, 1) is NaN, which no comparison admits."""
    partials = phi.copy()
    for k in range(phi.size - 1, 0, -1):
        last = partials[k]
        if not abs(last) < 1:
            return np.full(phi.size, np.nan)
        partials[:k] = (partials[:k] + last * partials[:k][::-1]) / (1 - last**2)
    return partials
