"""The quantities of active inference for Gaussian and Bernoulli beliefs, in nats.

For a policy, with beliefs Q over states s and outcomes o and preferences P~ over outcomes (Parr, Pezzulo & Friston
2022, eq. 2.6): G = risk + ambiguity = -(pragmatic value) - (epistemic value), where risk = KL[Q(o) || P~(o)],
ambiguity = E_Q(s) H[P(o|s)], pragmatic = E_Q(o) ln P~(o), epistemic = E_Q(o) KL[Q(s|o) || Q(s)].
"""

import math

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

LOG_TWO_PI = math.log(2 * math.pi)


def gaussian_divergence(mean: Array, covariance: Array, wanted_mean: Array, wanted_covariance: Array) -> float:
    """Return KL[N(mean, covariance) || N(wanted_mean, wanted_covariance)]; means (n,), covariances (n, n)."""
    gap = wanted_mean - mean
    inverse = np.linalg.inv(wanted_covariance)
    log_ratio = log_determinant(wanted_covariance) - log_determinant(covariance)
    distance = float(np.trace(inverse @ covariance)) + float(gap @ inverse @ gap)
    return 0.5 * (distance - len(mean) + log_ratio)


def gaussian_entropy(covariance: Array) -> float:
    """Return the entropy of a Gaussian with this covariance, (n, n)."""
    return 0.5 * (len(covariance) * (1 + LOG_TWO_PI) + log_determinant(covariance))


def expected_log_preference(mean: Array, covariance: Array, wanted_mean: Array, wanted_covariance: Array) -> float:
    """Return E ln N(o; wanted) over o ~ N(mean, covariance): the pragmatic value."""
    gap = wanted_mean - mean
    inverse = np.linalg.inv(wanted_covariance)
    spread = float(np.trace(inverse @ covariance) + gap @ inverse @ gap)
    return -0.5 * (len(mean) * LOG_TWO_PI + log_determinant(wanted_covariance) + spread)


def information_gain(covariance: Array, observation: Array, noise: Array) -> float:
    """Return the nats that o = Hs + e, e ~ N(0, noise), is expected to tell of s ~ N(., covariance): epistemic value.

    It is the mutual information of o and s, half the log determinant of I + R^-1 H S H'.
    """
    seen = observation @ covariance @ observation.T
    return 0.5 * log_determinant(np.eye(noise.shape[0]) + np.linalg.solve(noise, seen))


def bernoulli_divergence(probability: Array, accepted: float) -> Array:
    """Return KL[Bern(p) || Bern(accepted)] elementwise: what a risk of p costs whoever accepts `accepted`."""
    p = np.clip(probability, 0.0, 1.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        happens = np.where(p > 0, p * np.log(p / accepted), 0.0)
        stays_away = np.where(p < 1, (1 - p) * np.log((1 - p) / (1 - accepted)), 0.0)
    return np.asarray(happens + stays_away)


def bernoulli_entropy(probability: Array) -> Array:
    """Return the entropy of each of independent yes-or-no beliefs."""
    p = np.clip(probability, 1e-300, 1.0)
    q = np.clip(1 - np.asarray(probability), 1e-300, 1.0)
    return np.asarray(-p * np.log(p) - q * np.log(q))


def log_determinant(matrix: Array) -> float:
    """Return ln det of a symmetric positive definite matrix."""
    sign, value = np.linalg.slogdet(matrix)
    if sign <= 0:
        raise ValueError("the matrix is not positive definite")
    return float(value)
