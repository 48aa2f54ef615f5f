"""The Kalman filter of nearly constant velocity, from an unknown start, at any times.

Model (Bar-Shalom, Li & Kirubarajan 2001, section 6.2.2): per axis the state is s = (position, velocity), and over h
seconds s' = F s + w with F = [[1, h], [0, 1]] and Cov w = Q = q [[h^3/3, h^2/2], [h^2/2, h]]; a position is observed
with variance r. Axes are independent and share r and q, hence one recursion of covariances serves all of them.

Deviations: the covariance P is carried as (p00, p01, p11, det P) and updated by sums of positive terms only, so no
digits cancel and P stays positive definite for any r > 0 and q >= 0 (better than the Joseph form, and cheaper). With
s = p00 + r:  p00' = p00 r / s,  p01' = p01 r / s,  p11' = (det P + r p11) / s,  det P' = det P r / s.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from compute.trajectory.recursion import recur

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Variances:
    """What the model takes as given: `r` of a measured coordinate (units²), `q` of the acceleration (units²/s³)."""

    r: float
    q: float


@dataclass(frozen=True)
class Filtered:
    """States from the second observed row on, where the velocity is first known.

    Attributes
    ----------
    start : the row of the second observation; the arrays below begin there, m = n - start rows
    first : the row of the first observation
    means, predicted_means : (m, 2, d) position and velocity after and before the row's own observation
    covariances, predicted_covariances : (m, 4) columns p00, p01, p11 and determinant, of every axis
    innovations : (m, d) observed less predicted, NaN where there is none
    innovation_variances : (m,) of every axis
    """

    first: int
    start: int
    means: Array
    predicted_means: Array
    covariances: Array
    predicted_covariances: Array
    innovations: Array
    innovation_variances: Array


def opening_rows(is_seen: Flags) -> tuple[int, int]:
    """Return the rows of the first two observations."""
    seen = np.flatnonzero(is_seen)
    return int(seen[0]), int(seen[1])


def run_filter(positions: Array, is_seen: Flags, times: Array, noise: Variances) -> Filtered:
    """Return the filtered states.

    Parameters
    ----------
    positions : (n, d), NaN where missing
    is_seen : (n,) at least two True
    times : (n,) seconds, strictly increasing
    """
    first, start = opening_rows(is_seen)
    steps = np.diff(times[start:])
    opening = opening_covariance(float(times[start] - times[first]), noise)
    predicted, updated = walk_covariances(steps, is_seen[start + 1 :], opening, noise)
    variances = predicted[:, 0] + noise.r
    keep = np.where(is_seen[start:], noise.r / variances, 1.0)
    velocity_gain = np.where(is_seen[start:], predicted[:, 1] / variances, 0.0)
    velocity = (positions[start] - positions[first]) / (times[start] - times[first])
    origin = positions[start]  # what is far from zero would lose digits
    means = _walk_means(positions[start:] - origin, steps, keep, velocity_gain, velocity)
    means[:, 0] += origin
    predicted_means = means.copy()
    predicted_means[1:, 0] = means[:-1, 0] + steps[:, None] * means[:-1, 1]
    predicted_means[1:, 1] = means[:-1, 1]
    innovations = positions[start:] - predicted_means[:, 0]
    innovations[0] = np.nan
    return Filtered(first, start, means, predicted_means, updated, predicted, innovations, variances)


def opening_covariance(h: float, noise: Variances) -> tuple[float, float, float, float]:
    """Return (p00, p01, p11, det) after two observations `h` apart and nothing known before them."""
    r, q = noise.r, noise.q
    return r, r / h, (2 * r + q * h**3 / 3) / h**2, r * (r + q * h**3 / 3) / h**2


def extrapolate(covariance: Array, h: Array, q: float) -> Array:
    """Return covariances `h` seconds later, (..., 4), of `covariance` (..., 4)."""
    p00, p01, p11, det = np.moveaxis(covariance, -1, 0)
    grown = (
        p00 + 2 * h * p01 + h**2 * p11 + q * h**3 / 3,
        p01 + h * p11 + q * h**2 / 2,
        p11 + q * h,
        det + q * (h * p00 + h**2 * p01 + h**3 / 3 * p11) + q**2 * h**4 / 12,
    )
    return np.stack(np.broadcast_arrays(*grown), axis=-1)


def walk_covariances(
    steps: Array, is_seen: Flags, opening: tuple[float, float, float, float], noise: Variances
) -> tuple[Array, Array]:
    """Return covariances before and after each observation, (m, 4) each, the opening row first.

    Parameters
    ----------
    steps : (m - 1,) seconds between the rows
    is_seen : (m - 1,) whether each row after the opening one was observed
    """
    r, q = noise.r, noise.q
    p00, p01, p11, det = opening
    predicted, updated = [opening], [opening]
    for h, has_observation in zip(steps.tolist(), is_seen.tolist(), strict=True):
        qh = q * h
        det += qh * (p00 + h * (p01 + h * p11 / 3)) + qh * qh * h * h / 12
        p00 += h * (2 * p01 + h * p11 + qh * h / 3)
        p01 += h * (p11 + qh / 2)
        p11 += qh
        before = (p00, p01, p11, det)
        predicted.append(before)
        if has_observation:
            s = p00 + r
            keep = r / s
            p11 = (det + r * p11) / s
            p00 *= keep
            p01 *= keep
            det *= keep
            updated.append((p00, p01, p11, det))
        else:
            updated.append(before)
    return np.array(predicted), np.array(updated)


def _walk_means(observed: Array, steps: Array, keep: Array, velocity_gain: Array, velocity: Array) -> Array:
    """Return means after each observation, (m, 2, d).

    Parameters
    ----------
    observed : (m, d), NaN where missing
    steps : (m - 1,) seconds between the rows
    keep, velocity_gain : (m,) one less the gain of the position, and the gain of the velocity
    velocity : (d,) at the first row
    """
    h, g = steps, velocity_gain[1:]
    turns = np.stack([np.stack([keep[1:], keep[1:] * h], axis=1), np.stack([-g, 1 - g * h], axis=1)], axis=1)
    seen = np.nan_to_num(observed)
    shifts = np.stack([(1 - keep)[:, None] * seen, velocity_gain[:, None] * seen], axis=1)
    shifts[0] = observed[0], velocity
    return recur(turns, shifts)
