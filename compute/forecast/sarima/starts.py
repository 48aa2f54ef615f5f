"""Where the search for the maximum likelihood begins: the surface has several peaks, and no one start finds the best.

Two regressions, white noise, a cycle at the peak of the spectrum and four corners, each as it is and after
conditional least squares: on 125 fits of real and simulated series, fewer left the maximum in 3 to 14 of them.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from compute.forecast.sarima.css import css_estimate
from compute.forecast.sarima.hannan_rissanen import hannan_rissanen
from compute.forecast.sarima.orders import Orders
from compute.forecast.sarima.polynomials import to_coefficients

Array = NDArray[np.float64]

CYCLE_RADIUS, DAMPED_RADIUS = 0.98, 0.8  # of the inverse roots of a cycle, and of what broadens its peak
CORNERS = ((1.0, -1.0), (1.0, -0.5), (-0.5, 0.5), (-0.5, -1.0))  # of autoregressive and moving-average coordinates
DIFFERENT = 0.05  # in some coefficient, for two starts to be worth a search each


def choose_starts(orders: Orders, series: Array, deviance: Callable[[Array], float]) -> list[Array]:
    """Return starts that differ, (K,) each, the most promising first.

    Parameters
    ----------
    series : (n,) differenced series
    deviance : -2 log-likelihood at given coefficients
    """
    centred = series - series.mean() if orders.has_mean else series
    regressed = [hannan_rissanen(orders, centred), np.zeros(orders.n_coefficients)]
    regions = [*_cycles(orders, centred), *_corners(orders)]
    refined = [css_estimate(orders, series, start) for start in [*regressed, *regions]]
    chosen: list[Array] = []
    for start in sorted([*refined, *regions], key=deviance):
        if all(np.abs(start - other).max() >= DIFFERENT for other in chosen):
            chosen.append(start)
    return chosen


def _corners(orders: Orders) -> list[Array]:
    counts = (orders.p, orders.q, orders.P, orders.Q)
    return [to_coefficients(orders, np.repeat((ar, ma, ar, ma), counts)) for ar, ma in CORNERS]


def _cycles(orders: Orders, centred: Array) -> list[Array]:
    """Return a cycle at the highest peak of the spectrum, where the orders allow one."""
    if orders.p < 2:
        return []
    power = np.abs(np.fft.rfft((centred - centred.mean()) * np.hanning(centred.size), 4 * centred.size)) ** 2
    frequency = np.pi * float(np.argmax(power)) / (power.size - 1)
    coefficients = np.zeros(orders.n_coefficients)
    coefficients[:2] = _pair(CYCLE_RADIUS, frequency)
    if orders.q >= 2:
        coefficients[orders.p : orders.p + 2] = -_pair(DAMPED_RADIUS, frequency)
    return [coefficients]


def _pair(radius: float, frequency: float) -> Array:
    return np.array([2 * radius * np.cos(frequency), -(radius**2)])
