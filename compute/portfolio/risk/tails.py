"""Value at risk and conditional value at risk, by four methods. All are losses: positive is a loss, a fraction.

The confidence c says how many of the periods are better: c = 0.95 looks at the worst 5 %.
"""

from collections.abc import Callable
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from compute.portfolio.tail_mean import tail_mean

Array = NDArray[np.float64]
Shape = tuple[int, int]

CHUNK = 2_000_000  # draws at once: 16 MB
FAR_TAIL = 8.0  # normal deviations; what lies beyond has a probability of 1e-15 and no part in any sum
MOST_GROWTH = 1e300
LEAST_WINDOWS = 20  # of a horizon; from fewer a tail cannot be read
NORMAL = NormalDist()


@dataclass(frozen=True)
class Tail:
    """A pair of losses at one confidence, fractions of the value."""

    var: float
    cvar: float


def historical_tail(returns: Array, confidence: float) -> Tail:
    """Return the tail of what was seen, (T,) returns.

    VaR is the loss that a share of 1 - c of the periods reaches, interpolated between order statistics (Hyndman and
    Fan 1996, type 7). CVaR is the mean of exactly the worst (1 - c) T periods, the last one in part (Rockafellar and
    Uryasev 2002, eq. 18), and so not below the lower order statistic.
    """
    losses = -returns
    return Tail(float(np.quantile(losses, confidence)), tail_mean(losses, confidence))


def gaussian_tail(mean: float, deviation: float, confidence: float) -> Tail:
    """Return the tail of a normal distribution: -m - s z and -m + s phi(z) / (1 - c), z its quantile at 1 - c."""
    z = NORMAL.inv_cdf(1 - confidence)
    return Tail(-mean - deviation * z, -mean + deviation * NORMAL.pdf(z) / (1 - confidence))


def cornish_fisher_tail(
    mean: float, deviation: float, skew: float, excess_kurtosis: float, confidence: float
) -> Tail | None:
    """Return the tail of the Cornish-Fisher expansion; None where it is not increasing in the tail.

    The quantile is z + S/6 He2 + K/24 He3 - S^2/36 (2 He3 + He1) with Hermite polynomials of the normal quantile z
    (Cornish and Fisher 1938); CVaR is its mean over the tail in closed form, with the integral of He_n phi up to z
    being -He_(n-1)(z) phi(z).
    """
    z = NORMAL.inv_cdf(1 - confidence)
    if not _increases_below(z, skew, excess_kurtosis):
        return None
    first, third = excess_kurtosis / 24, skew**2 / 36
    quantile = z + skew / 6 * (z**2 - 1) + first * (z**3 - 3 * z) - third * (2 * z**3 - 5 * z)
    integral = 1 + skew / 6 * z + first * (z**2 - 1) - third * (2 * (z**2 - 1) + 1)
    mean_of_tail = -NORMAL.pdf(z) / (1 - confidence) * integral
    return Tail(-mean - deviation * quantile, -mean - deviation * mean_of_tail)


def _increases_below(z: float, skew: float, excess_kurtosis: float) -> bool:
    """Is the expansion's derivative a x^2 + b x + c positive from the far tail up to z?"""
    a = excess_kurtosis / 8 - skew**2 / 6
    b = skew / 3
    c = 1 - excess_kurtosis / 8 + 5 * skew**2 / 36
    turns = -b / (2 * a) if a > 0 else z
    return all(a * x**2 + b * x + c > 0 for x in (-FAR_TAIL, z, min(max(turns, -FAR_TAIL), z)))


def compound_windows(returns: Array, periods: int) -> Array:
    """Return the compounded returns of all overlapping windows of `periods`, (T - periods + 1,)."""
    if periods == 1:
        return returns
    growth = np.concatenate([[1.0], np.cumprod(1 + returns)])
    if (growth <= 0).any():
        windows = np.lib.stride_tricks.sliding_window_view(1 + returns, periods)
        return np.asarray(windows.prod(axis=1) - 1)
    return np.asarray(growth[periods:] / growth[:-periods] - 1)


def simulate(returns: Array, periods: int, count: int, seed: int) -> Array:
    """Return `count` compounded returns over `periods`, each of single periods of `returns` (T,), with replacement."""
    return _compounded(lambda random, shape: random.choice(returns, shape), periods, count, seed)


def simulate_normal(mean: float, deviation: float, periods: int, count: int, seed: int) -> Array:
    """Return `count` compounded returns over `periods`, each of single periods that are normal and independent."""
    return _compounded(lambda random, shape: random.normal(mean, deviation, shape), periods, count, seed)


def _compounded(draw: Callable[[np.random.Generator, Shape], Array], periods: int, count: int, seed: int) -> Array:
    random = np.random.default_rng(seed)
    made = np.empty(count)
    step = max(1, CHUNK // periods)
    for start in range(0, count, step):
        drawn = draw(random, (min(step, count - start), periods))
        with np.errstate(over="ignore"):  # a future beyond all numbers is no loss, and only its rank counts
            made[start : start + step] = np.minimum(np.maximum(1 + drawn, 0.0).prod(axis=1), MOST_GROWTH) - 1
    return made
