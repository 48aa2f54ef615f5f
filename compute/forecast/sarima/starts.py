"""Where the search for the maximum likelihood begins: the surface has several peaks, and no one start finds the best.

Conditional least squares, from two regressions and from nothing, finds it most of the time; a cycle at the peak of
the spectrum, opposite corners and a few scattered points find most of the others.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from compute.forecast.sarima.css import css_estimate
from compute.forecast.sarima.hannan_rissanen import hannan_rissanen
from compute.forecast.sarima.orders import Orders
from compute.forecast.sarima.polynomials import to_coefficients

Array = NDArray[np.float64]

N_SCATTERED = 30  # points looked at, once each,
N_CHOSEN = 3  # of which the best are starts
SCATTER = 1.2  # their spread in unbounded coordinates: partial autocorrelations fill (-1, 1) about evenly
CYCLE_RADIUS, DAMPED_RADIUS = 0.98, 0.8  # of the inverse roots of a cycle, and of what broadens its peak


def first_starts(orders: Orders, series: Array) -> list[Array]:
    """Return the starts that are usually right, for a differenced series (n,)."""
    centred = series - series.mean() if orders.has_mean else series
    regressed = hannan_rissanen(orders, centred)
    return [css_estimate(orders, series, start) for start in (regressed, np.zeros(orders.n_coefficients))]


def other_starts(orders: Orders, series: Array, deviance: Callable[[Array], float]) -> list[Array]:
    """Return starts in other regions; `deviance` tells how good a point is."""
    counts = (orders.p, orders.q, orders.P, orders.Q)
    corners = [to_coefficients(orders, np.repeat(signs, counts)) for signs in ((1, -1, 1, -1), (-0.5, 0.5, -0.5, 0.5))]
    # The same points every time: equal requests, equal answers.
    scattered = np.random.default_rng(0).normal(scale=SCATTER, size=(N_SCATTERED, orders.n_coefficients))
    points = [to_coefficients(orders, free) for free in scattered]
    best = np.argsort([deviance(point) for point in points])[:N_CHOSEN]
    return [*_cycles(orders, series), *corners, *(points[i] for i in best)]


def _cycles(orders: Orders, series: Array) -> list[Array]:
    """Return a cycle at the highest peak of the spectrum, where the orders allow one."""
    if orders.p < 2:
        return []
    tapered = (series - series.mean()) * np.hanning(series.size)
    power = np.abs(np.fft.rfft(tapered, 4 * series.size)) ** 2
    frequency = np.pi * float(np.argmax(power)) / (power.size - 1)
    coefficients = np.zeros(orders.n_coefficients)
    coefficients[:2] = _pair(CYCLE_RADIUS, frequency)
    if orders.q >= 2:
        coefficients[orders.p : orders.p + 2] = -_pair(DAMPED_RADIUS, frequency)
    return [coefficients]


def _pair(radius: float, frequency: float) -> Array:
    return np.array([2 * radius * np.cos(frequency), -(radius**2)])
