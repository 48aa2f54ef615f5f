"""Starting values by two regressions: a long autoregression for the errors, then the series on its past and theirs.

Source: Hannan & Rissanen 1982. Products of seasonal and short lags are left out of the second regression.
"""

import numpy as np
from numpy.typing import NDArray

from compute.forecast.sarima.orders import Orders
from compute.forecast.sarima.polynomials import is_admissible

Array = NDArray[np.float64]

SHRINK = 0.9  # of the roots, until the estimate is stationary and invertible


def hannan_rissanen(orders: Orders, centred: Array) -> Array:
    """Return coefficients, (K,), stationary and invertible; zeros where the series is too short to regress.

    Parameters
    ----------
    centred : (n,) differenced series without its mean
    """
    n, m = centred.size, orders.m
    ar_lags = [*range(1, orders.p + 1), *range(m, m * orders.P + 1, m)][: orders.p + orders.P]
    ma_lags = [*range(1, orders.q + 1), *range(m, m * orders.Q + 1, m)][: orders.q + orders.Q]
    long = min(max(2 * orders.memory, int(10 * np.log10(n))), n // 4)
    start = long + max([0, *ar_lags, *ma_lags])
    if n - start < 2 * orders.n_coefficients + 2 or long < 1:
        return np.zeros(orders.n_coefficients)
    past = _lagged(centred, range(1, long + 1), long)
    errors = np.concatenate([np.zeros(long), centred[long:] - past @ _regress(past, centred[long:])])
    design = np.hstack([_lagged(centred, ar_lags, start), _lagged(errors, ma_lags, start)])
    return _bring_inside(orders, _reorder(orders, _regress(design, centred[start:])))


def _lagged(series: Array, lags: range | list[int], start: int) -> Array:
    """Return the series at each lag from `start` on, (n - start, lags)."""
    columns = [series[start - lag : series.size - lag] for lag in lags]
    return np.column_stack(columns) if columns else np.empty((series.size - start, 0))


def _regress(design: Array, response: Array) -> Array:
    return np.asarray(np.linalg.lstsq(design, response, rcond=None)[0])


def _reorder(orders: Orders, slopes: Array) -> Array:
    """Bring (phi, Phi, theta, Theta) into the order of the coefficient vector, (phi, theta, Phi, Theta)."""
    phi, seasonal_phi, theta, seasonal_theta = np.split(slopes, np.cumsum([orders.p, orders.P, orders.q]))
    return np.concatenate([phi, theta, seasonal_phi, seasonal_theta])


def _bring_inside(orders: Orders, coefficients: Array) -> Array:
    """Shrink the roots of every factor until all are admissible."""
    counts = (orders.p, orders.q, orders.P, orders.Q)
    powers = np.concatenate([np.arange(1, count + 1) for count in counts])
    for _ in range(40):
        if is_admissible(orders, coefficients):
            return coefficients
        coefficients = coefficients * SHRINK**powers
    return np.zeros(coefficients.size)
