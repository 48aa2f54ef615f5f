"""Forecasts of a seasonal ARIMA: the mean, the weights of future errors, and what the past leaves open."""

import numpy as np
from numpy.typing import NDArray
from scipy.signal import lfilter, lfiltic

from compute.forecast.prediction import Prediction
from compute.forecast.sarima.innovations import Innovations, unknown_responses
from compute.forecast.sarima.orders import Orders
from compute.forecast.sarima.polynomials import Polynomials, difference_polynomial
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
    whole = np.convolve(polynomials.ar, difference_polynomial(orders))
    levels, errors = _tails(sample, innovations, whole.size - 1, polynomials.ma.size - 1)
    impulse = np.zeros(horizon)
    impulse[0] = 1.0
    constant = mean * float(polynomials.ar.sum())
    paths = np.array(
        [
            _continue(whole, polynomials.ma, level, error, constant if i == 0 else 0.0, horizon)
            for i, (level, error) in enumerate(zip(levels, errors, strict=True))
        ]
    )
    return Prediction(
        mean=paths[0],
        weights=np.asarray(lfilter(polynomials.ma, whole, impulse)),
        origin_root=paths[1:].T @ _root(innovations.unknowns.covariance),
    )


def _tails(sample: Sample, innovations: Innovations, n_levels: int, n_errors: int) -> tuple[Array, Array]:
    """Return the last levels and errors, best estimates first, then the effect of each unknown: (1 + unknowns, ...)."""
    unknowns = innovations.unknowns
    lost = sample.level.size - sample.n
    offsets = unknowns.first_rows[unknowns.is_offset] + lost
    levels = np.zeros((1 + unknowns.mean.size, sample.level.size))
    levels[0] = sample.level
    levels[1 + np.flatnonzero(unknowns.is_offset), offsets] = -1.0
    levels[0] += unknowns.mean @ levels[1:]

    n = sample.n
    errors = np.zeros((1 + unknowns.mean.size, max(n_errors, 1)))
    for row in range(1, min(n_errors, n) + 1):
        responses = unknown_responses(
            n - row,
            unknowns.first_rows,
            unknowns.is_offset,
            innovations.past_response,
            innovations.offset_response,
        )
        errors[0, -row] = innovations.raw[n - row] - responses @ unknowns.mean
        errors[1:, -row] = -responses
    return levels[:, sample.level.size - n_levels :], errors[:, errors.shape[1] - n_errors :]


def _continue(whole: Array, ma: Array, level: Array, errors: Array, constant: float, horizon: int) -> Array:
    """Return the next levels of `whole(B) y_t = constant + ma(B) e_t` with future errors zero, (horizon,)."""
    driving = np.full(horizon, constant)
    q = ma.size - 1
    for step in range(min(q, horizon)):
        driving[step] += ma[step + 1 :] @ errors[::-1][: q - step]
    if whole.size == 1:
        return driving
    state = lfiltic([1.0], whole, level[::-1])
    return np.asarray(lfilter([1.0], whole, driving, zi=state)[0])


def _root(covariance: Array) -> Array:
    """Return R with R R' = covariance, for a covariance that may be singular."""
    values, vectors = np.linalg.eigh(covariance)
    return np.asarray(vectors * np.sqrt(np.maximum(values, 0.0)))
