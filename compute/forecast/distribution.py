"""What a forecast says of its errors: Student's t or simulated paths, their bands, and how well they foretold.

A score is proper (CRPS, Gneiting & Raftery 2007): no other distribution than the one believed scores better on average.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln, ndtr, ndtri, stdtr, stdtrit

from compute.job import Report, ignore_progress

Array = NDArray[np.float64]

BLOCK = 2_000_000  # simulated values sorted at once: about 100 ms
VANISHING = 1e-100  # of an error: a spread this small beside it is none, and its square leaves the range of numbers
MANY_DEGREES = 1e6  # from here Student's t is the Gaussian to six digits, and its own formulas lose digits


@dataclass(frozen=True)
class Band:
    """Limits of a prediction interval, (horizon,) each, and its nominal coverage in %."""

    level: float
    lower: Array
    upper: Array


@dataclass(frozen=True)
class StudentErrors:
    """Errors that are `scale` times Student's t: Gaussian when `degrees` is infinite.

    Attributes
    ----------
    scale : (horizon,) in the series' unit, 0 where the forecast is certain
    degrees : of freedom, more than 1
    """

    scale: Array
    degrees: float = np.inf


@dataclass(frozen=True)
class SampledErrors:
    """Errors as equally likely futures less the mean, (n_paths, horizon)."""

    paths: Array


ErrorDistribution = StudentErrors | SampledErrors


def make_bands_of(
    errors: ErrorDistribution, mean: Array, levels: Sequence[float], report: Report = ignore_progress
) -> list[Band]:
    """Return the central band of each level (%) around `mean`, (horizon,)."""
    if isinstance(errors, SampledErrors):
        return _quantile_bands(errors.paths, mean, levels, report)
    halves = [(level, student_quantile(0.5 + level / 200, errors.degrees) * errors.scale) for level in levels]
    return [Band(level, mean - half, mean + half) for level, half in halves]


def crps(errors: ErrorDistribution, actual_errors: Array, report: Report = ignore_progress) -> Array:
    """Return the continuous ranked probability score of each step, (horizon,), in the series' unit; NaN stays NaN.

    Student's t and the Gaussian in closed form (Jordan, Krueger & Lerch 2019, appendix A), simulated paths as the
    distribution that gives each path the same weight: `E|X - y| - E|X - X'| / 2`.
    """
    if isinstance(errors, SampledErrors):
        return _crps_of_paths(errors.paths, actual_errors, report)
    is_spread = errors.scale > VANISHING * np.abs(actual_errors)
    scale = np.where(is_spread, errors.scale, 1.0)
    return np.where(is_spread, scale * _crps_of_student(actual_errors / scale, errors.degrees), np.abs(actual_errors))


def student_quantile(probability: float, degrees: float) -> float:
    """Return the quantile of Student's t, the Gaussian one for infinitely many degrees of freedom."""
    return float(ndtri(probability) if degrees >= MANY_DEGREES else stdtrit(degrees, probability))


def _crps_of_student(z: Array, degrees: float) -> Array:
    if degrees >= MANY_DEGREES:
        density = np.exp(-(z**2) / 2) / np.sqrt(2 * np.pi)
        return np.asarray(z * (2 * ndtr(z) - 1) + 2 * density - 1 / np.sqrt(np.pi))
    log_constant = gammaln((degrees + 1) / 2) - gammaln(degrees / 2) - 0.5 * np.log(degrees * np.pi)
    density = np.exp(log_constant - (degrees + 1) / 2 * np.log1p(z**2 / degrees))
    # B(1/2, nu - 1/2) / B(1/2, nu/2)^2, through logarithms: the factors leave the range of numbers first
    log_ratio = _log_beta(0.5, degrees - 0.5) - 2 * _log_beta(0.5, degrees / 2)
    mean_difference = 2 * np.sqrt(degrees) / (degrees - 1) * np.exp(log_ratio)
    inner = 2 * density * (degrees + z**2) / (degrees - 1)
    return np.asarray(z * (2 * stdtr(degrees, z) - 1) + inner - mean_difference)


def _log_beta(a: float, b: float) -> float:
    return float(gammaln(a) + gammaln(b) - gammaln(a + b))


def _crps_of_paths(paths: Array, actual_errors: Array, report: Report) -> Array:
    n_paths, horizon = paths.shape
    scores = np.empty(horizon)
    weights = 2 * np.arange(1, n_paths + 1) - n_paths - 1  # E|X - X'| = 2 sum_i weights_i x_(i) / n^2
    block = max(1, BLOCK // n_paths)
    for start in range(0, horizon, block):
        report(start / horizon, "Scoring simulated futures")
        chosen = slice(start, start + block)
        ordered = np.sort(paths[:, chosen], axis=0)
        distance = np.abs(ordered - actual_errors[chosen]).mean(axis=0)
        scores[chosen] = distance - weights @ ordered / n_paths**2
    return scores


def _quantile_bands(paths: Array, mean: Array, levels: Sequence[float], report: Report) -> list[Band]:
    tails = np.array([[50 - level / 2, 50 + level / 2] for level in levels]) / 100  # (levels, 2)
    limits = np.empty((*tails.shape, mean.size))
    block = max(1, BLOCK // paths.shape[0])
    for start in range(0, mean.size, block):
        report(start / mean.size, "Simulating futures")
        chosen = slice(start, start + block)
        limits[..., chosen] = np.quantile(paths[:, chosen], tails, axis=0)
    return [Band(level, mean + low, mean + high) for level, (low, high) in zip(levels, limits, strict=True)]
