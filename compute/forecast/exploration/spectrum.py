"""How strongly a series swings at each period, and which periods stand out."""

import itertools
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.fft import rfft

Array = NDArray[np.float64]

MAX_PEAKS = 5
MAX_POINTS = 2_000  # on a chart: longer spectra are averaged over neighbours
CLEAR = 1e-3  # chance that white noise shows a peak as high anywhere, below which it is told


@dataclass(frozen=True)
class Peak:
    """A period, in steps, its share of the variance 0..1, and the chance of one as high in white noise."""

    period: float
    share: float
    p_value: float


def periodogram(values: Array) -> tuple[Array, Array]:
    """Return periods in steps, longest first, and their shares of the variance, which sum to 1; empty where it is flat.

    `values` are detrended, (n,) without NaN.
    """
    n = values.size
    centred = values - values.mean()
    if n < 4 or not centred.any():
        return np.zeros(0), np.zeros(0)
    power = np.abs(rfft(centred)[1:]) ** 2
    power[: (n - 1) // 2] *= 2  # every frequency but the highest of an even series stands for two
    return n / np.arange(1, power.size + 1), power / power.sum()


def find_peaks(periods: Array, shares: Array) -> tuple[Peak, ...]:
    """Return the highest local peaks that white noise would hardly show, by Fisher's (1929) test of the largest share.

    The p value is the first term of its series, `k (1 - g)^(k - 1)`, an upper bound.
    """
    k = shares.size
    if k < 3:
        return ()
    padded = np.concatenate([[0.0], shares, [0.0]])
    is_peak = (padded[1:-1] > padded[:-2]) & (padded[1:-1] >= padded[2:])
    ordered = sorted(np.flatnonzero(is_peak).tolist(), key=lambda i: -shares[i])[:MAX_PEAKS]
    peaks = [
        Peak(float(periods[i]), float(shares[i]), min(1.0, k * (1 - float(shares[i])) ** (k - 1))) for i in ordered
    ]
    return tuple(peak for peak in peaks if peak.p_value < CLEAR)


def thin(periods: Array, shares: Array) -> tuple[Array, Array]:
    """Return at most `MAX_POINTS` points: neighbours summed, their periods at the highest of them."""
    if shares.size <= MAX_POINTS:
        return periods, shares
    edges = np.linspace(0, shares.size, MAX_POINTS + 1).astype(int)
    highest = [start + int(np.argmax(shares[start:stop])) for start, stop in itertools.pairwise(edges)]
    return periods[highest], np.add.reduceat(shares, edges[:-1])
