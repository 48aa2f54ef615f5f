"""The efficient frontier within the limits of a request, as turning points that can be stored and moved along."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from compute.portfolio.limits import Limits
from compute.portfolio.moments import Moments
from compute.portfolio.optimization.result import FrontierPath
from compute.portfolio.solution import PortfolioError

Array = NDArray[np.float64]

MAX_NUMBERS = 60_000  # of weights on a stored path: a megabyte of JSON
SAMPLED = 25  # points of a frontier that is drawn beside something else, where it must be solved point by point
MAX_SAMPLED = 100  # assets for which that takes less than a second
SAME = 1e-12  # turning points nearer to each other than this in every weight are one


def trace_corners(moments: Moments, limits: Limits) -> Array | None:
    """Return the weights of all turning points, (k, n), from the least variance to the highest return.

    None where the limits are more than bounds and a sum, so that the critical line does not know them.
    """
    if not limits.is_box:
        return None
    from compute.portfolio.solvers.critical_line import critical_line

    corners = critical_line(moments.mean, moments.covariance, limits).weights
    apart = np.abs(np.diff(corners, axis=0)).max(axis=1, initial=0.0) > SAME
    return np.asarray(corners[np.concatenate([[True], apart])])


def solve_points(moments: Moments, limits: Limits, count: int, tell: Callable[[int], None]) -> Array:
    """Return single optima (count, n) at equally spaced returns, where the limits are more than bounds and a sum.

    `limits` per year; `tell` is called with the number of each point before it is solved.
    """
    from compute.portfolio.solvers.mean_variance import maximum_return, minimum_variance
    from compute.portfolio.solvers.targets import target_return

    mean = moments.mean * moments.periods_per_year
    sigma = moments.covariance * moments.periods_per_year
    least = minimum_variance(sigma, limits).weights
    highest = maximum_return(mean, limits, sigma).weights
    points = [least]
    for number, target in enumerate(np.linspace(float(mean @ least), float(mean @ highest), count)[1:-1], 2):
        tell(number)
        points.append(target_return(mean, sigma, float(target), limits).weights)
    return np.array([*points, highest])


def store_path(
    corners: Array, moments: Moments, risk_free_rate: float, *, is_exact: bool = True
) -> FrontierPath | None:
    """Return turning points (k, n) as a result holds them; None where there are too many numbers to be of use."""
    if corners.size > MAX_NUMBERS:
        return None
    year = moments.periods_per_year
    covariance = moments.covariance * year
    marginals = corners @ covariance
    returns = corners @ moments.mean * year
    variances = np.einsum("kn,kn->k", corners, marginals)
    crossings = np.einsum("kn,kn->k", corners[1:], marginals[:-1])
    return FrontierPath(
        names=moments.names,
        is_exact=is_exact,
        expected_returns=_numbers(returns),
        variances=_numbers(variances),
        crossings=_numbers(crossings),
        weights=tuple(_numbers(row) for row in corners),
        marginals=tuple(_numbers(row) for row in marginals),
        min_variance=0.0,
        max_sharpe=place_of_best_ratio(returns - risk_free_rate, variances, crossings),
    )


def trace_path(moments: Moments, limits: Limits, risk_free_rate: float) -> FrontierPath | None:
    """Return the frontier for a result about something else; None where it cannot be traced or stored."""
    try:
        corners = trace_corners(moments, limits)
        is_exact = corners is not None
        if corners is None and not limits.is_discrete and limits.n <= MAX_SAMPLED:
            corners = solve_points(moments, limits, SAMPLED, lambda number: None)
    except PortfolioError:
        return None
    return None if corners is None else store_path(corners, moments, risk_free_rate, is_exact=is_exact)


def place_of_best_ratio(excess: Array, variances: Array, crossings: Array) -> float | None:
    """Return where on the path excess over volatility is highest, as turning point and fraction; None where it is not
    above 0.

    On a segment the ratio (e0 + t de) / sqrt(v0 + 2 t b + t^2 c), with b = a'Sb - v0 and c = v0 - 2 a'Sb + v1, has its
    only stationary point at t = (de v0 - e0 b) / (e0 c - de b).
    """
    best, place = 0.0, None
    for k, gain in enumerate(excess):
        ratio = float(gain) / np.sqrt(variances[k]) if variances[k] > 0 else 0.0
        if ratio > best:
            best, place = ratio, float(k)
        if k + 1 == len(excess):
            break
        rise, lean = float(excess[k + 1] - gain), float(crossings[k] - variances[k])
        bend = float(variances[k] - 2 * crossings[k] + variances[k + 1])
        below = float(gain) * bend - rise * lean
        t = (rise * float(variances[k]) - float(gain) * lean) / below if below != 0 else -1.0
        variance = float(variances[k]) + 2 * t * lean + t * t * bend
        if 0 < t < 1 and variance > 0 and (float(gain) + t * rise) / np.sqrt(variance) > best:
            best, place = (float(gain) + t * rise) / float(np.sqrt(variance)), k + t
    return place


def weights_at(corners: Array, place: float) -> Array:
    """Return the weights (n,) at a place on the path."""
    k = min(int(place), len(corners) - 1)
    t = place - k
    return np.asarray(corners[k] if t <= 0 else (1 - t) * corners[k] + t * corners[k + 1])


def _numbers(values: Array) -> tuple[float, ...]:
    return tuple(float(value) for value in values)
