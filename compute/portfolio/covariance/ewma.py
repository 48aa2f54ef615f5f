"""A covariance in which the past fades."""

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from compute.portfolio.weighting import Fading, fading_weights


class EwmaCovariance(Fading, title="Exponentially weighted"):
    """The covariance of the past in which recent periods count more."""

    kind: Literal["ewma"] = "ewma"


def ewma_covariance(returns: NDArray[np.float64], half_life: float) -> NDArray[np.float64]:
    """Return the weighted covariance (n, n) of returns (T, n) about their weighted mean, unbiased for equal weights:
    divided by 1 - sum of squared weights."""
    weights = fading_weights(len(returns), half_life)
    centred = returns - weights @ returns
    return np.asarray((centred * weights[:, None]).T @ centred / (1 - float(weights @ weights)))
