"""Forecasts of a seasonal ARIMA: the mean, the weights of future errors, and what the past leaves open."""

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import hankel
from scipy.signal import lfilter

from compute.forecast.prediction import Prediction
from compute.forecast.sarima.filters import impulse_response
from compute.forecast.sarima.innovations import Innovations
from compute.forecast.sarima.orders import Orders
from compute.forecast.sarima.polynomials import Polynomials
from compute.forecast.sarima.sample import Sample

Array = NDArray[np.float64]


def predict(
    orders: Orders, sample: Sample, polynomials: Polynomials, mean: float, innovations: Innovations, horizon: int
) -> Prediction:
    """Return the forecast of the level from the end of the sample.

    The mean follows the model's difference equation with future errors zero. The psi weights are those of
    `ma(B) / (ar(B) (1-B)^d (1-B^m)^D)` (Box, Jenkins & Reinsel, section 5.1). Errors of the unknowns that remain
    (placeholders and past near the end of the sample) enter linearly, through the same equation.
    """
    whole = np.convolve(polynomials.ar, sample.difference)
    levels, errors = _tails(sample, innovations, whole.size - 1, polynomials.ma.size - 1)
    driving = np.zeros((levels.shape[0], horizon))
    driving[0] = mean * float(polynomials.ar.sum())
    paths = _continue(whole, polynomials.ma, levels, errors, driving)
    return Prediction(
        mean=paths[0],
        weights=impulse_response(polynomials.ma, whole, horizon),
        origin_root=paths[1:].T @ _root(innovations.unknowns.covariance),
    )


def _tails(sample: Sample, innovations: Innovations, n_levels: int, n_errors: int) -> tuple[Array, Array]:
    """Return the last levels and errors: best estimates first, then the effect of each unknown, (1 + unknowns, ...)."""
    unknowns = innovations.unknowns
    k, n_y, n = unknowns.mean.size, sample.level.size, sample.n
    levels = np.zeros((1 + k, n_levels))
    levels[0] = sample.level[n_y - n_levels :]
    inside = np.flatnonzero(unknowns.positions >= n_y - n_levels)
    levels[1 + inside, unknowns.positions[inside] - (n_y - n_levels)] = -1.0

    errors = np.zeros((1 + k, n_errors))
    for row in range(1, min(n_errors, n) + 1):
        errors[0, n_errors - row] = innovations.raw[n - row]
        errors[1:, n_errors - row] = -unknowns.at(n - row)
    levels[0] += unknowns.mean @ levels[1:]
    errors[0] += unknowns.mean @ errors[1:]
    return levels, errors


def _continue(whole: Array, ma: Array, levels: Array, errors: Array, driving: Array) -> Array:
    """Return the next levels of `whole(B) y_t = driving_t + ma(B) e_t` with future errors zero, (paths, horizon).

    Parameters
    ----------
    levels, errors : (paths, whole.size - 1), (paths, ma.size - 1) the last ones of each path, in time order
    driving : (paths, horizon)
    """
    driving = driving.copy()
    q, horizon = ma.size - 1, driving.shape[1]
    for step in range(min(q, horizon)):
        driving[:, step] += errors[:, step:] @ ma[:step:-1]
    order = whole.size - 1
    if order == 0:
        return driving
    # What past levels still owe to step h, as lfiltic says it of one path: -sum_k whole[h + k] y_(-k), for k >= 1.
    owed = hankel(-whole[1:]) @ levels[:, ::-1].T  # (order, paths)
    return np.asarray(lfilter([1.0], whole, driving, zi=owed.T)[0])


def _root(covariance: Array) -> Array:
    """Return R with R R' = covariance, for a covariance that may be singular."""
    values, vectors = np.linalg.eigh(covariance)
    return np.asarray(vectors * np.sqrt(np.maximum(values, 0.0)))
