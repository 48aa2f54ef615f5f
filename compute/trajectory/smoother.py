"""The Rauch-Tung-Striebel smoother of the filtered states, in a form that keeps covariances positive.

With B = F^-1 Q F^-T, the state given the next one is N(s_f + T (F^-1 s_next - s_f), C), where T = P (P + B)^-1 and
C = (P^-1 + B^-1)^-1 (Rauch, Tung & Striebel 1965, in the backward form); both are sums of positive terms over the
determinant of P + B, which the filter carries. Smoothed covariances are C + G P_next G' with G = T F^-1.
Rows before the second observation have no filtered velocity; there the motion is run backwards in time from the
second observation, which under an unknown start is exact.
"""

from dataclasses import dataclass

import numpy as np

from compute.trajectory.filter import Array, Filtered, Variances
from compute.trajectory.recursion import recur_back


@dataclass(frozen=True)
class Smoothed:
    """States of all rows given all observations: means (n, 2, d), covariances (n, 3) with columns p00, p01, p11."""

    means: Array
    covariances: Array


def smooth(filtered: Filtered, positions: Array, times: Array, noise: Variances) -> Smoothed:
    """Return the smoothed states of every row."""
    means, covariances = _walk_back(filtered, np.diff(times[filtered.start :]), noise.q)
    opening_means, opening_covariances = _open(filtered, means[0], covariances[0], positions, times, noise)
    return Smoothed(np.concatenate([opening_means, means]), np.concatenate([opening_covariances, covariances]))


def _walk_back(filtered: Filtered, steps: Array, q: float) -> tuple[Array, Array]:
    """Return smoothed means (m, 2, d) and covariances (m, 3) from the second observation on."""
    blend, spread = _blends(filtered, steps, q)
    back = np.tile(np.eye(2), (steps.size, 1, 1))  # F^-1
    back[:, 0, 1] = -steps
    gain = blend @ back
    covariances = _covariances_back(gain, spread, filtered.covariances[-1, :3])
    # the difference from the filtered means: what is far from zero would lose digits
    off = back @ filtered.means[1:] - filtered.means[:-1]
    shifts = np.concatenate([blend @ off, np.zeros_like(filtered.means[-1:])])
    return filtered.means + recur_back(gain, shifts), covariances


def _blends(filtered: Filtered, h: Array, q: float) -> tuple[Array, Array]:
    """Return T as (m - 1, 2, 2), and C as (m - 1, 3)."""
    p00, p01, p11, det = filtered.covariances[:-1].T
    total = filtered.predicted_covariances[1:, 3]
    b00, minus_b01, b11 = q * h**3 / 3, q * h**2 / 2, q * h
    det_b = q**2 * h**4 / 12
    blend = (
        det + p00 * b11 + p01 * minus_b01,
        p00 * minus_b01 + p01 * b00,
        p01 * b11 + p11 * minus_b01,
        det + p01 * minus_b01 + p11 * b00,
    )
    spread = (det_b * p00 + det * b00, det_b * p01 - det * minus_b01, det_b * p11 + det * b11)
    blends = np.stack(blend, axis=1) / total[:, None]
    return blends.reshape(-1, 2, 2), np.stack(spread, axis=1) / total[:, None]


def _covariances_back(gain: Array, spread: Array, last: Array) -> Array:
    """Return P = C + G P_next G' from the last row back, as a recursion of its three entries."""
    (g00, g01), (g10, g11) = np.moveaxis(gain, 0, -1)
    turns = np.array(
        [
            [g00 * g00, 2 * g00 * g01, g01 * g01],
            [g00 * g10, g00 * g11 + g01 * g10, g01 * g11],
            [g10 * g10, 2 * g10 * g11, g11 * g11],
        ]
    )
    shifts = np.concatenate([spread, last[None]])[:, :, None]
    return recur_back(np.moveaxis(turns, -1, 0), shifts)[:, :, 0]


def _open(
    filtered: Filtered, mean: Array, covariance: Array, positions: Array, times: Array, noise: Variances
) -> tuple[Array, Array]:
    """Return states of the rows before the second observation, from its own smoothed state.

    Backwards over h seconds s = F^-1 s' + N(0, B). Between the first observation and the second, that is the prior of
    a row that the first observation, h0 seconds before it, corrects; rows before the first go on from there.
    """
    first, start = filtered.first, filtered.start
    rows = np.arange(first, start)
    means, covariances = _between(
        mean, covariance, times[start] - times[rows], times[rows] - times[first], positions[first], noise
    )
    early = times[first] - times[:first]
    earlier_means = np.stack([means[0, 0] - early[:, None] * means[0, 1], np.tile(means[0, 1], (first, 1))], axis=1)
    p00, p01, p11 = covariances[0]
    b00, b01, b11 = _backward_noise(early, noise.q)
    earlier = np.stack([p00 - 2 * early * p01 + early**2 * p11 + b00, p01 - early * p11 + b01, p11 + b11], axis=1)
    return np.concatenate([earlier_means, means]), np.concatenate([earlier, covariances])


def _between(mean: Array, covariance: Array, h: Array, h0: Array, seen: Array, noise: Variances) -> tuple[Array, Array]:
    """Return states `h` before a state (mean (2, d), covariance (3,)), with a position `seen` `h0` before each."""
    b00, b01, b11 = _backward_noise(h, noise.q)
    cross_x, cross_v = b00 - h0 * b01, b01 - h0 * b11  # B c' with c = (1, -h0): how the earlier position depends on it
    total = cross_x - h0 * cross_v + noise.q * h0**3 / 3 + noise.r
    k_x, k_v = cross_x / total, cross_v / total
    # A = (I - K c) F^-1, entry by entry
    a00, a01 = 1 - k_x, -h + k_x * (h + h0)
    a10, a11 = -k_v, 1 + k_v * (h + h0)
    x = a00[:, None] * mean[0] + a01[:, None] * mean[1] + k_x[:, None] * seen
    v = a10[:, None] * mean[0] + a11[:, None] * mean[1] + k_v[:, None] * seen
    p00, p01, p11 = covariance
    covariances = (
        b00 - k_x * cross_x + a00**2 * p00 + 2 * a00 * a01 * p01 + a01**2 * p11,
        b01 - k_x * cross_v + a00 * a10 * p00 + (a00 * a11 + a01 * a10) * p01 + a01 * a11 * p11,
        b11 - k_v * cross_v + a10**2 * p00 + 2 * a10 * a11 * p01 + a11**2 * p11,
    )
    return np.stack([x, v], axis=1), np.stack(covariances, axis=1)


def _backward_noise(h: Array, q: float) -> tuple[Array, Array, Array]:
    """Return B = F^-1 Q F^-T over `h` seconds as b00, b01, b11."""
    return q * h**3 / 3, -q * h**2 / 2, q * h
