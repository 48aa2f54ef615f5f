"""Prediction intervals of a model: Gaussian, or from resampled one-step errors (a linear model) or simulated futures.

Both take the fitted coefficients as they are: the uncertainty of the estimate itself is not in them, which is why the
accuracy beside them tells how many held-out values they really covered.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import toeplitz
from scipy.signal import fftconvolve
from scipy.special import ndtri

from compute.forecast.diagnostics import jarque_bera, shape
from compute.forecast.prediction import AnyPrediction, SimulatedPrediction
from compute.job import Report
from compute.schema import RequestError

Array = NDArray[np.float64]
Method = Literal["analytic", "bootstrap", "none"]

MAX_SIMULATED = 20_000_000  # paths times steps: 160 MB
LONG_HORIZON = 512  # from here a convolution by FFT is quicker than a matrix product
CLEARLY = 0.01  # probability under which the residuals are not taken for Gaussian,
VISIBLY_SKEWED, VISIBLY_PEAKED = 0.5, 1.0  # if it also shows: long series reject on what matters to nobody
ENOUGH_TO_RESAMPLE = 40  # errors, so that one lies beyond the 95 % band on average


@dataclass(frozen=True)
class Band:
    """Limits of a prediction interval, (horizon,) each, and its nominal coverage in %."""

    level: float
    lower: Array
    upper: Array


def choose_method(
    wanted: Literal["auto", "analytic", "bootstrap", "none"], errors: Array, sigma: float
) -> tuple[Method, tuple[str, ...]]:
    """Return the method to use and what a reader should know of the choice."""
    if wanted == "none":
        return "none", ()
    if np.isnan(sigma):
        return "none", ("There is no one-step error to measure uncertainty from: the forecast has no intervals.",)
    if wanted == "analytic" or sigma == 0:
        return "analytic", ()
    if wanted == "bootstrap":
        if errors.size < ENOUGH_TO_RESAMPLE:
            return "bootstrap", (
                f"Only {errors.size} errors could be resampled: wide intervals end at the largest of them.",
            )
        return "bootstrap", ()
    if errors.size < ENOUGH_TO_RESAMPLE or not _is_clearly_not_gaussian(errors):
        return "analytic", ()
    skewness, excess = shape(errors)
    return "bootstrap", (
        f"Intervals come from resampled residuals: these are clearly not Gaussian (skewness {skewness:.2f}, "
        f"excess kurtosis {excess:.2f}).",
    )


def make_bands(
    method: Method,
    prediction: AnyPrediction,
    sigma: float,
    errors: Array,
    levels: Sequence[float],
    n_bootstrap: int,
    rng: np.random.Generator,
    report: Report,
) -> list[Band]:
    """Return a band per level; none for the method `none`."""
    if method == "none" or not levels:
        return []
    if method == "analytic":
        return _analytic_bands(prediction, sigma, levels)
    paths = simulate_errors(prediction, sigma, errors, n_bootstrap, rng)
    return _quantile_bands(prediction.mean, paths, levels, report)


def simulate_errors(
    prediction: AnyPrediction, sigma: float, errors: Array, n_paths: int, rng: np.random.Generator
) -> Array:
    """Return simulated forecast errors, (n_paths, horizon).

    Future one-step errors of a linear model are drawn from the observed ones, centred and brought to variance sigma^2,
    and weighted by psi. Draws at each step are stratified over the sorted errors, so that each step alone has almost
    exactly their distribution, and shuffled, so that steps are independent. Other models simulate themselves. A longer
    horizon begins with the draws of a shorter one.
    """
    horizon = prediction.mean.size
    if n_paths * horizon > MAX_SIMULATED:
        raise RequestError.at(
            "n_bootstrap",
            msg=f"{n_paths} paths of {horizon} steps are more than can be simulated at once; "
            f"take at most {MAX_SIMULATED // horizon} paths, a shorter horizon, or analytic intervals",
        )
    if isinstance(prediction, SimulatedPrediction):
        return prediction.simulate(n_paths, rng)
    spread = float(errors.std())
    pool = np.sort(errors - errors.mean()) * (sigma / spread if spread > 0 else 0.0)
    of_strata, of_order, of_origin = rng.spawn(3)
    strata = (np.arange(n_paths) + of_strata.random((horizon, n_paths))) / n_paths
    draws = pool[np.minimum((strata * pool.size).astype(np.intp), pool.size - 1)]
    draws = of_order.permuted(draws, axis=1, out=draws)
    paths = _weigh(draws.T, prediction.weights)
    if prediction.origin_root.shape[1]:
        at_origin = of_origin.standard_normal((n_paths, prediction.origin_root.shape[1]))
        paths += sigma * (at_origin @ prediction.origin_root.T)
    return paths


def _weigh(draws: Array, weights: Array) -> Array:
    """Return `sum_j weights[j] e_(h-j)` for each path and step h."""
    horizon = weights.size
    if horizon <= LONG_HORIZON:
        return np.asarray(draws @ toeplitz(weights * (np.arange(horizon) == 0), weights))
    return np.asarray(fftconvolve(draws, weights[None, :], axes=1)[:, :horizon])


def _analytic_bands(prediction: AnyPrediction, sigma: float, levels: Sequence[float]) -> list[Band]:
    if isinstance(prediction, SimulatedPrediction):
        half = prediction.deviation
    else:
        half = sigma * np.sqrt(prediction.relative_variance)
    widths = [(level, float(ndtri(0.5 + level / 200)) * half) for level in levels]
    return [Band(level, prediction.mean - width, prediction.mean + width) for level, width in widths]


def _quantile_bands(mean: Array, paths: Array, levels: Sequence[float], report: Report) -> list[Band]:
    tails = np.array([[50 - level / 2, 50 + level / 2] for level in levels]) / 100  # (levels, 2)
    limits = np.empty((*tails.shape, mean.size))
    block = max(1, 2_000_000 // paths.shape[0])  # steps at once: about 100 ms of sorting
    for start in range(0, mean.size, block):
        report(start / mean.size, "Simulating futures")
        chosen = slice(start, start + block)
        limits[..., chosen] = np.quantile(paths[:, chosen], tails, axis=0)
    return [Band(level, mean + low, mean + high) for level, (low, high) in zip(levels, limits, strict=True)]


def _is_clearly_not_gaussian(errors: Array) -> bool:
    skewness, excess = shape(errors)
    p_value = jarque_bera(errors)
    is_visible = abs(skewness) > VISIBLY_SKEWED or abs(excess) > VISIBLY_PEAKED
    return p_value is not None and p_value < CLEARLY and is_visible
