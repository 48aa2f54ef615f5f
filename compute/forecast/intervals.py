"""Prediction intervals of a model: Gaussian, or from resampled one-step errors (a linear model) or simulated futures.

Both take the fitted coefficients as they are. The uncertainty of the estimate and of the model itself is not in them:
a calibration by held-out errors (`conformal`) puts it there, and the accuracy beside them tells what they covered.
"""

from collections.abc import Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import toeplitz
from scipy.signal import fftconvolve

from compute.forecast.conformal import UNCALIBRATED, Calibration
from compute.forecast.diagnostics import jarque_bera, shape
from compute.forecast.distribution import Band, ErrorDistribution, SampledErrors, StudentErrors, make_bands_of
from compute.forecast.options import Bootstrap, Wanted
from compute.forecast.prediction import AnyPrediction, SimulatedPrediction
from compute.forecast.resampling import draw_errors
from compute.job import Report
from compute.schema import RequestError

Array = NDArray[np.float64]
Method = Literal["analytic", "bootstrap", "none"]
"""Where the shape of the errors comes from; how wide they are may be calibrated beside it."""

MAX_SIMULATED = 20_000_000  # paths times steps: 160 MB
LONG_HORIZON = 512  # from here a convolution by FFT is quicker than a matrix product
CLEARLY = 0.01  # probability under which the residuals are not taken for Gaussian,
VISIBLY_SKEWED, VISIBLY_PEAKED = 0.5, 1.0  # if it also shows: long series reject on what matters to nobody
ENOUGH_TO_RESAMPLE = 40  # errors, so that one lies beyond the 95 % band on average


def choose_method(wanted: Wanted, errors: Array, sigma: float) -> tuple[Method, tuple[str, ...]]:
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


def is_calibrated(wanted: Wanted) -> bool:
    """Return whether intervals of this kind are widened or narrowed by what held-out errors show."""
    return wanted in ("auto", "conformal")


def make_bands(
    method: Method,
    prediction: AnyPrediction,
    sigma: float,
    errors: Array,
    levels: Sequence[float],
    n_bootstrap: int,
    rng: np.random.Generator,
    report: Report,
    calibration: Calibration = UNCALIBRATED,
    bootstrap: Bootstrap = "iid",
) -> list[Band]:
    """Return a band per level; none for the method `none`."""
    if not levels:
        return []
    distribution = make_distribution(method, prediction, sigma, errors, n_bootstrap, rng, calibration, bootstrap)
    return [] if distribution is None else make_bands_of(distribution, prediction.mean, levels, report)


def make_distribution(
    method: Method,
    prediction: AnyPrediction,
    sigma: float,
    errors: Array,
    n_bootstrap: int,
    rng: np.random.Generator,
    calibration: Calibration = UNCALIBRATED,
    bootstrap: Bootstrap = "iid",
) -> ErrorDistribution | None:
    """Return what the forecast says of its errors, None for the method `none`.

    A calibration makes Student's t of the Gaussian; each simulated path is multiplied by one draw of the same factor,
    which makes t of a Gaussian path and keeps the skew of another. It was learned in units of the model's own
    deviation: paths from blocks, whose deviation knows what the model left correlated, are brought to that before.
    """
    if method == "none":
        return None
    deviation = deviation_of(prediction, sigma)
    if method == "analytic" and not np.isnan(deviation).any():
        return StudentErrors(calibration.scale * deviation, calibration.degrees)
    paths = simulate_errors(prediction, sigma, errors, n_bootstrap, rng, bootstrap)
    if np.isfinite(calibration.degrees):
        if bootstrap == "block":
            paths *= _ratio(deviation, paths.std(axis=0))
        chi2 = rng.spawn(1)[0].chisquare(calibration.degrees, size=(n_bootstrap, 1))
        paths *= calibration.scale * np.sqrt(calibration.degrees / chi2)
    return SampledErrors(paths)


def deviation_of(prediction: AnyPrediction, sigma: float) -> Array:
    """Return the model's own standard deviation of its errors, (horizon,), in the series' unit."""
    if isinstance(prediction, SimulatedPrediction):
        return prediction.deviation
    return sigma * np.sqrt(prediction.relative_variance)


def simulate_errors(
    prediction: AnyPrediction,
    sigma: float,
    errors: Array,
    n_paths: int,
    rng: np.random.Generator,
    bootstrap: Bootstrap = "iid",
) -> Array:
    """Return simulated forecast errors, (n_paths, horizon).

    Future one-step errors of a linear model are drawn from the observed ones, as `bootstrap` says, and weighted by psi;
    other models simulate themselves. A longer horizon begins with the draws of a shorter one.
    """
    horizon = prediction.mean.size
    if n_paths * horizon > MAX_SIMULATED:
        raise RequestError.at(
            "n_bootstrap",
            msg=f"{n_paths} paths of {horizon} steps are more than can be simulated at once; "
            f"take at most {MAX_SIMULATED // horizon} paths, a shorter horizon, or analytic intervals",
        )
    if isinstance(prediction, SimulatedPrediction):
        return prediction.simulate(n_paths, rng, bootstrap)
    paths = _weigh(draw_errors(errors, sigma, n_paths, horizon, rng, bootstrap).T, prediction.weights)
    if prediction.origin_root.shape[1]:
        at_origin = rng.spawn(1)[0].standard_normal((n_paths, prediction.origin_root.shape[1]))
        paths += sigma * (at_origin @ prediction.origin_root.T)
    return paths


def _ratio(wanted: Array, own: Array) -> Array:
    """Return what brings paths of one deviation to another, (horizon,), 1 where either is unknown or none."""
    ratio: Array = np.divide(wanted, own, out=np.ones(own.size), where=np.isfinite(wanted) & (own > 0))
    return ratio


def _weigh(draws: Array, weights: Array) -> Array:
    """Return `sum_j weights[j] e_(h-j)` for each path and step h."""
    horizon = weights.size
    if horizon <= LONG_HORIZON:
        return np.asarray(draws @ toeplitz(weights * (np.arange(horizon) == 0), weights))
    return np.asarray(fftconvolve(draws, weights[None, :], axes=1)[:, :horizon])


def _is_clearly_not_gaussian(errors: Array) -> bool:
    skewness, excess = shape(errors)
    p_value = jarque_bera(errors)
    is_visible = abs(skewness) > VISIBLY_SKEWED or abs(excess) > VISIBLY_PEAKED
    return p_value is not None and p_value < CLEARLY and is_visible
