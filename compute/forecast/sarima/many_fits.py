"""What is found of many series that one model is fitted to, whoever computes it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True)
class ManyFits:
    """The fits of N series with K coefficients each, and their forecasts.

    Attributes
    ----------
    coefficients : (N, K) in the order of `Orders.names`
    mean : (N,) of the differenced series, 0 without one
    sigma : (N,) standard deviation of the one-step errors, in the series' unit
    log_likelihood : (N,)
    has_converged : (N,)
    forecast, deviation : (N, horizon) mean and standard deviation of the error, that of the estimate not counted

    Rows of a series too short for the orders, or without variation once differenced, are NaN.
    """

    coefficients: Array
    mean: Array
    sigma: Array
    log_likelihood: Array
    has_converged: NDArray[np.bool_]
    forecast: Array
    deviation: Array
