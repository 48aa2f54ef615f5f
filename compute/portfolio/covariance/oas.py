"""The sample covariance, shrunk by the oracle approximating rule for Gaussian returns (Chen et al. 2010)."""

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from compute.portfolio.covariance.ledoit_wolf import shrunk
from compute.schema import Record

Array = NDArray[np.float64]


class Oas(Record, title="Oracle approximating shrinkage"):
    """The sample covariance, shrunk as is best for Gaussian returns."""

    kind: Literal["oas"] = "oas"


def oas(returns: Array) -> tuple[Array, float]:
    """Return the covariance (n, n) and the share of the target in it, 0..1.

    Chen, Wiesel, Eldar and Hero, IEEE Trans. Signal Processing 58 (2010), eq. 23 in the form of scikit-learn, which
    leaves the terms in 2/n out of numerator and denominator: (a + mu^2) / ((T + 1) (a - mu^2 / n)), a = mean(S^2).

    Parameters
    ----------
    returns : (T, n), without NaN
    """
    t, n = returns.shape
    centred = returns - returns.mean(axis=0)
    sample = centred.T @ centred / t
    alpha = float((sample * sample).mean())
    mean = float(np.trace(sample)) / n
    denominator = (t + 1) * (alpha - mean * mean / n)
    shrinkage = 1.0 if denominator <= 0 else min((alpha + mean * mean) / denominator, 1.0)
    return shrunk(sample, mean, shrinkage), shrinkage
