"""Starting values: conditional least squares by Levenberg-Marquardt, its derivatives computed by filters.

The errors `e = ar(B)/ma(B) (w - mean)`, with the first ones set to zero, are differentiated exactly:
`de/dphi_i = -B^i Phi(B)/ma(B) (w - mean)`, `de/dtheta_i = -B^i Theta(B)/ma(B) e`, and alike for the seasonal factors
(Box, Jenkins & Reinsel, section 7.2).
"""

from dataclasses import dataclass

import numpy as np
from numpy.linalg import LinAlgError
from numpy.typing import NDArray

from compute.forecast.sarima.filters import run_filter
from compute.forecast.sarima.orders import Orders
from compute.forecast.sarima.polynomials import Polynomials, expand, is_admissible
from compute.job import Report, ignore_progress

Array = NDArray[np.float64]

MAX_STEPS = 25
MAX_TRIALS = 8  # dampings tried for one step
PERFECT = 1e-12  # of the sum of squares: errors below that count as that
TOLERANCE = 1e-7  # relative decrease of the sum of squares; the likelihood takes over from here


def css_estimate(orders: Orders, series: Array, coefficients: Array, report: Report = ignore_progress) -> Array:
    """Return the conditional least-squares estimate reached from `coefficients`, (K,).

    Parameters
    ----------
    series : (n,) differenced series
    coefficients : (K,) stationary and invertible
    """
    centred = _centre(orders, series)
    point = _Point.at(orders, centred, coefficients)
    damping = 1e-3
    for step in range(MAX_STEPS):
        report(step / MAX_STEPS, "Finding where to start")
        jacobian = _sensitivities(orders, centred, point)
        curvature = jacobian @ jacobian.T
        better, damping = _improve(orders, centred, point, curvature, jacobian @ point.errors, damping)
        if better is None:
            break
        decrease = point.sum_of_squares - better.sum_of_squares
        point = better
        if decrease <= TOLERANCE * point.sum_of_squares:
            break
    return point.coefficients


def css_information(orders: Orders, series: Array, coefficients: Array) -> Array:
    """Return the least-squares approximation of the information about the coefficients, (K, K)."""
    centred = _centre(orders, series)
    point = _Point.at(orders, centred, coefficients)
    jacobian = _sensitivities(orders, centred, point)
    least = PERFECT * float(centred @ centred)  # a fit without errors would leave no number
    variance = max(point.sum_of_squares, least, np.finfo(float).tiny) / centred.size
    return np.asarray(jacobian @ jacobian.T / variance)


def _centre(orders: Orders, series: Array) -> Array:
    return series - series.mean() if orders.has_mean else series


@dataclass(frozen=True)
class _Point:
    coefficients: Array
    polynomials: Polynomials
    errors: Array
    sum_of_squares: float

    @classmethod
    def at(cls, orders: Orders, centred: Array, coefficients: Array) -> "_Point":
        polynomials = expand(orders, coefficients)
        filtered = np.convolve(centred, polynomials.ar)[None, : centred.size]
        filtered[:, : orders.ar_degree] = 0.0
        errors = run_filter(np.ones(1), polynomials.ma, filtered)[0]
        return cls(coefficients, polynomials, errors, float(errors @ errors))


def _improve(
    orders: Orders, centred: Array, point: _Point, curvature: Array, gradient: Array, damping: float
) -> tuple[_Point | None, float]:
    """Return a point with a smaller sum of squares, or None, and the damping to go on with."""
    scale = np.diag(np.diag(curvature) + np.finfo(float).tiny)
    for _ in range(MAX_TRIALS):
        try:
            step = -np.linalg.solve(curvature + damping * scale, gradient)
        except LinAlgError:
            return None, damping
        if is_admissible(orders, point.coefficients + step):
            trial = _Point.at(orders, centred, point.coefficients + step)
            if trial.sum_of_squares < point.sum_of_squares:
                return trial, damping * 0.2
        damping = max(damping, 1e-4) * 8
    return None, damping


def _sensitivities(orders: Orders, centred: Array, point: _Point) -> Array:
    """Return de/dcoefficients, (K, n)."""
    polynomials, m = point.polynomials, orders.m
    blocks = (
        (orders.p, 1, polynomials.ar_seasonal, centred),
        (orders.q, 1, polynomials.ma_seasonal, point.errors),
        (orders.P, m, polynomials.ar_short, centred),
        (orders.Q, m, polynomials.ma_short, point.errors),
    )
    rows = np.zeros((orders.n_coefficients, centred.size))
    row = 0
    for count, spacing, other_factor, source in blocks:
        if count == 0:
            continue
        filtered = np.convolve(source, other_factor)[: source.size]
        for lag in range(spacing, (count + 1) * spacing, spacing):
            rows[row, lag:] = -filtered[: centred.size - lag]
            row += 1
    rows[:, : orders.ar_degree] = 0.0
    return run_filter(np.ones(1), polynomials.ma, rows)
