"""Simulated seasonal ARIMA processes."""

import numpy as np
from numpy.typing import NDArray
from scipy.signal import lfilter

from compute.forecast.sarima import Orders
from compute.forecast.sarima.polynomials import difference_polynomial, expand, to_coefficients

Array = NDArray[np.float64]

BURN_IN = 100


def simulate(orders: Orders, count: int, seed: int, shortest: int = 60, longest: int = 120) -> list[Array]:
    """Return series of processes with these orders, each with coefficients of its own, none near a unit root."""
    rng = np.random.default_rng(seed)
    series = []
    for length in rng.integers(shortest, longest + 1, count):
        polynomials = expand(orders, to_coefficients(orders, 0.6 * rng.normal(size=orders.n_coefficients)))
        errors = rng.normal(size=length + BURN_IN)
        differenced = lfilter(polynomials.ma, polynomials.ar, errors)[BURN_IN:] + 0.2 * orders.has_mean
        series.append(10 * lfilter([1.0], difference_polynomial(orders), differenced))
    return series
