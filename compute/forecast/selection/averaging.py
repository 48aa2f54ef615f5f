"""The average of a few fitted models by their Akaike weights, with everything they disagree about in its intervals."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from compute.forecast.prediction import Fit, Prediction

Array = NDArray[np.float64]


def akaike_weights(criteria: Sequence[float]) -> Array:
    """Return weights `exp(-difference / 2)` that sum to 1 (Burnham & Anderson 2002, section 2.9)."""
    values = np.asarray(criteria)
    weights = np.exp(-0.5 * (values - values.min()))
    return np.asarray(weights / weights.sum())


def average_fits(fits: Sequence[Fit], weights: Array) -> Fit:
    """Return the weighted average of linear models of one series; summary and coefficients are those of the first.

    The forecast is that of a mixture: what the models disagree about widens its intervals.
    """
    sigma = float(np.sqrt(weights @ np.array([fit.sigma**2 for fit in fits])))
    errors = _average_errors(fits, weights)
    fitted = _average([fit.fitted for fit in fits], weights)
    observed = fits[0].fitted + fits[0].residuals
    first = fits[0]
    extensions = [fit.extend for fit in fits if fit.extend is not None]

    def extend(values: Array) -> Fit:
        return average_fits([extension(values) for extension in extensions], weights)

    return replace(
        first,
        fitted=fitted,
        residuals=observed - fitted,
        errors=errors,
        sigma=sigma,
        predict=partial(_predict, fits, weights, sigma),
        extend=extend if len(extensions) == len(fits) else None,
        notes=tuple(dict.fromkeys(note for fit in fits for note in fit.notes)),
    )


def describe_average(descriptions: Sequence[str], weights: Array) -> str:
    """Return the name of an average of models."""
    shares = [f"{description} {weight:.0%}" for description, weight in zip(descriptions, weights, strict=True)]
    return "Average of " + ", ".join(shares)


def _predict(fits: Sequence[Fit], weights: Array, sigma: float, horizon: int) -> Prediction:
    """Return the mixture as a linear prediction.

    Its mean and its psi weights are averages, these by each model's share of the variance. What remains of the
    mixture's variance, `sum w_i V_i + sum w_i (mean_i - mean)^2`, is unknown at the origin: each model's own part, the
    models' distance from the mean, and the spread of their psi weights.
    """
    parts = [fit.predict(horizon) for fit in fits]
    linear = [part for part in parts if isinstance(part, Prediction)]
    scales = np.array([fit.sigma for fit in fits]) / sigma
    means = np.array([part.mean for part in linear])
    mean = weights @ means
    psi = np.array([part.weights for part in linear])
    shares = weights * scales**2  # sum to 1, so that what remains is never negative
    average = shares @ psi
    within = np.cumsum(shares @ psi**2 - average**2)
    roots = [np.sqrt(w) * s * part.origin_root for w, s, part in zip(weights, scales, linear, strict=True)]
    apart = (np.sqrt(weights)[:, None] * (means - mean) / sigma).T
    spread = np.sqrt(np.maximum(within, 0.0))[:, None]
    return Prediction(mean=mean, weights=average, origin_root=np.hstack([*roots, apart, spread]))


def _average(rows: Sequence[Array], weights: Array) -> Array:
    """Return the weighted average, (n,), over the models that have a value, NaN where none has."""
    values = np.array(rows)
    shares = np.where(np.isnan(values), 0.0, weights[:, None])
    total = shares.sum(axis=0)
    summed = (shares * np.nan_to_num(values)).sum(axis=0)
    return np.asarray(np.divide(summed, total, out=np.full(total.size, np.nan), where=total > 0))


def _average_errors(fits: Sequence[Fit], weights: Array) -> Array:
    """Return one-step errors to resample: the average over the last ones, which all models have."""
    size = min(fit.errors.size for fit in fits)
    return np.asarray(weights @ np.array([fit.errors[fit.errors.size - size :] for fit in fits]))
