"""What the uncertainty of the estimate adds to a forecast: the delta method, one standard normal per coefficient.

Coefficients move the forecast and the psi weights; a mean or drift moves the forecast; and the standard deviation of
the errors is itself an estimate. All of it is unknown at the origin, so it joins `origin_root` and reaches analytic
and simulated intervals alike. Source: Ansley & Newbold 1981, "On the bias in estimates of forecast mean squared error".
"""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from compute.forecast.prediction import Prediction
from compute.forecast.sarima.estimation import MAX_QUICK_MEMORY, Estimate
from compute.forecast.sarima.orders import Orders
from compute.forecast.sarima.sample import Sample

Array = NDArray[np.float64]

LARGEST = 1e100  # squares of more leave the range of numbers
MOST = 3.0  # times the model's own deviation: beyond it the curvature at the estimate tells nothing of its surroundings


def add_uncertainty(
    orders: Orders, sample: Sample, estimate: Estimate, degrees: int, prediction: Prediction
) -> Prediction:
    """Return the prediction, in the sample's units, with that of the estimate in its intervals.

    `degrees` are those of the errors' variance. Placeholders count as observed here. Models that remember more than
    the compiled loops take are left as they are.
    """
    likelihood = estimate.likelihood
    sigma = float(np.sqrt(likelihood.sigma2))
    if orders.memory > MAX_QUICK_MEMORY or not sigma > 0:
        return prediction
    changes = _changes(orders, sample, estimate, prediction.mean.size) / np.array([[sigma], [1.0]])
    changes = np.where(np.abs(changes) < LARGEST, changes, 0.0)
    of_forecast = changes[:, 0].T
    of_weights = np.sqrt(np.cumsum((changes[:, 1] ** 2).sum(axis=0)))[:, None]
    root = np.hstack([prediction.origin_root, of_forecast, of_weights])
    own = np.sqrt(prediction.relative_variance)
    added = np.sqrt((of_forecast**2).sum(axis=1) + of_weights[:, 0] ** 2)
    if added.size and np.any(added > MOST * own):
        root[:, prediction.origin_root.shape[1] :] *= np.minimum(1.0, MOST * own / np.maximum(added, 1e-300))[:, None]
    wider = replace(prediction, origin_root=root)
    of_scale = np.sqrt(wider.relative_variance * 2 / max(degrees - 2, 2))[:, None]
    return replace(wider, origin_root=np.hstack([root, of_scale]))


def _changes(orders: Orders, sample: Sample, estimate: Estimate, horizon: int) -> Array:
    """Return how forecast and psi weights move with each direction of what is estimated, (directions, 2, horizon)."""
    from compute.forecast.sarima.quick import sway  # compiles when first imported

    likelihood = estimate.likelihood
    changes = sway(orders, sample, estimate.coefficients, estimate.root.T, likelihood.mean, horizon)
    if not sample.has_mean:
        return changes
    of_mean = np.zeros((1, 2, horizon))
    of_mean[0, 0] = drift_response(orders, sample, estimate, horizon) * np.sqrt(likelihood.mean_variance)
    return np.concatenate([changes, of_mean])


def drift_response(orders: Orders, sample: Sample, estimate: Estimate, horizon: int) -> Array:
    """Return how the forecast moves with the mean of the differenced series, (horizon,).

    The level's part that the series so far has fixed stays: what is driven goes through the inverse of the whole
    autoregression, from zeros, and the errors so far absorb the rest.
    """
    from compute.forecast.sarima.quick import look_ahead

    with_mean = look_ahead(orders, sample, estimate.coefficients, estimate.likelihood.mean, horizon)
    step = float(np.sqrt(estimate.likelihood.mean_variance)) or 1.0
    moved = look_ahead(orders, sample, estimate.coefficients, estimate.likelihood.mean + step, horizon)
    return np.asarray((moved - with_mean) / step)
