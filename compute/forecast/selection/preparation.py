"""What is settled before orders are compared: gaps, differences, limits; and how the comparison is told."""

import numpy as np
from numpy.typing import NDArray

from compute.forecast.auto_arima import AutoArima
from compute.forecast.sarima import Orders
from compute.forecast.sarima.polynomials import difference_polynomial
from compute.forecast.selection.candidates import Limits, Spec
from compute.forecast.selection.differences import ROUNDING, choose_differences, choose_seasonal_differences

Array = NDArray[np.float64]

MAX_SEASON = 100  # steps up to which seasonal orders are tried: the likelihood solves a system of twice that size
SEASONS_PER_ORDER = 3  # seasons the series must hold for each seasonal order
SHORTEST = 3  # values below which nothing is estimated


def choose_differenced(model: AutoArima, filled: Array, m: int) -> Orders:
    """Return the model without coefficients whose differences the series needs."""
    D, d = _count_differences(model, filled, m)
    return Orders(p=0, d=d, q=0, D=D, m=m if D else 1, has_mean=d + D <= 1)


def difference(plain: Orders, filled: Array) -> Array:
    """Return the complete series differenced, (n - lost,)."""
    return np.convolve(filled, difference_polynomial(plain))[plain.lost : filled.size]


def is_flat(plain: Orders, filled: Array) -> bool:
    """Return whether differencing leaves nothing but rounding, or too little to compare models on."""
    differenced = difference(plain, filled)
    return differenced.size < SHORTEST or float(np.ptp(differenced)) <= ROUNDING * float(np.abs(filled).max())


def limit_orders(model: AutoArima, plain: Orders, m: int, n: int) -> Limits:
    """Return the largest orders that n differenced values can bear."""
    most = n // (SEASONS_PER_ORDER * m) if 1 < m <= MAX_SEASON else 0
    return Limits(
        p=min(model.max_p, n // 3),
        q=min(model.max_q, n // 3),
        P=min(model.max_P, most),
        Q=min(model.max_Q, most),
        total=model.max_order,
        may_have_mean=plain.has_mean,
    )


def orders_of_spec(plain: Orders, m: int, spec: Spec) -> Orders:
    """Return the whole model of a spec."""
    p, q, P, Q, has_mean = spec
    is_seasonal = P + plain.D + Q > 0
    return Orders(p, plain.d, q, P, plain.D, Q, m if is_seasonal else 1, bool(has_mean))


def describe_search(tried: int, criterion: str) -> str:
    """Return how the orders were chosen, in a sentence."""
    return f"The orders were chosen among {tried} models by {criterion.upper().replace('AICC', 'AICc')}."


def fill_gaps(values: Array) -> Array:
    """Return the values, (n,), with straight lines where some are missing."""
    missing = np.isnan(values)
    if not missing.any():
        return values
    places = np.arange(values.size)
    return np.interp(places, places[~missing], values[~missing])


def _count_differences(model: AutoArima, filled: Array, m: int) -> tuple[int, int]:
    """Return (D, d)."""
    if model.stationary:
        return 0, 0
    D = choose_seasonal_differences(filled, m, model.max_D) if m > 1 else 0
    return D, choose_differences(filled[m:] - filled[:-m] if D else filled, model.max_d)
