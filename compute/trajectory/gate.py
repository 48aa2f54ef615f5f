"""Outliers: positions whose innovation no good model would explain. They are flagged and then count as missing."""

import numpy as np
from scipy.special import gammaincinv

from compute.trajectory.filter import Array, Flags, Variances, opening_covariance, opening_rows


def squared_radius(level: float, dimension: int) -> float:
    """Return the chi-square quantile: `level` % of `dimension` standard normal numbers have squares below it in sum."""
    return float(2 * gammaincinv(dimension / 2, level / 100))


def refused_rows(positions: Array, is_seen: Flags, times: Array, noise: Variances, level: float) -> Flags:
    """Return which rows a gate of `level` % refuses, (n,).

    A refused row is not used, so it cannot spoil the innovations after it; while rows are refused the covariance grows
    and with it the gate, so a track that really turned is found again (Bar-Shalom et al. 2001, section 3.4).
    """
    first, start = opening_rows(is_seen)
    limit = squared_radius(level, positions.shape[1])
    refused = np.zeros(is_seen.size, dtype=bool)
    p00, p01, p11, det = opening_covariance(float(times[start] - times[first]), noise)
    x = positions[start]
    v = (x - positions[first]) / (times[start] - times[first])
    r, q = noise.r, noise.q
    for row in range(start + 1, is_seen.size):
        h = float(times[row] - times[row - 1])
        det += q * (h * p00 + h**2 * p01 + h**3 / 3 * p11) + q**2 * h**4 / 12
        p00 += 2 * h * p01 + h**2 * p11 + q * h**3 / 3
        p01 += h * p11 + q * h**2 / 2
        p11 += q * h
        x = x + h * v
        if not is_seen[row]:
            continue
        error, s = positions[row] - x, p00 + r
        if float(error @ error) > limit * s:
            refused[row] = True
            continue
        x, v = x + p00 / s * error, v + p01 / s * error
        p11 = (det + r * p11) / s
        p00, p01, det = p00 * r / s, p01 * r / s, det * r / s
    return refused
