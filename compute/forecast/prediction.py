"""The forecast of a model, and a fitted model: what every model hands to intervals, accuracy and diagnostics."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from compute.forecast.options import Bootstrap
from compute.forecast.result import FittedModel

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Prediction:
    """A forecast whose error at step h is `sum_j weights[j] e_(h-j) + origin_root[h] z sigma`.

    Attributes
    ----------
    mean : (horizon,)
    weights : (horizon,) psi weights of the future one-step errors e, the first is 1
    origin_root : (horizon, k) effect of what is unknown at the origin, such as missing values near the end of the
        series, per standard normal z (k,), in units of the errors' standard deviation; often k = 0
    """

    mean: Array
    weights: Array
    origin_root: Array

    @property
    def relative_variance(self) -> Array:
        """Variance of the forecast error over that of the one-step errors, (horizon,)."""
        return np.asarray(np.cumsum(self.weights**2) + (self.origin_root**2).sum(axis=1))


class Simulate(Protocol):
    """Draws futures less the mean, (n_paths, horizon); a longer horizon begins with the paths of a shorter one.

    Models that resample their own residuals draw them as `bootstrap` says.
    """

    def __call__(self, n_paths: int, rng: np.random.Generator, bootstrap: Bootstrap = "iid") -> Array: ...


@dataclass(frozen=True)
class SimulatedPrediction:
    """A forecast whose error is no linear filter of one-step errors: multiplicative errors, networks, combinations.

    Attributes
    ----------
    mean : (horizon,)
    deviation : (horizon,) standard deviation of the forecast error, in the series' unit; NaN where unknown
    simulate : draws its futures
    """

    mean: Array
    deviation: Array
    simulate: Simulate


AnyPrediction = Prediction | SimulatedPrediction


@dataclass(frozen=True)
class Fit:
    """A model fitted to one series.

    Attributes
    ----------
    summary : what to tell about the model
    fitted : (n,) one-step-ahead predictions, NaN where the model cannot predict one step ahead
    residuals : (n,) observed minus fitted, NaN where either is missing
    errors : (k,) one-step errors to resample: residuals, each brought to the variance of a future error
    sigma : standard deviation of the one-step errors; NaN where there is nothing to measure it from
    n_coefficients : coefficients that made the residuals whiter, for the degrees of freedom of a portmanteau test
    coefficients : where to begin when a part of the series is fitted again
    predict : the forecast, for a given number of steps after the last value
    extend : the same estimates applied to the series with more values behind it, (n + k,), without estimating again;
        None where the model cannot
    notes : what a reader must know of this fit
    """

    summary: FittedModel
    fitted: Array
    residuals: Array
    errors: Array
    sigma: float
    n_coefficients: int
    coefficients: Array
    predict: Callable[[int], AnyPrediction]
    extend: "Callable[[Array], Fit] | None" = None
    notes: tuple[str, ...] = ()
